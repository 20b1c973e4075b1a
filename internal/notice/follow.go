package notice

import (
	"context"
	"slices"
	"strings"

	"lianxin/internal/casework"
	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/event"
	"lianxin/internal/identity"
	"lianxin/internal/policy"
	"lianxin/internal/registry"
	"lianxin/internal/store"
)

// Consumer follows the record and makes notices of it, in the transaction that moves its cursor.
func (s *Service) Consumer() event.Consumer {
	return event.Consumer{Name: "notice", Handle: s.follow}
}

func (s *Service) follow(ctx context.Context, tx *store.Tx, events []event.Placed) error {
	since, err := store.One[int64](ctx, tx, "select since from notice_start where id = 1")
	if errs.Is(err, errs.NotFound) {
		return nil // not begun: nobody is told of anything
	}
	if err != nil {
		return err
	}
	f := &follower{s: s, tx: tx, seen: map[string]*matter{}, preferences: map[string]Preference{}}
	for _, e := range events {
		if e.RecordedAt < since || e.Role == string(policy.Import) || !strings.HasPrefix(e.Stream, "case:") && !strings.HasPrefix(e.Stream, "assignment:") {
			continue
		}
		if err := f.tell(ctx, e.Event); err != nil {
			return err
		}
	}
	return nil
}

// follower makes notices of one batch; what it has read of accounts and cases serves the whole batch.
type follower struct {
	s           *Service
	tx          *store.Tx
	holdings    []identity.Holding // nil until asked for
	seen        map[string]*matter
	preferences map[string]Preference
	hours       *Hours
	channels    []string // switched on; nil until asked for
}

// matter is a case with what decides who is told of it.
type matter struct {
	*casework.Case
	assignments []*casework.Assignment
	deputies    []string // people
}

func (f *follower) tell(ctx context.Context, e event.Event) error {
	rec, err := casework.ReadRecord(e)
	if err != nil || rec.Inferred {
		return err
	}
	kind, action, _ := strings.Cut(e.Action, ".")
	rule, ok := RuleOf(kind, action)
	if !ok {
		return nil
	}
	m, err := f.matter(ctx, e.Topic)
	if err != nil {
		return err
	}
	n := Notice{Event: e.ID, Channel: InApp, Action: action, Kind: kind, Congress: m.CongressID, Case: m.ID, Number: m.Number, State: rec.To, At: e.RecordedAt}
	target := m.target(e.Stream)
	if target != nil {
		n.N = target.N
	}
	accounts, err := f.audience(ctx, rule, m, target, e)
	if err != nil {
		return err
	}
	for _, account := range accounts {
		n.Account = account
		if err := f.put(ctx, rule, n); err != nil {
			return err
		}
	}
	return f.tellResident(ctx, m, e, rec)
}

// target is the assignment whose stream it is; nil for the case's.
func (m *matter) target(stream string) *casework.Assignment {
	for _, a := range m.assignments {
		if casework.AssignmentStream(a.ID) == stream {
			return a
		}
	}
	return nil
}

func (f *follower) matter(ctx context.Context, id string) (*matter, error) {
	if m, ok := f.seen[id]; ok {
		return m, nil
	}
	c, assignments, err := casework.Rows(ctx, f.tx, id)
	if err != nil {
		return nil, err
	}
	m := &matter{Case: c, assignments: assignments}
	if c.Deputy != "" {
		m.deputies = append(m.deputies, c.Deputy)
	}
	if c.Grid != "" {
		people, err := registry.DeputiesOfGrid(ctx, f.tx, c.Grid, deadline.DateOf(f.tx.Now()))
		if err != nil {
			return nil, err
		}
		for _, p := range people {
			m.deputies = append(m.deputies, p.ID)
		}
	}
	f.seen[id] = m
	return m, nil
}

// audience lists the accounts to be told, each once, without whoever acted.
func (f *follower) audience(ctx context.Context, r Rule, m *matter, target *casework.Assignment, e event.Event) ([]string, error) {
	if len(r.Who) == 0 {
		return nil, nil
	}
	if f.holdings == nil {
		var err error
		if f.holdings, err = identity.Holdings(ctx, f.tx, deadline.DateOf(f.tx.Now())); err != nil {
			return nil, err
		}
	}
	acted, err := f.actors(ctx, e)
	if err != nil {
		return nil, err
	}
	var accounts []string
	for _, g := range f.holdings {
		told := slices.ContainsFunc(r.Who, func(a Audience) bool { return m.stands(a, g, target) })
		if told && !slices.Contains(acted, g.Account) && !slices.Contains(accounts, g.Account) {
			accounts = append(accounts, g.Account)
		}
	}
	return accounts, nil
}

// actors are who brought the event about: of a step the system took, whoever took the steps of the same act.
func (f *follower) actors(ctx context.Context, e event.Event) ([]string, error) {
	if e.Role != string(policy.System) {
		return []string{e.Account}, nil
	}
	return store.All[string](ctx, f.tx, "select distinct account from event where topic = $1 and act = $2", e.Topic, e.Act)
}

// stands reports whether a grant belongs to an audience, by the relations under which casework lets its holder read the case.
func (m *matter) stands(a Audience, g identity.Holding, target *casework.Assignment) bool {
	switch a {
	case Receiving:
		return ofOffice(g, m.Office, policy.Clerk, policy.Motions, policy.Street, policy.Station)
	case Intake:
		return ofOffice(g, m.IntakeOffice, policy.Street) || g.Role == policy.Station && g.Station != "" && g.Station == m.Station
	case Deputy:
		return g.Role == policy.Deputy && slices.Contains(m.deputies, g.Person)
	case Signers:
		signer, asked := m.Signer(g.Person)
		return g.Role == policy.Deputy && asked && signer.State != casework.SignerDeclined && signer.State != casework.SignerLeft
	case Leaders:
		return g.Role == policy.Leader && g.Congress == m.CongressID
	case Assignee:
		return target != nil && ofAgency(g, target.Agency, policy.Agency, policy.AgencyLead, policy.Supervision)
	case Approvers:
		return target != nil && ofAgency(g, target.Agency, policy.AgencyLead, policy.Supervision)
	case Assigner:
		return target != nil && (ofOffice(g, target.AssignerOffice, policy.Clerk, policy.Street) || ofAgency(g, target.AssignerAgency, policy.Supervision))
	case LeadPart:
		return ofAgency(g, m.LeadAgency, policy.Agency, policy.AgencyLead, policy.Supervision)
	case Involved:
		return slices.ContainsFunc(m.assignments, func(asg *casework.Assignment) bool {
			return ofAgency(g, asg.Agency, policy.Agency, policy.AgencyLead, policy.Supervision)
		})
	}
	return false
}

func ofOffice(g identity.Holding, office string, roles ...policy.Role) bool {
	return office != "" && g.Office == office && g.Station == "" && slices.Contains(roles, g.Role)
}

func ofAgency(g identity.Holding, agency string, roles ...policy.Role) bool {
	return agency != "" && g.Agency == agency && slices.Contains(roles, g.Role)
}

// put keeps a notice for the page, and one for outside where the account wants that.
func (f *follower) put(ctx context.Context, r Rule, n Notice) error {
	if _, err := insert(ctx, f.tx, &n); err != nil {
		return err
	}
	return f.outward(ctx, r, n)
}

// insert writes a notice under an id of its own and reports false where the account was told of the event over the channel before.
func insert(ctx context.Context, tx *store.Tx, n *Notice) (bool, error) {
	n.ID = store.NewID()
	written, err := store.Exec(ctx, tx, `insert into notice (id, event_id, account_id, channel, action, kind, congress_id, case_id, number, n, state, at, read_at, queued_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, $13) on conflict (event_id, account_id, channel) do nothing`,
		n.ID, n.Event, n.Account, n.Channel, n.Action, n.Kind, n.Congress, n.Case, n.Number, n.N, n.State, n.At, n.QueuedAt)
	return written == 1, err
}
