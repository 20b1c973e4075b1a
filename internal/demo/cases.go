package demo

import (
	"context"
	"fmt"
	"strings"
	"time"

	"lianxin/internal/casework"
	"lianxin/internal/deadline"
	"lianxin/internal/opinion"
	"lianxin/internal/policy"
	"lianxin/internal/registry"
)

// Actors finds who acts under a demonstration account's name.
type Actors func(name string) (policy.Actor, error)

// Cases makes the living cases, dated back from now, and two years of closed ones, through the same verbs as everybody.
func Cases(ctx context.Context, s *casework.Service, now time.Time, actors Actors) error {
	d := &director{ctx: ctx, s: s, now: now, actors: actors}
	cal, err := registry.Calendar(ctx, s.DB().Reader())
	if err != nil {
		return err
	}
	d.calendar = cal
	for i := range 60 {
		d.play(20+i*11+i%5, i, "closed")
		d.compare()
	}
	for i, scene := range scenes() {
		d.play(scene.ago, 60+i, scene.to)
	}
	d.sideRoads()
	return d.err
}

// scene is one living case: received so many working days ago, played as far as its last act.
type scene struct {
	ago int
	to  string
}

func scenes() []scene {
	var all []scene
	for _, s := range []struct {
		to   string
		days []int
	}{{"received", []int{0, 0, 1, 1, 2, 4}}, {"accepted", []int{1, 2, 3, 5}}, {"to_sign", []int{2, 3, 3, 6}}, {"returning", []int{3, 4}}, {"handling", []int{5, 8, 12, 14, 16, 22}},
		{"co", []int{6, 9}}, {"to_approve", []int{7, 11, 15}}, {"replied", []int{9, 12, 18}}, {"to_evaluate", []int{10, 13, 14}}, {"redoing", []int{20, 26}}, {"disputed", []int{34}},
		{"paper", []int{11, 12}}, {"asked_publication", []int{14, 17}}, {"published", []int{21, 25, 30, 36}}, {"correcting", []int{3}}, {"redirected", []int{5}}, {"answered_at_once", []int{4}}, {"withdrawn", []int{6}}, {"unhappy", []int{24}}} {
		for _, ago := range s.days {
			all = append(all, scene{ago, s.to})
		}
	}
	return all
}

// director plays cases; after the first error it does nothing more.
type director struct {
	ctx      context.Context
	s        *casework.Service
	now      time.Time
	actors   Actors
	calendar *deadline.Calendar
	err      error

	at     time.Time // of the case being played
	number string
	n      int64 // its assignment
	m      matter
	lead   string // account of the agency
	code   string
}

// workday is n working days before now, at an office hour that i decides.
func (d *director) workday(n, i int) time.Time {
	day := deadline.DateOf(d.now)
	for n > 0 {
		day = day.AddDays(-1)
		if d.calendar.IsWorking(day) {
			n--
		}
	}
	t := day.Start().Add(time.Duration(8*60+(i*37)%150) * time.Minute)
	if !t.Before(d.now) {
		t = d.now.Add(-time.Duration(30+i*7%60) * time.Minute)
	}
	return t
}

// wait lets hours pass, never past now.
func (d *director) wait(hours int) {
	d.at = d.officeHour(d.at.Add(time.Duration(hours) * time.Hour))
	if d.at.After(d.now) {
		d.at = d.now.Add(-time.Minute)
	}
}

// officeHour is the instant itself, or the next morning on which offices work.
func (d *director) officeHour(t time.Time) time.Time {
	t = t.In(deadline.Zone)
	day := deadline.DateOf(t)
	if t.Hour() >= 18 {
		day = day.AddDays(1)
	}
	for !d.calendar.IsWorking(day) {
		day = day.AddDays(1)
	}
	if day == deadline.DateOf(t) && t.Hour() >= 8 {
		return t
	}
	return day.Start().Add(9*time.Hour + time.Duration(t.Minute())*time.Minute)
}

func (d *director) service() *casework.Service {
	at := d.at
	return d.s.At(func() time.Time { return at })
}

// say brings a matter in: most from telephones, some on paper by way of the station.
func (d *director) say(i int, paper bool) {
	if d.err != nil {
		return
	}
	p := places()[i*7%20]
	spot := p.name + spots()[i%10]
	in := opinion.Intake{Title: fmt.Sprintf(d.m.title, spots()[i%10]), Body: fmt.Sprintf(d.m.body, spot), Category: d.m.category, Place: spot, MayPublish: i%3 != 0, Source: opinion.Web}
	if i%2 == 0 {
		in.Name, in.Phone = stemName("民", i), fmt.Sprintf("0473-00009%02d", i%100)
	}
	switch {
	case paper:
		in.Source, in.Station = opinion.Paper, station
	case i%3 == 1:
		in.Grid = fmt.Sprintf("G-%s-%02d", p.code[4:], i%10+1)
	case i%5 == 0:
		in.Deputy = deputy
	}
	actor := casework.Resident()
	if paper {
		actor, d.err = d.actors("station")
		if d.err != nil {
			return
		}
	}
	res, err := opinion.Submit(d.ctx, d.service(), actor, in)
	if err != nil {
		d.err = err
		return
	}
	d.number, d.code = res.Case.Number, res.Code
}

// do carries out an action, by an account or by "resident".
func (d *director) do(account string, n int64, action string, in casework.Input) {
	if d.err != nil {
		return
	}
	var actor policy.Actor
	if account == "resident" {
		actor, d.err = d.s.Submitter(d.ctx, d.number, d.code)
	} else {
		actor, d.err = d.actors(account)
	}
	if d.err != nil {
		return
	}
	if _, err := d.service().Apply(d.ctx, casework.Request{Actor: actor, Number: d.number, Assignment: n, Action: action, Input: in}); err != nil {
		d.err = fmt.Errorf("demo: %s %s by %s: %w", d.number, action, account, err)
	}
}

// play brings a matter in and carries it to where the scene ends.
func (d *director) play(ago, i int, to string) {
	d.m = matters()[i%len(matters())]
	d.at, d.n, d.lead = d.workday(ago, i), 1, "agency"
	switch {
	case to == "handling" || to == "to_sign" || to == "to_approve" || to == "co" || to == "redoing":
		d.m = matters()[i%5] // what waits at an agency waits at the demonstration's own
	case d.m.agency == urban:
		d.lead = "agency2"
	case d.m.agency != housing:
		d.lead = ""
	}
	d.say(i, to == "paper")
	for _, stop := range []struct {
		name string
		step func(to string, i int)
	}{{"received", nil}, {"accepted", d.accepted}, {"to_sign", d.assigned}, {"handling", d.signed}, {"to_approve", d.replied}, {"replied", d.approved}, {"to_evaluate", d.fedBack}, {"closed", d.closed}} {
		if stop.step != nil {
			stop.step(to, i)
		}
		if stop.name == to || d.err != nil || d.ended(to, stop.name) {
			return
		}
	}
}

// ended tells where the scenes that leave the road leave it.
func (d *director) ended(to, stop string) bool {
	return map[string]string{"redirected": "accepted", "answered_at_once": "accepted", "withdrawn": "to_sign", "returning": "to_sign", "co": "handling", "correcting": "accepted"}[to] == stop
}

func (d *director) accepted(to string, _ int) {
	d.wait(5)
	switch to {
	case "redirected":
		d.do("clerk", 0, "redirect", casework.Input{"channel": "litigation", "reply": "您反映的合同纠纷可以依法向人民法院起诉，也可以向人民调解委员会申请调解。"})
		return
	case "answered_at_once":
		d.do("clerk", 0, "answer", casework.Input{"class": "explained", "reply": "您咨询的事项已有明确规定，办理所需材料和地点见便民服务中心公示。", "how": "telephone"})
		return
	}
	d.do("clerk", 0, "accept", casework.Input{"category": d.m.category})
	if to == "correcting" {
		d.wait(2)
		d.do("clerk", 0, "correct", casework.Input{"field": "category", "value": "0702", "reason": "受理时类别选错。"})
	}
}

func (d *director) assigned(to string, _ int) {
	d.wait(20)
	in := casework.Input{"lead": d.m.agency, "words": "请依法办理，按时答复。"}
	if to == "co" {
		in["co"] = []string{urban}
	}
	d.do("clerk", 0, "assign", in)
	switch to {
	case "returning":
		d.wait(6)
		d.do(d.by("handler"), 1, "return", casework.Input{"better": other(d.m.agency), "reason": "按照职责分工，该事项由建议单位负责。"})
	case "withdrawn":
		d.wait(3)
		d.do("resident", 0, "withdraw", casework.Input{"words": "问题已经自行解决。"})
	}
}

func other(agency string) string {
	if agency == urban {
		return housing
	}
	return urban
}

// by is who acts for the agency: its own account, or the clerk who enters its paper.
func (d *director) by(string) string {
	if d.lead == "" {
		return "clerk"
	}
	return d.lead
}

func (d *director) signed(to string, i int) {
	d.wait(18)
	d.do(d.by("handler"), 1, "sign", nil)
	if to == "co" {
		d.do("agency2", 2, "sign", nil)
		d.wait(20)
		d.do("agency2", 2, "opine", casework.Input{"words": "我局负责的部分已安排现场管理，无其他意见。"})
	}
	if i%2 == 0 {
		d.wait(20)
		d.do(d.by("handler"), 1, "progress", casework.Input{"words": "已到现场查看，正在制定处理方案。"})
	}
}

func (d *director) replied(_ string, i int) {
	d.wait(30)
	in := casework.Input{"class": "solved", "reply": d.m.reply}
	if strings.Contains(d.m.reply, "计划") || strings.Contains(d.m.reply, "预计") {
		in["class"], in["promise"], in["promise_on"] = "planned", "按计划完成并告知反映人", string(deadline.DateOf(d.now).AddDays(120+i))
	}
	d.do(d.by("handler"), 1, "reply", in)
}

func (d *director) approved(_ string, i int) {
	d.wait(16)
	if d.lead == "agency" {
		d.do("agency-lead", 1, "approve", nil)
		return
	}
	d.do(d.by("handler"), 1, "register_approval", casework.Input{"signer": stemName("签", i), "signed_on": string(deadline.DateOf(d.at)), "doc_number": fmt.Sprintf("乌示函〔%d〕%d号", d.at.Year(), i+1)})
}

func (d *director) fedBack(_ string, _ int) {
	d.wait(20)
	d.do("clerk", 0, "feedback", casework.Input{"how": "telephone", "words": "已电话告知办理结果。"})
	d.do("clerk", 0, "tell_deputy", casework.Input{"how": "message"})
}

// closed judges, and plays what follows a judgement.
func (d *director) closed(to string, i int) {
	d.wait(30)
	switch to {
	case "redoing", "disputed", "unhappy":
		d.unhappy(to, i)
		return
	case "paper":
		d.do("street", 0, "evaluate", casework.Input{"attitude": "satisfied", "result": "satisfied", "collected": "paper"})
		return
	}
	attitude, result, comment := "satisfied", "satisfied", ""
	if i%4 == 1 {
		result = "fair"
	}
	if i%9 == 4 {
		attitude, comment = "unsatisfied", "打电话时态度不好。"
	}
	in := casework.Input{"attitude": attitude, "result": result}
	if comment != "" {
		in["comment"] = comment
	}
	d.do("resident", 0, "evaluate", in)
	if to == "published" || to == "asked_publication" {
		d.publish(to)
	}
}

func (d *director) unhappy(to string, _ int) {
	bad := casework.Input{"attitude": "fair", "result": "unsatisfied", "comment": "只处理了一部分，过几天又是老样子。"}
	d.do("resident", 0, "evaluate", bad)
	if to == "redoing" {
		return
	}
	d.replied(to, 0)
	d.approved(to, 0)
	d.fedBack(to, 0)
	d.wait(20)
	if to == "disputed" {
		d.do("resident", 0, "evaluate", bad)
		return
	}
	d.do("resident", 0, "evaluate", casework.Input{"attitude": "satisfied", "result": "fair"})
}

// publish asks and, where the scene says so, reviews; a submitter who did not agree is left in peace.
func (d *director) publish(to string) {
	if d.err != nil {
		return
	}
	c, _, err := d.s.Read(d.ctx, d.number)
	if err != nil || !c.MayPublish {
		d.err = err
		return
	}
	d.wait(10)
	d.do("clerk", 0, "ask_publish", casework.Input{"public_title": fmt.Sprintf(d.m.title, "某小区"), "public_body": fmt.Sprintf(d.m.body, "某小区"), "public_reply": d.m.reply, "with_verdict": true,
		"redaction": "personal", "redaction_reason": "去除具体门牌，避免认出反映人。"})
	if to == "published" {
		d.wait(5)
		d.do("clerk2", 0, "publish", casework.Input{"words": "已核对，无个人信息。"})
	}
}

// compare has the second clerk check what was entered on paper.
func (d *director) compare() {
	if d.err != nil {
		return
	}
	_, assignments, err := d.s.Read(d.ctx, d.number)
	if err != nil {
		d.err = err
		return
	}
	for _, a := range assignments {
		for _, e := range a.Entries.V {
			d.do("clerk2", a.N, "check_entry", casework.Input{"entry": e.Event, "agrees": "agree"})
		}
	}
}
