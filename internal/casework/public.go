package casework

import (
	"context"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/search"
	"lianxin/internal/store"
)

// Public is a case as anyone may see it after review: the allow-list, and nothing else (design invariant 8).
type Public struct {
	Number      string
	Kind        string
	Title       string
	Body        string
	Reply       string
	Second      string // what was answered again after looking back 再答复
	Category    string
	Grid        string
	ReceivedOn  deadline.Date
	AnsweredOn  deadline.Date
	PublishedOn deadline.Date
	State       string // label
	Class       string // label of the result class
	Verdict     string // label of the verdict on the result; "" unless it was reviewed for publication too
}

// publicRow is what the allow-list is made from.
type publicRow struct {
	Listed
	PublicTitle string `db:"public_title"`
	PublicBody  string `db:"public_body"`
	PublicReply string `db:"public_reply"`
}

const publicFrom = ` from case_file c
	join case_text t on t.congress_id = c.congress_id and t.id = c.public_title_text
	left join case_text b on b.congress_id = c.congress_id and b.id = c.public_body_text
	left join case_text r on r.congress_id = c.congress_id and r.id = c.public_reply_text`

// Published reads one published case; any other is errs.NotFound, whether it exists or not.
func (s *Service) Published(ctx context.Context, number string) (Public, error) {
	list, err := s.published(ctx, new(store.Where).And("c.number = ?", number), 1)
	if err != nil {
		return Public{}, err
	}
	if len(list) == 0 {
		return Public{}, noSuchCase()
	}
	return s.public(ctx, &list[0])
}

// PublicQuery narrows the list of what is published.
type PublicQuery struct {
	Kind   string
	Q      string               // words, all of which the published texts contain
	Within func(w *store.Where) // what a kind narrows its own by, in conditions on case_file c; nil for nothing
	Cursor string
	Limit  int // 20 if zero
}

// PublicPage is one page of what is published, the newest first.
type PublicPage struct {
	List  []Public
	Next  string // cursor of the next page; "" on the last
	Total int    // exact up to CountedTo, which stands for "that many or more"
}

// PublishedList reads what the query selects of what is published. Its words are looked for in published texts alone:
// whether something else contains them cannot be learned from it.
func (s *Service) PublishedList(ctx context.Context, query PublicQuery) (PublicPage, error) {
	w := new(store.Where).And("c.kind = ?", query.Kind).And("c.publication = ?", Published)
	if query.Within != nil {
		query.Within(w)
	}
	if strings.TrimSpace(query.Q) != "" {
		search.Narrow(w, s.db, "c.id", PublicKind, query.Q)
	}
	page := PublicPage{}
	var err error
	page.Total, err = store.One[int](ctx, s.db.Reader(), "select count(*) from (select 1 from case_file c"+w.String()+" limit "+strconv.Itoa(CountedTo)+") counted", w.Args()...)
	if err != nil {
		return page, err
	}
	if err := query.after(w); err != nil {
		return page, err
	}
	limit := query.Limit
	if limit <= 0 {
		limit = 20
	}
	rows, err := s.published(ctx, w, limit+1)
	if err != nil {
		return page, err
	}
	if len(rows) > limit {
		rows = rows[:limit]
		page.Next = publicCursor(&rows[limit-1])
	}
	page.List = make([]Public, len(rows))
	for i := range rows {
		if page.List[i], err = s.public(ctx, &rows[i]); err != nil {
			return page, err
		}
	}
	return page, nil
}

// publicCursor names the last row shown by when it was published and its number, for many can be published at one moment.
func publicCursor(last *publicRow) string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d %s", last.PublishedAt, last.Number))
}

// after narrows to what follows the cursor.
func (query PublicQuery) after(w *store.Where) error {
	if query.Cursor == "" {
		return nil
	}
	bad := errs.New(errs.Invalid, "casework.bad_cursor").At("cursor")
	b, err := base64.RawURLEncoding.DecodeString(query.Cursor)
	if err != nil {
		return bad
	}
	first, number, ok := strings.Cut(string(b), " ")
	at, err := strconv.ParseInt(first, 10, 64)
	if err != nil || !ok || !plainKey(number) {
		return bad
	}
	w.And("c.published_at < ? or (c.published_at = ? and c.number < ?)", at, at, number)
	return nil
}

// PublishedCounts tells how many cases of each kind are published.
func (s *Service) PublishedCounts(ctx context.Context) (map[string]int, error) {
	type count struct {
		Kind string
		N    int
	}
	list, err := store.All[count](ctx, s.db.Reader(), "select kind, count(*) as n from case_file where publication = 'published' group by kind")
	counts := make(map[string]int, len(list))
	for _, c := range list {
		counts[c.Kind] = c.N
	}
	return counts, err
}

func (s *Service) published(ctx context.Context, w *store.Where, limit int) ([]publicRow, error) {
	w.And("c.publication = ?", Published)
	return store.All[publicRow](ctx, s.db.Reader(), "select "+store.Columns[Case]("c.")+
		", '' as title, t.body as public_title, coalesce(b.body, '') as public_body, coalesce(r.body, '') as public_reply"+publicFrom+w.String()+
		" order by c.published_at desc, c.number desc limit "+w.Bind(limit), w.Args()...)
}

func (s *Service) public(ctx context.Context, r *publicRow) (Public, error) {
	kind, err := s.Kind(r.Kind)
	if err != nil {
		return Public{}, err
	}
	p := kind.Procedure
	pub := Public{Number: r.Number, Kind: r.Kind, Title: r.PublicTitle, Body: r.PublicBody, Reply: r.PublicReply, Category: r.Category, Grid: r.Grid,
		ReceivedOn: date(r.ReceivedAt), AnsweredOn: date(r.AnsweredAt), PublishedOn: date(r.PublishedAt)}
	if st, ok := p.Case.State(r.State); ok {
		pub.State = st.Label
		if !r.WithVerdict && !st.Final {
			pub.State = st.Stage // a state such as 重新办理 would tell the verdict
		}
	}
	class, _ := p.Choice("class", r.Class)
	pub.Class = class.Label
	if r.WithVerdict && r.Verdict == VerdictGiven {
		verdict, _ := p.Choice("satisfaction", r.Result)
		pub.Verdict = verdict.Label
	}
	if id := r.Get(PublicSecond); id != "" {
		pub.Second, err = store.One[string](ctx, s.db.Reader(), "select body from case_text where congress_id = $1 and id = $2", r.CongressID, id)
	}
	return pub, err
}
