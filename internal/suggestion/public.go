package suggestion

import (
	"context"

	"lianxin/internal/casework"
	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/store"
)

// The deputy's choice about publication.
const (
	discloseTitle = "title"
	discloseNone  = "none"
)

// TitleOnly reports whether the deputy allowed the title alone to be made public.
func TitleOnly(c *casework.Case) bool { return c.Get(Disclosure) == discloseTitle }

// publishable refuses by name what its deputy does not want public.
func publishable(shared casework.Guard) casework.Guard {
	return func(ctx context.Context, a *casework.Act) error {
		if a.Case.Get(Disclosure) == discloseNone {
			return refuse("suggestion.disclosure_none")
		}
		return shared(ctx, a)
	}
}

// askPublish holds what is asked to be public against the deputy's choice: the title alone, or the suggestion with its answer.
func askPublish(shared casework.Effect) casework.Effect {
	return func(ctx context.Context, a *casework.Act) error {
		var wrong errs.List
		bad := func(field, key string) { wrong = append(wrong, errs.New(errs.Invalid, key).At(field)) }
		titleOnly := TitleOnly(a.Case)
		for _, field := range []string{"public_body", "public_reply"} {
			switch given := a.Values.String(field) != ""; {
			case titleOnly && given:
				bad(field, "suggestion.title_only")
			case !titleOnly && !given:
				bad(field, "suggestion.full_needed")
			}
		}
		if titleOnly && a.Values.String("public_second") != "" {
			bad("public_second", "suggestion.title_only")
		}
		if err := wrong.Or(); err != nil {
			return err
		}
		return shared(ctx, a)
	}
}

// Public is a published suggestion as anyone may see it. Of one whose deputy allowed the title alone neither texts nor names are in it.
type Public struct {
	casework.Public
	TitleOnly  bool
	Session    string
	Phase      string
	Serial     int64
	Deputy     string // id of the person; a public office
	Delegation string
	Signers    int64    // how many deputies sign beside the lead
	Agencies   []string // ids of those that answer
	Key        bool     // 重点督办
	Raised     deadline.Date
	Dispatched deadline.Date
	Closed     deadline.Date
}

// Published reads one published suggestion; any other is errs.NotFound, whether it exists or not.
func Published(ctx context.Context, s *casework.Service, number string) (Public, error) {
	pub, err := s.Published(ctx, number)
	if err != nil {
		return Public{}, err
	}
	list, err := withRows(ctx, s, []casework.Public{pub})
	if err != nil {
		return Public{}, err
	}
	one := list[0]
	one.Agencies, err = store.All[string](ctx, s.DB().Reader(), answering, number)
	return one, err
}

// answering lists the agencies that answer a suggestion themselves; a government office that only splits does not.
const answering = `select a.agency_id from assignment a join case_file c on c.id = a.case_id where c.number = $1 and a.part <> 'co'
	and a.state not in ('reassigned', 'stopped') and not exists (select 1 from assignment b where b.parent_id = a.id and b.part <> 'co' and b.state not in ('reassigned', 'stopped'))
	order by a.n`

// PublicFilter narrows the public list of suggestions; zero values do not narrow.
type PublicFilter struct {
	Session, Category, Agency, Class string
	Q, Cursor                        string
	Limit                            int
}

// PublicPage is one page of the public list.
type PublicPage struct {
	List  []Public
	Next  string
	Total int
}

// PublishedList reads published suggestions, the newest first.
func PublishedList(ctx context.Context, s *casework.Service, f PublicFilter) (PublicPage, error) {
	page, err := s.PublishedList(ctx, casework.PublicQuery{Kind: Kind, Q: f.Q, Cursor: f.Cursor, Limit: f.Limit, Within: func(w *store.Where) {
		if f.Class != "" {
			w.And("c.class = ?", f.Class)
		}
		for _, by := range []struct{ column, value string }{{"r.session_id", f.Session}, {"r.category", f.Category}, {"r.agency_id", f.Agency}} {
			if by.value != "" {
				w.And("exists (select 1 from suggestion r where r.congress_id = c.congress_id and r.case_id = c.id and "+by.column+" = ?)", by.value)
			}
		}
	}})
	if err != nil {
		return PublicPage{}, err
	}
	list, err := withRows(ctx, s, page.List)
	return PublicPage{List: list, Next: page.Next, Total: page.Total}, err
}

// publicRow is what the allow-list takes from a case's row of this kind.
type publicRow struct {
	Number       string                        `db:"number"`
	Session      string                        `db:"session_id"`
	Phase        string                        `db:"phase"`
	Serial       int64                         `db:"serial"`
	Deputy       string                        `db:"deputy_id"`
	Delegation   string                        `db:"delegation"`
	Signers      int64                         `db:"signers"`
	Agency       string                        `db:"agency_id"`
	Key          bool                          `db:"key"`
	RaisedAt     int64                         `db:"raised_at"`
	DispatchedAt int64                         `db:"dispatched_at"`
	ClosedAt     int64                         `db:"closed_at"`
	Extra        store.JSON[map[string]string] `db:"extra"`
}

// withRows adds to what all kinds publish what suggestions do.
func withRows(ctx context.Context, s *casework.Service, pubs []casework.Public) ([]Public, error) {
	if len(pubs) == 0 {
		return nil, nil
	}
	numbers := make([]string, len(pubs))
	for i, p := range pubs {
		numbers[i] = p.Number
	}
	w := new(store.Where).In("c.number", numbers...)
	rows, err := store.All[publicRow](ctx, s.DB().Reader(), `select c.number, r.session_id, r.phase, r.serial, r.deputy_id, r.delegation, r.signers, r.agency_id, r.key,
		r.raised_at, r.dispatched_at, c.closed_at, c.extra from case_file c join suggestion r on r.congress_id = c.congress_id and r.case_id = c.id`+w.String(), w.Args()...)
	if err != nil {
		return nil, err
	}
	byNumber := make(map[string]publicRow, len(rows))
	for _, r := range rows {
		byNumber[r.Number] = r
	}
	list := make([]Public, len(pubs))
	for i, p := range pubs {
		list[i] = byNumber[p.Number].public(p)
	}
	return list, nil
}

// public words a row. Who allowed the title alone did not allow the names that stand under the text.
func (r publicRow) public(p casework.Public) Public {
	pub := Public{Public: p, TitleOnly: r.Extra.V[Disclosure] == discloseTitle, Session: r.Session, Phase: r.Phase, Serial: r.Serial, Agencies: []string{r.Agency}, Key: r.Key,
		Raised: day(r.RaisedAt), Dispatched: day(r.DispatchedAt), Closed: day(r.ClosedAt)}
	if !pub.TitleOnly {
		pub.Deputy, pub.Delegation, pub.Signers = r.Deputy, r.Delegation, r.Signers
	}
	return pub
}

func day(micros int64) deadline.Date {
	if micros == 0 {
		return ""
	}
	return deadline.DateOf(store.Time(micros))
}

// PublicChoices are what published suggestions can be narrowed by: the ids that occur among them.
type PublicChoices struct{ Sessions, Categories, Agencies, Classes map[string]bool }

// PublishedChoices reads what occurs among the published suggestions.
func PublishedChoices(ctx context.Context, s *casework.Service) (PublicChoices, error) {
	type row struct{ Session, Category, Agency, Class string }
	rows, err := store.All[row](ctx, s.DB().Reader(), "select distinct session_id as session, category, agency_id as agency, class from suggestion where publication = $1", casework.Published)
	c := PublicChoices{map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}}
	for _, r := range rows {
		c.Sessions[r.Session], c.Categories[r.Category], c.Agencies[r.Agency], c.Classes[r.Class] = true, true, true, true
	}
	return c, err
}
