package notice_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"lianxin/internal/casework"
	"lianxin/internal/deadline"
	"lianxin/internal/deliver"
	"lianxin/internal/event"
	"lianxin/internal/files"
	"lianxin/internal/identity"
	"lianxin/internal/lang"
	"lianxin/internal/notice"
	"lianxin/internal/opinion"
	"lianxin/internal/policy"
	"lianxin/internal/registry"
	"lianxin/internal/registry/registrytest"
	"lianxin/internal/sealed"
	"lianxin/internal/search"
	"lianxin/internal/store"
)

const (
	phone  = "0473-0000123"
	secret = "0123456789abcdef"
)

func account(name string, g policy.Grant) policy.Actor {
	g.Congress = registrytest.City
	return policy.Actor{Account: name, Grants: []policy.Grant{g}}
}

var (
	clerk   = account("clerk", policy.Grant{Role: policy.Clerk, Office: registrytest.Office})
	clerk2  = account("clerk2", policy.Grant{Role: policy.Clerk, Office: registrytest.Office})
	street  = account("street", policy.Grant{Role: policy.Street, Office: registrytest.Street})
	station = account("station", policy.Grant{Role: policy.Station, Office: registrytest.Street, Station: registrytest.Station})
	handler = account("agency", policy.Grant{Role: policy.Agency, Agency: registrytest.Housing})
	lead    = account("agency-lead", policy.Grant{Role: policy.AgencyLead, Agency: registrytest.Housing})
	other   = account("agency2", policy.Grant{Role: policy.Agency, Agency: registrytest.Traffic})
	deputy  = account("deputy", policy.Grant{Role: policy.Deputy, Person: registrytest.Deputy})
	leader  = account("leader", policy.Grant{Role: policy.Leader})
	town    = account("town", policy.Grant{Role: policy.Clerk, Office: registrytest.Town})
	gone    = account("gone", policy.Grant{Role: policy.Clerk, Office: registrytest.Office})
)

func everybody() []policy.Actor {
	return []policy.Actor{clerk, clerk2, street, station, handler, lead, other, deputy, leader, town, gone}
}

func schemas() []store.Schema {
	return []store.Schema{event.Schema(), sealed.Schema(), files.Schema(), search.Schema(), deliver.Schema(), identity.Schema(), registry.Schema(), casework.Schema(), notice.Schema()}
}

// monday is a Monday without holidays near it.
var monday = time.Date(2026, 11, 23, 9, 0, 0, 0, deadline.Zone)

// house is a small city whose people are told.
type house struct {
	t     *testing.T
	db    *store.DB
	cases *casework.Service
	out   *deliver.Service
	s     *notice.Service
	mu    sync.Mutex
	at    time.Time
	codes map[string]string
}

func newHouse(t *testing.T, db *store.DB) *house {
	t.Helper()
	registrytest.Furnish(t, db)
	h := &house{t: t, at: monday, codes: map[string]string{}}
	h.db = db.WithClock(h.now)
	kind, err := opinion.New()
	if err != nil {
		t.Fatal(err)
	}
	vault, err := sealed.NewVault(sealed.NewKeys())
	if err != nil {
		t.Fatal(err)
	}
	catalogue, err := lang.New(notice.Messages())
	if err != nil {
		t.Fatal(err)
	}
	h.cases = casework.New(h.db, vault, policy.New(kind.Procedure.Rules()...), kind)
	if err := h.cases.KeepProcedures(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.out = deliver.New(h.db, vault, deliver.Options{Gate: notice.Gate(h.db)})
	h.s = notice.New(h.db, vault, h.cases, h.out, catalogue).Linked("https://lx.example.cn")
	for _, a := range everybody() {
		h.account(a)
	}
	return h
}

func (h *house) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.at
}

func (h *house) set(at time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.at = at
}

func (h *house) account(a policy.Actor) {
	h.t.Helper()
	row := identity.Account{ID: a.Account, Name: a.Account, Display: a.Account, Disabled: a.Account == gone.Account, Version: 1}
	g := a.Grants[0]
	grant := identity.Grant{ID: store.NewID(), Account: a.Account, Role: g.Role, Congress: g.Congress, Office: g.Office, Agency: g.Agency, Station: g.Station, Person: g.Person}
	for table, row := range map[string]any{"account": row, "account_grant": grant} {
		if err := h.db.Write(h.t.Context(), inserting(table, row)); err != nil {
			h.t.Fatal(err)
		}
	}
}

func (h *house) begin() {
	h.t.Helper()
	if err := h.s.Begin(h.t.Context(), h.now()); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) channel(name string) {
	h.t.Helper()
	c := deliver.Settings{Enabled: true, Host: "relay.example.cn", Port: 587, Security: deliver.StartTLS, From: "lx@example.cn", URL: "https://out.example.cn", Secret: secret}
	if err := h.out.SetChannel(h.t.Context(), clerk, name, c); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) wants(who policy.Actor, p notice.Preference) {
	h.t.Helper()
	if err := h.s.SetPreference(h.t.Context(), who, p); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) submit(in opinion.Intake) *casework.Case {
	h.t.Helper()
	in.Source = opinion.Web
	if in.Body == "" {
		in.Body = "the street lamp is broken"
	}
	res, err := opinion.Submit(h.t.Context(), h.cases, casework.Resident(), in)
	if err != nil {
		h.t.Fatal(err)
	}
	h.codes[res.Case.ID] = res.Code
	return res.Case
}

func (h *house) do(actor policy.Actor, c *casework.Case, n int64, action string, in casework.Input) {
	h.t.Helper()
	_, err := h.cases.Apply(h.t.Context(), casework.Request{Actor: actor, Number: c.Number, Assignment: n, Action: action, Input: in})
	if err != nil {
		h.t.Fatalf("%s by %s: %v", action, actor.Account, err)
	}
}

func (h *house) resident(c *casework.Case, action string, in casework.Input) {
	h.t.Helper()
	actor, err := h.cases.Submitter(h.t.Context(), c.Number, h.codes[c.ID])
	if err != nil {
		h.t.Fatal(err)
	}
	h.do(actor, c, 0, action, in)
}

// fedBack goes the road from submission to the word of the resident.
func (h *house) fedBack(c *casework.Case) {
	h.t.Helper()
	h.do(clerk, c, 0, "accept", nil)
	h.do(clerk, c, 0, "assign", casework.Input{"lead": registrytest.Housing})
	h.do(handler, c, 1, "sign", nil)
	h.do(handler, c, 1, "reply", casework.Input{"class": "solved", "reply": "mended"})
	h.do(lead, c, 1, "approve", nil)
	h.do(clerk, c, 0, "feedback", casework.Input{"how": "telephone"})
}

func (h *house) catchUp() {
	h.t.Helper()
	if err := event.CatchUp(h.t.Context(), h.db, "test", h.s.Consumer()); err != nil {
		h.t.Fatal(err)
	}
}

// told lists who was told what since the last call, as "account action", sorted.
func (h *house) told() []string {
	h.t.Helper()
	h.catchUp()
	var all []string
	for _, a := range everybody() {
		list, err := h.s.Inbox(h.t.Context(), a.Account, true, "", 100)
		if err != nil {
			h.t.Fatal(err)
		}
		for _, n := range list {
			all = append(all, a.Account+" "+n.Action)
			if _, err := h.cases.View(h.t.Context(), a, n.Number); err != nil {
				h.t.Errorf("%s was told of a case he may not read: %v", a.Account, err)
			}
			if _, err := h.s.Read(h.t.Context(), a.Account, n.ID); err != nil {
				h.t.Error(err)
			}
		}
	}
	slices.Sort(all)
	return all
}

func (h *house) deliveries() []deliver.Row {
	h.t.Helper()
	rows, err := h.out.List(h.t.Context(), deliver.Filter{Limit: 100})
	if err != nil {
		h.t.Fatal(err)
	}
	return rows
}
