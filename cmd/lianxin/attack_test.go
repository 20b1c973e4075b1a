package main

import (
	"bufio"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lianxin/internal/casework"
	"lianxin/internal/identity"
	"lianxin/internal/opinion"
	"lianxin/internal/policy"
	"lianxin/internal/store"
)

// attack is something nobody should do, and the answers that are right.
type attack struct {
	name string
	send func() reply
	want []int
}

// turnedAway is how a page answers who is not signed in: it leads to the signing in, or refuses what cannot be read.
var turnedAway = []int{http.StatusSeeOther, http.StatusBadRequest, http.StatusUnauthorized}

// repel sends attacks one by one. None is answered by a fault of ours, and none leaves a row.
func (town *town) repel(t *testing.T, attacks ...attack) {
	t.Helper()
	for _, a := range attacks {
		t.Run(a.name, func(t *testing.T) {
			before := town.rows()
			r := a.send()
			if !slices.Contains(a.want, r.StatusCode) {
				t.Errorf("%d, want %v: %.300s", r.StatusCode, a.want, r.body)
			}
			if to := r.Header.Get("Location"); r.StatusCode == http.StatusSeeOther && !strings.HasPrefix(to, "/sign-in") {
				t.Errorf("it leads to %q", to)
			}
			if d := cmp.Diff(before, town.rows()); d != "" {
				t.Errorf("it left something: %s", d)
			}
		})
	}
}

// attacked is a city with one case in hand.
func attacked(t *testing.T) (*town, sown) {
	t.Helper()
	town := furnished(t, false)
	res, err := opinion.Submit(t.Context(), town.h.cases, casework.Resident(), opinion.Intake{Body: "路灯坏了。", Source: opinion.Web, Phone: "13800000001"})
	if err != nil {
		t.Fatal(err)
	}
	other, err := opinion.Submit(t.Context(), town.h.cases, casework.Resident(), opinion.Intake{Body: "井盖坏了。", Source: opinion.Web})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := town.h.cases.Apply(t.Context(), casework.Request{Actor: town.actor("clerk"), Number: res.Case.Number, Action: "accept"}); err != nil {
		t.Fatal(err)
	}
	return town, sown{res.Case.Number, res.Code, other.Case.Number}
}

// cookie is the session's cookie that a browser holds.
func (g *guest) cookie() *http.Cookie {
	g.t.Helper()
	u, err := url.Parse(g.base)
	if err != nil {
		g.t.Fatal(err)
	}
	for _, c := range g.client.Jar.Cookies(u) {
		if strings.Contains(c.Name, "session") {
			return c
		}
	}
	g.t.Fatal("no session")
	return nil
}

// with asks with a cookie of one's own making.
func (town *town) with(c *http.Cookie, value, path string) reply {
	return town.guest().get(path, "Cookie", c.Name+"="+value)
}

func TestSessionsAreNeitherForgedNorReplayed(t *testing.T) {
	town, _ := attacked(t)
	clerk := town.staff("clerk")
	c := clerk.cookie()
	if r := town.with(c, c.Value, "/desk"); r.StatusCode != 200 {
		t.Fatalf("the cookie is not the session: %d", r.StatusCode)
	}
	forged := []attack{}
	turned := []byte(c.Value)
	slices.Reverse(turned)
	for name, value := range map[string]string{"empty": "", "invented": strings.Repeat("A", len(c.Value)), "turned round": string(turned), "one sign altered": "_" + c.Value[1:], "longer": c.Value + "A", "shorter": c.Value[:len(c.Value)-1],
		"small letters": strings.ToLower(c.Value), "its hash": identity.HashToken(c.Value), "sql": "' or '1'='1", "a name": "clerk", "very long": strings.Repeat("x", 4000), "encoded": base64.StdEncoding.EncodeToString([]byte(c.Value)), "percent": "%2e%2e%2f", "quoted twice": `"` + `"` + c.Value + `"` + `"`} {
		if value == c.Value {
			continue
		}
		forged = append(forged, attack{name, func() reply { return town.with(c, value, "/desk") }, turnedAway})
	}
	town.repel(t, forged...)

	before := town.guest().get("/sign-in")
	for _, set := range before.Cookies() {
		if strings.Contains(set.Name, "session") && set.Value != "" {
			t.Error("a stranger gets a session by looking")
		}
	}
	town.signOut(clerk)
	town.repel(t, attack{"replayed after signing out", func() reply { return town.with(c, c.Value, "/desk") }, turnedAway})

	first, second := town.staff("agency"), town.staff("agency")
	old := first.cookie().Value
	r := second.post("/password", url.Values{"old": {demoPassword}, "password": {"By-the-Yellow-River-7"}, "again": {"By-the-Yellow-River-7"}})
	if r.StatusCode != http.StatusSeeOther {
		t.Fatalf("the password stays: %d", r.StatusCode)
	}
	town.repel(t, attack{"another session after the password changed", func() reply { return town.with(c, old, "/desk") }, turnedAway})
	if r := second.get("/desk"); r.StatusCode != 200 {
		t.Errorf("who changed the password is out: %d", r.StatusCode)
	}
	if r := town.guest().post("/sign-in", url.Values{"name": {"agency"}, "password": {demoPassword}}); r.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("the old password: %d", r.StatusCode)
	}
}

func (town *town) signOut(g *guest) {
	town.t.Helper()
	if r := g.post("/sign-out", nil); r.StatusCode != http.StatusSeeOther {
		town.t.Fatalf("signing out: %d", r.StatusCode)
	}
}

// TestASessionIsRenewedOnSigningIn takes no name a stranger has set.
func TestASessionIsRenewedOnSigningIn(t *testing.T) {
	town, s := attacked(t)
	g := town.guest()
	if r := g.post("/track", url.Values{"number": {s.number}, "code": {s.code}}); r.StatusCode != http.StatusSeeOther {
		t.Fatalf("track: %d", r.StatusCode)
	}
	fixed := g.cookie()
	g.signIn("clerk", demoPassword)
	if g.cookie().Value == fixed.Value {
		t.Error("signing in keeps the session's name")
	}
	if r := town.with(fixed, fixed.Value, "/desk"); r.StatusCode != http.StatusSeeOther || !strings.HasPrefix(r.Header.Get("Location"), "/sign-in") {
		t.Errorf("the old name still opens: %d", r.StatusCode)
	}
	if c := fixed; !strings.Contains(town.cookieHead(), "HttpOnly") || !strings.Contains(town.cookieHead(), "SameSite") {
		t.Errorf("%s is set as %q", c.Name, town.cookieHead())
	}
}

// cookieHead is how the session's cookie is set.
func (town *town) cookieHead() string {
	r := town.guest().post("/sign-in", url.Values{"name": {"clerk"}, "password": {demoPassword}})
	return strings.Join(r.Header.Values("Set-Cookie"), "; ")
}

func TestTokensAreGoodAsTheyWereGivenOnly(t *testing.T) {
	town, s := attacked(t)
	me := town.account("clerk")
	good := town.token("clerk")
	reading, revoked := town.newToken(me.ID, identity.Read), town.newToken(me.ID, identity.Write)
	list, err := town.h.identity.ListTokens(t.Context(), me.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := town.h.identity.RevokeToken(t.Context(), policy.Actor{Account: me.ID}, me.ID, list[0].ID); err != nil {
		t.Fatal(err)
	}
	expired := town.newToken(me.ID, identity.Write)
	town.exec("update api_token set expires_at = 1 where id = (select max(id) from api_token)")
	closed := town.token("agency2")
	if err := town.h.identity.SetDisabled(t.Context(), town.actor("admin"), town.account("agency2").ID, true); err != nil {
		t.Fatal(err)
	}
	c := town.staff("clerk").cookie()
	ask := func(head string) func() reply {
		return func() reply { return town.guest().get("/api/v1/cases", "Authorization", head) }
	}
	if r := ask("Bearer " + good)(); r.StatusCode != 200 {
		t.Fatalf("the good token: %d", r.StatusCode)
	}
	act := func(head string) func() reply {
		return func() reply {
			return town.guest().send("POST", "/api/v1/cases/"+s.number+"/actions/assign", "application/json", `{"lead":"zjj"}`, "Authorization", head)
		}
	}
	town.repel(t, attack{"revoked", ask("Bearer " + revoked), []int{401}}, attack{"expired", ask("Bearer " + expired), []int{401}}, attack{"of a closed account", ask("Bearer " + closed), []int{401}},
		attack{"something behind it", ask("Bearer " + good + "x"), []int{401}}, attack{"another behind it", ask("Bearer " + good + " " + good), []int{401}}, attack{"a comma behind it", ask("Bearer " + good + ","), []int{401}},
		attack{"capitals", ask("Bearer " + strings.ToUpper(good)), []int{401}}, attack{"cut short", ask("Bearer " + good[:len(good)-1]), []int{401}}, attack{"empty", ask("Bearer "), []int{401}}, attack{"no scheme", ask(good), []int{401}},
		attack{"as a password", ask("Basic " + base64.StdEncoding.EncodeToString([]byte("clerk:"+demoPassword))), []int{401}}, attack{"very long", ask("Bearer " + strings.Repeat("x", 100_000)), []int{401}},
		attack{"a session's cookie", func() reply {
			return town.guest().get("/api/v1/cases", "Cookie", c.Name+"="+c.Value)
		}, []int{401}},
		attack{"a token as a session", func() reply { return town.guest().get("/desk", "Authorization", "Bearer "+good) }, turnedAway},
		attack{"writing with one for reading", act("Bearer " + reading), []int{403}}, attack{"writing with one revoked", act("Bearer " + revoked), []int{401}}, attack{"writing with one expired", act("Bearer " + expired), []int{401}},
		attack{"writing under another method", func() reply {
			return town.guest().send("GET", "/api/v1/cases/"+s.number+"/actions/assign", "application/json", `{"lead":"zjj"}`, "Authorization", "Bearer "+good)
		}, []int{404, 405}},
		attack{"a method in a header", func() reply {
			return town.guest().get("/api/v1/cases/"+s.number, "Authorization", "Bearer "+reading, "X-HTTP-Method-Override", "POST")
		}, []int{200}})
}

func (town *town) newToken(account string, scope identity.Scope) string {
	town.t.Helper()
	_, secret, err := town.h.identity.CreateToken(town.t.Context(), policy.Actor{Account: account}, identity.NewToken{Account: account, Name: "test", Scope: scope, Lasts: time.Hour})
	if err != nil {
		town.t.Fatal(err)
	}
	return secret
}

func (town *town) exec(query string) {
	town.t.Helper()
	err := town.h.db.Write(town.t.Context(), func(ctx context.Context, tx *store.Tx) error {
		_, err := store.Exec(ctx, tx, query)
		return err
	})
	if err != nil {
		town.t.Fatal(err)
	}
}

func TestNoOtherSitePostsOurForms(t *testing.T) {
	town, s := attacked(t)
	clerk := town.staff("clerk")
	assign := "/cases/" + s.number + "/do/assign"
	form := url.Values{"lead": {"zjj"}}
	var attacks []attack
	for name, heads := range map[string][]string{"another origin": {"Origin", "https://evil.invalid"}, "no origin at all": {"Origin", "null"}, "our name with more": {"Origin", town.url + ".evil.invalid"},
		"another port": {"Origin", "http://127.0.0.1:1"}, "fetched across": {"Sec-Fetch-Site", "cross-site"},
		"fetched from beside": {"Sec-Fetch-Site", "same-site"}, "both": {"Origin", "https://evil.invalid", "Sec-Fetch-Site", "cross-site"}} {
		attacks = append(attacks, attack{name, func() reply { return clerk.post(assign, form, heads...) }, []int{403}})
		attacks = append(attacks, attack{name + ", signing out", func() reply { return clerk.post("/sign-out", nil, heads...) }, []int{403}})
	}
	town.repel(t, attacks...)
	if r := clerk.get("/desk", "Origin", "https://evil.invalid", "Sec-Fetch-Site", "cross-site"); r.StatusCode != 200 {
		t.Errorf("a link from elsewhere: %d", r.StatusCode)
	}
	if r := clerk.post(assign, form, "Origin", town.url, "Sec-Fetch-Site", "same-origin"); r.StatusCode != http.StatusSeeOther {
		t.Errorf("our own form: %d", r.StatusCode)
	}
}

// raw sends bytes that no client would, and returns the answer.
func (town *town) raw(text string) reply {
	town.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(town.url, "http://"))
	if err != nil {
		town.t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, text); err != nil {
		town.t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		town.t.Fatalf("%.80q: %v", text, err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		town.t.Fatal(err)
	}
	return reply{res, string(body)}
}

func TestPathsAndMethodsLeadNowhere(t *testing.T) {
	town, s := attacked(t)
	c := town.staff("clerk").cookie()
	head := " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nCookie: " + c.Name + "=" + c.Value + "\r\n"
	line := func(method, path string) func() reply {
		return func() reply { return town.raw(method + " " + path + head + "\r\n") }
	}
	var attacks []attack
	for name, path := range map[string]string{"dots": "/assets/../../../etc/passwd", "encoded dots": "/assets/%2e%2e/%2e%2e/etc/passwd", "encoded slashes": "/assets/..%2f..%2f..%2fetc%2fpasswd", "twice encoded": "/assets/%252e%252e%252fetc/passwd",
		"backslashes": `/assets/..\..\etc\passwd`, "NUL": "/cases/%00", "NUL behind": "/cases/" + s.number + "%00", "a number with a path": "/cases/" + s.number + "%2f..%2f" + s.other, "a file of another case": "/cases/" + s.number + "/files/..%2f..%2flianxin.db",
		"the database": "/lianxin.db", "keys": "/keys.json", "the repository": "/.git/config", "overlong": "/cases/" + strings.Repeat("a", 4000), "overlong utf-8": "/cases/%c0%ae%c0%ae", "invalid utf-8": "/cases/%ff%fe",
		"a line break": "/cases/x%0d%0aSet-Cookie:%20a=b", "assignment 0": "/cases/" + s.number + "/0/do/sign", "assignment -1": "/cases/" + s.number + "/-1/do/sign", "assignment too great": "/cases/" + s.number + "/99999999999999999999/do/sign",
		"an action with dots": "/cases/" + s.number + "/do/..", "a kind with dots": "/procedures/..%2f..", "a table that is none": "/registry/account", "a table as sql": "/registry/office;drop%20table%20office", "a letter of none": "/urging/..%2f..%2fx/letter.docx",
		"number in small letters": "/cases/" + strings.ToLower(s.number) + "x", "slashes": "//evil.invalid/%2e%2e", "API dots": "/api/v1/cases/../../desk", "API NUL": "/api/v1/cases/%00", "API twice": "/api/v1//cases"} {
		attacks = append(attacks, attack{name, line("GET", path), []int{301, 303, 307, 400, 401, 404, 409}})
	}
	for _, method := range []string{"PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "CONNECT", "FOO", "get"} {
		attacks = append(attacks, attack{"method " + method, line(method, "/cases/"+s.number), []int{400, 403, 404, 405}})
	}
	attacks = append(attacks, attack{"a very long line", line("GET", "/"+strings.Repeat("a", 2<<20)), []int{431}}, attack{"a header too large", func() reply {
		return town.raw("GET /desk HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("a", 2<<20) + "\r\n\r\n")
	}, []int{431}}, attack{"two lengths", func() reply {
		return town.raw("POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nname=a")
	}, []int{400}}, attack{"length and chunks", func() reply {
		return town.raw("POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n")
	}, []int{400, 422}}, attack{"two hosts", func() reply { return town.raw("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n") }, []int{400}})
	town.repel(t, attacks...)
	for _, a := range attacks {
		if r := a.send(); strings.HasPrefix(strings.TrimLeft(r.Header.Get("Location"), `/\`), "evil") || strings.HasPrefix(r.Header.Get("Location"), "//") || r.Header.Get("Set-Cookie") == "a=b" {
			t.Errorf("%s leads to %q", a.name, r.Header.Get("Location"))
		}
	}
	town.headsStayOurs(s, c)
}

// headsStayOurs asks for the same page under false names: no answer leads to them.
func (town *town) headsStayOurs(s sown, c *http.Cookie) {
	for _, heads := range [][]string{{"X-Forwarded-Host", "evil.invalid"}, {"X-Original-URL", "/accounts"}, {"X-Rewrite-URL", "/accounts"}, {"Forwarded", "host=evil.invalid"}, {"Referer", "https://evil.invalid"}, {"X-Forwarded-For", "1.2.3.4, x'--"}} {
		r := town.guest().get("/cases/"+s.number, append(heads, "Cookie", c.Name+"="+c.Value)...)
		if r.StatusCode != 200 || strings.Contains(r.body+fmt.Sprint(r.Header), "evil.invalid") || !strings.Contains(r.body, s.number) {
			town.t.Errorf("%v: %d", heads, r.StatusCode)
		}
	}
}

func TestSigningInLeadsToOurPagesOnly(t *testing.T) {
	town, _ := attacked(t)
	for _, back := range []string{"https://evil.invalid", "//evil.invalid", `/\evil.invalid`, "/\t/evil.invalid", "javascript:alert(1)", "/desk\r\nSet-Cookie: a=b", "/%0d%0aSet-Cookie:a=b", "/desk\x00", "///evil.invalid", "data:text/html,x", strings.Repeat("/a", 5000), "\xff"} {
		page := town.guest().get("/sign-in?return=" + url.QueryEscape(back))
		if page.StatusCode != 200 || strings.Contains(fmt.Sprint(page.Header), "evil") {
			t.Errorf("%q: %d %v", back, page.StatusCode, page.Header)
		}
		r := town.guest().post("/sign-in", url.Values{"name": {"clerk"}, "password": {demoPassword}, "return": {back}})
		to, err := url.Parse(r.Header.Get("Location"))
		if r.StatusCode == http.StatusSeeOther && (err != nil || to.Host != "" || to.Scheme != "" || strings.HasPrefix(r.Header.Get("Location"), "//")) || r.StatusCode >= 500 || strings.Contains(strings.Join(r.Header.Values("Set-Cookie"), ";"), "a=b") {
			t.Errorf("%.60q: %d to %q", back, r.StatusCode, r.Header.Get("Location"))
		}
	}
}
