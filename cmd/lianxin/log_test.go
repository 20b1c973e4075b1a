package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
)

// TestTheLogKeepsNoSecret sends invented secrets in every field, header and address, also where they are refused, to a real process and reads all it logged.
func TestTheLogKeepsNoSecret(t *testing.T) {
	f := newFortress(t, "")
	f.start()
	secret := 0
	var sent []string
	canary := func() string {
		secret++
		s := "canary" + strings.Repeat(string(rune('a'+secret%26)), 3) + string(rune('a'+secret/26)) + "leak"
		sent = append(sent, s)
		return s
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	do := func(method, path, kind, body string, headers ...string) (answer string) {
		t.Helper()
		req, err := http.NewRequest(method, "http://"+f.address+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", kind)
		for i := 0; i+1 < len(headers); i += 2 {
			req.Header.Set(headers[i], headers[i+1])
		}
		res, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		b, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	const asJSON, asForm = "application/json", "application/x-www-form-urlencoded"
	in := func(fields map[string]any) string {
		b, err := json.Marshal(fields)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	contact := func() map[string]any {
		return map[string]any{"name": canary(), "phone": "0473-0000987", "address": canary()}
	}
	sent = append(sent, "0000987")
	made := do("POST", "/api/v1/opinions", asJSON, in(map[string]any{"title": canary(), "body": canary(), "place": canary(), "contact": contact()}),
		"Idempotency-Key", canary(), "Lianxin-Code", canary(), "User-Agent", canary(), "Referer", "http://x/"+canary())
	var taken struct{ Number, Code string }
	if err := json.Unmarshal([]byte(made), &taken); err != nil || taken.Code == "" {
		t.Fatalf("not taken: %s, %v", made, err)
	}
	sent = append(sent, taken.Code)
	for _, refused := range []map[string]any{{"body": canary(), canary(): canary()}, {"body": []string{canary()}}, {"body": strings.Repeat(canary(), 2000)},
		{"body": canary(), "contact": map[string]any{"name": strings.Repeat(canary(), 50), "phone": canary()}},
		{"body": canary(), "station": canary(), "grid": canary(), "deputy": canary(), "category": canary()}} {
		do("POST", "/api/v1/opinions", asJSON, in(refused), "Idempotency-Key", canary())
	}
	do("POST", "/api/v1/opinions", asJSON, `{"body": "`+canary())
	do("POST", "/api/v1/opinions", asForm, "body="+canary())
	number := "/api/v1/cases/" + taken.Number
	do("GET", number, "", "", "Lianxin-Code", taken.Code)
	do("GET", number, "", "", "Lianxin-Code", canary())
	do("GET", number+"?"+canary()+"="+canary(), "", "", "Authorization", "Bearer "+canary())
	do("GET", "/api/v1/cases/"+canary(), "", "")
	do("GET", "/api/v1/"+canary(), "", "")
	do("GET", "/"+canary()+"?q="+canary(), "", "")
	do("GET", "/api/v1/cases?q="+canary(), "", "", "Authorization", "Bearer "+f.b.tokens["clerk"])
	sent = append(sent, f.b.tokens["clerk"])
	do("POST", number+"/actions/"+canary(), asJSON, in(map[string]any{canary(): canary()}), "Authorization", "Bearer "+f.b.tokens["clerk"])
	do("POST", number+"/actions/accept", asJSON, in(map[string]any{canary(): canary()}), "Authorization", "Bearer "+f.b.tokens["clerk"], "If-Match", canary())
	do("POST", "/sign-in", asForm, url.Values{"name": {canary()}, "password": {canary()}}.Encode())
	do("POST", "/track", asForm, url.Values{"number": {taken.Number}, "code": {taken.Code}}.Encode())
	do("POST", "/track", asForm, url.Values{"number": {canary()}, "code": {canary()}}.Encode())
	do("POST", "/say", asForm, url.Values{"body": {canary()}, "name": {canary()}, "phone": {canary()}, "address": {canary()}, canary(): {canary()}}.Encode())
	f.kill()
	log := f.log.String()
	if lines := strings.Count(log, `"msg":"request"`); lines < 20 {
		t.Errorf("only %d requests were logged: the test looks for nothing\n%s", lines, log)
	}
	for _, s := range sent {
		if strings.Contains(log, s) {
			t.Errorf("the log tells %s", s)
		}
	}
	if t.Failed() {
		t.Log(log)
	}
}
