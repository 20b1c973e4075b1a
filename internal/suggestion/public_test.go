package suggestion_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"lianxin/internal/casework"
	"lianxin/internal/errs"
	"lianxin/internal/event"
	"lianxin/internal/search"
	"lianxin/internal/store"
	"lianxin/internal/store/storetest"
	"lianxin/internal/suggestion"
)

// answered takes a suggestion as far as it can be made public.
func (h *house) answered(d suggestion.Draft) *casework.Case {
	h.t.Helper()
	c := h.handled(d)
	h.replied(c, "a")
	h.do(clerk, c, 0, "settle", casework.Input{"class": "a"})
	return c
}

// asked is an application for publication without changes, as far as the words go.
func asked(words ...string) casework.Input {
	in := casework.Input{"redaction": "wording", "redaction_reason": "文字规范"}
	for i, w := range words {
		if w != "" {
			in[[]string{"public_title", "public_body", "public_reply", "public_second"}[i]] = w
		}
	}
	return in
}

func (h *house) publish(c *casework.Case, words ...string) {
	h.t.Helper()
	h.do(clerk, c, 0, "ask_publish", asked(words...))
	h.do(clerk2, c, 0, "publish", nil)
}

// index lets the public's index catch up with the record.
func (h *house) index() {
	h.t.Helper()
	if err := event.CatchUp(h.t.Context(), h.s.DB(), "test", h.s.PublicIndexer()); err != nil {
		h.t.Fatal(err)
	}
}

// found lists the numbers that a search of what is public brings.
func (h *house) found(f suggestion.PublicFilter) []string {
	h.t.Helper()
	page, err := suggestion.PublishedList(h.t.Context(), h.s, f)
	if err != nil {
		h.t.Fatal(err)
	}
	var numbers []string
	for _, p := range page.List {
		numbers = append(numbers, p.Number)
	}
	return numbers
}

// fields names the fields an error is about, with what is wrong with each.
func fields(err error) string {
	var all []string
	for _, e := range errs.All(err) {
		all = append(all, e.Field+"="+e.Key)
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

func TestPublicationFollowsTheDeputysChoice(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		full, title, none := h.answered(suggestion.Draft{Phone: "0473-2080111"}), h.answered(suggestion.Draft{Disclosure: "title"}), h.answered(suggestion.Draft{Disclosure: "none"})
		for _, refused := range []struct {
			what string
			c    *casework.Case
			in   casework.Input
			want string
		}{
			{"none, even the title", none, asked("标题"), "=suggestion.disclosure_none"},
			{"the title alone, with a body", title, asked("标题", "正文"), "public_body=suggestion.title_only"},
			{"the title alone, with an answer", title, asked("标题", "", "答复"), "public_reply=suggestion.title_only"},
			{"the title alone, with everything", title, asked("标题", "正文", "答复", "再答复"), "public_body=suggestion.title_only public_reply=suggestion.title_only public_second=suggestion.title_only"},
			{"all, without a body", full, asked("标题", "", "答复"), "public_body=suggestion.full_needed"},
			{"all, without an answer", full, asked("标题", "正文"), "public_reply=suggestion.full_needed"},
			{"a second answer that was not given", full, asked("标题", "正文", "答复", "再答复"), "public_second=casework.no_second_reply"},
			{"a mobile number", full, asked("标题", "正文", "请拨13800000000"), "public_reply=casework.public_personal"},
			{"an identity number", full, asked("标题", "150302190001010077", "答复"), "public_body=casework.public_personal"},
			{"a mobile number in the title alone", title, asked("致13800000000"), "public_title=casework.public_personal"},
			{"the deputy's sealed telephone", full, asked("标题", "电话0473-2080111", "答复"), "public_body=casework.public_contact"},
			{"changed words called unchanged", full, casework.Input{"public_title": "标题", "public_body": "正文", "public_reply": "答复", "redaction": "none"}, "redaction=casework.redaction_needed"},
		} {
			if err := h.try(clerk, refused.c, 0, "ask_publish", refused.in); fields(err) != refused.want {
				t.Errorf("%s: %s (%v), want %s", refused.what, fields(err), err, refused.want)
			}
		}
		h.do(clerk, title, 0, "ask_publish", casework.Input{"public_title": "关于改善公交出行的建议", "redaction": "none"}) // leaving texts out changes none
		h.refused(errs.Conflict, clerk, title, 0, "publish", nil)
		h.do(leader, title, 0, "publish", nil)
		h.publish(full, "公开的标题", "公开的正文", "公开的答复")
		one, err := suggestion.Published(t.Context(), h.s, title.Number)
		if err != nil {
			t.Fatal(err)
		}
		if one.Body != "" || one.Reply != "" || one.Second != "" || one.Verdict != "" || one.Deputy != "" || one.Delegation != "" || !one.TitleOnly ||
			one.Title == "" || one.Class == "" || !slices.Equal(one.Agencies, []string{housing}) || one.Serial == 0 {
			t.Errorf("of the title alone: %+v", one)
		}
		if one, err = suggestion.Published(t.Context(), h.s, full.Number); err != nil || one.Body != "公开的正文" || one.Reply != "公开的答复" || one.Deputy != person(1) || one.TitleOnly {
			t.Errorf("of the whole: %+v, %v", one, err)
		}
		if _, err := suggestion.Published(t.Context(), h.s, none.Number); !errs.Is(err, errs.NotFound) {
			t.Errorf("what is not published: %v", err)
		}
		h.sound()
	})
}

func TestVerdictIsPublicOnlyIfAsked(t *testing.T) {
	db := storetest.SQLite(t, schemas()...)
	h := newHouse(t, db)
	for _, with := range []bool{false, true} {
		c := h.answered(suggestion.Draft{})
		in := asked("标题", "正文", "答复")
		in["with_verdict"] = with
		h.do(clerk, c, 0, "ask_publish", in)
		h.do(clerk2, c, 0, "publish", nil)
		h.do(deputy(1), c, 0, "evaluate", casework.Input{"attitude": "fair", "result": "unsatisfied", "comment": "没有改善"})
		one, err := suggestion.Published(t.Context(), h.s, c.Number)
		if err != nil || (one.Verdict == "不满意") != with || strings.Contains(one.State, "重新") != with {
			t.Errorf("with verdict %v: %q, %q, %v", with, one.Verdict, one.State, err)
		}
	}
}

func TestSecondAnswerIsPublicBesideTheFirst(t *testing.T) {
	db := storetest.SQLite(t, schemas()...)
	h := newHouse(t, db)
	c := h.answered(suggestion.Draft{})
	h.do(deputy(1), c, 0, "evaluate", casework.Input{"attitude": "fair", "result": "fair"})
	h.on("2026-09-02")
	h.do(clerk, c, 0, "look_back", casework.Input{"round": "round-1"})
	h.do(handler, c, 2, "self_check", casework.Input{"found": "done", "words": "已开通。"})
	h.do(handler, c, 2, "reanswer", casework.Input{"class": "a", "reply": "又开通一条线路。", "signer": "局长甲", "signed_on": "2026-09-02", "doc_number": "甲建提〔2026〕20号"})
	h.do(clerk, c, 0, "reclass", casework.Input{"class": "a", "words": "已落实"})
	h.do(clerk, c, 0, "ask_publish", casework.Input{"public_title": "关于改善公交出行的建议", "public_body": "建议优化公交线路，增加班次，改善候车条件。", "public_reply": "已优化三条线路。",
		"public_second": "又开通一条线路。", "redaction": "none"}) // each is held against its own original
	h.do(clerk2, c, 0, "publish", nil)
	h.index()
	one, err := suggestion.Published(t.Context(), h.s, c.Number)
	if err != nil || one.Reply != "已优化三条线路。" || one.Second != "又开通一条线路。" {
		t.Errorf("%q, %q, %v", one.Reply, one.Second, err)
	}
	if got := h.found(suggestion.PublicFilter{Q: "又开通"}); !slices.Equal(got, []string{c.Number}) {
		t.Errorf("the second answer finds %v", got)
	}
	h.sound()
}

func TestOnlyPublishedWordsAreFound(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		body := "梧桐树下的路灯不亮。"
		full, title, unpublished := h.answered(suggestion.Draft{Title: "路灯", Body: body}), h.answered(suggestion.Draft{Title: "路牙", Body: body, Disclosure: "title"}), h.answered(suggestion.Draft{Title: "路标", Body: body})
		if err := event.CatchUp(t.Context(), h.s.DB(), "test", h.s.Indexers()...); err != nil {
			t.Fatal(err)
		}
		h.publish(full, "关于路灯", "某树下的路灯不亮。", "已修好银杏路灯。")
		h.publish(title, "关于路牙")
		h.do(clerk, unpublished, 0, "ask_publish", asked("关于路标", body, "已修好。"))
		look := func(q string, want ...string) {
			t.Helper()
			if got := h.found(suggestion.PublicFilter{Q: q}); !slices.Equal(got, want) {
				t.Errorf("%s finds %v, want %v", q, got, want)
			}
		}
		if err := event.CatchUp(t.Context(), h.s.DB(), "test", h.s.Indexers()...); err != nil {
			t.Fatal(err)
		}
		look("梧桐")
		look("路标")
		look("银杏", full.Number)
		look("路牙", title.Number)
		look(full.Number, full.Number)
		h.do(clerk, full, 0, "unpublish", casework.Input{"words": "重新核对"})
		h.index()
		look("银杏")
		if n, err := store.One[int](t.Context(), db.Reader(), "select count(*) from search_doc where kind = $1", casework.PublicKind); err != nil || n != 1 {
			t.Errorf("the public index holds %d, %v", n, err)
		}
		// An older deployment has a record, and of this consumer neither an index nor a cursor yet.
		err := h.s.DB().Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
			return search.Remove(ctx, tx, casework.PublicKind, title.ID)
		})
		if err != nil {
			t.Fatal(err)
		}
		look("路牙")
		if err := event.Forget(t.Context(), h.s.DB(), h.s.PublicIndexer().Name); err != nil {
			t.Fatal(err)
		}
		h.index()
		look("路牙", title.Number)
		look("银杏")
	})
}

func TestThePublicListHasEveryRowOnce(t *testing.T) {
	db := storetest.SQLite(t, schemas()...)
	h := newHouse(t, db)
	var all []string
	for i := range 7 { // one day, one moment
		c := h.answered(suggestion.Draft{Title: fmt.Sprintf("第%d件", i), Body: "正文"})
		h.publish(c, fmt.Sprintf("第%d件", i), "正文", "答复")
		all = append(all, c.Number)
	}
	for _, limit := range []int{1, 2, 3, 7, 20} {
		var seen []string
		f := suggestion.PublicFilter{Limit: limit}
		for range 10 {
			page, err := suggestion.PublishedList(context.Background(), h.s, f)
			if err != nil || page.Total != len(all) {
				t.Fatalf("%d in all, %v", page.Total, err)
			}
			for _, p := range page.List {
				seen = append(seen, p.Number)
			}
			if f.Cursor = page.Next; f.Cursor == "" {
				break
			}
		}
		slices.Sort(seen)
		if !slices.Equal(seen, all) {
			t.Errorf("%d a page: %v, want %v", limit, seen, all)
		}
	}
	for filter, want := range map[suggestion.PublicFilter]int{{Session: session}: 7, {Session: "10-1"}: 0, {Category: transport}: 7, {Category: "livelihood"}: 0, {Agency: housing}: 7, {Agency: traffic}: 0, {Class: "a"}: 7, {Class: "b"}: 0} {
		if got := h.found(filter); len(got) != want {
			t.Errorf("%+v finds %d, want %d", filter, len(got), want)
		}
	}
	if _, err := suggestion.PublishedList(context.Background(), h.s, suggestion.PublicFilter{Cursor: "2026-03-02"}); !errs.Is(err, errs.Invalid) {
		t.Errorf("a bad cursor: %v", err)
	}
}
