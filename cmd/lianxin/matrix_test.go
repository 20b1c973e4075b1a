package main

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lianxin/internal/casework"
	"lianxin/internal/identity"
	"lianxin/internal/opinion"
	"lianxin/internal/policy"
	"lianxin/internal/procedure"
)

var update = flag.Bool("update", false, "write the golden files anew")

// stand is somebody with one role, and how he stands to the prepared case, its first assignment (the supervision office's) and the one under it.
type stand struct {
	name   string
	grant  policy.Grant
	toCase []policy.Relation
	toOne  []policy.Relation
	toSub  []policy.Relation
}

// stands is every role in every relation it can have, and out of all of them.
func stands() []stand {
	const elsewhere = "hbw"
	city := func(role policy.Role, g policy.Grant) policy.Grant {
		g.Role, g.Congress = role, "wh"
		return g
	}
	any := policy.Anyone
	return []stand{
		{"clerk receiving", city(policy.Clerk, policy.Grant{Office: "wh-dgw"}), []policy.Relation{any, policy.Congress, policy.Receiving}, []policy.Relation{any, policy.Congress, policy.Receiving, policy.Assigner}, []policy.Relation{any, policy.Congress, policy.Receiving}},
		{"clerk elsewhere", policy.Grant{Role: policy.Clerk, Congress: elsewhere, Office: "o-hbw"}, []policy.Relation{any}, []policy.Relation{any}, []policy.Relation{any}},
		{"street intake", city(policy.Street, policy.Grant{Office: "o-150302003"}), []policy.Relation{any, policy.Congress, policy.Intake}, []policy.Relation{any, policy.Congress, policy.Intake}, []policy.Relation{any, policy.Congress, policy.Intake}},
		{"street elsewhere", policy.Grant{Role: policy.Street, Congress: elsewhere, Office: "o-hbw"}, []policy.Relation{any}, []policy.Relation{any}, []policy.Relation{any}},
		{"station intake", city(policy.Station, policy.Grant{Office: "o-150302003", Station: "S-05"}), []policy.Relation{any, policy.Congress, policy.Intake}, []policy.Relation{any, policy.Congress, policy.Intake}, []policy.Relation{any, policy.Congress, policy.Intake}},
		{"leader", city(policy.Leader, policy.Grant{}), []policy.Relation{any, policy.Congress}, []policy.Relation{any, policy.Congress}, []policy.Relation{any, policy.Congress}},
		{"leader elsewhere", policy.Grant{Role: policy.Leader, Congress: elsewhere}, []policy.Relation{any}, []policy.Relation{any}, []policy.Relation{any}},
		{"deputy named", city(policy.Deputy, policy.Grant{Person: "P-001"}), []policy.Relation{any, policy.NamedBy}, []policy.Relation{any, policy.NamedBy}, []policy.Relation{any, policy.NamedBy}},
		{"deputy elsewhere", city(policy.Deputy, policy.Grant{Person: "P-140"}), []policy.Relation{any}, []policy.Relation{any}, []policy.Relation{any}},
		{"supervision", city(policy.Supervision, policy.Grant{Agency: "dcs"}), []policy.Relation{any, policy.Involved, policy.LeadAgency}, []policy.Relation{any, policy.Involved, policy.LeadAgency, policy.Assignee}, []policy.Relation{any, policy.Involved, policy.LeadAgency, policy.Assigner}},
		{"agency under", city(policy.Agency, policy.Grant{Agency: "zjj"}), []policy.Relation{any, policy.Involved}, []policy.Relation{any, policy.Involved}, []policy.Relation{any, policy.Involved, policy.Assignee}},
		{"agency elsewhere", city(policy.Agency, policy.Grant{Agency: "jyj"}), []policy.Relation{any}, []policy.Relation{any}, []policy.Relation{any}},
		{"agency leader under", city(policy.AgencyLead, policy.Grant{Agency: "zjj"}), []policy.Relation{any, policy.Involved}, []policy.Relation{any, policy.Involved}, []policy.Relation{any, policy.Involved, policy.Assignee}},
		{"auditor", policy.Grant{Role: policy.Auditor}, []policy.Relation{any}, []policy.Relation{any}, []policy.Relation{any}},
		{"administrator", policy.Grant{Role: policy.Admin}, []policy.Relation{any}, []policy.Relation{any}, []policy.Relation{any}},
	}
}

// matrix drives every action by everybody over HTTP. The version asked for is never the present one, so that who is allowed is told 412 and changes nothing.
type matrix struct {
	town  *town
	codes map[string]string // header and value by name
	lines []string
}

func (m *matrix) send(who, path string) int {
	m.town.t.Helper()
	req, err := http.NewRequest(http.MethodPost, m.town.url+"/api/v1"+path, strings.NewReader("{}"))
	if err != nil {
		m.town.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("If-Match", `"999999"`)
	header, value, _ := strings.Cut(m.codes[who], ": ")
	if header != "" {
		req.Header.Set(header, value)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		m.town.t.Fatal(err)
	}
	res.Body.Close()
	return res.StatusCode
}

// prepared is a case named to a deputy, taken in at a station, split by the supervision office.
func (town *town) prepared() (number, code string) {
	town.t.Helper()
	res, err := opinion.Submit(town.t.Context(), town.h.cases, town.actor("station"), opinion.Intake{Body: "路灯坏了。", Source: opinion.Paper, Station: "S-05", Deputy: "P-001", Phone: "0473-0000998"})
	if err != nil {
		town.t.Fatal(err)
	}
	for _, step := range []struct {
		by, action string
		n          int64
		in         casework.Input
	}{{"clerk", "accept", 0, nil}, {"clerk", "assign", 0, casework.Input{"lead": "dcs"}}, {"supervision", "sign", 1, nil}, {"supervision", "subassign", 1, casework.Input{"lead": "zjj"}}} {
		_, err := town.h.cases.Apply(town.t.Context(), casework.Request{Actor: town.actor(step.by), Number: res.Case.Number, Assignment: step.n, Action: step.action, Input: step.in})
		if err != nil {
			town.t.Fatal(err)
		}
	}
	return res.Case.Number, res.Code
}

// token makes an account that holds one grant, and a bearer token for it.
func (town *town) token(name string, g policy.Grant, scope identity.Scope) string {
	town.t.Helper()
	a, _, err := town.h.identity.Create(town.t.Context(), operator, identity.NewAccount{Name: "m-" + strings.ReplaceAll(name, " ", "-"), Display: name, Password: demoPassword,
		Grants: []identity.Grant{{Role: g.Role, Congress: g.Congress, Office: g.Office, Station: g.Station, Agency: g.Agency, Person: g.Person}}})
	if err != nil {
		town.t.Fatal(err)
	}
	_, secret, err := town.h.identity.CreateToken(town.t.Context(), operator, identity.NewToken{Account: a.ID, Name: "matrix", Scope: scope, Lasts: time.Hour})
	if err != nil {
		town.t.Fatal(err)
	}
	return "Authorization: Bearer " + secret
}

// TestTheWholeMatrixOverHTTP answers 403 or 404 to everything the policy does not allow, and keeps what it answers as a golden file.
func TestTheWholeMatrixOverHTTP(t *testing.T) {
	town := furnished(t, false)
	number, code := town.prepared()
	m := &matrix{town: town, codes: map[string]string{"nobody": "", "resident": "Lianxin-Code: " + code, "wrong code": "Lianxin-Code: AAAA-BBBB-CCCC"}}
	for _, s := range stands() {
		m.codes[s.name] = town.token(s.name, s.grant, identity.Write)
	}
	m.codes["read token"] = town.token("reader", stands()[0].grant, identity.Read)
	p := town.h.opinion.Procedure
	for _, target := range []struct {
		name, path string
		actions    []string
	}{{"case", "/cases/" + number, actionNames(&p.Case)}, {"assignment", "/cases/" + number + "/assignments/1", actionNames(&p.Assignment)}, {"under", "/cases/" + number + "/assignments/2", actionNames(&p.Assignment)}} {
		for _, action := range target.actions {
			m.row(target.name, target.path, action)
		}
	}
	if status := m.send("wrong code", "/cases/"+number+"/actions/withdraw"); status != http.StatusNotFound {
		t.Errorf("a wrong code answers %d", status)
	}
	m.golden("matrix.golden")
	c, _, err := town.h.cases.Read(t.Context(), number)
	if err != nil || c.State != "in_hand" || c.Version != 3 {
		t.Errorf("the matrix changed the case: %s, version %d, %v", c.State, c.Version, err)
	}
}

func actionNames(m *procedure.Machine) []string {
	var names []string
	for _, a := range m.Actions {
		names = append(names, a.Name)
	}
	return names
}

// row sends one action as everybody, and holds every answer against the table.
func (m *matrix) row(target, path, action string) {
	m.town.t.Helper()
	policyName := action
	if target != "case" {
		policyName = procedure.AssignmentAction(action)
	}
	line := fmt.Sprintf("%-10s %-18s", target, action)
	answer := func(who string, status int, relations []policy.Relation, role policy.Role) {
		allowed := slices.ContainsFunc(relations, func(r policy.Relation) bool {
			ok, _ := m.town.h.table.Allows("opinion", policyName, role, r)
			return ok
		})
		switch {
		case allowed && status != http.StatusPreconditionFailed:
			m.town.t.Errorf("%s %s by %s: %d, and the table allows it", target, action, who, status)
		case !allowed && !slices.Contains([]int{http.StatusForbidden, http.StatusNotFound}, status) && !(action == casework.Rescind && status == http.StatusPreconditionFailed):
			m.town.t.Errorf("%s %s by %s: %d, and the table does not allow it", target, action, who, status)
		}
		line += fmt.Sprintf("  %s=%d", strings.ReplaceAll(who, " ", "_"), status)
	}
	for _, s := range stands() {
		relations := map[string][]policy.Relation{"case": s.toCase, "assignment": s.toOne, "under": s.toSub}[target]
		answer(s.name, m.send(s.name, path+"/actions/"+action), relations, s.grant.Role)
	}
	resident := []policy.Relation{policy.Anyone, policy.Submitter}
	answer("resident", m.send("resident", path+"/actions/"+action), resident, policy.Resident)
	for who, want := range map[string][]int{"nobody": {401, 404}, "read token": {403}} {
		if status := m.send(who, path+"/actions/"+action); !slices.Contains(want, status) {
			m.town.t.Errorf("%s %s by %s: %d, want %v", target, action, who, status, want)
		}
	}
	m.lines = append(m.lines, line)
}

// golden compares with the file, or writes it.
func (m *matrix) golden(name string) {
	m.town.t.Helper()
	path := filepath.Join("testdata", name)
	got := strings.Join(m.lines, "\n") + "\n"
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			m.town.t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		m.town.t.Fatal(err)
	}
	if got != string(want) {
		m.town.t.Errorf("the matrix differs from %s; read the difference, then run with -update\n%s", path, got)
	}
}
