package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lianxin/internal/api"
	"lianxin/internal/casework"
	"lianxin/internal/demo"
	"lianxin/internal/identity"
	"lianxin/internal/opinion"
	"lianxin/internal/policy"
	"lianxin/internal/procedure"
	"lianxin/internal/registry"
	"lianxin/internal/store"
)

var update = flag.Bool("update", false, "write what was found as the golden file")

// Places of the matrix: the city's office receives from streets that only take in; one street is made to receive itself.
const (
	cityOffice, intakeStreet, sortingStreet, asideStreet, districtOffice = demo.Office, "o-150302003", "o-150302004", "o-150302001", "o-hbw"
	namedDeputy, gridDeputy                                              = "P-145", "P-003"
)

// character is somebody who tries everything, with the relations in which he stands to each thing, told by hand.
type character struct {
	name  string
	grant policy.Grant
	at    map[string]string // relations by case, or by case/assignment beside those to the case
}

func characters() []character {
	office := func(role policy.Role, congress, office string) policy.Grant {
		return policy.Grant{Role: role, Congress: congress, Office: office}
	}
	station := func(office, id string) policy.Grant {
		return policy.Grant{Role: policy.Station, Congress: demo.City, Office: office, Station: id}
	}
	agency := func(role policy.Role, id string) policy.Grant {
		return policy.Grant{Role: role, Congress: demo.City, Agency: id}
	}
	deputy := func(person string) policy.Grant {
		return policy.Grant{Role: policy.Deputy, Congress: demo.City, Person: person}
	}
	type m = map[string]string
	aside := m{"city": "congress", "street": "congress"}
	named := m{"city": "named", "district": "named"}
	return []character{
		{"clerk-city", office(policy.Clerk, demo.City, cityOffice), m{"city": "receiving congress own", "city/1": "assigner", "city/2": "assigner own", "street": "above congress"}},
		{"clerk-city2", office(policy.Clerk, demo.City, cityOffice), m{"city": "receiving congress own", "city/1": "assigner", "city/2": "assigner own", "street": "above congress"}},
		{"clerk-street", office(policy.Clerk, demo.City, sortingStreet), m{"city": "congress", "street": "receiving intake congress", "street/1": "assigner"}},
		{"clerk-aside", office(policy.Clerk, demo.City, asideStreet), aside},
		{"clerk-district", office(policy.Clerk, "hbw", districtOffice), m{"district": "receiving congress"}},
		{"street-city", office(policy.Street, demo.City, cityOffice), m{"city": "receiving congress", "city/1": "assigner", "city/2": "assigner", "street": "above congress"}},
		{"street-intake", office(policy.Street, demo.City, intakeStreet), m{"city": "intake congress", "street": "congress", "district": "intake"}},
		{"street-sorting", office(policy.Street, demo.City, sortingStreet), m{"city": "congress", "street": "receiving intake congress own", "street/1": "assigner own"}},
		{"street-aside", office(policy.Street, demo.City, asideStreet), aside},
		{"street-district", office(policy.Street, "hbw", districtOffice), m{"district": "receiving congress"}},
		{"station-intake", station(intakeStreet, "S-05"), m{"city": "intake congress", "street": "congress", "district": "intake"}},
		{"station-sorting", station(sortingStreet, "S-07"), m{"city": "congress", "street": "intake congress"}},
		{"station-next-door", station(sortingStreet, "S-08"), aside},
		{"leader", policy.Grant{Role: policy.Leader, Congress: demo.City}, aside},
		{"leader-district", policy.Grant{Role: policy.Leader, Congress: "hbw"}, m{"district": "congress"}},
		{"deputy-named", deputy(namedDeputy), named},
		{"deputy-of-grid", deputy(gridDeputy), named},
		{"deputy-aside", deputy("P-050"), nil},
		{"agency-lead-part", agency(policy.Agency, "zjj"), m{"city": "involved", "city/3": "assignee", "street": "involved", "street/1": "assignee"}},
		{"agency-co", agency(policy.Agency, "cgj"), m{"city": "involved", "city/2": "assignee"}},
		{"agency-dividing", agency(policy.Agency, "dcs"), m{"city": "involved", "city/1": "assignee", "city/3": "assigner"}},
		{"agency-aside", agency(policy.Agency, "jtj"), nil},
		{"head-lead-part", agency(policy.AgencyLead, "zjj"), m{"city": "involved", "city/3": "assignee", "street": "involved", "street/1": "assignee"}},
		{"head-co", agency(policy.AgencyLead, "cgj"), m{"city": "involved", "city/2": "assignee"}},
		{"head-aside", agency(policy.AgencyLead, "jtj"), nil},
		{"supervision", agency(policy.Supervision, "dcs"), m{"city": "involved", "city/1": "assignee own", "city/3": "assigner own"}},
		{"supervision-aside", agency(policy.Supervision, "jgzd"), nil},
		{"auditor", policy.Grant{Role: policy.Auditor, Congress: demo.City}, nil},
		{"admin", policy.Grant{Role: policy.Admin, Congress: demo.City}, nil},
		{"submitter", policy.Grant{Role: policy.Resident}, m{"city": "submitter"}},
		{"wrong-code", policy.Grant{Role: policy.Resident}, nil},
		{"nobody", policy.Grant{Role: policy.Resident}, nil},
	}
}

// stage is the served city with everybody's credentials and the prepared cases.
type stage struct {
	*town
	handler http.Handler
	heads   map[string][2]string // header by character
	numbers map[string]string    // of the cases
	codes   map[string]string
}

func newStage(t *testing.T) *stage {
	t.Helper()
	s := &stage{town: furnished(t, false), heads: map[string][2]string{}, numbers: map[string]string{}, codes: map[string]string{}}
	s.handler = s.server.Config.Handler
	founder := policy.Actor{Account: string(policy.System), Grants: []policy.Grant{{Role: policy.System, Congress: demo.City}}}
	report, err := registry.Put(t.Context(), s.h.db, founder, "office", []registry.Row{{Values: map[string]string{"id": sortingStreet, "name": "新华西街道人大工委", "level": "street", "parent_id": cityOffice, "sorts": "是"}}}, false)
	if err != nil || report.First() != nil {
		t.Fatal(err, report.First())
	}
	for _, c := range characters() {
		if c.grant.Role != policy.Resident {
			s.admit(c)
		}
	}
	return s
}

// admit makes an account that never signs in, and its token.
func (s *stage) admit(c character) {
	s.t.Helper()
	a := identity.Account{ID: store.NewID(), Name: "m-" + c.name, Display: c.name, Version: 1}
	g := identity.Grant{ID: store.NewID(), Account: a.ID, Role: c.grant.Role, Congress: c.grant.Congress, Office: c.grant.Office, Agency: c.grant.Agency, Station: c.grant.Station, Person: c.grant.Person}
	err := s.h.db.Write(s.t.Context(), func(ctx context.Context, tx *store.Tx) error {
		if err := store.Insert(ctx, tx, "account", a); err != nil {
			return err
		}
		return store.Insert(ctx, tx, "account_grant", g)
	})
	if err != nil {
		s.t.Fatal(err)
	}
	_, secret, err := s.h.identity.CreateToken(s.t.Context(), policy.Actor{Account: a.ID}, identity.NewToken{Account: a.ID, Name: "matrix", Scope: identity.Write, Lasts: time.Hour})
	if err != nil {
		s.t.Fatal(err)
	}
	s.heads[c.name] = [2]string{"Authorization", "Bearer " + secret}
}

func (s *stage) say(name string, in opinion.Intake) {
	s.t.Helper()
	in.Body, in.Source = "路灯坏了一周，晚上看不清路。", opinion.Web
	res, err := opinion.Submit(s.t.Context(), s.h.cases, casework.Resident(), in)
	if err != nil {
		s.t.Fatal(err)
	}
	s.numbers[name], s.codes[name] = res.Case.Number, res.Code
}

func (s *stage) do(who, name string, n int64, action string, in casework.Input) {
	s.t.Helper()
	if _, err := s.h.cases.Apply(s.t.Context(), casework.Request{Actor: s.actor("m-" + who), Number: s.numbers[name], Assignment: n, Action: action, Input: in}); err != nil {
		s.t.Fatalf("%s %s: %v", who, action, err)
	}
}

// prepare plays a case the city divides, one a street receives, and one handed down to a district.
func (s *stage) prepare() {
	s.t.Helper()
	place := opinion.Intake{Station: "S-05", Grid: "G-02003-01", Deputy: namedDeputy, Name: "民甲乙", Phone: "13800000001"}
	s.say("city", place)
	s.do("clerk-city", "city", 0, "accept", nil)
	s.do("clerk-city", "city", 0, "assign", casework.Input{"lead": "dcs", "co": []string{"cgj"}})
	s.do("supervision", "city", 1, "sign", nil)
	s.do("supervision", "city", 1, "subassign", casework.Input{"lead": "zjj"})
	s.say("street", opinion.Intake{Station: "S-07", Phone: "13800000002"})
	s.do("street-sorting", "street", 0, "accept", nil)
	s.do("street-sorting", "street", 0, "assign", casework.Input{"lead": "zjj"})
	s.say("origin", place)
	s.do("clerk-city", "origin", 0, "refer_down", casework.Input{"office": districtOffice, "words": "属区级职权。"})
	number, err := s.one("select c.number from case_file c join case_file o on o.id = c.origin_id where o.number = $1", s.numbers["origin"])
	if err != nil {
		s.t.Fatal(err)
	}
	s.numbers["district"] = number
}

// ask sends a request as a character.
func (s *stage) ask(c character, method, name, path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, api.Prefix+"/cases/"+s.numbers[name]+path, strings.NewReader(body)).WithContext(s.t.Context())
	r.Header.Set("Content-Type", "application/json")
	switch c.name {
	case "submitter":
		r.Header.Set("Lianxin-Code", s.codes["city"])
	case "wrong-code":
		r.Header.Set("Lianxin-Code", "AAAA-AAAA")
	case "nobody":
	default:
		r.Header.Set(s.heads[c.name][0], s.heads[c.name][1])
	}
	if c.grant.Role == policy.Resident { // so many wrong codes would have to wait
		s.exec("delete from throttle")
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return w
}

// classOf is what an answer says of the asker's right; not possible now and wrongly filled in are said to those who may.
func classOf(status int) string {
	switch status {
	case http.StatusOK, http.StatusConflict, http.StatusUnprocessableEntity:
		return "may"
	case http.StatusForbidden:
		return "denied"
	case http.StatusNotFound:
		return "hidden"
	case http.StatusUnauthorized:
		return "unknown"
	}
	return fmt.Sprint(status)
}

// right is what the policy table says of a character who stands as told.
func (s *stage) right(c character, target, action string) string {
	name, _, _ := strings.Cut(target, "/")
	held := append(strings.Fields(c.at[name]), string(policy.Anyone))
	if name != target {
		held = slices.DeleteFunc(held, func(r string) bool { return r == string(policy.Own) }) // of the case's last act
		held = append(held, strings.Fields(c.at[target])...)
	}
	may := func(action string) bool {
		return slices.ContainsFunc(held, func(r string) bool {
			ok, _ := s.h.table.Allows(opinion.Kind, action, c.grant.Role, policy.Relation(r))
			return ok && (r != string(policy.Own) || strings.HasSuffix(action, casework.Rescind))
		})
	}
	switch {
	case c.name == "nobody" && action != "view":
		return "unknown"
	case may(action), action == "view" && slices.Contains(held, string(policy.Submitter)):
		return "may"
	case may("view"), slices.Contains(held, string(policy.Submitter)):
		return "denied"
	}
	return "hidden"
}

// TestEveryRoleActionAndRelationOverHTTP lets everybody try everything. Each request carries a field no action has, so that nothing is ever done;
// what the table does not allow is refused before that is noticed.
func TestEveryRoleActionAndRelationOverHTTP(t *testing.T) {
	s := newStage(t)
	s.prepare()
	before := s.rows()
	p := s.h.kinds[0].Procedure
	var found bytes.Buffer
	for _, target := range []string{"city", "city/1", "city/2", "city/3", "street", "street/1", "district"} {
		name, n, assigned := strings.Cut(target, "/")
		path, actions := "/actions/", p.Case.Actions
		if assigned {
			path, actions = "/assignments/"+n+"/actions/", p.Assignment.Actions
		} else {
			s.tryReading(&found, target)
		}
		for _, a := range actions {
			rule := a.Name
			if assigned {
				rule = procedure.AssignmentAction(rule)
			}
			s.try(&found, target, rule, func(c character) int { return s.ask(c, "POST", name, path+a.Name, `{"nobody_asks_this":1}`).Code })
		}
	}
	if d := cmp.Diff(before, s.rows()); d != "" {
		t.Errorf("something was done: %s", d)
	}
	golden(t, "matrix.golden", found.Bytes())
}

// tryReading lets everybody read a case; the contact stands only before those who may see it.
func (s *stage) tryReading(found *bytes.Buffer, name string) {
	s.try(found, name, "view", func(c character) int {
		w := s.ask(c, "GET", name, "", "")
		contact := strings.Contains(w.Body.String(), "1380000000") || strings.Contains(w.Body.String(), "民甲乙")
		if may := s.right(c, name, "view_contact") == "may"; contact != may {
			s.t.Errorf("%s reads %s: contact shown %v, want %v", c.name, name, contact, may)
		}
		return w.Code
	})
}

// try has everybody ask, and writes down who may, who is denied and from whom the case is hidden.
func (s *stage) try(found *bytes.Buffer, target, action string, ask func(c character) int) {
	by := map[string][]string{}
	for _, c := range characters() {
		class := classOf(ask(c))
		if want := s.right(c, target, action); class != want {
			s.t.Errorf("%s %s by %s: %s, the table says %s", target, action, c.name, class, want)
		}
		by[class] = append(by[class], c.name)
	}
	fmt.Fprintf(found, "%s %s\n", target, action)
	for _, class := range []string{"may", "denied", "hidden", "unknown"} {
		if len(by[class]) > 0 {
			fmt.Fprintf(found, "  %-8s%s\n", class, strings.Join(by[class], " "))
		}
	}
}

// golden compares with the file of that name, or writes it.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("%s: %s\nRun with -update and read the difference.", name, d)
	}
}
