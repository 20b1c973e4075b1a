package casework

import (
	"context"
	"maps"
	"slices"
	"time"

	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/files"
	"lianxin/internal/policy"
	"lianxin/internal/procedure"
	"lianxin/internal/registry"
	"lianxin/internal/sealed"
	"lianxin/internal/store"
)

// Opening is what a new case starts from. The kind has checked its words; Open checks who may enter it and where it is received.
type Opening struct {
	Actor      policy.Actor
	Kind       string
	Station    string // reference ids; all may be empty: the deployment's 代工委 receives it then
	Grid       string
	Deputy     string
	Category   string
	Urgent     bool
	Source     string // web, paper, telephone, visit, import
	HideName   bool
	MayPublish bool
	Office     string            // that receives it, where the kind knows; "" to find it by station, grid or deployment
	Extra      map[string]string // what the kind keeps of its own
	Texts      map[string]string // further free texts by name, shown to staff and submitter
	Signers    []Signer
	OwnHand    bool // no office took it in: a private draft is nobody's but the author's
	Title      string
	Body       string
	Place      string
	Contact    sealed.Contact
	Files      []files.Accepted
	OccurredAt time.Time // zero is now; else the claimed time of an entry or an import
	Key        string    // Idempotency-Key
	ImportKey  string    // key of the row in the file it came from; unique in the deployment
	Proxy      bool      // entered for somebody who has only paper or telephone
	Inferred   bool
}

const opened = "open"

// Open makes a case and tells its number and pick-up code; the code can be told again by the same key, and is never stored.
// Errors: errs.Denied (may not enter for others), Invalid (a place that does not exist, a time in the future, a key reused).
func (s *Service) Open(ctx context.Context, o Opening) (Result, error) {
	var res Result
	err := s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		var err error
		res, err = s.open(ctx, tx, o)
		return err
	})
	s.told(opened, res.Repeated, err)
	return res, err
}

func (s *Service) open(ctx context.Context, tx *store.Tx, o Opening) (res Result, err error) {
	kind, err := s.Kind(o.Kind)
	if err != nil {
		return res, err
	}
	first, err := s.remember(ctx, tx, o.Actor.Account, o.Key, o.fingerprint(), "")
	if err != nil {
		return res, err
	}
	if !first {
		err = s.again(ctx, tx, o, &res)
		return res, err
	}
	a, err := s.newCase(ctx, tx, kind, o)
	if err != nil {
		return res, err
	}
	res = a.result()
	if err := a.save(ctx); err != nil {
		return res, err
	}
	_, err = store.Exec(ctx, tx, "update idempotency set number = $1 where account = $2 and key = $3", a.Case.Number, o.Actor.Account, o.Key)
	return res, err
}

func (o Opening) fingerprint() string {
	sums := []string{}
	for _, f := range o.Files {
		sums = append(sums, f.SHA256)
	}
	return fingerprint(o.Kind, o.Station, o.Grid, o.Deputy, o.Category, o.Urgent, o.Source, o.HideName, o.MayPublish, o.Title, o.Body, o.Place,
		o.Contact.Plain(), sums, o.OccurredAt, o.ImportKey, o.Proxy, o.Office, o.Extra, o.Texts, o.Signers)
}

// again answers a repeated key with the first case.
func (s *Service) again(ctx context.Context, tx *store.Tx, o Opening, res *Result) error {
	number, err := store.One[string](ctx, tx, "select number from idempotency where account = $1 and key = $2", o.Actor.Account, o.Key)
	if err != nil {
		return err
	}
	a, err := s.load(ctx, tx, o.Actor, number)
	if err != nil {
		return err
	}
	a.code = s.vault.Code(a.Case.ID, int(a.Case.CodeCounter))
	*res = a.result()
	res.Repeated = true
	return nil
}

func (s *Service) newCase(ctx context.Context, tx *store.Tx, kind *Kind, o Opening) (*Act, error) {
	at := o.OccurredAt
	if at.IsZero() {
		at = tx.Now()
	}
	if at.After(tx.Now()) {
		return nil, errs.New(errs.Invalid, "casework.future").At(ClaimedAt)
	}
	in, err := registry.ResolveIntake(ctx, tx, registry.Place{Office: o.Office, Station: o.Station, Grid: o.Grid, Deputy: o.Deputy}, deadline.DateOf(at))
	if err != nil {
		return nil, err
	}
	permission, err := s.mayEnter(o, in)
	if err != nil {
		return nil, err
	}
	if o.OwnHand {
		in.IntakeOffice = ""
	}
	a, err := s.caseAt(ctx, tx, kind, o, in, at, permission)
	if err != nil {
		return nil, err
	}
	return a, a.begin(ctx, o)
}

// caseAt numbers a new case at the office that receives it.
func (s *Service) caseAt(ctx context.Context, tx *store.Tx, kind *Kind, o Opening, in registry.Intake, at time.Time, permission Permission) (*Act, error) {
	cal, err := s.calendar(ctx, tx)
	if err != nil {
		return nil, err
	}
	p := kind.Procedure
	number, err := nextNumber(ctx, tx, in.Congress.ID, in.Congress.Prefix, p.Kind, p.Letter, at.In(deadline.Zone).Year())
	if err != nil {
		return nil, err
	}
	c := &Case{CongressID: in.Congress.ID, ID: store.NewID(), Kind: p.Kind, Number: number, Procedure: p.Hash(), Office: in.Office,
		IntakeOffice: in.IntakeOffice, Station: in.Station, Grid: in.Grid, Deputy: o.Deputy, Category: o.Category, Urgent: o.Urgent,
		Source: o.Source, HideName: o.HideName, MayPublish: o.MayPublish, CodeCounter: 1, ReceivedAt: store.Micros(at), ImportKey: o.ImportKey, Inferred: o.Inferred}
	c.Signers.V = o.Signers
	for name, value := range o.Extra {
		c.Put(name, value)
	}
	return &Act{Case: c, Actor: o.Actor, Permission: permission, Values: Values{}, At: at, Now: tx.Now(), id: store.NewID(), kind: kind, calendar: cal,
		q: tx, tx: tx, vault: s.vault, service: s, started: map[any]int64{c: 0}, Inferred: o.Inferred}, nil
}

// begin writes the first event of a case.
func (a *Act) begin(ctx context.Context, o Opening) error {
	action := &procedure.Action{Name: opened}
	a.step = &step{action: action, eventID: store.NewID()}
	c := a.Case
	c.TitleText = a.Text("title", o.Title, "resident")
	c.BodyText = a.Text("body", o.Body, "resident")
	if o.Place != "" {
		c.PlaceText = a.Text("place", o.Place, "resident")
	}
	for _, name := range slices.Sorted(maps.Keys(o.Texts)) {
		if body := o.Texts[name]; body != "" {
			c.Put("text."+name, a.Text(name, body, "resident"))
		}
	}
	for _, f := range o.Files {
		a.Attach(Submitted, f, files.PurposeSubmitted)
	}
	if !o.Contact.Empty() {
		c.HasContact = true
		if err := sealed.PutContact(ctx, a.tx, a.vault, c.CongressID, c.ID, o.Contact); err != nil {
			return err
		}
	}
	c.State = a.kind.Procedure.Case.Start
	if err := a.enter(ctx, nil, action, "", c.State); err != nil {
		return err
	}
	if o.Proxy {
		a.addEntry(nil)
	}
	a.code = a.vault.Code(c.ID, 1)
	return a.record(nil, nil, "")
}

// mayEnter lets anyone speak for himself, and asks the table who may enter for others and where.
func (s *Service) mayEnter(o Opening, in registry.Intake) (Permission, error) {
	if allowed, _ := s.table.Allows(o.Kind, "enter", policy.Resident, policy.Anyone); allowed && o.Actor.Has(policy.Resident) {
		return Permission{Role: policy.Resident, Relation: policy.Anyone}, nil
	}
	for _, g := range o.Actor.Grants {
		for _, r := range []policy.Relation{policy.NamedBy, policy.Anyone, policy.Congress} {
			allowed, _ := s.table.Allows(o.Kind, "enter", g.Role, r)
			if r == policy.NamedBy {
				if allowed && g.Person != "" && g.Person == o.Deputy && g.Congress == in.Congress.ID {
					return Permission{Role: g.Role, Relation: r, Person: g.Person}, nil
				}
				continue
			}
			if allowed && (r == policy.Anyone || g.Congress == in.Congress.ID || slices.Contains([]string{in.Office, in.IntakeOffice}, g.Office)) {
				return Permission{Role: g.Role, Relation: r, Proxy: o.Proxy, Office: g.Office, Behalf: g.Behalf}, nil
			}
		}
	}
	return Permission{}, errs.New(errs.Denied, "casework.may_not_enter")
}

// Resident is who speaks for himself without an account.
func Resident() policy.Actor {
	return policy.Actor{Account: string(policy.Resident), Grants: []policy.Grant{{Role: policy.Resident}}}
}

// Importer is the import command.
func Importer() policy.Actor {
	return policy.Actor{Account: string(policy.Import), Grants: []policy.Grant{{Role: policy.Import}}}
}

// Submitter checks a number and pick-up code and returns who may act on that one case. A wrong pair is errs.NotFound, whichever half is wrong.
func (s *Service) Submitter(ctx context.Context, number, code string) (policy.Actor, error) {
	c, _, err := read(ctx, s.db.Reader(), number)
	if errs.Is(err, errs.NotFound) || err == nil && !s.vault.VerifyCode(c.ID, int(c.CodeCounter), code) {
		return policy.Actor{}, errs.New(errs.NotFound, "casework.wrong_code")
	}
	if err != nil {
		return policy.Actor{}, err
	}
	actor := Resident()
	actor.Case = c.ID
	return actor, nil
}
