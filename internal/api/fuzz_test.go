package api_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"lianxin/internal/api"
	"lianxin/internal/casework"
	"lianxin/internal/policy"
	"lianxin/internal/registry/registrytest"
)

// cases counts what the city's congress has.
func (s *site) count(t *testing.T) int {
	t.Helper()
	page, err := s.cases.List(t.Context(), policy.Actor{Grants: []policy.Grant{{Role: policy.Leader, Congress: registrytest.City}}}, casework.Query{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	return page.Total
}

// FuzzBodies holds that a body is taken whole or refused with a problem that names what is wrong, and that what was refused leaves nothing behind.
func FuzzBodies(f *testing.F) {
	for _, seed := range []string{`{"body":"x"}`, `{"body":"x","body":"y"}`, `{"BODY":"x"}`, `{"body":7}`, `{"body":null}`, `null`, `[]`, ``, `{`, `{"body":"\ud800"}`, `{"body":"\u0000"}`, "{\"body\":\"\xff\"}", `{"body":"x"}{}`, `{"body":"x"} `,
		`{"body":"x","contact":{"phone":"13800000000"}}`, `{"body":"x","contact":{"phone":"1","Phone":"2"}}`, `{"body":"x","contact":null}`, `{"body":1e999}`, `{"urgent":"yes"}`, `{"category":"roads","note":"x"}`, `{"note":{"a":[{}]}}`,
		strings.Repeat(`{"a":`, 12_000), `{"body":"x","hide_name":true,"may_publish":false,"grid":"grid-1"}`, "\uFEFF{}", `{"$schema":"x","body":"y"}`, `{"urgent":9007199254740993}`} {
		f.Add(seed, false)
		f.Add(seed, true)
	}
	s := serve(f)
	made := s.want(201, "", "POST", "/opinions", `{"body":"x"}`)
	f.Fuzz(func(t *testing.T, body string, act bool) {
		path, good, who := "/opinions", []int{201, 400, 413, 422}, ""
		if act { // one that is not possible in this state, so that it can be asked for again and again
			path, good, who = "/cases/"+made["number"].(string)+"/actions/feedback", []int{400, 409, 413, 422}, s.tokens["clerk"]
		}
		before := s.count(t)
		req, err := http.NewRequest(http.MethodPost, s.url+api.Prefix+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		if act {
			req.Header.Set("Authorization", "Bearer "+who)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		answer, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(good, res.StatusCode) || !json.Valid(answer) || bytes.Contains(answer, []byte("\u27e6")) {
			t.Fatalf("%q: %d %s", body, res.StatusCode, answer)
		}
		grown := s.count(t) - before
		if before < casework.CountedTo && (res.StatusCode == 201) != (grown == 1) {
			t.Fatalf("%q: %d, and %d cases more", body, res.StatusCode, grown)
		}
		if res.StatusCode == 201 && !json.Valid([]byte(body)) {
			t.Fatalf("%q was taken", body)
		}
	})
}
