// Package casework is what all kinds of case share: cases, assignments, replies, evaluations, and the one way in, Apply.
// It never decides by itself what a kind allows: the kind's procedure does, and its guards and effects.
package casework

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/policy"
	"lianxin/internal/procedure"
	"lianxin/internal/registry"
	"lianxin/internal/sealed"
	"lianxin/internal/store"
)

//go:embed migrations
var migrations embed.FS

//go:embed messages
var messages embed.FS

// Schema is the tables of cases, assignments and their texts.
func Schema() store.Schema {
	return store.Schema{Room: "casework", FS: migrations}
}

// Messages is the sentences of this room.
func Messages() fs.FS { return messages }

// Guard refuses an action that the table alone cannot refuse; it looks, and changes nothing.
type Guard func(ctx context.Context, a *Act) error

// Effect changes the case or assignment acted on as the kind says, by the input.
type Effect func(ctx context.Context, a *Act) error

// Decider picks one of an action's targets.
type Decider func(a *Act) string

// Kind is what a kind of case brings: its procedure and the functions the procedure names.
type Kind struct {
	Procedure *procedure.Procedure
	Guards    map[string]Guard
	Effects   map[string]Effect
	Deciders  map[string]Decider
	// Spans are the columns of a case whose values are kept with the days they held, for questions as of a day.
	Spans       []string
	Projections []Projection // tables of the kind's own, for its lists and figures
	// Limit picks the variant of a limit that holds for the case, such as the urgent one; nil keeps the name.
	Limit func(name string, c *Case, agencyLevel string) string
}

// Conforming parses a deployment's own procedure file of a kind and holds it against the built-in one.
func Conforming(own, builtin []byte, parse func(file []byte) (*Kind, error)) (*Kind, error) {
	k, err := parse(own)
	if err != nil {
		return nil, err
	}
	model, err := parse(builtin)
	if err != nil {
		return nil, err
	}
	return k, k.Procedure.Conform(model.Procedure)
}

// Projection derives the rows that a table of the kind's own has of a case, from it and its assignments; their fields carry `db` tags, case_id among them.
// It must be a function of what it is given alone: Check computes it again.
type Projection struct {
	Table string
	Rows  func(c *Case, assignments []*Assignment) []any
}

// Service is the way in to every case.
type Service struct {
	db    *store.DB
	vault *sealed.Vault
	kinds map[string]*Kind
	table *policy.Table
	tell  func(action, outcome string) // nil: nobody listens
}

// New proves nothing (Parse did) and registers the kinds; table must hold their rules.
func New(db *store.DB, vault *sealed.Vault, table *policy.Table, kinds ...*Kind) *Service {
	s := &Service{db: db, vault: vault, table: table, kinds: map[string]*Kind{}}
	for _, k := range kinds {
		s.kinds[k.Procedure.Kind] = k
	}
	return s
}

// At returns the service under another clock: history is written with it by imports and the demonstration year.
func (s *Service) At(clock store.Clock) *Service {
	other := *s
	other.db = s.db.WithClock(clock)
	return &other
}

// DB is the database the service writes to.
func (s *Service) DB() *store.DB { return s.db }

// Policy is the table the service asks.
func (s *Service) Policy() *policy.Table { return s.table }

// Kind finds a registered kind.
func (s *Service) Kind(name string) (*Kind, error) {
	k, ok := s.kinds[name]
	if !ok {
		return nil, errs.New(errs.NotFound, "casework.no_such_kind").With(errs.Args{"Kind": name})
	}
	return k, nil
}

// Functions tells a procedure file what the kind offers, for its proof.
func Functions(guards map[string]Guard, effects map[string]Effect, deciders map[string]Decider) procedure.Functions {
	f := procedure.Functions{Guards: map[string]bool{}, Effects: map[string]bool{}, Deciders: map[string]bool{}}
	for name := range guards {
		f.Guards[name] = true
	}
	for name := range effects {
		f.Effects[name] = true
	}
	for name := range deciders {
		f.Deciders[name] = true
	}
	return f
}

// KeepProcedures stores every registered procedure's version, so that old events can be verified for ever; call it at start.
// A version that lacks a state in which a case or an assignment stands is refused: open matters go on under the version in force.
func (s *Service) KeepProcedures(ctx context.Context) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		for _, k := range s.kinds {
			p := k.Procedure
			if err := holds(ctx, tx, p); err != nil {
				return err
			}
			_, err := store.Exec(ctx, tx, `insert into procedure_version (hash, kind, body, first_used_at) values ($1, $2, $3, $4)
				on conflict (hash) do nothing`, p.Hash(), p.Kind, p.Text(), store.Micros(tx.Now()))
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// holds tells whether a procedure has every state that is stood in.
func holds(ctx context.Context, q store.Querier, p *procedure.Procedure) error {
	for _, of := range []struct {
		table   string
		machine *procedure.Machine
	}{{"case_file", &p.Case}, {"assignment", &p.Assignment}} {
		states, err := store.All[string](ctx, q, "select distinct state from "+of.table+" where kind = $1", p.Kind)
		if err != nil {
			return err
		}
		for _, st := range states {
			if _, ok := of.machine.State(st); !ok {
				return fmt.Errorf("casework: procedure %s lacks the state %q, in which matters stand", p.Kind, st)
			}
		}
	}
	return nil
}

// Version is a procedure's file as it once came into force.
type Version struct {
	Hash        string
	Body        string
	FirstUsedAt int64 // microseconds UTC
}

// Versions lists a kind's versions, the newest first.
func (s *Service) Versions(ctx context.Context, kind string) ([]Version, error) {
	return store.All[Version](ctx, s.db.Reader(), "select hash, body, first_used_at from procedure_version where kind = $1 order by first_used_at desc, hash", kind)
}

// calendar reads the working days in force.
func (s *Service) calendar(ctx context.Context, q store.Querier) (*deadline.Calendar, error) {
	cal, err := registry.Calendar(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("casework: calendar: %w", err)
	}
	return cal, nil
}

// Uncertain counts the open clocks that run into a year whose holidays are not announced, so that their dates may still move.
func (s *Service) Uncertain(ctx context.Context) (int, error) {
	cal, err := s.calendar(ctx, s.db.Reader())
	if err != nil {
		return 0, err
	}
	dues, err := store.All[int64](ctx, s.db.Reader(), "select due_at from case_file where due_at > 0 union all select due_at from assignment where due_at > 0")
	n := 0
	for _, due := range dues {
		if !cal.Announced(deadline.DateOf(store.Time(due - 1)).Year()) {
			n++
		}
	}
	return n, err
}
