package notice

import (
	"context"
	"strings"

	"lianxin/internal/errs"
	"lianxin/internal/lang"
	"lianxin/internal/procedure"
	"lianxin/internal/store"
)

// CountedTo is how far unread notices are counted.
const CountedTo = 99

// Unread tells how many notices an account has not read, up to CountedTo.
func (s *Service) Unread(ctx context.Context, account string) (int, error) {
	return store.One[int](ctx, s.db.Reader(), "select count(*) from (select 1 from notice where account_id = $1 and channel = 'in_app' and read_at = 0 limit $2) n", account, CountedTo)
}

// Inbox reads an account's notices newest first, after the one with id before ("" for the newest), at most limit.
func (s *Service) Inbox(ctx context.Context, account string, unread bool, before string, limit int) ([]Notice, error) {
	w := new(store.Where).And("account_id = ? and channel = ?", account, InApp)
	if unread {
		w.And("read_at = 0")
	}
	if before != "" {
		w.And("id < ?", before)
	}
	return store.All[Notice](ctx, s.db.Reader(), "select "+store.Columns[Notice]("")+" from notice"+w.String()+" order by id desc limit "+w.Bind(limit), w.Args()...)
}

// Read marks one of an account's notices as read and returns it; one of somebody else's is errs.NotFound.
func (s *Service) Read(ctx context.Context, account, id string) (Notice, error) {
	var n Notice
	err := s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		var err error
		n, err = store.One[Notice](ctx, tx, `update notice set read_at = case when read_at = 0 then $1 else read_at end
			where id = $2 and account_id = $3 and channel = 'in_app' returning `+store.Columns[Notice](""), store.Micros(tx.Now()), id, account)
		if errs.Is(err, errs.NotFound) {
			return errs.New(errs.NotFound, "notice.none_such")
		}
		return err
	})
	return n, err
}

// ReadAll marks an account's notices as read, up to the newest one it has seen, so that one that arrives meanwhile stays unread.
func (s *Service) ReadAll(ctx context.Context, account, newest string) (int64, error) {
	var n int64
	err := s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		var err error
		n, err = store.Exec(ctx, tx, "update notice set read_at = $1 where account_id = $2 and channel = 'in_app' and read_at = 0 and id <= $3", store.Micros(tx.Now()), account, newest)
		return err
	})
	return n, err
}

// Sentence words a notice: by the sentence of its action, or by the general one with the action's label.
func (s *Service) Sentence(p *lang.Printer, n Notice) string {
	general := "other"
	if n.N > 0 {
		general = "other_part"
	}
	action, state := s.labels(n)
	key := ""
	for _, k := range []string{sayOf(n.Kind, n.Action), sayOf(n.Kind, general), sayOf("", general)} {
		if key == "" && s.catalogue.Has(k) {
			key = k
		}
	}
	return p.T(key, "Number", n.Number, "N", n.N, "State", state, "Action", action)
}

// sayOf is the key of a kind's sentence; those of opinions stand without their kind.
func sayOf(kind, name string) string {
	if kind == "" || kind == "opinion" {
		return "notice.say." + name
	}
	return "notice.say." + kind + "." + name
}

// Label is the procedure's word for a notice's action; one it has no word for shows itself.
func (s *Service) Label(n Notice) string {
	action, _ := s.labels(n)
	return action
}

// Sample is a made-up notice of an action, for previews.
func Sample(r Rule) Notice {
	n := Notice{Action: r.Action, Kind: r.Kind, Number: "XX-" + map[string]string{"opinion": "O", "suggestion": "S", "motion": "M"}[r.Kind] + "-2026-000001", State: map[string]string{"opinion": "closed"}[r.Kind]}
	if n.State == "" {
		n.State = "done"
	}
	if _, part := strings.CutPrefix(r.Action, procedure.AssignmentAction("")); part {
		n.N, n.State = 1, "handling"
	}
	return n
}

// labels are the procedure's words for a notice's action and state; those it does not know show themselves.
func (s *Service) labels(n Notice) (action, state string) {
	action, state = n.Action, n.State
	kind, err := s.cases.Kind(n.Kind)
	if err != nil {
		return action, state
	}
	machine := &kind.Procedure.Case
	for _, m := range []*procedure.Machine{machine, &kind.Procedure.Assignment} {
		for _, a := range m.Actions {
			if name := a.Name; name == n.Action || procedure.AssignmentAction(name) == n.Action && m != machine {
				action = a.Label
			}
		}
	}
	if n.N > 0 {
		machine = &kind.Procedure.Assignment
	}
	if st, ok := machine.State(n.State); ok {
		state = st.Label
	}
	return action, state
}
