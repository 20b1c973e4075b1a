package figure

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/policy"
	"lianxin/internal/store"
)

// Part is which of a figure's records are listed.
type Part string

// The parts. All records of a count are counted: its numerator is its denominator, and there is no rest.
const (
	Numerator   Part = "numerator"   // those counted
	Denominator Part = "denominator" // all
	Rest        Part = "rest"        // those in the denominator and not counted
)

// condition is the part in terms of the selection's column.
func (p Part) condition() (string, error) {
	switch p {
	case Numerator:
		return "r.counted = 1", nil
	case Denominator, "":
		return "1 = 1", nil
	case Rest:
		return "r.counted = 0", nil
	}
	return "", errs.New(errs.Invalid, "figure.bad_part").At("part")
}

// MaxLimit is how many records a page holds at most.
const MaxLimit = 1000

// Query asks for records of a figure. A change opens the records of its ratio, of the scope's year.
type Query struct {
	ID     string
	Scope  Scope
	Part   Part // Denominator if empty
	Cursor string
	Limit  int // 50 if zero, MaxLimit at most
}

// Record is one record of a figure that the actor may see.
type Record struct {
	Key     string // what names it, such as a case's number
	Title   string
	Day     deadline.Date // empty where it has none
	Counted bool          // in the numerator
}

// Page is one page of a figure's records, by day and key. The value is counted over the same snapshot: the records of all pages of a part, and those hidden, are Total.
type Page struct {
	Value   Value // of the figure asked for, or of a change's ratio
	Records []Record
	Next    string // cursor of the next page; "" on the last
	Total   int64  // of the part
	Hidden  int64  // of Total: those the actor may not see
}

// Records lists the records of a figure that the actor may see, and tells how many more there are.
func (s *Service) Records(ctx context.Context, actor policy.Actor, query Query) (Page, error) {
	d, err := s.Definition(query.ID)
	if err == nil && d.Kind == Change {
		d, err = s.Definition(d.Of)
	}
	if err == nil {
		err = query.Scope.check()
	}
	if err != nil {
		return Page{}, err
	}
	var page Page
	err = s.db.View(ctx, func(ctx context.Context, q store.Querier) error {
		t, err := d.count(ctx, q, query.Scope, query.Part, &actor)
		if err != nil {
			return err
		}
		page = Page{Value: d.valueOf(query.Scope, t), Total: t.Part, Hidden: t.Hidden}
		return d.list(ctx, q, query, &actor, &page)
	})
	return page, err
}

// selected is the one selection that is both counted and listed: each record with whether it is counted and whether the actor, if it is about one, may see it. Its values are bound in w.
// What is neither true nor false counts as false, so that a record is either counted or in the rest.
func (d Definition) selected(ctx context.Context, q store.Querier, w *store.Where, scope Scope, columns string, actor *policy.Actor) (string, error) {
	w.And(d.Congress+" = ?", scope.Congress)
	d.Base(w, scope)
	counted := "(1 = 1)"
	if d.Counted != nil {
		counted = w.Cond(func(w *store.Where) { d.Counted(w, scope) })
	}
	var err error
	visible := "(1 = 1)"
	if actor != nil {
		visible = w.Cond(func(w *store.Where) { err = d.Visible(ctx, q, w, *actor) })
	}
	return "select " + d.Key + " as record_key, case when " + counted + " then 1 else 0 end as counted, case when " + visible + " then 1 else 0 end as visible" +
		columns + " from " + d.From + w.String(), err
}

// tally is what a selection counts to.
type tally struct {
	Denominator int64 `db:"denominator"`
	Numerator   int64 `db:"numerator"`
	Part        int64 `db:"part"`
	Hidden      int64 `db:"hidden"`
	Keys        int64 `db:"keys"`
}

// count counts the selection. A selection that names a record twice is a fault of the definition: a list could not count to it.
func (d Definition) count(ctx context.Context, q store.Querier, scope Scope, part Part, actor *policy.Actor) (tally, error) {
	of, err := part.condition()
	if err != nil {
		return tally{}, err
	}
	w := new(store.Where)
	selected, err := d.selected(ctx, q, w, scope, "", actor)
	if err != nil {
		return tally{}, err
	}
	t, err := store.One[tally](ctx, q, `select count(*) as denominator, coalesce(sum(r.counted), 0) as numerator, coalesce(sum(case when `+of+` then 1 else 0 end), 0) as part,
		coalesce(sum(case when `+of+` and r.visible = 0 then 1 else 0 end), 0) as hidden, count(distinct r.record_key) as keys from (`+selected+`) r`, w.Args()...)
	if err == nil && t.Keys != t.Denominator {
		err = fmt.Errorf("figure: %q names %d records by %d keys", d.ID, t.Denominator, t.Keys)
	}
	return t, err
}

// row is a record as the selection holds it.
type row struct {
	Key     string `db:"record_key"`
	Counted int    `db:"counted"`
	Visible int    `db:"visible"`
	Title   string `db:"title"`
	Day     string `db:"day"`
	At      int64  `db:"at"`
}

func (r row) record() Record {
	day := deadline.Date(r.Day)
	if r.At != 0 {
		day = deadline.DateOf(store.Time(r.At))
	}
	return Record{Key: r.Key, Title: r.Title, Day: day, Counted: r.Counted == 1}
}

// list puts the page's records in.
func (d Definition) list(ctx context.Context, q store.Querier, query Query, actor *policy.Actor, page *Page) error {
	of, err := query.Part.condition()
	if err != nil {
		return err
	}
	day, at := d.Day, d.At
	if at == "" {
		at = "cast(0 as bigint)"
	} else {
		day = "''"
	}
	w := new(store.Where)
	selected, err := d.selected(ctx, q, w, query.Scope, ", coalesce("+d.Title+", '') as title, coalesce("+day+", '') as day, coalesce("+at+", 0) as at", actor)
	if err != nil {
		return err
	}
	after, err := query.after(w)
	if err != nil {
		return err
	}
	limit := query.limit()
	rows, err := store.All[row](ctx, q, "select r.* from ("+selected+") r where r.visible = 1 and "+of+after+
		` order by r.at, r.day collate "C", r.record_key collate "C" limit `+w.Bind(limit+1), w.Args()...)
	if err != nil {
		return err
	}
	if len(rows) > limit {
		rows = rows[:limit]
		page.Next = cursor(rows[limit-1])
	}
	for _, r := range rows {
		page.Records = append(page.Records, r.record())
	}
	return nil
}

func (query Query) limit() int {
	if query.Limit <= 0 {
		return 50
	}
	return min(query.Limit, MaxLimit)
}

// place is where a page ended.
type place struct {
	At  int64  `json:"a,omitempty"`
	Day string `json:"d,omitempty"`
	Key string `json:"k"`
}

func cursor(r row) string {
	b, err := json.Marshal(place{At: r.At, Day: r.Day, Key: r.Key})
	if err != nil {
		return "" // numbers and texts always have a JSON
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// after is the condition of the cursor; one that is none of ours is errs.Invalid.
func (query Query) after(w *store.Where) (string, error) {
	if query.Cursor == "" {
		return "", nil
	}
	var p place
	b, err := base64.RawURLEncoding.DecodeString(query.Cursor)
	if err == nil {
		err = json.Unmarshal(b, &p)
	}
	if err != nil || p.Key == "" || strings.ContainsRune(p.Key+p.Day, 0) || !utf8.ValidString(p.Key+p.Day) {
		return "", errs.New(errs.Invalid, "figure.bad_cursor").At("cursor")
	}
	at, day, key := w.Bind(p.At), w.Bind(p.Day), w.Bind(p.Key)
	return " and (r.at > " + at + " or (r.at = " + at + ` and (r.day collate "C" > ` + day + " or (r.day = " + day + ` and r.record_key collate "C" > ` + key + "))))", nil
}
