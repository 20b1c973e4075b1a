package main

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"lianxin/internal/casework"
	"lianxin/internal/event"
	"lianxin/internal/opinion"
	"lianxin/internal/store"
)

// Canaries: invented words that stand nowhere else. Sealed ones may be read only where the table lets contact be seen; lost ones nowhere.
var (
	sealedWords = map[string]string{"name": "癸壬癸", "phone": "13800000077", "id": "150302190001010077", "address": "癸巷777号"}
	lostWords   = map[string]string{"file name": "癸名单", "phone in a file name": "13800000066", "EXIF": "EXIFcanary癸照", "comment": "COMcanary癸注", "tail": "TAILcanary癸尾",
		"number checked": "13800000055", "password tried": "Canary-Password-55"}
	// told apart by who wrote them; none is public before its publication was reviewed, none stands in events or the log.
	freeWords = map[string]string{"body": "密语壹正文", "place": "密语贰地点", "acceptance": "密语叁受理", "assigning": "密语肆转办", "progress": "密语伍进展", "result": "密语陆结果",
		"telling": "密语柒反馈", "comment": "密语捌意见", "confirming": "密语玖核实", "urging": "密语拾催办", "public title": "密语甲标题", "public body": "密语乙公开", "public reply": "密语丙答复", "redaction": "密语丁处理", "signer": "密语戊签"}
	internalWords = []string{"acceptance", "assigning", "progress", "confirming", "urging", "redaction", "telling"} // not for the submitter either
)

// cameraPicture is a JPEG as a camera writes it: an EXIF block with the place and words, a comment, and something behind the end.
func cameraPicture(t testing.TB) string {
	t.Helper()
	var plain bytes.Buffer
	if err := jpeg.Encode(&plain, image.NewRGBA(image.Rect(0, 0, 60, 40)), nil); err != nil {
		t.Fatal(err)
	}
	words := []byte(lostWords["EXIF"] + " " + sealedWords["phone"] + "\x00")
	tiff := []byte("MM\x00*\x00\x00\x00\x08\x00\x02") // big-endian, the first directory at 8, two entries
	entry := func(tag, kind uint16, n, value uint32) {
		tiff = binary.BigEndian.AppendUint16(tiff, tag)
		tiff = binary.BigEndian.AppendUint16(tiff, kind)
		tiff = binary.BigEndian.AppendUint32(tiff, n)
		tiff = binary.BigEndian.AppendUint32(tiff, value)
	}
	entry(0x010E, 2, uint32(len(words)), 38) // what the picture shows: text, behind this directory
	entry(0x0112, 3, 1, 1<<16)               // upright
	tiff = append(append(tiff, 0, 0, 0, 0), words...)
	out := []byte{0xFF, 0xD8}
	segment := func(marker byte, body []byte) {
		out = append(out, 0xFF, marker)
		out = binary.BigEndian.AppendUint16(out, uint16(len(body)+2))
		out = append(out, body...)
	}
	segment(0xE1, append([]byte("Exif\x00\x00"), tiff...))
	segment(0xFE, []byte(lostWords["comment"]))
	out = append(out, plain.Bytes()[2:]...)
	return string(append(out, lostWords["tail"]...))
}

// sown is the case the canaries sit in.
type sown struct{ number, code, other string }

// sow plays a case with canaries in everything that can be filled in, as far as a publication that waits for its review.
func (town *town) sow() sown {
	t := town.t
	t.Helper()
	picture := sentFile{"files", lostWords["file name"] + lostWords["phone in a file name"] + ".jpg", cameraPicture(t)}
	station := town.staff("station")
	res := station.upload("/entry", url.Values{"source": {"visit"}, "station": {"S-05"}, "body": {freeWords["body"] + "，路灯坏了。"}, "place": {freeWords["place"]}, "may_publish": {"yes"},
		"name": {sealedWords["name"]}, "phone": {sealedWords["phone"]}, "address": {sealedWords["address"] + " " + sealedWords["id"]}}, picture)
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("entry: %d", res.StatusCode)
	}
	var s sown
	var err error
	if s.number, err = town.one("select number from case_file"); err != nil {
		t.Fatal(err)
	}
	s.code = regexp.MustCompile(`[A-Z2-9]{4}-[A-Z2-9]{4}`).FindString(station.get("/receipt").body)
	do := func(who string, n int64, action string, in casework.Input) {
		t.Helper()
		r := casework.Request{Number: s.number, Assignment: n, Action: action, Input: in}
		if who == "submitter" {
			r.Actor, err = town.h.cases.Submitter(t.Context(), s.number, s.code)
		} else {
			r.Actor = town.actor(who)
		}
		if _, e := town.h.cases.Apply(t.Context(), r); err != nil || e != nil {
			t.Fatalf("%s: %v %v", action, err, e)
		}
	}
	clerk := town.staff("clerk")
	clerk.upload("/cases/"+s.number+"/do/new_code", url.Values{"checked_phone": {lostWords["number checked"]}})
	town.guest().post("/sign-in", url.Values{"name": {"clerk2"}, "password": {lostWords["password tried"]}})
	do("clerk", 0, "accept", casework.Input{"note": freeWords["acceptance"]})
	do("clerk", 0, "assign", casework.Input{"lead": "zjj", "words": freeWords["assigning"]})
	do("clerk", 1, "urge", casework.Input{"grade": "remind", "way": "telephone", "words": freeWords["urging"]})
	do("agency", 1, "sign", nil)
	do("agency", 1, "progress", casework.Input{"words": freeWords["progress"]})
	do("agency", 1, "reply", casework.Input{"class": "solved", "reply": freeWords["result"]})
	do("agency", 1, "register_approval", casework.Input{"signer": freeWords["signer"], "signed_on": string(town.h.identity.Today())})
	do("clerk", 0, "feedback", casework.Input{"how": "telephone", "words": freeWords["telling"]})
	do("submitter", 0, "evaluate", casework.Input{"attitude": "satisfied", "result": "satisfied", "comment": freeWords["comment"]})
	do("clerk", 0, "confirm", casework.Input{"agrees": "agree", "words": freeWords["confirming"]})
	do("clerk", 0, "ask_publish", casework.Input{"public_title": freeWords["public title"], "public_body": freeWords["public body"], "public_reply": freeWords["public reply"],
		"redaction": "personal", "redaction_reason": freeWords["redaction"], "with_verdict": true})
	if err := event.CatchUp(t.Context(), town.h.db, "test", town.h.cases.Indexers()...); err != nil {
		t.Fatal(err)
	}
	return s
}

// found tells which of the words occur in a text.
func found(text string, words map[string]string) []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(words)) {
		if strings.Contains(text, words[name]) || strings.Contains(text, url.QueryEscape(words[name])) {
			names = append(names, name)
		}
	}
	return names
}

// unpacked is an answer with what is deflated in it laid open.
func unpacked(t testing.TB, r reply) string {
	t.Helper()
	text := r.body + " " + fmt.Sprint(r.Header)
	if !strings.HasPrefix(r.body, "PK\x03\x04") {
		return text
	}
	z, err := zip.NewReader(strings.NewReader(r.body), int64(len(r.body)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		part, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(part)
		if err != nil {
			t.Fatal(err)
		}
		text += string(b)
	}
	return text
}

var (
	href    = regexp.MustCompile(`(?:href|src)="(/[^"#]*)`)
	figures = regexp.MustCompile(`[0-9]+`)
	ids     = regexp.MustCompile(`/[^/]*[0-9][^/]*`)
)

// walk looks at every page that links lead to, a few of each shape, and shows each to see.
func (g *guest) walk(see func(path string, r reply), starts ...string) int {
	seen, shapes := map[string]bool{}, map[string]int{}
	queue := starts
	for len(queue) > 0 {
		at := strings.ReplaceAll(queue[0], "&amp;", "&")
		queue = queue[1:]
		shape := figures.ReplaceAllString(ids.ReplaceAllString(at, "/#"), "#")
		if seen[at] || shapes[shape] >= 3 || strings.HasPrefix(at, "/assets/") || path.Base(at) == "sign-out" {
			continue
		}
		seen[at] = true
		shapes[shape]++
		r := g.get(at)
		if r.StatusCode >= 500 {
			g.t.Errorf("%s: %d", at, r.StatusCode)
		}
		see(at, r)
		for _, m := range href.FindAllStringSubmatch(r.body, -1) {
			queue = append(queue, m[1])
		}
		if to := r.Header.Get("Location"); strings.HasPrefix(to, "/") {
			queue = append(queue, to)
		}
	}
	return len(seen)
}

// seesContact tells which accounts of the demonstration may view the contact of a case of the city's office, taken in at the street's station and
// handled by the housing bureau.
var seesContact = map[string]bool{"clerk": true, "clerk2": true, "street": true, "station": true, "agency": true, "agency-lead": true}

func TestCanariesStayWhereTheyBelong(t *testing.T) {
	town := furnished(t, false)
	s := town.sow()
	town.seekInPages(s)
	town.seekInTables()
	town.seekInFolder(s)
	town.seekInPublic(s)
	town.seekAsSubmitter(s)
	if names := append(found(town.log.String(), sealedWords), append(found(town.log.String(), lostWords), found(town.log.String(), freeWords)...)...); len(names) > 0 || strings.Contains(town.log.String(), s.code) {
		t.Errorf("the log holds %v, or the code", names)
	}
	if !strings.Contains(town.log.String(), "POST /sign-in") {
		t.Error("the log was not kept, so nothing was looked at")
	}
}

// seekInPages walks through all that every account can reach, pages, spreadsheets, letters, attachments and the API.
func (town *town) seekInPages(s sown) {
	file := "/cases/" + s.number
	for _, name := range []string{"clerk", "clerk2", "leader", "station", "street", "deputy", "supervision", "agency", "agency-lead", "agency2", "auditor", "admin"} {
		shown, kinds := map[string]bool{}, map[string]bool{}
		look := func(at string, r reply) {
			text := unpacked(town.t, r)
			kinds[r.Header.Get("Content-Type")] = true
			if strings.Contains(at, "export.xlsx?column=0") && strings.Contains(text, freeWords["body"]) {
				kinds["the sheet's words"] = true
			}
			if words := found(text, lostWords); len(words) > 0 {
				town.t.Errorf("%s finds %v at %s", name, words, at)
			}
			words := found(text, sealedWords)
			if len(words) == 0 {
				return
			}
			shown[at] = true
			if !seesContact[name] || at != file && at != file+"/slip" {
				town.t.Errorf("%s finds %v at %s", name, words, at)
			}
		}
		g := town.staff(name)
		n := g.walk(look, "/", "/desk", "/cases", file, file+"/slip", "/cases/export.xlsx?column=0&column=1&column=20&column=21", "/urging", "/promises", "/service-list", "/audit", "/accounts", "/registry", "/account", "/procedures/opinion?case="+s.number)
		for _, kind := range []string{"image/jpeg", "the sheet's words"} {
			if n < 10 || seesContact[name] && !kinds[kind] {
				town.t.Errorf("%s came to %d pages only, and to %v, not %s", name, n, slices.Sorted(maps.Keys(kinds)), kind)
			}
		}
		if shown[file] != seesContact[name] {
			town.t.Errorf("%s: contact on the case's page: %v", name, shown[file])
		}
		town.seekByToken(name, s)
		if seesContact[name] {
			town.seekBySearching(name)
		}
	}
}

// seekByToken asks the API in the account's name.
func (town *town) seekByToken(name string, s sown) {
	head := [2]string{"Authorization", "Bearer " + town.token(name)}
	for _, at := range []string{"/cases", "/cases/" + s.number, "/cases/" + s.number + "/events", "/openapi.json"} {
		r := town.guest().get("/api/v1"+at, head[0], head[1])
		words := append(found(r.body, sealedWords), found(r.body, lostWords)...)
		may := seesContact[name] && at == "/cases/"+s.number
		if (len(words) > 0) != may {
			town.t.Errorf("%s finds %v in the API at %s", name, words, at)
		}
		if strings.HasSuffix(at, "/events") && len(found(r.body, freeWords)) > 0 {
			town.t.Errorf("%s reads %v among the events", name, found(r.body, freeWords))
		}
	}
}

// seekBySearching asks for what is sealed: nothing is found by it, whoever asks.
func (town *town) seekBySearching(name string) {
	head := [2]string{"Authorization", "Bearer " + town.token(name)}
	for word, hits := range map[string]string{sealedWords["name"]: `"total":0`, sealedWords["phone"]: `"total":0`, sealedWords["id"]: `"total":0`, sealedWords["address"]: `"total":0`, freeWords["body"]: `"total":1`} {
		if r := town.guest().get("/api/v1/cases?q="+url.QueryEscape(word), head[0], head[1]); !strings.Contains(r.body, hits) {
			town.t.Errorf("%s searches for %s: %s", name, word, r.body)
		}
	}
}

func TestAHiddenNameIsHiddenFromAgencies(t *testing.T) {
	town := furnished(t, false)
	res, err := opinion.Submit(t.Context(), town.h.cases, casework.Resident(), opinion.Intake{Body: "路灯坏了。", Source: opinion.Web, HideName: true, Name: sealedWords["name"], Phone: sealedWords["phone"]})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []casework.Request{{Action: "accept"}, {Action: "assign", Input: casework.Input{"lead": "zjj"}}} {
		r.Actor, r.Number = town.actor("clerk"), res.Case.Number
		if _, err := town.h.cases.Apply(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	for name, sees := range map[string]bool{"clerk": true, "agency": false, "agency-lead": false} {
		page := town.staff(name).get("/cases/" + res.Case.Number)
		answer := town.guest().get("/api/v1/cases/"+res.Case.Number, "Authorization", "Bearer "+town.token(name))
		if page.StatusCode != 200 || answer.StatusCode != 200 || (len(found(page.body, sealedWords)) > 0) != sees || (len(found(answer.body, sealedWords)) > 0) != sees {
			t.Errorf("%s: %d %v, %d %v", name, page.StatusCode, found(page.body, sealedWords), answer.StatusCode, found(answer.body, sealedWords))
		}
	}
}

// seekInTables looks at every text of every table.
func (town *town) seekInTables() {
	for table := range town.rows() {
		columns, err := store.All[string](town.t.Context(), town.h.db.Reader(), "select name from pragma_table_info('"+table+"')")
		if err != nil {
			town.t.Fatal(err)
		}
		for _, column := range columns {
			values, err := store.All[string](town.t.Context(), town.h.db.Reader(), fmt.Sprintf("select coalesce(cast(%s as text), '') from %s", column, table))
			if err != nil {
				town.t.Fatal(err)
			}
			text := strings.Join(values, "\n")
			if words := append(found(text, sealedWords), found(text, lostWords)...); len(words) > 0 {
				town.t.Errorf("%s.%s holds %v", table, column, words)
			}
			kept := table == "case_text" && column == "body" || strings.HasPrefix(table, "search_")
			if words := found(text, freeWords); len(words) > 0 && !kept {
				town.t.Errorf("%s.%s holds %v", table, column, words)
			}
		}
	}
	if n, err := store.One[int](town.t.Context(), town.h.db.Reader(), "select count(*) from case_text where body like $1", "%"+freeWords["body"]+"%"); err != nil || n == 0 {
		town.t.Errorf("nothing was sown: %d, %v", n, err)
	}
}

// seekInFolder reads the bytes of everything the deployment keeps.
func (town *town) seekInFolder(s sown) {
	secret := map[string]string{"code": s.code, "bare code": strings.ReplaceAll(s.code, "-", ""), "demo password": demoPassword}
	seen := 0
	err := filepath.WalkDir(town.at.Data, func(at string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(at)
		seen++
		for _, words := range []map[string]string{sealedWords, lostWords, secret} {
			if names := found(string(b), words); len(names) > 0 {
				town.t.Errorf("%s holds %v", filepath.Base(at), names)
			}
		}
		if strings.Contains(at, "files") && bytes.Contains(b, []byte("Exif")) {
			town.t.Errorf("%s has an EXIF block", filepath.Base(at))
		}
		return err
	})
	if err != nil || seen < 3 {
		town.t.Errorf("%d files read, %v", seen, err)
	}
}

// seekInPublic looks at what anybody sees, before a publication was reviewed and after.
func (town *town) seekInPublic(s sown) {
	allowed := map[string]bool{}
	look := func(at string, r reply) {
		text := unpacked(town.t, r)
		names := append(found(text, sealedWords), append(found(text, lostWords), found(text, freeWords)...)...)
		for _, name := range names {
			if !allowed[name] {
				town.t.Errorf("anybody finds %s at %s", name, at)
			}
		}
	}
	starts := []string{"/", "/say", "/track", "/privacy", "/published", "/published/" + s.number, "/cases/" + s.number, "/receipt", "/mine", "/api/v1/cases", "/api/v1/cases/" + s.number, "/api/v1/cases/" + s.number + "/events",
		"/api/v1/procedures/opinion", "/api/v1/openapi.json", "/healthz", "/readyz", "/nowhere/" + s.number}
	town.guest().walk(look, starts...)
	if _, err := town.h.cases.Apply(town.t.Context(), casework.Request{Actor: town.actor("clerk2"), Number: s.number, Action: "publish", Input: casework.Input{}}); err != nil {
		town.t.Fatal(err)
	}
	allowed = map[string]bool{"public title": true, "public body": true, "public reply": true}
	town.guest().walk(look, starts...)
	if text := town.guest().get("/published/" + s.number).body; len(found(text, freeWords)) != len(allowed) {
		town.t.Errorf("published are %v", found(text, freeWords))
	}
}

// seekAsSubmitter looks at what the one who said it reads: his own words and the answer, not what offices wrote to each other.
func (town *town) seekAsSubmitter(s sown) {
	g := town.guest()
	g.post("/track", url.Values{"number": {s.number}, "code": {s.code}})
	for at, r := range map[string]reply{"/mine": g.get("/mine"), "/receipt": g.get("/receipt"), "the API": g.get("/api/v1/cases/"+s.number, "Lianxin-Code", s.code),
		"its events": g.get("/api/v1/cases/"+s.number+"/events", "Lianxin-Code", s.code)} {
		if r.StatusCode != http.StatusOK {
			town.t.Errorf("%s: %d", at, r.StatusCode)
		}
		for _, name := range found(r.body, freeWords) {
			if slices.Contains(internalWords, name) {
				town.t.Errorf("the submitter reads %s at %s", name, at)
			}
		}
	}
	if r := g.get("/mine"); len(found(r.body, map[string]string{"": freeWords["result"]})) == 0 {
		town.t.Error("the submitter does not read the answer")
	}
}
