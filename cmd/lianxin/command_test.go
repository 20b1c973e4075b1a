package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// answer runs a command line as the program does, and gives what it printed.
func answer(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var c commands
	parser, err := kong.New(&c, kong.Name("lianxin"), kong.Exit(func(int) {}))
	if err != nil {
		t.Fatal(err)
	}
	k, err := parser.Parse(args)
	if err != nil {
		return "", err
	}
	k.BindTo(t.Context(), (*context.Context)(nil))
	out, restore := capture(t)
	err = k.Run()
	restore()
	return out.String(), err
}

// capture takes what is printed until restore is called.
func capture(t *testing.T) (out *bytes.Buffer, restore func()) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	was := os.Stdout
	os.Stdout = w
	out = &bytes.Buffer{}
	done := make(chan struct{})
	go func() { out.ReadFrom(r); close(done) }()
	return out, func() { w.Close(); <-done; os.Stdout = was }
}

func TestDeadlineAnswersWithDueAndExplanation(t *testing.T) {
	text, err := answer(t, "deadline", "--from", "2024-02-05", "--working-days", "15", "--format", "json")
	if err != nil {
		t.Fatal(err)
	}
	var a deadlineAnswer
	if err := json.Unmarshal([]byte(text), &a); err != nil {
		t.Fatal(err)
	}
	if a.Due != "2024-03-01" || !strings.Contains(a.Explanation, "2024年2月10日至2024年2月17日春节放假") || strings.Contains(a.Explanation, "⟦") {
		t.Errorf("got %+v", a)
	}
	if text, err = answer(t, "deadline", "--from", "2026-12-20", "--months", "1"); err != nil || !strings.Contains(text, "2027年放假安排尚未公布") {
		t.Errorf("a year not announced: %s, %v", text, err)
	}
	for _, bad := range [][]string{{"--from", "2024-02-30", "--days", "1"}, {"--from", "2024-02-05"}, {"--from", "2024-02-05", "--days", "1", "--months", "1"}, {"--from", "2024-02-05", "--days", "-3"}} {
		if text, err := answer(t, append([]string{"deadline"}, bad...)...); err == nil {
			t.Errorf("%v answered %s", bad, text)
		}
	}
}

func TestProcedureIsProvenAndDrawn(t *testing.T) {
	text, err := answer(t, "procedure", "draw", "opinion")
	if err != nil || !strings.Contains(text, "stateDiagram-v2") || !strings.Contains(text, "转办") {
		t.Errorf("got %s, %v", text, err)
	}
	file, err := os.ReadFile(filepath.Join("..", "..", "internal", "opinion", "procedure.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "own.yaml")
	for _, c := range []struct {
		text string
		ok   bool
	}{{string(file), true}, {strings.Replace(string(file), "owner: office", "owner: nobody", 1), false}, {string(file) + "\nnonsense: 1\n", false}} {
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if text, err := answer(t, "procedure", "check", path); (err == nil) != c.ok {
			t.Errorf("got %s, %v", text, err)
		}
	}
}

func TestImportAndCheckOnAFreshFolder(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "messages.csv")
	if err := os.WriteFile(file, []byte("编号,标题,内容,时间,答复,答复时间\n1,路灯,路灯坏了,2026-09-01 10:00:00,已修好,2026-09-05 10:00:00\n2,噪声,太吵,昨天,,\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(dir, "data")
	text, err := answer(t, "import", "messages", file, "--data", data, "--format", "json")
	if err != nil || !strings.Contains(text, `"taken": 1`) || !strings.Contains(text, `"bad": 1`) {
		t.Errorf("got %s, %v", text, err)
	}
	if text, err = answer(t, "import", "messages", file, "--data", data, "--format", "json"); err != nil || !strings.Contains(text, `"taken": 0`) {
		t.Errorf("a second run: %s, %v", text, err)
	}
	if text, err = answer(t, "import", "messages", file, "--data", data, "--strict"); err == nil {
		t.Errorf("a bad row under --strict: %s", text)
	}
	if text, err = answer(t, "check", "--data", data); err != nil || !strings.Contains(text, "1 cases") {
		t.Errorf("got %s, %v", text, err)
	}
}

func TestTheDemonstrationStaysOnLoopback(t *testing.T) {
	if text, err := answer(t, "demo", "--data", t.TempDir(), "--listen", "0.0.0.0:0"); err == nil {
		t.Errorf("served everyone: %s", text)
	}
	if text, err := answer(t, "serve", "--data", t.TempDir(), "--listen", "0.0.0.0:0", "--rate-limit", "off"); err == nil {
		t.Errorf("served everyone without limits: %s", text)
	}
}

func TestTokensAndAccountsByCommand(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	h, err := storage{Data: data}.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.identity.Bootstrap(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := h.close(); err != nil {
		t.Fatal(err)
	}
	run := func(into any, args ...string) error {
		t.Helper()
		text, err := answer(t, append(args, "--data", data, "--account", "admin", "--format", "json")...)
		if err == nil {
			err = json.Unmarshal([]byte(text), into)
		}
		return err
	}
	var made map[string]string
	if err := run(&made, "token", "create", "--scope", "read", "--days", "90"); err != nil || !strings.HasPrefix(made["token"], "lx_") || made["scope"] != "read" {
		t.Fatalf("made %v, %v", made, err)
	}
	if err := run(&made, "token", "create", "--days", "1000"); err == nil {
		t.Error("a token for three years")
	}
	var list []listedToken
	if err := run(&list, "token", "list"); err != nil || len(list) != 1 || list[0].State != "active" {
		t.Errorf("listed %+v, %v", list, err)
	}
	var done map[string]any
	if err := run(&done, "token", "revoke", list[0].ID); err != nil || done["revoked"] != true {
		t.Errorf("revoked %v, %v", done, err)
	}
	if err := run(&list, "token", "list"); err != nil || list[0].State != "revoked" {
		t.Errorf("listed %+v, %v", list, err)
	}
	if err := run(&done, "token", "revoke", list[0].ID); err == nil {
		t.Error("revoked twice")
	}
	if err := run(&done, "account", "reset-password"); err != nil || done["password"] == "" {
		t.Errorf("got %v, %v", done, err)
	}
	if err := run(&done, "account", "reset-factor"); err != nil || done["second_factor"] != false {
		t.Errorf("got %v, %v", done, err)
	}
}
