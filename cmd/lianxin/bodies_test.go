package main

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"net/url"
	"strings"
	"testing"

	"lianxin/internal/casework"
	"lianxin/internal/opinion"
)

// refusals of what was sent: unreadable, too large, of no kind we take, wrong.
var refusals = []int{400, 413, 415, 422}

// zeros is a gzip of so many megabytes of nothing.
func zeros(t testing.TB, megabytes int) string {
	t.Helper()
	var b bytes.Buffer
	gz := gzip.NewWriter(&b)
	block := make([]byte, 1<<20)
	for range megabytes {
		if _, err := gz.Write(block); err != nil {
			t.Fatal(err)
		}
	}
	if err := gz.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func zipped(t testing.TB, body string) string {
	t.Helper()
	var b bytes.Buffer
	gz := gzip.NewWriter(&b)
	if _, err := gz.Write([]byte(body)); err != nil {
		t.Fatal(err)
	}
	if err := gz.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// workbook is a spreadsheet of which one part is what somebody likes.
func workbook(t testing.TB, sheet func(w *zip.Writer) error) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, body := range map[string]string{
		"[Content_Types].xml":        `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`,
		"_rels/.rels":                `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":            `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="s" sheetId="1" r:id="r1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
	} {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(body))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := sheet(z); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// cells is a sheet with rows as given.
func cells(rows string) func(z *zip.Writer) error {
	return func(z *zip.Writer) error {
		w, err := z.Create("xl/worksheets/sheet1.xml")
		if err == nil {
			_, err = w.Write([]byte(`<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>` + rows + `</sheetData></worksheet>`))
		}
		return err
	}
}

func TestFilesToImportAreBoundedAndChecked(t *testing.T) {
	town, _ := attacked(t)
	clerk, agency := town.staff("clerk"), town.staff("agency")
	send := func(content string) func() reply {
		return func() reply {
			return clerk.upload("/registry/agency/import", nil, sentFile{"file", "a.csv", content})
		}
	}
	endless := workbook(t, func(z *zip.Writer) error {
		w, err := z.Create("xl/worksheets/sheet1.xml")
		block := bytes.Repeat([]byte(" "), 1<<20)
		for range 300 {
			if err == nil {
				_, err = w.Write(block)
			}
		}
		return err
	})
	town.repel(t, attack{"a gzip bomb", send(zeros(t, 300)), refusals}, attack{"gzip within gzip", send(zipped(t, zipped(t, "id\nx\n"))), refusals}, attack{"a bomb within gzip", send(zipped(t, zeros(t, 300))), refusals},
		attack{"a zip bomb", send(endless), refusals}, attack{"a cell far out", send(workbook(t, cells(`<row r="1"><c r="XFD1" t="inlineStr"><is><t>x</t></is></c></row>`))), refusals},
		attack{"a row far down", send(workbook(t, cells(`<row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c></row><row r="1048576"><c r="A1048576"><v>1</v></c></row>`))), refusals},
		attack{"an entity from outside", send(workbook(t, cells(`<row r="1"><c r="A1" t="inlineStr"><is><t>&e;</t></is></c></row>`))), refusals}, attack{"a zip of nothing", send("PK\x03\x04"), refusals},
		attack{"a program", send("MZ\x90\x00\x03"), refusals}, attack{"nothing", send(""), refusals}, attack{"half a gzip", send(zeros(t, 1)[:200]), refusals}, attack{"bytes of no encoding", send("a,b\n\xff\xff\xff,\x81"), refusals},
		attack{"an unknown column", send("nobody_knows\n1\n"), refusals}, attack{"a field twice", send("id,id\n1,2\n"), refusals}, attack{"rows of nonsense", send("id,name,system,level\n../x,甲局,government,city\n"), []int{200, 422}},
		attack{"control signs", send("id,name,system,level\nx1,甲\x00局,government,city\n"), []int{200, 422}}, attack{"of another congress", send("id,name,system,level,congress_id\nx1,甲局,government,city,hbw\n"), []int{200, 422}},
		attack{"larger than a form takes", send(strings.Repeat("a", 21<<20)), []int{413}},
		attack{"by somebody who may not", func() reply {
			return agency.upload("/registry/agency/import", nil, sentFile{"file", "a.csv", "id\nx\n"})
		}, []int{403}})
}

// boastful is a PNG that claims to be of some size.
func boastful(w, h uint32) string {
	head := append([]byte("IHDR"), binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)...)
	head = append(head, 8, 2, 0, 0, 0)
	return string(binary.BigEndian.AppendUint32(append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), head...), crc32.ChecksumIEEE(head)))
}

func TestAttachmentsAreNothingButPicturesAndPapers(t *testing.T) {
	town, s := attacked(t)
	picture := cameraPicture(t)
	for name, content := range map[string]string{"a picture that boasts": boastful(1<<31-1, 1<<31-1), "one of 12 000 squared": boastful(12_000, 12_000), "of no size": boastful(0, 0), "a picture of marks": `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`,
		"a page": "<!doctype html><script>alert(1)</script>", "a program": "MZ\x90\x00", "a paper that runs": "%PDF-1.4\n<< /S /JavaScript /JS (app.alert(1)) >>\n%%EOF", "one that runs under other signs": "%PDF-1.4\n<< /S /#4aavaScript /J#53 (x) >>\n%%EOF",
		"a paper that carries files": "%PDF-1.4\n<< /EmbeddedFile 1 >>\n%%EOF", "half a paper": "%PDF-1.4", "half a picture": picture[:len(picture)/2], "a picture in name only": "GIF89a<script>alert(1)</script>", "a telephone's own": "\x00\x00\x00\x18ftypheic\x00\x00",
		"a zip": zipped(t, "x"), "nothing": "", "11 MB": "\x89PNG\r\n\x1a\n" + strings.Repeat("x", 11<<20)} {
		town.repel(t, attack{name + ", on the page", func() reply {
			return town.guest().upload("/say", url.Values{"body": {"路灯坏了。"}}, sentFile{"files", "a.jpg", content})
		}, refusals}, attack{name + ", by the API", func() reply {
			return town.guest().send("POST", "/api/v1/cases/"+s.number+"/attachments", "image/jpeg", content, "Lianxin-Code", s.code)
		}, refusals})
	}
	many := make([]sentFile, 7)
	for i := range many {
		many[i] = sentFile{"files", "a.jpg", picture}
	}
	form := url.Values{"body": {"路灯坏了。"}}
	town.repel(t, attack{"seven pictures", func() reply { return town.guest().upload("/say", form, many...) }, refusals},
		attack{"a file nobody asked for", func() reply {
			return town.guest().upload("/say", form, sentFile{"body", "a.jpg", picture})
		}, refusals},
		attack{"with a wrong code", func() reply {
			return town.guest().send("POST", "/api/v1/cases/"+s.number+"/attachments", "image/jpeg", picture, "Lianxin-Code", "AAAA-AAAA")
		}, []int{404}},
		attack{"with another's code", func() reply {
			return town.guest().send("POST", "/api/v1/cases/"+s.other+"/attachments", "image/jpeg", picture, "Lianxin-Code", s.code)
		}, []int{404}})
	town.pathsInNames(picture)
}

// pathsInNames sends a good picture under names that lead elsewhere: it is taken, and served under a name of ours.
func (town *town) pathsInNames(picture string) {
	town.t.Helper()
	g := town.guest()
	if r := g.upload("/say", url.Values{"body": {"井盖坏了。"}}, sentFile{"files", "../../癸.html", picture}, sentFile{"files", "a\".exe", picture}); r.StatusCode != 303 {
		town.t.Fatalf("%d", r.StatusCode)
	}
	number, err := town.one("select number from case_file order by id desc limit 1")
	if err != nil {
		town.t.Fatal(err)
	}
	served := 0
	clerk := town.staff("clerk")
	for _, m := range href.FindAllStringSubmatch(clerk.get("/cases/"+number).body, -1) {
		if !strings.Contains(m[1], "/files/") {
			continue
		}
		served++
		r := clerk.get(m[1])
		head := r.Header.Get("Content-Disposition")
		if r.StatusCode != 200 || r.Header.Get("Content-Type") != "image/jpeg" || r.Header.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(r.Header.Get("Content-Security-Policy"), "sandbox") || strings.Contains(head, "html") || strings.Contains(head, "exe") {
			town.t.Errorf("served as %v", r.Header)
		}
		if r := g.get(m[1]); r.StatusCode == 200 {
			town.t.Error("anybody opens an attachment")
		}
	}
	if served == 0 {
		town.t.Error("no attachment is offered")
	}
}

func TestFormsTakeNoMoreThanTheyAsk(t *testing.T) {
	town, s := attacked(t)
	town.withToken("clerk", "GET", "/cases", "") // makes the token
	station, stranger := town.staff("station"), town.staff("agency2")
	say := func(form url.Values) func() reply {
		return func() reply { return town.guest().post("/say", form) }
	}
	body := func(text string) url.Values { return url.Values{"body": {text}} }
	kinds := func(kind, text string) func() reply {
		return func() reply { return town.guest().send("POST", "/say", kind, text) }
	}
	plain := "application/x-www-form-urlencoded"
	parts := strings.Repeat("--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n", 20_000) + "--x--\r\n"
	town.repel(t, attack{"10 MB of text", say(body(strings.Repeat("长", 3_500_000))), refusals}, attack{"70 MB of text", kinds(plain, "body="+strings.Repeat("a", 70<<20)), []int{413}}, attack{"a sign too many", say(body(strings.Repeat("长", 20_001))), refusals},
		attack{"control signs", say(body("a\x00b")), refusals}, attack{"an escape", say(body("a\x1b[2Jb")), refusals}, attack{"reading turned round", say(body("a\u202eb")), refusals}, attack{"no letter at all", say(body("\u200b \u2060")), refusals},
		attack{"bytes that are no text", kinds(plain, "body=%ff%fe"), refusals}, attack{"a percent alone", kinds(plain, "body=%"), refusals}, attack{"a field nobody asked for", say(url.Values{"body": {"x"}, "state": {"closed"}}), refusals},
		attack{"the staff's fields", say(url.Values{"body": {"x"}, "source": {"paper"}, "urgent": {"yes"}}), refusals}, attack{"a field twice", say(url.Values{"body": {"x", "y"}}), refusals}, attack{"a choice not offered", say(url.Values{"body": {"x"}, "category": {"' or 1=1 --"}}), refusals},
		attack{"a place that is none", say(url.Values{"body": {"x"}, "grid": {"../../etc"}}), append([]int{404}, refusals...)}, attack{"a number as a telephone", say(url.Values{"body": {"x"}, "phone": {strings.Repeat("9", 60)}}), refusals}, attack{"two lines for a name", say(url.Values{"body": {"x"}, "name": {"a\nb"}}), refusals},
		attack{"a key of two lines", say(url.Values{"body": {"x"}, "_key": {"a\r\nb"}}), refusals}, attack{"a long key", say(url.Values{"body": {"x"}, "_key": {strings.Repeat("k", 201)}}), refusals}, attack{"a version of letters", say(url.Values{"body": {"x"}, "_version": {"x"}}), refusals},
		attack{"no kind", kinds("", "body=x"), refusals}, attack{"JSON", kinds("application/json", `{"body":"x"}`), refusals}, attack{"XML", kinds("text/xml", `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>`), refusals}, attack{"parts without end", kinds("multipart/form-data; boundary=x", "--x\r\n"), refusals},
		attack{"parts without a boundary", kinds("multipart/form-data", "--x\r\n"), refusals}, attack{"20 000 parts", kinds("multipart/form-data; boundary=x", parts), refusals}, attack{"300 000 fields", kinds(plain, strings.Repeat("a=1&", 300_000)), refusals},
		attack{"a deed on another's case", func() reply { return town.guest().post("/mine/withdraw", nil) }, []int{303, 404}},
		attack{"a time to come", func() reply {
			return station.post("/entry", url.Values{"source": {"paper"}, "body": {"x"}, "claimed_at": {"2999-01-01T00:00"}})
		}, refusals}, attack{"a time before all", func() reply {
			return town.withToken("clerk", "POST", "/opinions", `{"body":"x","source":"paper","claimed_at":"0001-01-01"}`)
		}, refusals}, attack{"a stranger's deed", func() reply { return stranger.post("/cases/"+s.number+"/do/accept", nil) }, []int{403, 404}})
}

// withToken asks the API in an account's name.
func (town *town) withToken(account, method, path, body string, heads ...string) reply {
	town.t.Helper()
	if town.tokens[account] == "" {
		town.tokens[account] = town.token(account)
	}
	return town.guest().send(method, "/api/v1"+path, "application/json", body, append(heads, "Authorization", "Bearer "+town.tokens[account])...)
}

func TestBodiesOfTheAPIAreReadStrictly(t *testing.T) {
	town, s := attacked(t)
	assign := "/cases/" + s.number + "/actions/assign"
	act := func(body string, heads ...string) func() reply {
		return func() reply { return town.withToken("clerk", "POST", assign, body, heads...) }
	}
	ask := func(query string) func() reply {
		return func() reply { return town.withToken("clerk", "GET", "/cases?"+query, "") }
	}
	town.withToken("clerk", "GET", "/cases", "") // makes the token
	good := `{"lead":"zjj"}`
	town.repel(t, attack{"deeply nested", act(strings.Repeat(`{"lead":`, 50_000)), refusals}, attack{"deeply nested and closed", act(`{"lead":` + strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000) + `}`), refusals}, attack{"a name twice", act(`{"lead":"zjj","lead":"cgj"}`), refusals},
		attack{"a name twice in other letters", act(`{"lead":"zjj","Lead":"cgj"}`), refusals}, attack{"a field nobody asked for", act(`{"lead":"zjj","state":"closed"}`), refusals}, attack{"a huge number", act(`{"lead":1e999}`), refusals}, attack{"a number as an agency", act(`{"lead":9007199254740993}`), refusals},
		attack{"10 MB", act(`{"lead":"zjj","words":"` + strings.Repeat("长", 3_500_000) + `"}`), refusals}, attack{"control signs", act(`{"lead":"zjj","words":"a\u0000b"}`), refusals}, attack{"bytes that are no text", act("{\"lead\":\"zjj\",\"words\":\"\xff\"}"), refusals},
		attack{"two bodies", act(good + good), refusals}, attack{"no body", act(""), refusals}, attack{"a list", act(`["zjj"]`), refusals}, attack{"null", act("null"), refusals}, attack{"a date that is none", act(`{"lead":"zjj","batch_due":"2026-02-30"}`), refusals},
		attack{"an agency of another congress", act(`{"lead":"x' or '1'='1"}`), refusals}, attack{"an object as a list", act(`{"lead":"zjj","co":{"a":1}}`), refusals}, attack{"a list of what is no text", act(`{"lead":"zjj","co":[1,null,{}]}`), refusals},
		attack{"a file by its name", act(`{"lead":"zjj","proof":{"SHA256":"x"}}`), refusals}, attack{"another kind of body", func() reply {
			return town.guest().send("POST", "/api/v1"+assign, "text/plain", good, "Authorization", "Bearer "+town.tokens["clerk"])
		}, refusals}, attack{"packed", act(zipped(t, good), "Content-Encoding", "gzip"), refusals},
		attack{"a version of letters", act(good, "If-Match", "x"), refusals}, attack{"a version below nought", act(good, "If-Match", `"-1"`), refusals}, attack{"a version beyond all", act(good, "If-Match", `"99999999999999999999"`), refusals}, attack{"an old version", act(good, "If-Match", `"1"`), []int{412}},
		attack{"a long key", act(good, "Idempotency-Key", strings.Repeat("k", 401)), refusals}, attack{"a key with blanks", act(good, "Idempotency-Key", "a b"), refusals}, attack{"a key of other signs", act(good, "Idempotency-Key", "键"), refusals},
		attack{"an action with dots", func() reply {
			return town.withToken("clerk", "POST", "/cases/"+s.number+"/actions/..%2fassign", good)
		}, []int{404}}, attack{"the system's action", func() reply { return town.withToken("clerk", "POST", "/cases/"+s.number+"/actions/take_back", "{}") }, []int{403}},
		attack{"assignment with a sign", func() reply {
			return town.withToken("clerk", "POST", "/cases/"+s.number+"/assignments/+1/actions/sign", "{}")
		}, []int{404}}, attack{"a limit below nought", ask("limit=-1"), refusals}, attack{"a limit beyond all", ask("limit=99999999999999999999"), refusals}, attack{"a cursor of nonsense", ask("cursor=%00"), refusals}, attack{"a cursor of ours, bent", ask("cursor=MSAn"), []int{200}},
		attack{"search for signs", ask("q=" + url.QueryEscape(`" OR * NEAR( ' -- %_\`)), []int{200}}, attack{"search for what is no text", ask("q=%ff%00"), []int{200, 400, 422}}, attack{"a long search", ask("q=" + strings.Repeat("%E9%95%BF", 20_000)), []int{200, 400, 422}},
		attack{"a state of nonsense", ask("state=" + url.QueryEscape("x' or 1=1 --") + strings.Repeat(",a", 5_000)), []int{200, 400, 422}})
}

// TestWordsAreShownAsWords puts marks into every text a resident can send.
func TestWordsAreShownAsWords(t *testing.T) {
	town := furnished(t, false)
	const marks = `</textarea><script>alert(1)</script>"'><img src=x onerror=alert(1)>{{.}}`
	res, err := opinion.Submit(t.Context(), town.h.cases, casework.Resident(), opinion.Intake{Title: marks, Body: marks, Place: marks, Name: marks[:20], Source: opinion.Web})
	if err != nil {
		t.Fatal(err)
	}
	clerk, me := town.staff("clerk"), town.guest()
	me.post("/track", url.Values{"number": {res.Case.Number}, "code": {res.Code}})
	shown := 0
	for at, r := range map[string]reply{"case": clerk.get("/cases/" + res.Case.Number), "desk": clerk.get("/desk"), "list": clerk.get("/cases"), "search": clerk.get("/cases?q=" + url.QueryEscape(marks)), "form": clerk.get("/cases/" + res.Case.Number + "/do/accept"),
		"mine": me.get("/mine"), "track": town.guest().post("/track", url.Values{"number": {marks[:40]}, "code": {marks[:40]}}), "again": town.guest().post("/say", url.Values{"body": {marks}, "category": {"z"}}), "nowhere": town.guest().get("/" + url.PathEscape(marks)), "sign-in": town.guest().get("/sign-in?return=" + url.QueryEscape(marks))} {
		if strings.Contains(r.body, "<script>alert") || strings.Contains(r.body, "<img src=x") || r.StatusCode >= 500 {
			t.Errorf("%s: %d shows marks as marks", at, r.StatusCode)
		}
		if strings.Contains(r.body, "&lt;script&gt;") {
			shown++
		}
		if policy := fmt.Sprint(r.Header["Content-Security-Policy"]); !strings.Contains(policy, "script-src 'self'") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: %s", at, policy)
		}
	}
	if shown < 5 {
		t.Errorf("the words stand on %d pages only", shown)
	}
}
