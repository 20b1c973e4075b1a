package demo

import (
	"lianxin/internal/casework"
	"lianxin/internal/deadline"
)

// sideRoads plays what leaves the main road, one matter each: so that every desk has some of it.
func (d *director) sideRoads() {
	for i, road := range []func(i int){d.asked, d.mergedTwo, d.splitOff, d.handedDown, d.atHotline, d.separately, d.distributed, d.longer, d.underLeader,
		d.promiseSoon, d.promiseBroken, d.promiseKept, d.again, d.calledOn} {
		d.n, d.lead = 1, "agency"
		d.m = matters()[i%5]
		road(200 + i)
	}
}

// begin brings a matter in and accepts it.
func (d *director) begin(ago, i int) {
	d.at = d.workday(ago, i)
	d.say(i, false)
	d.accepted("", i)
}

// carry takes it from acceptance to its agency's answer.
func (d *director) carry(i int) {
	d.assigned("", i)
	d.signed("", i)
	d.replied("", i)
	d.approved("", i)
}

// asked waits for the resident's further words.
func (d *director) asked(i int) {
	d.at = d.workday(2, i)
	d.say(i, false)
	d.wait(3)
	d.do("clerk", 0, "ask", casework.Input{"words": "请补充具体路段和大致的门牌位置，便于现场查看。", "how": "telephone"})
}

// mergedTwo lets two neighbours' words be answered with the first one's.
func (d *director) mergedTwo(i int) {
	d.begin(7, i)
	main := d.number
	for range 2 {
		d.begin(5, i)
		d.do("clerk", 0, "merge", casework.Input{"into": main, "words": "反映同一地点、同一问题。"})
	}
	d.number, d.at = main, d.workday(4, i)
	d.assigned("", i)
}

// splitOff makes a case of its own of the second thing raised.
func (d *director) splitOff(i int) {
	d.begin(3, i)
	d.wait(1)
	d.do("clerk", 0, "split", casework.Input{"title": "公交站牌被遮挡", "body": "另外，路口的公交站牌被树枝挡住，看不清班次。", "category": "0103"})
	d.assigned("", i)
}

func (d *director) handedDown(i int) {
	d.at = d.workday(4, i)
	d.say(i, false)
	d.wait(4)
	d.do("clerk", 0, "refer_down", casework.Input{"office": "o-hbw", "words": "属区级职权，请按程序办理并答复反映人。"})
}

func (d *director) atHotline(i int) {
	d.begin(5, i)
	d.wait(2)
	d.do("clerk", 0, "hotline", casework.Input{"work_order": "WH12345-20260000001", "words": "请12345热线派单办理。"})
	d.wait(24)
	d.do("clerk", 0, "mirror_progress", casework.Input{"words": "工单已派至区城管局，处置中。"})
}

func (d *director) separately(i int) {
	d.begin(8, i)
	d.wait(4)
	d.do("clerk", 0, "assign", casework.Input{"lead": housing, "split": []string{urban}, "batch_due": string(deadline.DateOf(d.now).AddDays(5)), "words": "两家单位各自办理、各自答复。"})
	d.wait(10)
	d.do("agency", 1, "sign", nil)
	d.do("agency2", 2, "sign", nil)
	d.wait(20)
	d.do("agency2", 2, "reply", casework.Input{"class": "solved", "reply": "我局负责的占道问题已经清理，安排队员每天早晚巡查。"})
}

func (d *director) distributed(i int) {
	d.begin(9, i)
	d.wait(4)
	d.do("clerk", 0, "assign", casework.Input{"lead": inspector, "words": "涉及多个部门，请分办并督查。"})
	d.wait(6)
	d.do("supervision", 1, "sign", nil)
	d.wait(8)
	d.do("supervision", 1, "subassign", casework.Input{"lead": housing, "co": []string{urban}, "words": "请住建局牵头，城管局配合。"})
	d.wait(10)
	d.do("agency", 2, "sign", nil)
}

func (d *director) longer(i int) {
	d.begin(13, i)
	d.assigned("", i)
	d.signed("", i)
	d.wait(40)
	d.do("agency", 1, "extend", casework.Input{"length": "10", "reason": "需要采购专用配件，供货周期约两周。"})
}

// underLeader is unhappy twice, and goes to a leader.
func (d *director) underLeader(i int) {
	d.begin(45, i)
	d.carry(i)
	d.fedBack("", i)
	d.wait(30)
	d.unhappy("disputed", i)
	d.wait(20)
	d.do("leader", 0, "escalate", casework.Input{"leader": "副主任示甲", "words": "请住建局主要负责人到现场，一个月内彻底解决。"})
}

// promised answers with an undertaking for a day that lies so many days from now.
func (d *director) promised(ago, i, days int) {
	d.begin(ago, i)
	d.assigned("", i)
	d.signed("", i)
	d.wait(20)
	d.do("agency", 1, "reply", casework.Input{"class": "planned", "reply": "已列入老旧管网改造计划，按期施工。", "promise": "完成该小区供热支管更换并恢复路面",
		"promise_on": string(deadline.DateOf(d.now).AddDays(days))})
	d.approved("", i)
	d.fedBack("", i)
	d.wait(30)
	d.do("resident", 0, "evaluate", casework.Input{"attitude": "satisfied", "result": "fair"})
}

func (d *director) promiseSoon(i int) { d.promised(30, i, 6) }

func (d *director) promiseBroken(i int) { d.promised(80, i, -12) }

func (d *director) promiseKept(i int) {
	d.promised(70, i, -20)
	d.at = d.workday(18, i)
	d.do("agency", 1, "fulfil", casework.Input{"kept": "kept", "words": "支管更换已完成，路面已恢复，现场照片存档。"})
}

// again is opened anew on facts that turned up after it was closed.
func (d *director) again(i int) {
	d.begin(30, i)
	d.carry(i)
	d.fedBack("", i)
	d.wait(30)
	d.do("resident", 0, "evaluate", casework.Input{"attitude": "satisfied", "result": "satisfied"})
	d.at = d.workday(1, i)
	d.do("resident", 0, "reopen", casework.Input{"facts": "修好不到一个月又坏了，和上次是同一处。"})
}

// calledOn is late, and was urged by telephone.
func (d *director) calledOn(i int) {
	d.begin(24, i)
	d.assigned("", i)
	d.signed("", i)
	d.at = d.workday(3, i)
	d.do("clerk", 1, "urge", casework.Input{"grade": "urge", "way": "telephone", "words": "联络员称本周内报送结果。"})
}
