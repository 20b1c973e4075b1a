package opinion_test

import (
	"strings"
	"testing"

	"lianxin/internal/casework"
	"lianxin/internal/errs"
	"lianxin/internal/opinion"
	"lianxin/internal/store"
	"lianxin/internal/store/storetest"
	"lianxin/internal/table"
)

// sheet makes rows of fields and values in turn.
func sheet(rows ...[]string) []table.Row {
	var all []table.Row
	for i, row := range rows {
		fields := map[string]string{}
		for j := 0; j < len(row); j += 2 {
			fields[row[j]] = row[j+1]
		}
		all = append(all, table.Row{Line: i + 2, Fields: fields})
	}
	return all
}

// TestPasteBack enters a signature, a result, its approval and the feedback from one row; a bad row keeps every other from being written.
func TestPasteBack(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		first, second := h.accepted(opinion.Intake{}), h.accepted(opinion.Intake{})
		for _, c := range []*casework.Case{first, second} {
			h.do(clerk, c, 0, "assign", casework.Input{"lead": housing})
		}
		h.later(3 * day)
		good := []string{opinion.PasteNumber, strings.ToLower(first.Number), opinion.PasteSigned, "2026/11/24", opinion.PasteClass, "已解决", opinion.PasteReply, "mended",
			opinion.PasteSigner, "签某", opinion.PasteApproved, "2026年11月25日"}
		bad := []string{opinion.PasteNumber, second.Number, opinion.PasteSigned, "24.11.", opinion.PasteReply, "mended"}
		paste := func(apply bool, rows ...[]string) []casework.Pasted {
			t.Helper()
			found, err := opinion.PasteBack(t.Context(), h.s, clerk, sheet(rows...), "key", apply)
			if err != nil {
				t.Fatal(err)
			}
			return found
		}
		found := paste(true, good, bad, []string{opinion.PasteNumber, "WH-O-2026-000999"})
		if found[0].Err != nil || len(found[0].Actions) != 3 || !errs.Is(found[1].Err, errs.Invalid) || !errs.Is(found[2].Err, errs.NotFound) {
			t.Fatalf("the rows say %v, %v, %v", found[0].Err, found[1].Err, found[2].Err)
		}
		h.state(first, "in_hand")
		if a := h.assignments(first)[0]; a.State != "to_sign" {
			t.Fatalf("a rehearsal left the assignment %s", a.State)
		}
		paste(true, good)
		h.state(first, "replied")
		if a := h.assignments(first)[0]; a.SignedOn != "2026-11-25" || string(store.Time(a.SignedAt).Format("2006-01-02")) != "2026-11-24" || a.Unchecked != 3 {
			t.Errorf("signed %s, approved on %s, %d entries to check", store.Time(a.SignedAt), a.SignedOn, a.Unchecked)
		}
		if again := paste(true, good)[0].Err; !errs.Is(again, errs.Invalid) {
			t.Errorf("the same row again: %v", again)
		}
		if err := paste(true, []string{opinion.PasteNumber, first.Number, opinion.PasteFedBack, "20261126", opinion.PasteHow, "电话"})[0].Err; err != nil {
			t.Error(err)
		}
		h.state(first, "to_evaluate")
		h.check()
	})
}

// TestSubmitAll opens every row or none, and names row and field.
func TestSubmitAll(t *testing.T) {
	h := newHouse(t, storetest.SQLite(t, schemas()...))
	rows := []opinion.Row{{N: 1, Intake: opinion.Intake{Body: "noise", Source: opinion.Visit, Station: stationID, Key: "a/1"}},
		{N: 4, Intake: opinion.Intake{Body: "", Source: opinion.Visit, Station: stationID, Key: "a/4", Phone: "one"}}}
	_, err := opinion.SubmitAll(t.Context(), h.s, station, rows)
	var fields []string
	for _, e := range errs.All(err) {
		fields = append(fields, e.Field)
	}
	if strings.Join(fields, " ") != "body-4 phone-4" {
		t.Errorf("wrong: %v", fields)
	}
	if page, err := h.s.List(t.Context(), clerk, casework.Query{}); err != nil || page.Total != 0 {
		t.Errorf("%d opened, %v", page.Total, err)
	}
	rows[1].Body, rows[1].Phone = "dust", ""
	for range 2 {
		results, err := opinion.SubmitAll(t.Context(), h.s, station, rows)
		if err != nil || len(results) != 2 || results[1].Case.Number != "WH-O-2026-000002" || results[1].Code == "" {
			t.Fatalf("got %v, %v", results, err)
		}
	}
	h.check()
}

// TestParseDay reads days as offices write them.
func TestParseDay(t *testing.T) {
	for typed, want := range map[string]string{"2026-11-03": "2026-11-03", "2026/11/3": "2026-11-03", "2026.1.3": "2026-01-03", "20261103": "2026-11-03",
		"2026年11月3日": "2026-11-03", "2026-11-03 00:00:00": "2026-11-03", "2026-13-03": "", "3.11.2026": "", "": "", "2026": ""} {
		got, err := opinion.ParseDay(typed)
		if string(got) != want || (err == nil) != (want != "") {
			t.Errorf("%q: got %q, %v", typed, got, err)
		}
	}
}

// TestAnOwnProcedureMayNotStrandOpenMatters refuses a version without a state in which a case stands.
func TestAnOwnProcedureMayNotStrandOpenMatters(t *testing.T) {
	h := newHouse(t, storetest.SQLite(t, schemas()...))
	h.accepted(opinion.Intake{})
	kind, err := opinion.New()
	if err != nil {
		t.Fatal(err)
	}
	for i := range kind.Procedure.Case.States {
		if kind.Procedure.Case.States[i].Name == "accepted" {
			kind.Procedure.Case.States[i].Name = "taken"
		}
	}
	s := casework.New(h.s.DB(), nil, h.s.Policy(), kind)
	if err := s.KeepProcedures(t.Context()); err == nil || !strings.Contains(err.Error(), "accepted") {
		t.Errorf("got %v", err)
	}
}
