package figure

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"lianxin/internal/errs"
	"lianxin/internal/store"
)

// Service holds the owners' definitions.
type Service struct {
	db    *store.DB
	order []string
	byID  map[string]Definition
}

// New joins the owners' definitions in their order. A definition that cannot be counted, or an id that stands twice, is an error; all are told.
func New(db *store.DB, owners ...[]Definition) (*Service, error) {
	s := &Service{db: db, byID: map[string]Definition{}}
	var wrong []error
	for _, definitions := range owners {
		for _, d := range definitions {
			if _, twice := s.byID[d.ID]; twice {
				wrong = append(wrong, fmt.Errorf("figure: %q stands twice", d.ID))
			}
			s.order = append(s.order, d.ID)
			s.byID[d.ID] = d
		}
	}
	for _, id := range s.order {
		if err := s.prove(s.byID[id]); err != nil {
			wrong = append(wrong, fmt.Errorf("figure: %q: %w", id, err))
		}
	}
	return s, errors.Join(wrong...)
}

var plainID = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// prove finds what a definition lacks.
func (s *Service) prove(d Definition) error {
	switch sel := d.Selection; {
	case !plainID.MatchString(d.ID) || d.Version < 1 || !slices.Contains(units, d.Unit):
		return errors.New("needs a plain id, a version from 1 and a unit")
	case d.Kind == Change && (s.byID[d.Of].Kind != Ratio || d.Unit != Points || sel.From != "" || d.Counted != nil):
		return errors.New("a change is of a ratio, in percentage points, and has no records of its own")
	case d.Kind == Change:
		return nil
	case d.Kind == Ratio && (d.Unit != Percent || d.Counted == nil), d.Kind == Count && (d.Unit == Percent || d.Unit == Points || d.Counted != nil):
		return errors.New("a ratio is in percent and says what is counted; a count is not, and does not")
	case d.Kind != Ratio && d.Kind != Count || d.Of != "":
		return fmt.Errorf("is of no kind: %q of %q", d.Kind, d.Of)
	case sel.From == "" || sel.Congress == "" || sel.Key == "" || sel.Title == "" || sel.Base == nil || sel.Visible == nil || (sel.Day == "") == (sel.At == ""):
		return errors.New("needs From, Congress, Key, Title, Base, Visible and one of Day and At")
	}
	return nil
}

// Definitions lists them in the owners' order.
func (s *Service) Definitions() []Definition {
	all := make([]Definition, len(s.order))
	for i, id := range s.order {
		all[i] = s.byID[id]
	}
	return all
}

// Definition finds one; errs.NotFound where there is none.
func (s *Service) Definition(id string) (Definition, error) {
	d, ok := s.byID[id]
	if !ok {
		return d, errs.New(errs.NotFound, "figure.unknown")
	}
	return d, nil
}

// Keys lists the catalogue keys that the owners owe: title, formula and scope of every figure.
func (s *Service) Keys() []string {
	var keys []string
	for _, d := range s.Definitions() {
		keys = append(keys, d.TitleKey(), d.FormulaKey(), d.ScopeKey())
	}
	return keys
}

// Value counts one figure.
func (s *Service) Value(ctx context.Context, id string, scope Scope) (Value, error) {
	values, err := s.Trend(ctx, id, scope)
	if err != nil {
		return Value{}, err
	}
	return values[0], nil
}

// Values counts the figures of those ids, or all, over one snapshot.
func (s *Service) Values(ctx context.Context, scope Scope, ids ...string) ([]Value, error) {
	if len(ids) == 0 {
		ids = s.order
	}
	var values []Value
	err := s.db.View(ctx, func(ctx context.Context, q store.Querier) error {
		for _, id := range ids {
			v, err := s.value(ctx, q, id, scope)
			if err != nil {
				return err
			}
			values = append(values, v)
		}
		return nil
	})
	return values, err
}

// Trend counts one figure under several scopes, such as years, over one snapshot.
func (s *Service) Trend(ctx context.Context, id string, scopes ...Scope) ([]Value, error) {
	var values []Value
	err := s.db.View(ctx, func(ctx context.Context, q store.Querier) error {
		for _, scope := range scopes {
			v, err := s.value(ctx, q, id, scope)
			if err != nil {
				return err
			}
			values = append(values, v)
		}
		return nil
	})
	return values, err
}

// value counts one figure on q.
func (s *Service) value(ctx context.Context, q store.Querier, id string, scope Scope) (Value, error) {
	d, err := s.Definition(id)
	if err != nil {
		return Value{}, err
	}
	if err := scope.check(); err != nil {
		return Value{}, err
	}
	if d.Kind == Change {
		return s.change(ctx, q, d, scope)
	}
	t, err := d.count(ctx, q, scope, Denominator, nil)
	return d.valueOf(scope, t), err
}

func (d Definition) empty(scope Scope) Value {
	return Value{ID: d.ID, Version: d.Version, Unit: d.Unit, Year: scope.Year, AsOf: scope.AsOf}
}

// valueOf is the value of a count or ratio.
func (d Definition) valueOf(scope Scope, t tally) Value {
	v := d.empty(scope)
	if d.Kind == Count {
		v.Value = strconv.FormatInt(t.Denominator, 10)
		return v
	}
	v.Numerator, v.Denominator = &t.Numerator, &t.Denominator
	if h, ok := percent(t.Numerator, t.Denominator); ok {
		v.Value = decimal(h)
	}
	return v
}

// change takes the difference of the two ratios as they were published, each rounded before, as offices do: 87.33 − 62.33 = 25.00 (131/150 and 91/146, which
// unrounded are 25.0046 apart). A reader who subtracts the two printed figures gets the third.
func (s *Service) change(ctx context.Context, q store.Querier, d Definition, scope Scope) (Value, error) {
	v := d.empty(scope)
	var hundredths [2]int64
	known := true
	for i, sc := range []Scope{scope, scope.Earlier()} {
		part, err := s.value(ctx, q, d.Of, sc)
		if err != nil {
			return v, err
		}
		h, ok := percent(*part.Numerator, *part.Denominator)
		hundredths[i], known = h, known && ok
		v.Parts = append(v.Parts, part)
	}
	if known {
		v.Value = decimal(hundredths[0] - hundredths[1])
	}
	return v, nil
}
