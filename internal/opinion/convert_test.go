package opinion_test

import (
	"slices"
	"testing"
	"time"

	"lianxin/internal/casework"
	"lianxin/internal/errs"
	"lianxin/internal/opinion"
	"lianxin/internal/policy"
	"lianxin/internal/registry"
	"lianxin/internal/registry/registrytest"
	"lianxin/internal/sealed"
	"lianxin/internal/store"
	"lianxin/internal/store/storetest"
	"lianxin/internal/suggestion"
)

const taker = "person-1" // the deputy who takes a matter up

var takes = account("deputy-1", policy.Grant{Role: policy.Deputy, Person: taker})

// withSuggestions is a city that has both kinds, a session and a deputy with a seat.
func withSuggestions(t *testing.T, db *store.DB) *house {
	t.Helper()
	h := &house{t: t, now: monday, codes: map[string]string{}}
	own, err := opinion.New()
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := suggestion.New()
	if err != nil {
		t.Fatal(err)
	}
	registrytest.Furnish(t, db)
	for _, kept := range []struct {
		table string
		row   map[string]string
	}{{"term", map[string]string{"id": "10", "name": "第十届", "ordinal": "10"}},
		{"congress_session", map[string]string{"id": "10-2", "name": "十届人大二次会议", "term_id": "10", "ordinal": "2", "opens_on": "2026-03-02", "closes_on": "2026-03-05"}},
		{"mandate", map[string]string{"id": "seat", "person_id": taker, "of_congress_id": city, "delegation": "第一代表团"}}} {
		report, err := registry.Put(t.Context(), db, registrytest.System(), kept.table, []registry.Row{{Values: kept.row}}, false)
		if err == nil {
			err = report.First()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	vault, err := sealed.NewVault(sealed.NewKeys())
	if err != nil {
		t.Fatal(err)
	}
	h.s = casework.New(db.WithClock(func() time.Time { return h.now }), vault, policy.New(append(own.Procedure.Rules(), theirs.Procedure.Rules()...)...), own, theirs)
	if err := h.s.KeepProcedures(t.Context()); err != nil {
		t.Fatal(err)
	}
	return h
}

func TestAnOpinionBecomesADeputysDraft(t *testing.T) {
	storetest.Each(t, append(schemas(), suggestion.Schema()), func(t *testing.T, db *store.DB) {
		h := withSuggestions(t, db)
		c := h.submit(opinion.Intake{Body: "路灯常年不亮。", Name: "张大同", Phone: "13800000077", Source: opinion.Web, MayPublish: true})
		in := func(title, body string) casework.Input {
			return casework.Input{"deputy": taker, "title": title, "body": body, "words": "多次反映，建议代表提出。"}
		}
		fine := in("关于更新老旧路灯的建议", "部分街道路灯老化。\n建议分批更新。")
		h.refused(errs.Conflict, clerk, c, 0, "convert", fine) // before it is accepted
		h.do(clerk, c, 0, "accept", nil)
		for _, who := range []policy.Actor{street, station, handler, leader, takes} {
			if err := h.try(who, c, 0, "convert", fine); !errs.Is(err, errs.Denied) && !errs.Is(err, errs.NotFound) {
				t.Errorf("%s converts: %v", who.Account, err)
			}
		}
		h.refused(errs.Denied, h.submitter(c), c, 0, "convert", fine)
		h.refused(errs.Invalid, clerk, c, 0, "convert", casework.Input{"deputy": "person-2", "title": "建议", "body": "正文"}) // no deputy
		h.refused(errs.Invalid, clerk, c, 0, "convert", in("关于张大同反映的建议", "正文"))
		h.refused(errs.Invalid, clerk, c, 0, "convert", in("建议", "联系13900000000"))
		h.do(clerk, c, 0, "convert", fine)
		h.refused(errs.Conflict, clerk, c, 0, "convert", fine)
		h.converted(c)
		h.check()
	})
}

// converted compares both ends of a conversion, as the office, the deputy and the one who said it see them.
func (h *house) converted(c *casework.Case) {
	t := h.t
	t.Helper()
	office, err := h.s.View(t.Context(), clerk, c.Number)
	if err != nil || office.State != "converted" || len(office.Links) != 1 || office.Links[0].How != casework.LinkInto {
		t.Fatalf("the opinion is %s, tied to %+v, %v", office.State, office.Links, err)
	}
	drafts, err := h.s.List(t.Context(), takes, casework.Query{Kind: suggestion.Kind})
	if err != nil || len(drafts.Cases) != 1 {
		t.Fatalf("the deputy has %d drafts, %v", len(drafts.Cases), err)
	}
	draft, err := h.s.View(t.Context(), takes, drafts.Cases[0].Number)
	if err != nil || draft.Number != office.Links[0].Number || draft.State != "draft" || draft.Title != "关于更新老旧路灯的建议" || draft.HasContact || draft.Contact != nil {
		t.Fatalf("the draft: %+v, %v", draft, err)
	}
	if len(draft.Links) != 1 || draft.Links[0].How != casework.LinkOrigin || draft.Links[0].Number != c.Number || draft.Links[0].Open {
		t.Errorf("the draft is tied to %+v", draft.Links)
	}
	if _, err := h.s.View(t.Context(), clerk, draft.Number); !errs.Is(err, errs.NotFound) {
		t.Errorf("the office reads the deputy's draft: %v", err)
	}
	if office.Links[0].Open {
		t.Error("the office is led to the deputy's draft")
	}
	told, err := h.s.View(t.Context(), h.submitter(c), c.Number)
	if err != nil || told.StateLabel != "已转代表建议" || !slices.ContainsFunc(told.Story, func(e casework.StoryEntry) bool {
		return e.Record.Action == "convert" && e.Label == "转为代表建议"
	}) {
		t.Errorf("the submitter reads %q, %v", told.StateLabel, err)
	}
	for _, e := range told.Story {
		for _, text := range e.Texts {
			if text.Body == "多次反映，建议代表提出。" {
				t.Error("the submitter reads what the office wrote to the deputy")
			}
		}
	}
	in := casework.Input{"one_matter": true, "not_excluded": true, "no_secret": true}
	h.do(takes, draft.Case, 0, "submit", in)
	if office, err = h.s.View(t.Context(), clerk, c.Number); err != nil || !office.Links[0].Open || office.Links[0].StateLabel != "待审查" {
		t.Errorf("after it was submitted: %+v, %v", office.Links, err)
	}
}
