package procedure_test

import (
	"fmt"
	"strings"
	"testing"

	"lianxin/internal/procedure"
)

const good = `
kind: test
label: 试验
letter: T
basis: 本系统默认
limits:
  act: {n: 2, unit: working_days, label: 办理}
counters: {again: 1}
choices:
  yes_no: [{value: yes, label: 是}]
case:
  start: open
  states:
    - {name: open, label: 待办, owner: office, clocks: [act]}
    - {name: waiting, label: 等待, owner: resident, clocks: [act]}
    - {name: closed, label: 办结, final: true}
  actions:
    - {name: ask, label: 询问, from: [open], to: [waiting], by: [clerk@receiving]}
    - {name: return, label: 退回, from: [waiting], to: [open], by: [resident@submitter], counter: again}
    - {name: close, label: 办结, from: [open, waiting], to: [closed], by: [clerk@receiving], guards: [may], input: [{name: words, type: text, label: 意见, max: 100}]}
assignment:
  start: open
  states:
    - {name: open, label: 待办, owner: agency, clocks: [act]}
    - {name: done, label: 已办, final: true}
  actions:
    - {name: finish, label: 办完, from: [open], to: [done], by: [agency@assignee]}
`

func known() procedure.Functions {
	return procedure.Functions{Guards: map[string]bool{"may": true}, Effects: map[string]bool{}, Deciders: map[string]bool{}}
}

func TestAProvenProcedure(t *testing.T) {
	p, err := procedure.Parse([]byte(good), known())
	if err != nil {
		t.Fatal(err)
	}
	if !p.Case.Verify("ask", "open", "waiting") || p.Case.Verify("ask", "closed", "waiting") || p.Case.Verify("ask", "open", "closed") || p.Case.Verify("none", "open", "open") {
		t.Error("a step is verified wrongly")
	}
	if r := p.Rule("act"); r.N != 2 || r.Basis != "本系统默认" {
		t.Errorf("got %+v", r)
	}
	if len(p.Rules()) != 4 {
		t.Errorf("got %v", p.Rules())
	}
	draw := p.Draw("open")
	for _, want := range []string{"stateDiagram-v2", `state "待办" as open`, "open --> waiting: 询问", "closed --> [*]", "class open here"} {
		if !strings.Contains(draw, want) {
			t.Errorf("the drawing lacks %q", want)
		}
	}
	other, err := procedure.Parse([]byte(strings.Replace(good, "n: 2", "n: 3", 1)), known())
	if err != nil || other.Hash() == p.Hash() {
		t.Errorf("another value is another version: %v", err)
	}
}

// TestWhatIsNotProven breaks the procedure one way at a time; the refusal names what is wrong.
func TestWhatIsNotProven(t *testing.T) {
	for name, c := range map[string]struct{ old, new, says string }{
		"an unknown word":             {"letter: T", "leter: T", "leter"},
		"a state without owner":       {"owner: office", "owner: nobody", "nobody who could act"},
		"an open state without clock": {"label: 等待, owner: resident, clocks: [act]", "label: 等待, owner: resident", "no clock"},
		"an unknown clock":            {"label: 等待, owner: resident, clocks: [act]", "label: 等待, owner: resident, clocks: [none]", `no limit is called "none"`},
		"a state nobody reaches":      {"{name: closed, label: 办结, final: true}", "{name: closed, label: 办结, final: true}\n    - {name: island, label: 岛, final: true}", "no way leads to it"},
		"an open state without exit":  {"from: [open, waiting], to: [closed]", "from: [open, waiting]", "no way"},
		"a cycle without counter":     {", counter: again", "", "has no counter"},
		"an unknown counter":          {"counter: again", "counter: never", `no counter is called "never"`},
		"an action held by nobody":    {"by: [resident@submitter]", "by: []", "held by nobody"},
		"a role that is none":         {"resident@submitter", "king@submitter", "no role"},
		"a relation that is none":     {"resident@submitter", "resident@love", "no role under a relation"},
		"an action without label":     {"name: ask, label: 询问", "name: ask", "has no label"},
		"an unknown target":           {"to: [waiting]", "to: [nowhere]", `"nowhere" is no state`},
		"an unknown guard":            {"guards: [may]", "guards: [might]", `no guard is called "might"`},
		"an action twice":             {"name: return", "name: ask", "stands twice"},
		"two targets and no decider":  {"to: [waiting]", "to: [waiting, closed]", "no function that decides"},
		"a text without length":       {"label: 意见, max: 100", "label: 意见", "greatest length"},
		"a limit of nothing":          {"n: 2", "n: 0", "positive n"},
		"a limit without end":         {"n: 2", "n: 1001", "positive n"},
		"an unknown unit":             {"unit: working_days", "unit: moons", "unit"},
		"no start":                    {"start: open\n  states:\n    - {name: open, label: 待办, owner: office", "start: none\n  states:\n    - {name: open, label: 待办, owner: office", `start "none"`},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(good, c.old, c.new, 1)
			if text == good {
				t.Fatal("the test breaks nothing")
			}
			_, err := procedure.Parse([]byte(text), known())
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want it to say %q", err, c.says)
			}
		})
	}
}

// TestErrorsNameTheLine finds the row at fault in the file.
func TestErrorsNameTheLine(t *testing.T) {
	broken := strings.Replace(good, "{name: finish, label: ", "{name: finish, was: ", 1)
	if _, err := procedure.Parse([]byte(broken), known()); err == nil || !strings.Contains(err.Error(), "was") {
		t.Errorf("an unknown word: %v", err)
	}
	line := 1 + strings.Count(good[:strings.Index(good, "{name: ask")], "\n")
	_, err := procedure.Parse([]byte(strings.Replace(good, "to: [waiting]", "to: [nowhere]", 1)), known())
	if want := fmt.Sprintf("line %d: case action ask", line); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestAnOwnFileMayNotDropWhatTheKindReliesOn departs from a file one way at a time.
func TestAnOwnFileMayNotDropWhatTheKindReliesOn(t *testing.T) {
	builtin, err := procedure.Parse([]byte(good), known())
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ old, new, says string }{
		"another limit":       {"n: 2", "n: 5", ""},
		"another label":       {"label: 询问", "label: 请补充", ""},
		"another holder":      {"by: [clerk@receiving]}", "by: [clerk@receiving, street@receiving]}", ""},
		"a guard dropped":     {", guards: [may]", "", "guard may"},
		"an action renamed":   {"name: finish", "name: done", "finish: is missing"},
		"another way":         {"from: [open], to: [waiting], by: [clerk@receiving]}", "from: [open], to: [closed], by: [clerk@receiving]}\n    - {name: wait, label: 等, from: [open], to: [waiting], by: [clerk@receiving]}", "must lead to"},
		"deputies who settle": {"by: [clerk@receiving], guards", "by: [clerk@receiving, deputy@named], guards", "do not settle"},
		"an input dropped":    {", input: [{name: words, type: text, label: 意见, max: 100}]", "", "input words"},
	} {
		body := strings.Replace(good, c.old, c.new, 1)
		own, err := procedure.Parse([]byte(body), known())
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		err = own.Conform(builtin)
		if (c.says == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: got %v, want %q", name, err, c.says)
		}
	}
}

// TestTypedChoices finds what offices write into cells.
func TestTypedChoices(t *testing.T) {
	p := &procedure.Procedure{Choices: map[string][]procedure.Choice{"class": {{Value: "a", Label: "A类（已经解决）"}, {Value: "b", Label: "B类（正在解决）"}}, "satisfaction": {{Value: "satisfied", Label: "满意"}, {Value: "unsatisfied", Label: "不满意"}, {Value: "none", Label: "不满意之外"}}}}
	for _, c := range [][3]string{{"class", "A", "a"}, {"class", "b", "b"}, {"class", "A类", "a"}, {"class", "a类（已经", "a"}, {"class", "A类（已经解决）", "a"}, {"class", "C类", "C类"}, {"class", "", ""},
		{"satisfaction", "满意", "satisfied"}, {"satisfaction", "不满意", "unsatisfied"}, {"satisfaction", "不满", "不满"}, {"nothing", "x", "x"}} {
		if got := p.Typed(c[0], c[1]); got != c[2] {
			t.Errorf("%s %q is %q, want %q", c[0], c[1], got, c[2])
		}
	}
}
