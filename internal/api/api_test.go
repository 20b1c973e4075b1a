package api_test

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"lianxin/internal/api"
	"lianxin/internal/casework"
	"lianxin/internal/deadline"
	"lianxin/internal/event"
	"lianxin/internal/files"
	"lianxin/internal/identity"
	"lianxin/internal/lang"
	"lianxin/internal/opinion"
	"lianxin/internal/policy"
	"lianxin/internal/registry"
	"lianxin/internal/registry/registrytest"
	"lianxin/internal/sealed"
	"lianxin/internal/search"
	"lianxin/internal/store/storetest"
	"lianxin/internal/zh"
)

// site is the API served to a test; every answer is held against the OpenAPI document.
type site struct {
	t      testing.TB
	url    string
	tokens map[string]string
	router routers.Router
	cases  *casework.Service
}

func serve(t testing.TB) *site {
	t.Helper()
	db := storetest.SQLite(t, event.Schema(), sealed.Schema(), files.Schema(), search.Schema(), identity.Schema(), registry.Schema(), casework.Schema())
	registrytest.Furnish(t, db)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	vault, err := sealed.NewVault(sealed.NewKeys())
	must(err)
	folder, err := files.OpenFolder(t.TempDir())
	must(err)
	t.Cleanup(func() { must(folder.Close()) })
	kind, err := opinion.New()
	must(err)
	catalogue, err := lang.New(api.Messages(), casework.Messages(), opinion.Messages(), identity.Messages(), files.Messages(), zh.Messages(), registry.Messages(), deadline.Messages())
	must(err)
	cases := casework.New(db, vault, policy.New(kind.Procedure.Rules()...), kind)
	must(cases.KeepProcedures(t.Context()))
	people := identity.New(db, vault)
	s := &site{t: t, tokens: map[string]string{}, cases: cases}
	for name, g := range map[string]identity.Grant{"clerk": {Role: policy.Clerk, Office: registrytest.Office}, "agency": {Role: policy.Agency, Agency: registrytest.Housing},
		"lead": {Role: policy.AgencyLead, Agency: registrytest.Housing}, "stranger": {Role: policy.Agency, Agency: registrytest.Traffic}} {
		g.Congress = registrytest.City
		a, _, err := people.Create(t.Context(), registrytest.System(), identity.NewAccount{Name: name, Display: name, Password: "Correct-horse-7", Grants: []identity.Grant{g}})
		must(err)
		_, s.tokens[name], err = people.CreateToken(t.Context(), registrytest.System(), identity.NewToken{Account: a.ID, Name: "test", Scope: identity.Write, Lasts: time.Hour})
		must(err)
		_, s.tokens[name+" reading"], err = people.CreateToken(t.Context(), registrytest.System(), identity.NewToken{Account: a.ID, Name: "test", Scope: identity.Read, Lasts: time.Hour})
		must(err)
	}
	mux := http.NewServeMux()
	api.Register(mux, api.Deps{Cases: cases, Identity: people, Files: folder, Catalogue: catalogue})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	s.url = server.URL
	s.describe()
	return s
}

// describe reads the site's own OpenAPI document.
func (s *site) describe() {
	s.t.Helper()
	res, err := http.Get(s.url + api.Prefix + "/openapi-3.0.json")
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		s.t.Fatal(err)
	}
	doc.Servers = openapi3.Servers{{URL: s.url}}
	if s.router, err = gorillamux.NewRouter(doc); err != nil {
		s.t.Fatal(err)
	}
}

// call sends a request as an account, as the submitter ("code:XXXX-XXXX") or as nobody, and returns status and body.
func (s *site) call(who, method, path, body string, headers ...string) (int, map[string]any, http.Header) {
	s.t.Helper()
	req, err := http.NewRequest(method, s.url+api.Prefix+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/json")
	}
	if code, ok := strings.CutPrefix(who, "code:"); ok {
		req.Header.Set("Lianxin-Code", code)
	} else if who != "" {
		req.Header.Set("Authorization", "Bearer "+s.tokens[who])
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	s.valid(req, res, answer)
	var out map[string]any
	if err := json.Unmarshal(answer, &out); err != nil {
		s.t.Fatalf("%s %s: %d %s", method, path, res.StatusCode, answer)
	}
	return res.StatusCode, out, res.Header
}

// valid holds an answer against the document; paths the document does not have are problems only.
func (s *site) valid(req *http.Request, res *http.Response, answer []byte) {
	s.t.Helper()
	route, params, err := s.router.FindRoute(req)
	if err != nil {
		if res.StatusCode != http.StatusNotFound {
			s.t.Errorf("%s %s is not described: %v", req.Method, req.URL.Path, err)
		}
		return
	}
	in := &openapi3filter.RequestValidationInput{Request: req, PathParams: params, Route: route}
	err = openapi3filter.ValidateResponse(req.Context(), &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: res.StatusCode, Header: res.Header,
		Body: io.NopCloser(bytes.NewReader(answer))})
	if err != nil {
		s.t.Errorf("%s %s: the answer is not as described: %v", req.Method, req.URL.Path, err)
	}
}

// want fails unless the status is the one expected.
func (s *site) want(status int, who, method, path, body string, headers ...string) map[string]any {
	s.t.Helper()
	got, out, _ := s.call(who, method, path, body, headers...)
	if got != status {
		s.t.Fatalf("%s %s by %q: %d %v, want %d", method, path, who, got, out, status)
	}
	return out
}

func TestTheRoadOverTheAPI(t *testing.T) {
	s := serve(t)
	made := s.want(201, "", "POST", "/opinions", `{"body":"路灯坏了一周","contact":{"phone":"13800000000"},"may_publish":true}`, "Idempotency-Key", "k1")
	again := s.want(201, "", "POST", "/opinions", `{"body":"路灯坏了一周","contact":{"phone":"13800000000"},"may_publish":true}`, "Idempotency-Key", "k1")
	if made["number"] != again["number"] || made["code"] != again["code"] {
		t.Errorf("a repeated key made another case: %v, %v", made, again)
	}
	path, code := "/cases/"+made["number"].(string), "code:"+made["code"].(string)
	s.want(404, "", "GET", path, "")
	s.want(404, "code:AAAA-AAAA", "GET", path, "")
	s.want(404, "stranger", "GET", path, "")
	if v := s.want(200, code, "GET", path, ""); v["contact"] != nil || v["assignments"] != nil {
		t.Errorf("the submitter sees %v", v)
	}
	s.want(412, "clerk", "POST", path+"/actions/accept", `{}`, "If-Match", `"7"`)
	s.want(200, "clerk", "POST", path+"/actions/accept", `{"category":"`+registrytest.Category+`"}`, "If-Match", `"1"`)
	s.want(200, "clerk", "POST", path+"/actions/assign", `{"lead":"`+registrytest.Housing+`","words":"请办理"}`)
	s.want(200, "agency", "POST", path+"/assignments/1/actions/sign", `{}`)
	s.want(200, "agency", "POST", path+"/assignments/1/actions/reply", `{"class":"solved","reply":"已修好"}`)
	s.want(403, "agency", "POST", path+"/assignments/1/actions/approve", `{}`)
	s.want(200, "lead", "POST", path+"/assignments/1/actions/approve", `{}`)
	if v := s.want(200, code, "GET", path, ""); v["reply"] != nil {
		t.Errorf("the answer is read before feedback: %v", v["reply"])
	}
	s.want(200, "clerk", "POST", path+"/actions/feedback", `{"how":"telephone"}`)
	v := s.want(200, code, "POST", path+"/actions/evaluate", `{"attitude":"satisfied","result":"satisfied"}`)
	if v["state"] != "closed" || v["reply"] != "已修好" {
		t.Errorf("got %v", v)
	}
	conflict := s.want(409, "clerk", "POST", path+"/actions/accept", `{}`)
	if len(conflict["actions"].([]any)) == 0 || !strings.Contains(conflict["detail"].(string), "已办结") {
		t.Errorf("a conflict names what is possible: %v", conflict)
	}
	if events := s.want(200, "clerk", "GET", path+"/events", ""); len(events["events"].([]any)) < 8 {
		t.Errorf("got %v", events)
	}
	s.want(200, "clerk", "GET", "/cases?kind=opinion&state=closed", "")
	s.want(401, "", "GET", "/cases", "")
	s.want(200, "", "GET", "/procedures/opinion", "")
}

// TestSideRoadsOverTheAPI merges, hands down, extends, urges and promises, every answer held against the document.
func TestSideRoadsOverTheAPI(t *testing.T) {
	s := serve(t)
	paths := make([]string, 3)
	codes := make([]string, 3)
	for i := range paths {
		made := s.want(201, "", "POST", "/opinions", `{"body":"路灯坏了一周"}`)
		paths[i], codes[i] = "/cases/"+made["number"].(string), "code:"+made["code"].(string)
	}
	s.want(422, "clerk", "POST", paths[1]+"/actions/merge", `{"into":"WH-O-2026-000999"}`)
	s.want(200, "clerk", "POST", paths[1]+"/actions/merge", `{"into":"`+strings.TrimPrefix(paths[0], "/cases/")+`"}`)
	s.want(200, "clerk", "POST", paths[2]+"/actions/refer_down", `{"office":"`+registrytest.District+`","words":"属区级职权"}`)
	mine := s.want(200, codes[2], "GET", paths[2], "")
	links, ok := mine["links"].([]any)
	if !ok || len(links) != 1 || links[0].(map[string]any)["code"] == nil {
		t.Fatalf("the submitter is led to %v", mine["links"])
	}
	s.want(200, "clerk", "POST", paths[0]+"/actions/accept", `{}`)
	s.want(422, "clerk", "POST", paths[0]+"/actions/assign", `{"lead":"`+registrytest.Housing+`","split":["`+registrytest.Housing+`"]}`)
	s.want(200, "clerk", "POST", paths[0]+"/actions/assign", `{"lead":"`+registrytest.Housing+`","batch_due":"2099-01-04"}`)
	a := paths[0] + "/assignments/1/actions/"
	s.want(200, "agency", "POST", a+"sign", `{}`)
	s.want(422, "agency", "POST", a+"extend", `{"length":99,"reason":"难"}`)
	s.want(200, "agency", "POST", a+"extend", `{"length":5,"reason":"需要采购配件"}`)
	s.want(403, "agency", "POST", a+"grant_extension", `{"words":"同意"}`)
	s.want(200, "clerk", "POST", a+"grant_extension", `{"words":"同意"}`)
	s.want(200, "clerk", "POST", a+"urge", `{"grade":"urge","way":"telephone"}`)
	s.want(200, "agency", "POST", a+"acknowledge", `{}`)
	s.want(200, "agency", "POST", a+"reply", `{"class":"planned","reply":"列入计划","promise":"换灯","promise_on":"2099-06-30"}`)
	s.want(200, "lead", "POST", a+"approve", `{}`)
	if v := s.want(200, "clerk", "GET", paths[1], ""); v["state"] != "replied" || v["reply"] != "列入计划" {
		t.Errorf("the merged case is %v with the answer %v", v["state"], v["reply"])
	}
	if out := s.want(200, "clerk", "GET", "/promises?state=open", ""); len(out["items"].([]any)) != 1 {
		t.Errorf("the ledger says %v", out)
	}
	s.want(401, "", "GET", "/promises", "")
	s.want(422, "clerk", "GET", "/promises?state=never", "")
	if out := s.want(200, "stranger", "GET", "/promises", ""); len(out["items"].([]any)) != 0 {
		t.Errorf("a stranger reads %v", out)
	}
}

func TestAttachmentsAreTheFileItself(t *testing.T) {
	s := serve(t)
	made := s.want(201, "", "POST", "/opinions", `{"body":"路灯坏了"}`)
	path, code := "/cases/"+made["number"].(string)+"/attachments", "code:"+made["code"].(string)
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewRGBA(image.Rect(0, 0, 4, 4))); err != nil {
		t.Fatal(err)
	}
	s.want(401, "", "POST", path, picture.String(), "Content-Type", "application/octet-stream")
	s.want(415, code, "POST", path, "not a picture", "Content-Type", "image/png")
	s.want(422, code, "POST", path, picture.String()[:40], "Content-Type", "image/png")
	s.want(413, code, "POST", path, strings.Repeat("x", 11<<20), "Content-Type", "image/png")
	for range 6 {
		s.want(201, code, "POST", path, picture.String(), "Content-Type", "application/octet-stream")
	}
	s.want(409, code, "POST", path, picture.String(), "Content-Type", "application/octet-stream")
}

func TestBadInput(t *testing.T) {
	s := serve(t)
	made := s.want(201, "", "POST", "/opinions", `{"body":"路灯坏了"}`)
	accept := "/cases/" + made["number"].(string) + "/actions/accept"
	for name, c := range map[string]struct {
		status          int
		who, path, body string
		field           string
	}{
		"unknown field":           {422, "", "/opinions", `{"body":"x","nonsense":1}`, "nonsense"},
		"wrong type":              {422, "", "/opinions", `{"body":7}`, "body"},
		"no words":                {422, "", "/opinions", `{}`, "body"},
		"only blanks":             {422, "", "/opinions", `{"body":"  \n "}`, "body"},
		"control character":       {422, "", "/opinions", `{"body":"a\u0000b"}`, "body"},
		"invalid utf-8":           {422, "", "/opinions", "{\"body\":\"a\xffb\"}", ""},
		"a name twice":            {422, "", "/opinions", `{"body":"x","body":"y"}`, "body"},
		"a name twice within":     {422, "", "/opinions", `{"body":"x","contact":{"phone":"13800000000","Phone":"13800000001"}}`, "Phone"},
		"a name twice in action":  {422, "clerk", accept, `{"note":"x","note":"y"}`, "note"},
		"deeply nested":           {400, "clerk", accept, `{"note":` + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000) + `}`, ""},
		"no json":                 {400, "", "/opinions", `nonsense`, ""},
		"two objects":             {400, "", "/opinions", `{"body":"x"}{"body":"y"}`, ""},
		"a text of 10 MB":         {413, "", "/opinions", `{"body":"` + strings.Repeat("长", 3_500_000) + `"}`, ""},
		"a text too long":         {422, "", "/opinions", `{"body":"` + strings.Repeat("长", 20_001) + `"}`, "body"},
		"bad telephone":           {422, "", "/opinions", `{"body":"x","contact":{"phone":"call me"}}`, "phone"},
		"no such grid":            {422, "", "/opinions", `{"body":"x","grid":"nowhere"}`, "grid"},
		"speaks for others":       {422, "", "/opinions", `{"body":"x","source":"paper"}`, "source"},
		"unknown field in action": {422, "clerk", accept, `{"nonsense":"x"}`, "nonsense"},
		"wrong type in action":    {422, "clerk", accept, `{"note":["x"]}`, "note"},
		"no such choice":          {422, "clerk", accept, `{"category":"nonsense"}`, "category"},
		"no such action":          {404, "clerk", "/cases/" + made["number"].(string) + "/actions/nonsense", `{}`, ""},
		"no such assignment":      {404, "clerk", "/cases/" + made["number"].(string) + "/assignments/9/actions/sign", `{}`, ""},
		"no such path":            {404, "clerk", "/nonsense", `{}`, ""},
		"wrong token":             {401, "nobody", accept, `{}`, ""},
		"out of order":            {409, "clerk", "/cases/" + made["number"].(string) + "/actions/feedback", `{"how":"telephone"}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			status, out, header := s.call(c.who, "POST", c.path, c.body)
			if status != c.status || header.Get("Content-Type") != "application/problem+json" || out["detail"] == "" || strings.Contains(out["detail"].(string), "⟦") {
				t.Fatalf("got %d %v", status, out)
			}
			if c.field == "" {
				return
			}
			fields, _ := out["errors"].([]any)
			if len(fields) == 0 || fields[0].(map[string]any)["field"] != c.field {
				t.Errorf("got %v, want the field %s", out, c.field)
			}
		})
	}
	page, err := s.cases.List(t.Context(), policy.Actor{Grants: []policy.Grant{{Role: policy.Leader, Congress: registrytest.City}}}, casework.Query{})
	if err != nil || page.Total != 1 {
		t.Errorf("%d cases after refusals only, %v", page.Total, err)
	}
}

func TestWrongCodesAreThrottled(t *testing.T) {
	s := serve(t)
	made := s.want(201, "", "POST", "/opinions", `{"body":"路灯坏了"}`)
	path := "/cases/" + made["number"].(string)
	for range 5 {
		s.want(404, "code:AAAA-AAAA", "GET", path, "")
	}
	s.want(429, "code:"+made["code"].(string), "GET", path, "")
}

func TestATokenForReadingWritesNothing(t *testing.T) {
	s := serve(t)
	made := s.want(201, "", "POST", "/opinions", `{"body":"路灯坏了"}`)
	path := "/cases/" + made["number"].(string)
	for what, call := range map[string][2]string{"an action": {path + "/actions/accept", "{}"}, "an opinion": {"/opinions", `{"body":"又一件"}`},
		"an attachment": {path + "/attachments", "x"}} {
		if out := s.want(403, "clerk reading", "POST", call[0], call[1]); out["title"] != "denied" || out["status"] != 403.0 {
			t.Errorf("%s: %v", what, out)
		}
	}
	s.want(200, "clerk reading", "GET", path, "")
	s.want(200, "clerk reading", "GET", "/cases", "")
	s.want(200, "clerk", "POST", path+"/actions/accept", "{}")
}
