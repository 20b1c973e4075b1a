package suggestion_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"lianxin/internal/casework"
	"lianxin/internal/errs"
	"lianxin/internal/policy"
	"lianxin/internal/store"
	"lianxin/internal/store/storetest"
	"lianxin/internal/suggestion"
	"lianxin/internal/table"
)

// cells is a row of a ledger pasted back.
type cells map[string]string

func (h *house) paste(actor policy.Actor, key string, apply bool, rows ...cells) []casework.Pasted {
	h.t.Helper()
	var all []table.Row
	for i, row := range rows {
		all = append(all, table.Row{Line: i + 2, Fields: row})
	}
	found, err := suggestion.PasteBack(h.t.Context(), h.s, actor, all, suggestion.PasteOptions{Key: key, Apply: apply, Serial: func(session, phase string, n int64) string {
		return fmt.Sprintf("%s/%s/%d", session, phase, n)
	}})
	if err != nil {
		h.t.Fatal(err)
	}
	return found
}

// versions tells at which version every case stands: what wrote nothing leaves them as they are.
func (h *house) versions(cases ...*casework.Case) []int64 {
	h.t.Helper()
	var all []int64
	for _, c := range cases {
		fresh, _ := h.read(c)
		all = append(all, fresh.Version)
	}
	return all
}

func TestTheLedgerPastedBack(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		planned, answered := h.numbered(suggestion.Draft{}), h.handled(suggestion.Draft{})
		h.replied(answered, "a")
		first := cells{"serial": "十届人大二次会议/meeting/1", "category": "民生", "plan_words": "请会同研究。", "title": "不回填"}
		agency, co := h.agency(housing), h.agency(traffic)
		first["plan_lead"], first["plan_co"] = agency, co+"、中级人民法院"
		second := cells{"number": answered.Number, "class": "A类", "attitude": "满意", "result": "基本满意"}
		before := h.versions(planned, answered)
		for _, found := range [][]casework.Pasted{h.paste(clerk, "a", false, first, second), h.paste(clerk, "b", true, first, second, cells{"number": planned.Number, "class": "a"})} {
			if found[0].Err != nil || found[1].Err != nil || len(found[0].Actions) != 2 || len(found[1].Actions) != 2 || len(found[0].Changes) != 4 {
				t.Fatalf("rehearsed %+v", found)
			}
		}
		if now := h.versions(planned, answered); !slices.Equal(now, before) {
			t.Fatalf("a rehearsal, or a paste with a bad row, wrote: %v, %v", before, now)
		}
		h.paste(clerk, "c", true, first, second)
		p, _ := h.read(planned)
		a, _ := h.read(answered)
		if p.Category != "livelihood" || p.Get(suggestion.PlanLead) != housing || p.Get(suggestion.PlanCo) != court+","+traffic || p.Get(suggestion.PlanWords) == "" {
			t.Errorf("planned: category %s, %v", p.Category, p.Extra.V)
		}
		if a.State != "done" || a.Class != "a" || a.Attitude != "satisfied" || a.Result != "fair" || a.Unchecked != 1 {
			t.Errorf("answered: %s, class %s, %s/%s, %d to check", a.State, a.Class, a.Attitude, a.Result, a.Unchecked)
		}
		before = h.versions(planned, answered)
		for _, row := range h.paste(clerk, "d", true, first, second) {
			if row.Err != nil || len(row.Requests) != 0 {
				t.Errorf("the same again: %v, %v", row.Err, row.Actions)
			}
		}
		if now := h.versions(planned, answered); !slices.Equal(now, before) {
			t.Errorf("the same again wrote: %v, %v", before, now)
		}
		h.paste(clerk, "e", true, cells{"number": planned.Number, "plan_co": "无"})
		if p, _ = h.read(planned); p.Get(suggestion.PlanCo) != "" || p.Get(suggestion.PlanLead) != housing || p.Get(suggestion.PlanWords) == "" {
			t.Errorf("emptying one cell of the plan leaves %v", p.Extra.V)
		}
		h.sound()
	})
}

// agency is the name of an agency.
func (h *house) agency(id string) string {
	h.t.Helper()
	name, err := store.One[string](h.t.Context(), h.s.DB().Reader(), "select name from agency where id = $1", id)
	if err != nil {
		h.t.Fatal(err)
	}
	return name
}

func TestWrongRowsOfALedger(t *testing.T) {
	h := newHouse(t, storetest.SQLite(t, schemas()...))
	planned, answered := h.numbered(suggestion.Draft{}), h.handled(suggestion.Draft{})
	h.replied(answered, "a")
	joint := h.handled(suggestion.Draft{})
	before := h.versions(planned, answered, joint)
	good := cells{"number": planned.Number, "category": "民生"}
	for name, c := range map[string]struct {
		row   cells
		actor policy.Actor
		kind  errs.Kind
		key   string
	}{
		"no number":                    {cells{"category": "民生"}, clerk, errs.Invalid, "suggestion.paste_number"},
		"a number of nothing":          {cells{"number": "WH-S-2026-009999", "category": "民生"}, clerk, errs.NotFound, ""},
		"a serial of nothing":          {cells{"serial": "十届人大二次会议/meeting/99"}, clerk, errs.NotFound, ""},
		"twice":                        {cells{"serial": "十届人大二次会议/meeting/1"}, clerk, errs.Invalid, "suggestion.row_twice"},
		"an unknown category":          {cells{"number": answered.Number, "category": "不存在"}, clerk, errs.Invalid, "suggestion.unknown_category"},
		"a category too late":          {cells{"number": answered.Number, "category": "民生"}, clerk, errs.Conflict, ""},
		"an unknown agency":            {cells{"number": answered.Number, "plan_lead": "不存在"}, clerk, errs.Invalid, "suggestion.unknown_agency"},
		"a plan without who answers":   {cells{"number": answered.Number, "plan_co": "中级人民法院"}, clerk, errs.Invalid, "suggestion.paste_lead"},
		"two who answer":               {cells{"number": answered.Number, "plan_lead": "中级人民法院、社会建设委员会"}, clerk, errs.Invalid, "suggestion.paste_lead"},
		"a plan too late":              {cells{"number": answered.Number, "plan_lead": "中级人民法院"}, clerk, errs.Conflict, ""},
		"no class":                     {cells{"number": answered.Number, "class": "丁"}, clerk, errs.Invalid, "suggestion.paste_choice"},
		"a class too early":            {cells{"number": joint.Number, "class": "A"}, clerk, errs.Conflict, ""},
		"half a verdict":               {cells{"number": answered.Number, "attitude": "满意"}, clerk, errs.Invalid, "suggestion.paste_both"},
		"no verdict":                   {cells{"number": answered.Number, "attitude": "满意", "result": "凑合"}, clerk, errs.Invalid, "suggestion.paste_choice"},
		"a verdict without its ground": {cells{"number": answered.Number, "attitude": "满意", "result": "不满意"}, clerk, errs.Invalid, ""},
		"a verdict too early":          {cells{"number": joint.Number, "attitude": "满意", "result": "满意"}, clerk, errs.Conflict, ""},
		"by who may not":               {cells{"number": answered.Number, "class": "B"}, motions, errs.Denied, ""},
		"by who may not read":          {cells{"number": answered.Number, "class": "B"}, second, errs.NotFound, ""},
	} {
		rows := []cells{good, c.row}
		if c.actor.Account == second.Account {
			rows = []cells{c.row, c.row}
		}
		found := h.paste(c.actor, strings.ReplaceAll(name, " ", "-"), true, rows...)
		if !errs.Is(found[1].Err, c.kind) && !(c.actor.Account == second.Account && errs.Is(found[0].Err, c.kind)) {
			t.Errorf("%s: %v, want %s", name, found[1].Err, c.kind)
			continue
		}
		if all := errs.All(found[1].Err); c.key != "" && (len(all) == 0 || all[0].Key != c.key) {
			t.Errorf("%s: %v, want %s", name, found[1].Err, c.key)
		}
	}
	if now := h.versions(planned, answered, joint); !slices.Equal(now, before) {
		t.Errorf("something was written beside a bad row: %v, %v", before, now)
	}
	h.sound()
}

// TestAnOldLedgerIsNoSecondVerdict: what a deputy said of the first answer, pasted again after the second one, is refused.
func TestAnOldLedgerIsNoSecondVerdict(t *testing.T) {
	h := newHouse(t, storetest.SQLite(t, schemas()...))
	c := h.handled(suggestion.Draft{})
	h.replied(c, "c")
	sheet := cells{"number": c.Number, "attitude": "满意", "result": "不满意", "comment": "未解决。"}
	if row := h.paste(clerk, "a", true, sheet)[0]; row.Err != nil {
		t.Fatal(row.Err)
	}
	h.state(c, "redoing")
	if row := h.paste(clerk, "b", true, sheet)[0]; row.Err != nil || len(row.Requests) != 0 {
		t.Errorf("the same while it is done again: %v, %v", row.Err, row.Actions)
	}
	h.replied(c, "a")
	if row := h.paste(clerk, "c", true, sheet)[0]; !errs.Is(row.Err, errs.Invalid) {
		t.Errorf("the same of the second answer: %v", row.Err)
	}
	h.state(c, "answered")
	better := maps.Clone(sheet)
	better["result"] = "满意"
	if row := h.paste(clerk, "d", true, better)[0]; row.Err != nil {
		t.Error(row.Err)
	}
	h.state(c, "done")
	h.sound()
}
