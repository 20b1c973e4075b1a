package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"lianxin/internal/demo"
	"lianxin/internal/store"
)

// manySuggestions is how many the lists and boards are measured with (our aim).
const manySuggestions = 100_000

// BenchmarkSuggestionPages measures lists, boards, rounds and figures over HTTP with 100,000 suggestions in store: the demonstration's two finished
// years are copied with all of their rows into sessions of their own until there are as many; what is alive stays as it is. It reports the 50th and the 99th percentile:
//
//	go test ./cmd/lianxin -run '^$' -bench SuggestionPages -benchtime 200x
func BenchmarkSuggestionPages(b *testing.B) {
	town := furnished(b, true)
	if err := demo.Years(b.Context(), town.h.cases, town.h.db.Now(), town.h.demoActor(b.Context())); err != nil {
		b.Fatal(err)
	}
	town.multiply(manySuggestions)
	for _, page := range []struct{ name, account, path string }{
		{"list", "clerk", "/suggestions"},
		{"list of late ones", "clerk", "/suggestions?measure=late"},
		{"list of one session", "clerk", "/suggestions?session=wh-10-2"},
		{"list of an agency", "agency", "/suggestions"},
		{"list of a deputy", "deputy", "/suggestions"},
		{"board by agency", "clerk", "/boards/suggestions?by=agency"},
		{"board by category", "leader", "/boards/suggestions?by=category"},
		{"board by delegation", "leader", "/boards/suggestions?by=delegation"},
		{"board by leader", "leader", "/boards/suggestions?by=leader"},
		{"board of one session", "clerk", "/boards/suggestions?by=agency&session=wh-10-2"},
		{"list behind a board", "leader", "/boards/suggestions/list?measure=solved"},
		{"sessions", "clerk", "/suggestions/sessions"},
		{"figures", "leader", "/figures?year=2023"},
	} {
		b.Run(page.name, func(b *testing.B) {
			g := town.staff(page.account)
			var took []time.Duration
			for b.Loop() {
				start := time.Now()
				if r := g.get(page.path); r.StatusCode != http.StatusOK {
					b.Fatalf("%s: %d", page.path, r.StatusCode)
				}
				took = append(took, time.Since(start))
			}
			slices.Sort(took)
			b.ReportMetric(millis(took[len(took)/2]), "p50-ms")
			b.ReportMetric(millis(took[len(took)*99/100]), "p99-ms")
		})
	}
}

// finishedYears are the suggestions of the demonstration's two years.
const finishedYears = "session_id in ('wh-10-1', 'wh-10-2')"

// multiply copies every suggestion of the finished years, with the rows that lists and boards read, until there are n.
func (town *town) multiply(n int) {
	town.t.Helper()
	had, err := town.one("select count(*) from suggestion where " + finishedYears)
	if err != nil {
		town.t.Fatal(err)
	}
	each, _ := strconv.Atoi(had)
	copies := (n + each - 1) / each
	err = town.h.db.Write(town.t.Context(), func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.ExecContext(ctx, "create temp table copy_of (mark text)"); err != nil {
			return err
		}
		for i := 1; i < copies; i++ {
			if _, err := tx.ExecContext(ctx, "insert into copy_of values ($1)", fmt.Sprintf("~%d", i)); err != nil {
				return err
			}
		}
		for _, t := range []struct{ table, marked string }{
			{"case_file", "id number title_text body_text place_text reply_text main_id import_key"}, {"assignment", "id case_id parent_id reply_text"}, {"case_text", "id case_id"},
			{"case_signer", "case_id"}, {"case_span", "case_id event_id"}, {"suggestion", "case_id number session_id leader_text"}} {
			if err := copyRows(ctx, tx, t.table, strings.Fields(t.marked)); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, "drop table copy_of")
		return err
	})
	if err != nil {
		town.t.Fatal(err)
	}
}

// copyRows copies the rows of suggestions in a table once for every mark, which is put behind the columns that tell them apart.
func copyRows(ctx context.Context, tx *store.Tx, table string, marked []string) error {
	rows, err := tx.QueryContext(ctx, "select * from "+table+" limit 0")
	if err != nil {
		return err
	}
	columns, err := rows.Columns()
	if err == nil {
		err = rows.Close()
	}
	if err != nil {
		return err
	}
	values := slices.Clone(columns)
	for i, c := range columns {
		if slices.Contains(marked, c) {
			values[i] = "case when t." + c + " = '' then '' else t." + c + " || copy_of.mark end"
		} else {
			values[i] = "t." + c
		}
	}
	id := "case_id"
	if table == "case_file" {
		id = "id"
	}
	_, err = tx.ExecContext(ctx, "insert into "+table+" ("+strings.Join(columns, ", ")+") select "+strings.Join(values, ", ")+
		" from "+table+" t cross join copy_of where t."+id+" in (select case_id from suggestion where "+finishedYears+")")
	return err
}
