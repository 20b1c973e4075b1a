package opinion_test

import (
	"testing"
	"time"

	"lianxin/internal/casework"
	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/event"
	"lianxin/internal/files"
	"lianxin/internal/opinion"
	"lianxin/internal/policy"
	"lianxin/internal/registry"
	"lianxin/internal/registry/registrytest"
	"lianxin/internal/sealed"
	"lianxin/internal/search"
	"lianxin/internal/store"
)

const (
	city      = registrytest.City
	officeID  = registrytest.Office
	streetID  = registrytest.Street
	stationID = registrytest.Station
	housing   = registrytest.Housing
	traffic   = registrytest.Traffic
	category  = registrytest.Category
)

func account(name string, g policy.Grant) policy.Actor {
	g.Congress = city
	return policy.Actor{Account: name, Grants: []policy.Grant{g}}
}

var (
	clerk     = account("clerk", policy.Grant{Role: policy.Clerk, Office: officeID})
	clerk2    = account("clerk2", policy.Grant{Role: policy.Clerk, Office: officeID})
	street    = account("street", policy.Grant{Role: policy.Street, Office: streetID})
	station   = account("station", policy.Grant{Role: policy.Station, Office: streetID, Station: stationID})
	handler   = account("agency", policy.Grant{Role: policy.Agency, Agency: housing})
	lead      = account("agency-lead", policy.Grant{Role: policy.AgencyLead, Agency: housing})
	coHandler = account("agency2", policy.Grant{Role: policy.Agency, Agency: traffic})
	coLead    = account("agency2-lead", policy.Grant{Role: policy.AgencyLead, Agency: traffic})
	overseer  = account("supervision", policy.Grant{Role: policy.Supervision, Agency: registrytest.Supervisor})
	leader    = account("leader", policy.Grant{Role: policy.Leader})
)

func schemas() []store.Schema {
	return []store.Schema{event.Schema(), sealed.Schema(), files.Schema(), registry.Schema(), search.Schema(), casework.Schema()}
}

// house is a small city in which tests act.
type house struct {
	t     *testing.T
	s     *casework.Service
	now   time.Time
	codes map[string]string
}

// monday is a Monday without holidays near it.
var monday = time.Date(2026, 11, 23, 9, 0, 0, 0, deadline.Zone)

func newHouse(t *testing.T, db *store.DB) *house {
	t.Helper()
	h := &house{t: t, now: monday, codes: map[string]string{}}
	kind, err := opinion.New()
	if err != nil {
		t.Fatal(err)
	}
	registrytest.Furnish(t, db)
	vault, err := sealed.NewVault(sealed.NewKeys())
	if err != nil {
		t.Fatal(err)
	}
	h.s = casework.New(db.WithClock(func() time.Time { return h.now }), vault, policy.New(kind.Procedure.Rules()...), kind)
	if err := h.s.KeepProcedures(t.Context()); err != nil {
		t.Fatal(err)
	}
	return h
}

func (h *house) later(d time.Duration) { h.now = h.now.Add(d) }

func (h *house) submit(in opinion.Intake) *casework.Case {
	h.t.Helper()
	res, err := opinion.Submit(h.t.Context(), h.s, casework.Resident(), in)
	if err != nil {
		h.t.Fatal(err)
	}
	h.codes[res.Case.ID] = res.Code
	return res.Case
}

func (h *house) try(actor policy.Actor, c *casework.Case, n int64, action string, in casework.Input) error {
	_, err := h.s.Apply(h.t.Context(), casework.Request{Actor: actor, Number: c.Number, Assignment: n, Action: action, Input: in})
	return err
}

func (h *house) do(actor policy.Actor, c *casework.Case, n int64, action string, in casework.Input) {
	h.t.Helper()
	if err := h.try(actor, c, n, action, in); err != nil {
		h.t.Fatalf("%s by %s: %v", action, actor.Account, err)
	}
}

func (h *house) refused(kind errs.Kind, actor policy.Actor, c *casework.Case, n int64, action string, in casework.Input) {
	h.t.Helper()
	if err := h.try(actor, c, n, action, in); !errs.Is(err, kind) {
		h.t.Errorf("%s by %s: got %v, want %s", action, actor.Account, err, kind)
	}
}

func (h *house) submitter(c *casework.Case) policy.Actor {
	h.t.Helper()
	actor, err := h.s.Submitter(h.t.Context(), c.Number, h.codes[c.ID])
	if err != nil {
		h.t.Fatal(err)
	}
	return actor
}

func (h *house) resident(c *casework.Case, action string, in casework.Input) {
	h.t.Helper()
	h.do(h.submitter(c), c, 0, action, in)
}

func (h *house) read(c *casework.Case) *casework.View {
	h.t.Helper()
	v, err := h.s.View(h.t.Context(), clerk, c.Number)
	if err != nil {
		h.t.Fatal(err)
	}
	return v
}

func (h *house) assignments(c *casework.Case) []casework.AssignmentView {
	h.t.Helper()
	v, err := h.s.View(h.t.Context(), clerk, c.Number)
	if err != nil {
		h.t.Fatal(err)
	}
	return v.Assigned
}

func (h *house) state(c *casework.Case, want string) {
	h.t.Helper()
	if got := h.read(c).State; got != want {
		h.t.Fatalf("the case is %s, want %s", got, want)
	}
}

// answered is a case whose sole agency has answered.
func (h *house) answered() *casework.Case {
	h.t.Helper()
	c := h.submit(opinion.Intake{Body: "the street lamp is broken", Source: opinion.Web})
	h.do(clerk, c, 0, "accept", nil)
	h.do(clerk, c, 0, "assign", casework.Input{"lead": housing})
	h.do(handler, c, 1, "sign", nil)
	h.do(handler, c, 1, "reply", casework.Input{"class": "solved", "reply": "mended"})
	h.do(lead, c, 1, "approve", nil)
	return c
}

// check folds everything and compares.
func (h *house) check() {
	h.t.Helper()
	report, err := h.s.Check(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	for _, f := range report.Findings {
		h.t.Errorf("%s: %s", f.Stream, f.What)
	}
}

// deputy stands by the case because it names him.
func deputy(t *testing.T, h *house, c *casework.Case) policy.Actor {
	t.Helper()
	return account("deputy", policy.Grant{Role: policy.Deputy, Person: registrytest.Deputy})
}
