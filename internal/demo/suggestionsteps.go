package demo

import (
	"fmt"
	"time"

	"lianxin/internal/casework"
	"lianxin/internal/deadline"
)

func (p *player) invited() error {
	if len(p.st.Signers) == 0 {
		return nil
	}
	if err := p.do(p.cast.deputy(p.st.Deputy), 0, "invite", casework.Input{"deputies": p.st.Signers}); err != nil {
		return err
	}
	if p.st.Stop == "cosigning" {
		return nil
	}
	for _, person := range p.st.Signers {
		if err := p.do(p.cast.deputy(person), 0, "cosign", nil); err != nil {
			return err
		}
	}
	return nil
}

func (p *player) submitted() error {
	return p.do(p.cast.deputy(p.st.Deputy), 0, "submit", casework.Input{"one_matter": true, "not_excluded": true, "no_secret": true})
}

func (p *player) numbered() error {
	p.wait(2 * time.Hour)
	return p.do(p.cast.motions(), 0, "number", casework.Input{"category": p.st.Category, "category_region": p.st.Region, "words": "内容具体，予以立案。"})
}

func (p *player) dispatched() error {
	p.to(p.st.Dispatched, 9)
	in := casework.Input{"lead": inspector, "wide": p.st.Wide, "words": "请于法定期限内办理并答复代表。"}
	if p.st.Direct {
		in["lead"] = p.st.Agency
	}
	if err := p.do(p.cast.clerk(), 0, "dispatch", in); err != nil {
		return err
	}
	if !p.st.Key {
		return nil
	}
	return p.do(p.cast.clerk(), 0, "key", casework.Input{"leader": "常委会副主任甲", "committee": "ajw", "decided_on": string(p.st.Dispatched), "plan": "牵头调研、跟踪督办、听取办理情况汇报。"})
}

func (p *player) received() error {
	if p.st.Direct {
		return nil
	}
	p.wait(5 * time.Hour)
	return p.do(p.cast.overseer(), 1, "receive", nil)
}

func (p *player) split() error {
	if p.st.Direct {
		return nil
	}
	p.wait(day)
	lead := p.st.Agency
	if p.st.Wrong != "" {
		lead = p.st.Wrong
	}
	in := casework.Input{"lead": lead, "approver": "副市长乙", "approved_on": string(deadline.DateOf(p.at)), "words": "请按职责分工办理。"}
	if len(p.st.Co) > 0 {
		in["co"] = p.st.Co
	}
	if err := p.do(p.cast.overseer(), 1, "subassign", in); err != nil {
		return err
	}
	p.part = 2
	return nil
}

func (p *player) returned() error {
	if p.st.Wrong == "" {
		return nil
	}
	p.wait(day)
	return p.do(p.cast.agency(p.st.Wrong), p.part, "return", casework.Input{"better": p.st.Agency, "reason": "所提事项不属于本单位职责，建议由主管单位承办。"})
}

func (p *player) moved() error {
	if p.st.Wrong == "" {
		return nil
	}
	p.wait(day)
	if err := p.do(p.cast.overseer(), p.part, "reassign", casework.Input{"words": "同意调整。"}); err != nil {
		return err
	}
	p.part += int64(1 + len(p.st.Co))
	return nil
}

func (p *player) signed() error {
	p.wait(day)
	for i, co := range p.st.Co {
		if err := p.do(p.cast.agency(co), 3+int64(i), "sign", nil); err != nil {
			return err
		}
	}
	return p.do(p.cast.agency(p.st.Agency), p.part, "sign", nil)
}

func (p *player) contacted() error {
	p.wait(6 * day)
	agency := p.cast.agency(p.st.Agency)
	if err := p.do(agency, p.part, "contact", p.talk("before", "visit", "就建议背景和期望听取代表意见，议定办理思路。")); err != nil {
		return err
	}
	if p.st.Doc%10 == 0 {
		if err := p.do(agency, p.part, "lead_by", casework.Input{"leader": []string{"副市长甲", "副市长乙", "副市长丙"}[p.st.Doc/10%3]}); err != nil {
			return err
		}
	}
	for i, co := range p.st.Co {
		if err := p.do(p.cast.agency(co), 3+int64(i), "opine", casework.Input{"doc_number": fmt.Sprintf("会办函〔%d〕%d号", p.at.Year(), p.st.Doc), "words": "本单位将按职责配合主办单位落实。"}); err != nil {
			return err
		}
	}
	return nil
}

func (p *player) talk(phase, mode, words string) casework.Input {
	return casework.Input{"phase": phase, "on": string(deadline.DateOf(p.at)), "mode": mode, "people": "承办单位负责人、领衔代表", "words": words}
}

func (p *player) drafted() error {
	p.to(p.st.Answered.AddDays(-3), 10)
	return p.do(p.cast.agency(p.st.Agency), p.part, "draft", p.answer(p.st.First, p.st.Reply[0]))
}

// answer is the agency's words with its class; what leaves something to be done promises it.
func (p *player) answer(class, words string) casework.Input {
	in := casework.Input{"class": class, "reply": words, "publicity": "active", "contact_person": "联络员", "contact_phone": "0473-0000300"}
	if class == "b" {
		in["promise"], in["promise_on"] = p.st.Promise, string(p.st.PromiseOn)
	}
	return in
}

func (p *player) passed() error {
	if p.st.Direct {
		return nil
	}
	p.wait(4 * time.Hour)
	return p.do(p.cast.overseer(), p.part, "pass", casework.Input{"words": "内容完整，同意按程序签发。"})
}

func (p *player) issued() error {
	p.wait(day)
	return p.do(p.cast.agency(p.st.Agency), p.part, "issue", casework.Input{"signer": "主要负责人", "signed_on": string(deadline.DateOf(p.at)), "doc_number": fmt.Sprintf("建提〔%d〕%d号", p.at.Year(), p.st.Doc)})
}

func (p *player) delivered() error {
	p.to(p.st.Answered, 15)
	return p.acts(p.cast.agency(p.st.Agency), p.part, act{"contact", p.talk("after", "in_person", "当面答复，听取代表对办理结果的意见。")},
		act{"deliver", casework.Input{"on": string(deadline.DateOf(p.at)), "mode": "in_person", "copies": "市人大常委会代表工委，市政府办公室"}})
}

func (p *player) settled() error {
	p.wait(3 * day)
	return p.do(p.cast.clerk(), 0, "settle", casework.Input{"class": p.st.First})
}

// unhappy is a first verdict of 不满意: the answer goes back.
func (p *player) unhappy() error {
	if !p.st.Unhappy {
		return nil
	}
	p.wait(2 * day)
	return p.do(p.cast.deputy(p.st.Deputy), 0, "evaluate", p.verdict("fair", "unsatisfied", "答复没有回应第二条建议，请进一步研究具体措施。"))
}

func (p *player) verdict(attitude, result, comment string) casework.Input {
	in := casework.Input{"attitude": attitude, "result": result, "asked": len(p.st.Signers) > 0}
	if comment != "" {
		in["comment"] = comment
	}
	return in
}

// again is the second answer.
func (p *player) again() error {
	if !p.st.Unhappy {
		return nil
	}
	p.wait(18 * day)
	agency := p.cast.agency(p.st.Agency)
	if err := p.do(agency, p.part, "draft", p.answer(p.st.First, p.st.Reply[0]+"\n针对代表意见，补充制定了具体措施和完成时限。")); err != nil {
		return err
	}
	for _, step := range []func() error{p.passed, p.issued} {
		if err := step(); err != nil {
			return err
		}
	}
	p.wait(day)
	return p.do(agency, p.part, "deliver", casework.Input{"on": string(deadline.DateOf(p.at)), "mode": "in_person"})
}

func (p *player) judged() error {
	p.wait(5 * day)
	if p.st.Result == "" {
		p.wait(25 * day)
		return p.do(casework.Importer(), 0, "lapse", nil)
	}
	return p.do(p.cast.deputy(p.st.Deputy), 0, "evaluate", p.verdict(p.st.Attitude, p.st.Result, ""))
}

func (p *player) published() error {
	if !p.st.Publish {
		return nil
	}
	p.wait(3 * day)
	return p.public("")
}

// public asks for the publication and grants it: the words as they are, or the title alone where the deputy wants no more.
func (p *player) public(second string) error {
	in := casework.Input{"public_title": p.st.Title, "redaction": "none", "with_verdict": true}
	if p.st.Disclosure != "title" {
		in["public_body"], in["public_reply"] = p.st.Body, p.st.Reply[0]
		if p.st.Unhappy {
			in["public_reply"] = p.st.Reply[0] + "\n针对代表意见，补充制定了具体措施和完成时限。"
		}
		if second != "" {
			in["public_second"] = second
		}
	}
	if err := p.do(p.cast.clerk(), 0, "ask_publish", in); err != nil {
		return err
	}
	return p.do(p.cast.reviewer(), 0, "publish", nil)
}

// publishedAgain makes the second answer public beside the first.
func (p *player) publishedAgain() error {
	if !p.st.Publish || p.st.Round == "" || p.st.Disclosure == "title" {
		return nil
	}
	p.wait(3 * day)
	if err := p.do(p.cast.clerk(), 0, "unpublish", casework.Input{"words": "补充公开再答复。"}); err != nil {
		return err
	}
	return p.public(p.st.Reply[1])
}

func (p *player) lookedBack() error {
	if p.st.Round == "" {
		return nil
	}
	p.to(p.st.Rechecked, 9)
	return p.do(p.cast.clerk(), 0, "look_back", casework.Input{"round": p.st.Round})
}

func (p *player) selfChecked() error {
	if p.st.Round == "" {
		return nil
	}
	p.wait(9 * day)
	found := "pending"
	if p.st.Final == "a" {
		found = "done"
	}
	if err := p.do(p.cast.agency(p.st.Agency), p.part, "self_check", casework.Input{"found": found, "words": p.st.Reply[1]}); err != nil || p.st.Direct {
		return err
	}
	p.wait(4 * day)
	return p.do(p.cast.overseer(), p.part, "verify", casework.Input{"found": found, "words": "已到现场核查，情况属实。"})
}

func (p *player) reanswered() error {
	if p.st.Round == "" {
		return nil
	}
	p.wait(5 * day)
	on := string(deadline.DateOf(p.at))
	in := casework.Input{"class": p.st.Final, "reply": p.st.Reply[1], "signer": "主要负责人", "signed_on": on, "doc_number": fmt.Sprintf("建再提〔%d〕%d号", p.at.Year(), p.st.Doc)}
	if p.st.Final == "b" {
		in["promise"], in["promise_on"] = p.st.Promise, string(deadline.DateOf(p.at).AddDays(300))
	}
	if err := p.do(p.cast.agency(p.st.Agency), p.part, "reanswer", in); err != nil {
		return err
	}
	p.wait(6 * day)
	return p.do(p.cast.clerk(), 0, "reclass", casework.Input{"class": p.st.Final, "words": "经核查，据实核定。"})
}

func (p *player) promised() error {
	if p.st.Kept == "" {
		return nil
	}
	p.to(p.st.KeptOn, 10)
	words := "承诺事项已按期完成。"
	if p.st.Kept == "missed" {
		words = "受施工条件影响，未能按期完成。"
	}
	return p.do(p.cast.agency(p.st.Agency), p.part, "fulfil", casework.Input{"kept": p.st.Kept, "words": words})
}
