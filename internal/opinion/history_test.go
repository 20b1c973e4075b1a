package opinion_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lianxin/internal/casework"
	"lianxin/internal/deadline"
	"lianxin/internal/event"
	"lianxin/internal/opinion"
	"lianxin/internal/store"
	"lianxin/internal/store/storetest"
	"lianxin/internal/table"
)

const sample = `{"id":"1","title":"lamp","time":"2026-09-01 10:00:00","detail":"the lamp is out","reply":"mended","reply_time":"2026-09-08 09:00:00"}
{"id":"2","title":"road","time":"2026-06-01 10:00:00","detail":"the road floods","reply":"drained","reply_time":"2026/7/24"}
{"id":"3","title":"noise","time":"2026-06-01 10:00:00","detail":"too loud","reply":"measured","reply_time":"2026-07-24 10:00:00"}
{"id":"4","title":"no time","time":"yesterday","detail":"x","reply":"y","reply_time":"2026-07-24 10:00:00"}
nonsense
{"id":"5","title":"unanswered","time":"2026-11-20 10:00:00","detail":"still waiting"}
{"id":"1","title":"twice","time":"2026-06-01 10:00:00","detail":"again"}
{"id":"6","title":"just answered","time":"2026-11-20 10:00:00","detail":"a hole","reply":"filled","reply_time":"2026-11-22 10:00:00"}
`

func TestImportMessages(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		file, err := table.Read(strings.NewReader(sample))
		if err != nil {
			t.Fatal(err)
		}
		strict, err := opinion.ImportMessages(t.Context(), h.s, file, opinion.ImportOptions{Strict: true})
		if err != nil || strict.Taken != 0 {
			t.Fatalf("strict took %d, %v", strict.Taken, err)
		}
		sum, err := opinion.ImportMessages(t.Context(), h.s, file, opinion.ImportOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if sum.Taken != 5 || sum.Answered != 3 || sum.Late != 1 || sum.Unusable != 1 || len(sum.Bad) != 3 || math.Abs(sum.MedianDays-6.958) > 0.001 {
			t.Errorf("got %+v", sum)
		}
		again, err := opinion.ImportMessages(t.Context(), h.s, file, opinion.ImportOptions{})
		if err != nil || again.Taken != 0 || again.Known != 5 {
			t.Errorf("a second run: %+v, %v", again, err)
		}
		for key, want := range map[string]string{"1": "closed", "2": "in_hand", "3": "closed", "5": "in_hand", "6": "to_evaluate"} {
			number, err := h.s.ByImportKey(t.Context(), "message:"+key)
			if err != nil {
				t.Fatal(err)
			}
			c, _, err := h.s.Read(t.Context(), number)
			if err != nil || c.State != want || key == "1" && (c.Verdict != "lapsed" || !c.Inferred) {
				t.Errorf("%s is %s %s, want %s; %v", key, c.State, c.Verdict, want, err)
			}
		}
		h.check()
	})
}

// TestImportRealMessages takes the 2,816 messages of the data folder and compares the outcome with counting the file directly.
func TestImportRealMessages(t *testing.T) {
	body := realMessages(t)
	db := storetest.SQLite(t, schemas()...)
	h := newHouse(t, db)
	file, err := table.Read(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	sum, err := opinion.ImportMessages(t.Context(), h.s, file, opinion.ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	want := count(t, body)
	got := counted{sum.Taken, sum.Answered, sum.Late, sum.Unusable, sum.MedianDays}
	if got != want || len(sum.Bad) != 0 {
		t.Errorf("got %+v (bad %v), counting says %+v", got, sum.Bad, want)
	}
	if err := event.CatchUp(t.Context(), db, "test", h.s.Indexer()); err != nil {
		t.Fatal(err)
	}
	page, err := h.s.List(t.Context(), clerk, casework.Query{Q: "路灯", Limit: 200})
	if err != nil || page.Total == 0 {
		t.Errorf("%d found, %v", page.Total, err)
	}
	h.check()
}

type counted struct {
	taken, answered, late, unusable int
	median                          float64
}

// count reads the file without any of the program's rules: plain days over the embedded calendar.
func count(t *testing.T, body []byte) counted {
	t.Helper()
	gz, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	cal := deadline.Embedded()
	var c counted
	var days []float64
	for d := json.NewDecoder(gz); d.More(); {
		var r struct {
			Time      string
			ReplyTime string `json:"reply_time"`
		}
		if err := d.Decode(&r); err != nil {
			t.Fatal(err)
		}
		c.taken++
		asked, err := time.ParseInLocation("2006-01-02 15:04:05", r.Time, deadline.Zone)
		if err != nil {
			t.Fatal(err)
		}
		answered, err := time.ParseInLocation("2006-01-02 15:04:05", r.ReplyTime, deadline.Zone)
		if err != nil {
			c.unusable++
			continue
		}
		c.answered++
		days = append(days, answered.Sub(asked).Hours()/24)
		working := 0
		for day := deadline.DateOf(asked).AddDays(1); day <= deadline.DateOf(answered) && working <= 15; day = day.AddDays(1) {
			if cal.IsWorking(day) {
				working++
			}
		}
		last := deadline.DateOf(answered)
		if working > 15 || working == 15 && !cal.IsWorking(last) {
			c.late++
		}
	}
	slices.Sort(days)
	n := len(days)
	c.median = (days[(n-1)/2] + days[n/2]) / 2
	return c
}

// realMessages reads the data folder's file, or says loudly that it is not there.
func realMessages(t *testing.T) []byte {
	t.Helper()
	folder := os.Getenv("LIANXIN_DATA")
	if folder == "" {
		folder = filepath.Join("..", "..", "..", "shared", "data")
	}
	body, err := os.ReadFile(filepath.Join(folder, "teddy_c_reply", "replies.jsonl.gz"))
	if err != nil {
		if storetest.Required("data") {
			t.Fatal(err)
		}
		t.Skipf("SKIPPED, NOT TESTED ON REAL MESSAGES: %v (set LIANXIN_DATA)", err)
	}
	return body
}
