package suggestion_test

import (
	"testing"

	"lianxin/internal/casework"
	"lianxin/internal/errs"
	"lianxin/internal/store"
	"lianxin/internal/store/storetest"
	"lianxin/internal/suggestion"
)

func TestTheWholeRoad(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		c := h.draft(suggestion.Draft{})
		h.refused(errs.NotFound, clerk, c, 0, "number", nil) // a draft is its author's
		h.do(deputy(1), c, 0, "invite", casework.Input{"deputies": []string{person(2), person(3)}})
		h.do(deputy(2), c, 0, "cosign", nil)
		h.do(deputy(3), c, 0, "decline", nil)
		h.refused(errs.NotFound, deputy(4), c, 0, "cosign", nil)
		h.refused(errs.Invalid, deputy(1), c, 0, "submit", casework.Input{"one_matter": true})
		h.do(deputy(1), c, 0, "submit", checked)
		h.do(motions, c, 0, "number", casework.Input{"category": transport})
		h.refused(errs.Invalid, clerk, c, 0, "dispatch", casework.Input{"lead": housing, "express": true})
		h.do(clerk, c, 0, "dispatch", casework.Input{"lead": supervisor, "batch_due": "2026-05-29"})
		h.part(c, 1, "to_receive")
		h.do(overseer, c, 1, "receive", nil)
		h.do(overseer, c, 1, "subassign", casework.Input{"lead": housing, "co": []string{traffic}, "approver": "副市长甲", "approved_on": "2026-03-06"})
		h.do(handler, c, 2, "sign", nil)
		h.do(second, c, 3, "sign", nil)
		h.on("2026-03-20")
		h.do(handler, c, 2, "contact", casework.Input{"phase": "before", "on": "2026-03-20", "mode": "visit", "people": "局领导、代表", "words": "听取意见"})
		h.do(second, c, 3, "opine", casework.Input{"words": "同意增加班次。", "doc_number": "乙提函〔2026〕3号"})
		h.replied(c, "b")
		h.state(c, "answered")
		fresh, as := h.read(c)
		if fresh.Class != "" || fresh.Get(suggestion.Proposed) != "b" || as[0].State != "completed" {
			t.Errorf("before it is settled: class %q, proposed %q, the office's part %s", fresh.Class, fresh.Get(suggestion.Proposed), as[0].State)
		}
		h.do(clerk, c, 0, "settle", casework.Input{"class": "b"})
		h.refused(errs.Invalid, deputy(1), c, 0, "evaluate", casework.Input{"attitude": "satisfied", "result": "unsatisfied", "comment": "没有改善"})
		h.do(deputy(1), c, 0, "evaluate", casework.Input{"attitude": "satisfied", "result": "unsatisfied", "comment": "没有改善", "asked": true})
		h.state(c, "redoing")
		h.part(c, 1, "overseeing")
		h.replied(c, "b")
		h.state(c, "answered")
		h.do(deputy(1), c, 0, "evaluate", casework.Input{"attitude": "satisfied", "result": "fair", "asked": true})
		h.state(c, "done")
		h.on("2026-09-02")
		h.do(clerk, c, 0, "look_back", casework.Input{"round": "round-1"})
		h.refused(errs.Conflict, clerk, c, 0, "reclass", casework.Input{"class": "a", "words": "已落实"})
		h.do(handler, c, 2, "self_check", casework.Input{"found": "done", "words": "两条线路已开通。"})
		h.do(overseer, c, 2, "verify", casework.Input{"found": "done", "words": "属实"})
		h.do(deputy(1), c, 0, "visit", casework.Input{"agrees": "agree", "words": "乘坐过"})
		h.do(handler, c, 2, "reanswer", casework.Input{"class": "a", "reply": "两条线路已经开通。", "signer": "局长甲", "signed_on": "2026-09-02", "doc_number": "甲建提〔2026〕20号"})
		h.do(clerk, c, 0, "reclass", casework.Input{"class": "a", "words": "已落实，由B类调整为A类"})
		fresh, _ = h.read(c)
		if fresh.State != "done" || fresh.Class != "a" || fresh.Get(suggestion.FirstClass) != "b" || fresh.FirstResult != "unsatisfied" {
			t.Errorf("at the end: %s, class %s, first %s, first verdict %s", fresh.State, fresh.Class, fresh.Get(suggestion.FirstClass), fresh.FirstResult)
		}
		h.sound()
	})
}
