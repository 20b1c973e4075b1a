package main

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"image"
	"image/jpeg"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lianxin/internal/casework"
	"lianxin/internal/event"
)

// secrets are invented, and must not be found where nobody may see them.
var secrets = map[string]string{"name": "隐乙丙", "phone": "0473-0000987", "address": "隐壬路九百八十七号", "exif": "CANARY-GPS-987", "file": "canary-name-987"}

// words stand in the free text: business data, and never public before they were reviewed.
const words = "密语九八七"

// snapped is a JPEG with an EXIF segment that tells where it was taken.
func snapped(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewRGBA(image.Rect(0, 0, 64, 48)), nil); err != nil {
		t.Fatal(err)
	}
	exif := append([]byte("Exif\x00\x00MM\x00*"), secrets["exif"]...)
	segment := []byte{0xff, 0xe1, 0, 0}
	binary.BigEndian.PutUint16(segment[2:], uint16(len(exif)+2))
	return append(append(b.Bytes()[:2:2], append(segment, exif...)...), b.Bytes()[2:]...)
}

// said sends the form of the public page with every field a resident could give himself away in.
func (town *town) said() (number string) {
	town.t.Helper()
	visitor := town.reader("") // signs in as nobody, and stays a stranger
	form := visitor.get("/say", 200)
	var body bytes.Buffer
	parts := multipart.NewWriter(&body)
	for name, value := range map[string]string{"_key": first(town.t, form, "input[name=_key]", "value"), "body": "路灯坏了。" + words, "name": secrets["name"], "phone": secrets["phone"],
		"hide_name": "yes", "may_publish": "yes"} {
		if err := parts.WriteField(name, value); err != nil {
			town.t.Fatal(err)
		}
	}
	file, err := parts.CreateFormFile("files", secrets["file"]+".jpg")
	if err == nil {
		_, err = file.Write(snapped(town.t))
	}
	if err != nil || parts.Close() != nil {
		town.t.Fatal(err)
	}
	res, err := visitor.client.Post(town.url+"/say", parts.FormDataContentType(), &body)
	if err != nil {
		town.t.Fatal(err)
	}
	visitor.look("/say", res, 200, nil)
	number, err = town.one("select number from case_file where has_contact order by id desc limit 1")
	if err != nil {
		town.t.Fatal(err)
	}
	return number
}

// found tells which secrets a text holds.
func found(text string) []string {
	var all []string
	for what, secret := range secrets {
		if strings.Contains(text, secret) {
			all = append(all, what)
		}
	}
	return all
}

// TestCanaries follows invented secrets through everything that is kept, shown, sent, exported and logged.
func TestCanaries(t *testing.T) {
	town := furnished(t, false)
	number := town.said()
	town.walk(number)
	if err := event.CatchUp(t.Context(), town.h.db, "test", town.h.cases.Indexer(), town.h.notices.Consumer()); err != nil {
		t.Fatal(err)
	}
	page := "/cases/" + number
	if body := town.reader("clerk").get(page, 200); !strings.Contains(body, secrets["name"]) || !strings.Contains(body, secrets["phone"]) {
		t.Error("who may see the contact does not see it: the test looks for nothing")
	}
	for account, paths := range map[string][]string{
		"agency": {page, "/desk", "/cases", page + "/slip", "/notices"}, "agency-lead": {page, "/desk"}, "leader": {page, "/desk", "/cases"}, "supervision": {"/desk"},
		"auditor": {"/audit", "/accounts"}, "admin": {"/accounts", "/admin/deliveries"},
		"clerk": {"/desk", "/cases", "/cases?q=" + number, "/urging", "/promises", "/service-list", page + "/slip", "/notices", "/bulk?action=urge&n=" + number},
		"":      {"/", "/published", "/published/" + number},
	} {
		who := town.reader(account)
		for _, path := range paths {
			if what := found(who.get(path, 200)); len(what) > 0 {
				t.Errorf("%q reads %v at %s", account, what, path)
			}
		}
	}
	town.exported(t)
	town.kept(t)
	told := town.log.String()
	if what := found(told); len(what) > 0 || strings.Contains(told, words) {
		t.Errorf("the log tells %v", what)
	}
	if !strings.Contains(told, `"route":"POST /say"`) {
		t.Error("the log tells nothing of what was sent: the test looks for nothing")
	}
	if public := town.reader("").get("/published/"+number, 200); strings.Contains(public, words) {
		t.Error("the public reads what was taken out for it")
	}
}

// walk takes the case to its publication, and looks for its words in public before.
func (town *town) walk(number string) {
	town.t.Helper()
	step := func(by string, n int64, action string, in casework.Input) {
		town.t.Helper()
		if _, err := town.h.cases.Apply(town.t.Context(), casework.Request{Actor: town.actor(by), Number: number, Assignment: n, Action: action, Input: in}); err != nil {
			town.t.Fatalf("%s: %v", action, err)
		}
	}
	step("clerk", 0, "accept", nil)
	step("clerk", 0, "assign", casework.Input{"lead": "zjj"})
	step("agency", 1, "sign", nil)
	step("agency", 1, "reply", casework.Input{"class": "solved", "reply": "已修好。"})
	step("agency-lead", 1, "approve", nil)
	step("clerk", 0, "feedback", casework.Input{"how": "telephone"})
	step("clerk", 0, "ask_publish", casework.Input{"public_title": "路灯", "public_body": "路灯坏了。", "public_reply": "已修好。", "redaction": "personal", "redaction_reason": "去除个人信息。"})
	stranger := town.reader("")
	for path, status := range map[string]int{"/": 200, "/published": 200, "/published/" + number: 404, "/api/v1/cases/" + number: 404, "/cases/" + number: 200} {
		if body := stranger.get(path, status); strings.Contains(body, words) || len(found(body)) > 0 {
			town.t.Errorf("before its review %s tells of the matter", path)
		}
	}
	step("clerk2", 0, "publish", nil)
}

// exported searches the spreadsheet, unpacked.
func (town *town) exported(t *testing.T) {
	t.Helper()
	clerk := town.reader("clerk")
	body := clerk.raw("/cases/export.xlsx?" + strings.Repeat("column=0&", 1) + "column=20&column=21")
	archive, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range archive.File {
		part, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(part)
		if err != nil {
			t.Fatal(err)
		}
		if what := found(string(text)); len(what) > 0 {
			t.Errorf("the export tells %v in %s", what, f.Name)
		}
	}
}

// raw reads what a path answers with.
func (p *reader) raw(path string) []byte {
	p.t.Helper()
	res, err := p.client.Get(p.url + path)
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		p.t.Fatalf("%s: %d, %v", path, res.StatusCode, err)
	}
	return body
}

// kept searches every table, every file and the index.
func (town *town) kept(t *testing.T) {
	t.Helper()
	var dump bytes.Buffer
	if _, err := town.h.db.Dump(t.Context(), &dump); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(dump.String(), words) {
		t.Error("the dump lacks the words: the test looks at nothing")
	}
	for line := range strings.Lines(dump.String()) {
		if what := found(line); len(what) > 0 {
			t.Errorf("a row tells %v: %.80s", what, line)
		}
		if strings.Contains(line, words) && !strings.Contains(line, `"body"`) && !strings.Contains(line, `"title"`) && strings.Contains(line, "opinion.") {
			t.Errorf("an event tells the words: %.80s", line)
		}
	}
	if n, err := town.one("select cast(count(*) as text) from attachment"); err != nil || n != "1" {
		t.Errorf("%s attachments, %v: the test looks at no picture", n, err)
	}
	err := filepath.WalkDir(filepath.Join(town.at.Data, "files"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := os.ReadFile(path)
		if what := found(string(body) + path); len(what) > 0 {
			t.Errorf("a stored file tells %v", what)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for what, secret := range secrets {
		page, err := town.h.cases.List(t.Context(), town.actor("clerk"), casework.Query{Q: secret})
		if err != nil || page.Total != 0 {
			t.Errorf("the index finds %d cases by the %s, %v", page.Total, what, err)
		}
	}
}
