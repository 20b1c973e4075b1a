package notice_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lianxin/internal/casework"
	"lianxin/internal/deadline"
	"lianxin/internal/deliver"
	"lianxin/internal/errs"
	"lianxin/internal/event"
	"lianxin/internal/identity"
	"lianxin/internal/lang"
	"lianxin/internal/motion"
	"lianxin/internal/notice"
	"lianxin/internal/opinion"
	"lianxin/internal/procedure"
	"lianxin/internal/registry"
	"lianxin/internal/registry/registrytest"
	"lianxin/internal/store"
	"lianxin/internal/store/storetest"
	"lianxin/internal/suggestion"
)

func inserting(table string, row any) func(ctx context.Context, tx *store.Tx) error {
	return func(ctx context.Context, tx *store.Tx) error { return store.Insert(ctx, tx, table, row) }
}

func TestWhoIsToldAlongTheRoad(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		h.begin()
		var c *casework.Case
		for _, step := range []struct {
			name string
			act  func()
			want []string
		}{
			{"a resident speaks in a grid", func() { c = h.submit(opinion.Intake{Grid: registrytest.Grid}) },
				[]string{"clerk open", "clerk2 open", "deputy open", "station open", "street open"}},
			{"the clerk accepts", func() { h.do(clerk, c, 0, "accept", nil) }, []string{"station accept", "street accept"}},
			{"the clerk assigns", func() {
				h.do(clerk, c, 0, "assign", casework.Input{"lead": registrytest.Housing, "co": []string{registrytest.Traffic}})
			}, []string{"agency assignment.open", "agency-lead assignment.open", "agency2 assignment.open", "deputy assign", "station assign", "street assign"}},
			{"an agency asks to move it", func() {
				h.do(other, c, 2, "return", casework.Input{"better": registrytest.StreetGov, "reason": "not ours"})
			}, []string{"clerk assignment.return", "clerk2 assignment.return"}},
			{"that is refused", func() { h.do(clerk, c, 2, "refuse_return", casework.Input{"words": "it is"}) }, []string{"agency2 assignment.refuse_return"}},
			{"the lead signs", func() { h.do(handler, c, 1, "sign", nil) }, []string{"clerk assignment.sign", "clerk2 assignment.sign"}},
			{"the clerk urges", func() { h.do(clerk, c, 1, "urge", casework.Input{"grade": "urge", "way": "telephone"}) },
				[]string{"agency assignment.urge", "agency-lead assignment.urge"}},
			{"the other gives its opinion", func() { h.do(other, c, 2, "opine", casework.Input{"words": "fine"}) },
				[]string{"agency assignment.opine", "agency-lead assignment.opine", "clerk assignment.opine", "clerk2 assignment.opine"}},
			{"the lead replies", func() { h.do(handler, c, 1, "reply", casework.Input{"class": "solved", "reply": "mended"}) },
				[]string{"agency-lead assignment.reply", "clerk assignment.reply", "clerk2 assignment.reply"}},
			{"its leader approves, and the case is answered", func() { h.do(lead, c, 1, "approve", nil) },
				[]string{"agency assignment.approve", "clerk answered", "clerk assignment.approve", "clerk2 answered", "clerk2 assignment.approve", "station answered", "street answered"}},
			{"the clerk feeds back", func() { h.do(clerk, c, 0, "feedback", casework.Input{"how": "online"}) },
				[]string{"clerk2 feedback", "deputy feedback", "station feedback", "street feedback"}},
			{"the resident is not content", func() {
				h.resident(c, "evaluate", casework.Input{"attitude": "satisfied", "result": "unsatisfied", "comment": "dark again"})
			}, []string{"agency assignment.redo", "agency evaluate", "agency-lead assignment.redo", "agency-lead evaluate", "agency2 evaluate", "clerk evaluate",
				"clerk2 evaluate", "deputy evaluate", "station evaluate", "street evaluate"}},
		} {
			step.act()
			if diff := cmp.Diff(step.want, h.told()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", step.name, diff)
			}
		}
	})
}

func TestAColleagueToWhomAGrantIsLentIsTold(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		h.begin()
		grant, err := store.One[string](t.Context(), db.Reader(), "select id from account_grant where account_id = $1", clerk.Account)
		if err != nil {
			t.Fatal(err)
		}
		lent := identity.Delegation{ID: store.NewID(), GrantID: grant, Lender: clerk.Account, Delegate: leader.Account, ValidFrom: "2026-11-20", ValidTo: "2026-11-23"}
		if err := h.db.Write(t.Context(), inserting("delegation", lent)); err != nil {
			t.Fatal(err)
		}
		h.submit(opinion.Intake{})
		h.catchUp()
		if n, err := h.s.Unread(t.Context(), leader.Account); n != 1 || err != nil {
			t.Errorf("%d told on the last day, %v", n, err)
		}
		h.set(monday.AddDate(0, 0, 1))
		h.submit(opinion.Intake{})
		h.catchUp()
		if n, err := h.s.Unread(t.Context(), leader.Account); n != 1 || err != nil {
			t.Errorf("%d told the day after, %v", n, err)
		}
	})
}

func TestARestartTellsNobodyTwice(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		h.begin()
		h.channel(deliver.Email)
		h.wants(clerk2, notice.Preference{Channel: deliver.Email, Address: "b@example.cn", Topics: notice.Topics()})
		h.fedBack(h.submit(opinion.Intake{}))
		count := func() int {
			n, err := store.One[int](t.Context(), db.Reader(), "select (select count(*) from notice) + (select count(*) from delivery)")
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		var both sync.WaitGroup
		for i := range 2 {
			both.Go(func() {
				if err := event.CatchUp(t.Context(), h.db, fmt.Sprint(i), h.s.Consumer()); err != nil {
					t.Error(err)
				}
			})
		}
		both.Wait()
		h.catchUp()
		first := count()
		if first == 0 {
			t.Fatal("nobody was told")
		}
		err := h.db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error { // a cursor that was lost
			_, err := store.Exec(ctx, tx, "update event_consumer set position = 0 where name = 'notice'")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		h.catchUp()
		if again := count(); again != first {
			t.Errorf("%d notices and deliveries, then %d", first, again)
		}
	})
}

func TestHistoryTellsNobody(t *testing.T) {
	db := storetest.SQLite(t, schemas()...)
	h := newHouse(t, db)
	h.submit(opinion.Intake{})
	h.set(monday.Add(time.Second))
	h.begin()
	importer := casework.Importer()
	_, err := h.cases.Open(t.Context(), casework.Opening{Actor: importer, Kind: opinion.Kind, Source: "import", Title: "t", Body: "b", ImportKey: "1"})
	if err != nil {
		t.Fatal(err)
	}
	for _, inferred := range []bool{true, false} {
		res, err := h.cases.Open(t.Context(), casework.Opening{Actor: clerk, Kind: opinion.Kind, Source: "paper", Title: "t", Body: "b", Proxy: true, Inferred: inferred})
		if err != nil {
			t.Fatal(err)
		}
		want := 0
		if !inferred {
			want = 1
		}
		if got := h.told(); len(got) != want {
			t.Errorf("%s, inferred %v: told %v", res.Case.Number, inferred, got)
		}
	}
}

func TestEveryActionIsInTheTableWithASentence(t *testing.T) {
	catalogue, err := lang.New(notice.Messages())
	if err != nil {
		t.Fatal(err)
	}
	for _, make := range []func() (*casework.Kind, error){opinion.New, suggestion.New, motion.New} {
		kind, err := make()
		if err != nil {
			t.Fatal(err)
		}
		p := kind.Procedure
		actions := map[string]bool{"open": true, "recalculate": true, "assignment.open": true, "assignment.recalculate": true}
		for _, a := range p.Case.Actions {
			actions[a.Name] = true
		}
		for _, a := range p.Assignment.Actions {
			actions[procedure.AssignmentAction(a.Name)] = true
		}
		for action := range actions {
			inTable(t, catalogue, p.Kind, action)
		}
	}
	seen := map[string]bool{}
	for _, r := range notice.Rules() {
		if seen[r.Kind+"."+r.Action] {
			t.Errorf("%s %s stands twice", r.Kind, r.Action)
		}
		seen[r.Kind+"."+r.Action] = true
	}
}

// inTable holds that an action has a row, and a sentence: opinions one each, the others their own or their kind's general one.
func inTable(t *testing.T, catalogue *lang.Catalogue, kind, action string) {
	t.Helper()
	r, ok := notice.RuleOf(kind, action)
	if !ok {
		t.Errorf("%s %s is not in the table", kind, action)
	}
	said := catalogue.Has("notice.say." + action)
	if kind != opinion.Kind {
		said = catalogue.Has("notice.say."+kind+".other") && catalogue.Has("notice.say."+kind+".other_part")
	}
	if len(r.Who) > 0 && !said {
		t.Errorf("%s %s has no sentence", kind, action)
	}
	for _, a := range r.Who {
		if !catalogue.Has("notice.audience." + string(a)) {
			t.Errorf("%s has no name", a)
		}
	}
}

func TestSentences(t *testing.T) {
	h := newHouse(t, storetest.SQLite(t, schemas()...))
	catalogue, err := lang.New(notice.Messages())
	if err != nil {
		t.Fatal(err)
	}
	p := catalogue.Printer(lang.Chinese)
	for _, r := range notice.Rules() {
		n := notice.Notice{Action: r.Action, Kind: r.Kind, Number: "WH-O-2026-000001", State: "closed"}
		if strings.HasPrefix(r.Action, "assignment.") {
			n.N, n.State = 2, "handling"
		}
		text := h.s.Sentence(p, n)
		if !strings.Contains(text, n.Number) || strings.ContainsAny(text, "⟦{<") || n.N > 0 && !strings.Contains(text, "第2项") {
			t.Errorf("%s: %s", r.Action, text)
		}
	}
	for want, n := range map[string]notice.Notice{
		"事项A的反映人已作评价，现为“已办结”。":        {Action: "evaluate", Kind: opinion.Kind, Number: "A", State: "closed"},
		"事项A有新的办理情况：核对代录。":            {Action: "check_entry", Kind: opinion.Kind, Number: "A"},
		"事项A第3项转办有新的办理情况：核对代录。":       {Action: "assignment.check_entry", Kind: opinion.Kind, Number: "A", N: 3},
		"事项A有新的办理情况：sing。":            {Action: "sing", Kind: "song", Number: "A"},
		"事项A第1项转办撤回了上一步，现为“办理中”。":     {Action: "assignment.rescind", Kind: opinion.Kind, Number: "A", N: 1, State: "handling"},
		"事项A第1项转办撤回了上一步，现为“unknown”。": {Action: "assignment.rescind", Kind: opinion.Kind, Number: "A", N: 1, State: "unknown"},
	} {
		if got := h.s.Sentence(p, n); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestTheInboxIsOnesOwn(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		h.begin()
		for range 3 {
			h.submit(opinion.Intake{})
		}
		h.catchUp()
		list, err := h.s.Inbox(t.Context(), clerk.Account, true, "", 2)
		if err != nil || len(list) != 2 {
			t.Fatalf("%d, %v", len(list), err)
		}
		rest, err := h.s.Inbox(t.Context(), clerk.Account, true, list[1].ID, 2)
		if err != nil || len(rest) != 1 {
			t.Fatalf("%d, %v", len(rest), err)
		}
		if _, err := h.s.Read(t.Context(), clerk2.Account, list[0].ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("somebody else's was read: %v", err)
		}
		if n, err := h.s.ReadAll(t.Context(), clerk.Account, list[1].ID); n != 2 || err != nil {
			t.Errorf("%d marked, %v", n, err)
		}
		if n, err := h.s.Unread(t.Context(), clerk.Account); n != 1 || err != nil {
			t.Errorf("%d unread, %v", n, err)
		}
		if n, err := h.s.Unread(t.Context(), clerk2.Account); n != 3 || err != nil {
			t.Errorf("%d unread, %v", n, err)
		}
		for range 2 { // a second time changes nothing
			if _, err := h.s.Read(t.Context(), clerk.Account, list[0].ID); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestRemindersLeaveInWorkingHours(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		h.begin()
		h.channel(deliver.Email)
		h.wants(clerk, notice.Preference{Channel: deliver.Email, Address: "a@example.cn", Topics: []string{notice.ToDo}})
		h.wants(clerk2, notice.Preference{Channel: deliver.SMS, Address: phone, Topics: []string{notice.ToDo}}) // that channel is off
		h.wants(street, notice.Preference{Channel: deliver.Email, Address: "s@example.cn", Topics: []string{notice.Verdict}})
		friday := time.Date(2026, 11, 27, 21, 0, 0, 0, deadline.Zone)
		h.set(friday)
		h.submit(opinion.Intake{Grid: registrytest.Grid})
		h.catchUp()
		rows := h.deliveries()
		if len(rows) != 1 || rows[0].Masked != "***@example.cn" || rows[0].Purpose != "notice" || !store.Time(rows[0].DueAt).Equal(time.Date(2026, 11, 30, 8, 30, 0, 0, deadline.Zone)) {
			t.Fatalf("%+v", rows)
		}
		text, err := store.All[string](t.Context(), db.Reader(), "select sealed || dedup from delivery union all select sealed || topics from notice_preference union all select payload from event where action = 'notice.set_preference'")
		if err != nil || strings.Contains(strings.Join(text, ""), "example.cn") || strings.Contains(strings.Join(text, ""), "0000123") {
			t.Errorf("an address stands plain: %v, %v", text, err)
		}
	})
}

func TestDigests(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		h.begin()
		h.channel(deliver.Email)
		h.wants(clerk, notice.Preference{Channel: deliver.Email, Address: "a@example.cn", Topics: []string{notice.ToDo}, Digest: true})
		h.wants(clerk2, notice.Preference{Channel: deliver.Email, Address: "b@example.cn", Topics: []string{notice.ToDo}, Digest: true})
		for range 40 {
			h.submit(opinion.Intake{})
		}
		h.catchUp()
		h.digests(0, "the same morning")
		h.set(time.Date(2026, 11, 24, 8, 29, 0, 0, deadline.Zone))
		h.digests(0, "before the hours")
		list, err := h.s.Inbox(t.Context(), clerk2.Account, true, "", 1)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.s.ReadAll(t.Context(), clerk2.Account, list[0].ID); err != nil {
			t.Fatal(err)
		}
		h.set(time.Date(2026, 11, 24, 8, 31, 0, 0, deadline.Zone))
		var both sync.WaitGroup
		for range 2 {
			both.Go(func() {
				if _, err := h.s.Digests(t.Context(), 100); err != nil {
					t.Error(err)
				}
			})
		}
		both.Wait()
		if rows := h.deliveries(); len(rows) != 1 || rows[0].Purpose != "digest" {
			t.Fatalf("one has read everything, the other has one letter: %+v", rows)
		}
		h.submit(opinion.Intake{})
		h.catchUp()
		h.digests(0, "later that day")
		h.set(time.Date(2026, 11, 28, 10, 0, 0, 0, deadline.Zone))
		h.digests(0, "on a Saturday")
		h.set(time.Date(2026, 11, 30, 10, 0, 0, 0, deadline.Zone))
		h.digests(2, "on Monday")
	})
}

func (h *house) digests(want int, when string) {
	h.t.Helper()
	if n, err := h.s.Digests(h.t.Context(), 100); n != want || err != nil {
		h.t.Fatalf("%s: %d digests, want %d, %v", when, n, want, err)
	}
}

func TestResidentsAreToldOnlyWhereTheDeploymentWants(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		h.begin()
		h.channel(deliver.SMS)
		h.fedBack(h.submit(opinion.Intake{Phone: phone}))
		h.catchUp()
		if rows := h.deliveries(); len(rows) != 0 {
			t.Fatalf("off by default: %+v", rows)
		}
		if err := h.s.SetSettings(t.Context(), clerk, notice.Settings{Hours: "09:00-17:00", Resident: true}); err != nil {
			t.Fatal(err)
		}
		h.fedBack(h.submit(opinion.Intake{Phone: phone}))
		h.fedBack(h.submit(opinion.Intake{}))
		h.fedBack(h.submit(opinion.Intake{Name: "甲"}))
		h.catchUp()
		rows := h.deliveries()
		if len(rows) != 1 || rows[0].Masked != "***23" || rows[0].Purpose != "resident" || rows[0].Channel != deliver.SMS {
			t.Fatalf("%+v", rows)
		}
		if got, err := h.s.Settings(t.Context()); err != nil || got != (notice.Settings{Hours: "09:00-17:00", Resident: true}) {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

func TestHours(t *testing.T) {
	db := storetest.SQLite(t, schemas()...)
	registrytest.Furnish(t, db)
	h, err := notice.ReadHours(t.Context(), db.Reader())
	if err != nil {
		t.Fatal(err)
	}
	at := func(text string) time.Time {
		v, err := time.ParseInLocation("2006-01-02 15:04", text, deadline.Zone)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for from, want := range map[string]string{
		"2026-11-23 09:00": "2026-11-23 09:00", "2026-11-23 08:29": "2026-11-23 08:30", "2026-11-23 18:00": "2026-11-24 08:30",
		"2026-11-28 12:00": "2026-11-30 08:30", // a Saturday
		"2026-09-30 19:00": "2026-10-08 08:30", // before the holidays
		"2026-10-10 08:00": "2026-10-10 08:30", // a Saturday worked
	} {
		if got := h.Next(at(from)); !got.Equal(at(want)) {
			t.Errorf("after %s: %v, want %s", from, got.In(deadline.Zone), want)
		}
	}
	for _, bad := range []string{"", "8-9", "18:00-08:30", "08:30", "08:30-08:30", "25:00-26:00"} {
		if _, err := notice.ParseHours(bad); !errs.Is(err, errs.Invalid) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if err := registry.SetSetting(t.Context(), db, clerk, notice.HoursSetting, "00:00-12:00"); err != nil {
		t.Fatal(err)
	}
	if open, err := notice.Gate(db)(at("2026-11-23 00:00")); !open || err != nil {
		t.Errorf("%v, %v", open, err)
	}
}

func TestPreferencesAreChecked(t *testing.T) {
	db := storetest.SQLite(t, schemas()...)
	h := newHouse(t, db)
	good := notice.Preference{Channel: deliver.Email, Address: "a@example.cn", Topics: []string{notice.ToDo}, Digest: true}
	for name, change := range map[string]func(p *notice.Preference){
		"address": func(p *notice.Preference) { p.Address = "a" },
		"channel": func(p *notice.Preference) { p.Channel = "pigeon" },
		"none":    func(p *notice.Preference) { p.Topics = nil },
		"topic":   func(p *notice.Preference) { p.Topics = []string{"gossip"} },
	} {
		p := good
		change(&p)
		if err := h.s.SetPreference(t.Context(), clerk, p); !errs.Is(err, errs.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	h.wants(clerk, good)
	if err := h.s.SetPreference(t.Context(), clerk, good); !errs.Is(err, errs.Stale) {
		t.Errorf("a stale form: %v", err)
	}
	got, err := h.s.Preference(t.Context(), clerk.Account)
	if err != nil || got.Address != good.Address || !got.Digest || fmt.Sprintf("%v %+v %#v", got, got, got) != "[sealed] [sealed] [sealed]" {
		t.Errorf("%v, %v", got, err)
	}
	h.wants(clerk, notice.Preference{Address: "x", Topics: []string{notice.ToDo}, Version: 1})
	if got, err = h.s.Preference(t.Context(), clerk.Account); err != nil || got.Channel != "" || got.Address != "" || len(got.Topics) != 0 {
		t.Errorf("nothing wanted keeps nothing: %v, %v", got, err)
	}
}
