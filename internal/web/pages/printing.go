package pages

import (
	"net/http"

	"lianxin/internal/casework"
	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/registry"
	"lianxin/internal/render"
	"lianxin/internal/suggestion"
	"lianxin/internal/web/paper"
)

func (s *Site) today() deadline.Date { return deadline.DateOf(s.now()) }

func dayOf(micros int64) string {
	if micros == 0 {
		return ""
	}
	return string(deadline.DateOf(microTime(micros)))
}

// items reads suggestions with their rows and assignments: those a filter and a query select among what the visitor may read.
func (s *Site) items(r *http.Request, me *visitor, f suggestion.Filter, query casework.Query) ([]paper.Item, error) {
	query.Kind, f.Congress = suggestion.Kind, me.actor.Under("").Congress
	if err := f.Narrow(r.Context(), s.Cases, &query); err != nil {
		return nil, err
	}
	cases, err := s.toTheEnd(r.Context(), me.actor, query)
	if err != nil {
		return nil, err
	}
	rows, err := suggestion.Rows(r.Context(), s.DB.Reader(), cases)
	if err != nil {
		return nil, err
	}
	parts, err := s.Cases.Parts(r.Context(), cases)
	if err != nil {
		return nil, err
	}
	items := make([]paper.Item, len(cases))
	for i, c := range cases {
		items[i] = paper.Item{Listed: c, Row: rows[c.ID], Parts: parts[c.ID]}
	}
	return items, nil
}

// about reads what a batch's papers need beside its suggestions.
func (s *Site) about(r *http.Request, sel *selection) error {
	ctx, q, b := r.Context(), s.DB.Reader(), &sel.batch
	kind, err := s.Cases.Kind(suggestion.Kind)
	if err != nil {
		return err
	}
	b.Procedure = kind.Procedure
	congress := sel.me.actor.Under("").Congress
	if b.Office, err = registry.ReceivingOffice(ctx, q, congress); err != nil {
		return err
	}
	if sel.filter.Session != "" {
		if b.Session, err = registry.GetSession(ctx, q, sel.filter.Session); err != nil {
			return err
		}
	}
	if sel.filter.Addressee != "" {
		if b.Addressee, err = registry.GetAgency(ctx, q, sel.filter.Addressee); err != nil {
			return err
		}
	}
	b.Texts, err = s.textsOf(r, congress, b.Items)
	return err
}

func (s *Site) textsOf(r *http.Request, congress string, items []paper.Item) (map[string]string, error) {
	var ids []string
	for _, i := range items {
		ids = append(ids, paper.TextsOf(i)...)
	}
	return s.Cases.Bodies(r.Context(), []string{congress}, ids)
}

func layMeeting(_ *Site, _ *http.Request, sel *selection) (paper.Laid, error) {
	return sel.desk.Meeting(sel.batch), nil
}

func layHandOver(_ *Site, _ *http.Request, sel *selection) (paper.Laid, error) {
	if sel.batch.Addressee.ID == "" {
		return paper.Laid{}, errs.New(errs.Invalid, "paper.addressee_needed").At("addressee")
	}
	return sel.desk.HandOver(sel.batch), nil
}

// layReceipts names who signed in the system.
func layReceipts(s *Site, r *http.Request, sel *selection) (paper.Laid, error) {
	var parts []*casework.Assignment
	for _, i := range sel.batch.Items {
		parts = append(parts, i.Parts...)
	}
	by, err := s.Cases.DoneBy(r.Context(), suggestion.Kind, parts, "sign", "receive")
	if err != nil {
		return paper.Laid{}, err
	}
	accounts, err := s.displays(r)
	if err != nil {
		return paper.Laid{}, err
	}
	sel.batch.Signed = map[string]string{}
	for id, account := range by {
		sel.batch.Signed[id] = accounts[account]
	}
	return sel.desk.Receipts(sel.batch, sel.form.Value("agency")), nil
}

func layLedger(s *Site, r *http.Request, sel *selection) (paper.Laid, error) {
	columns, err := s.ledgerColumns(r, sel.me, sel.desk)
	if err != nil {
		return paper.Laid{}, err
	}
	return sel.desk.Ledger(sel.batch, columns), nil
}

// layCircular takes its figures from the boards, and its lists by the same conditions.
func layCircular(s *Site, r *http.Request, sel *selection) (paper.Laid, error) {
	filter := sel.filter
	filter.Agency = sel.form.Value("agency")
	var standing paper.Standing
	var err error
	if standing.Lines, standing.Total, err = suggestion.Board(r.Context(), s.Cases, sel.me.actor.Under("").Congress, "agency", filter); err != nil {
		return paper.Laid{}, err
	}
	late, key := filter, filter
	late.Measure, key.Key, key.Measure = "late", true, "dispatched"
	for _, list := range []struct {
		of   suggestion.Filter
		into *[]paper.Item
	}{{late, &standing.Late}, {key, &standing.Key}} {
		if *list.into, err = s.items(r, sel.me, list.of, casework.Query{}); err != nil {
			return paper.Laid{}, err
		}
		paper.Batch{Items: *list.into}.Sort(sel.desk.Names)
	}
	overseer := registry.Agency{}
	if overseen(sel.me) != "" {
		overseer = sel.batch.Addressee
	}
	return sel.desk.Circular(sel.batch, standing, paper.From(sel.batch.Office, overseer)), nil
}

// layForms makes a questionnaire of every answer the deputy has not judged yet.
func layForms(s *Site, r *http.Request, sel *selection) (paper.Laid, error) {
	var forms []render.Questionnaire
	for _, i := range sel.batch.Items {
		v, err := s.Cases.View(r.Context(), sel.me.actor, i.Number)
		if err != nil {
			return paper.Laid{}, err
		}
		for _, a := range v.Assigned {
			replies := paper.Replies(v, a.N)
			if len(replies) == 0 || replies[len(replies)-1].Kind == paper.Opinion {
				continue
			}
			agency, err := registry.GetAgency(r.Context(), s.DB.Reader(), a.Agency)
			if err != nil {
				return paper.Laid{}, err
			}
			forms = append(forms, sel.desk.Form(v, a, replies[len(replies)-1], agency, sel.batch.Office))
		}
	}
	return sel.desk.Forms(sel.batch, forms), nil
}
