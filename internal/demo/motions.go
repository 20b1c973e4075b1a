package demo

import (
	"time"

	"lianxin/internal/deadline"
	"lianxin/internal/motion"
)

// motionStory is one motion as it is played through the same verbs as everybody's. All of it is made up.
type motionStory struct {
	Session string
	Venue   string
	Deputy  string
	Signers []string // asked to sign
	Signed  int      // of them, how many did; the others have not answered
	Title   string
	Body    string
	Plan    string
	Fate    string        // what becomes of it: one of the fates
	Written deadline.Date // and signed
	Decided deadline.Date // by the presidium
	Examine string        // committee that examines it
	Report  string        // of the committee, on the day
	Passed  deadline.Date
	Result  string // resolution of the standing committee
	Words   string // of the resolution, the decision or the withdrawal
	On      deadline.Date
	Becomes *Story // the suggestion that is made of it, and what comes of that
}

// Fates of a motion.
const (
	collects = "collects" // signatures, and has too few
	resolved = "resolved" // by the standing committee on the committee's report
	turned   = "turned"   // into a suggestion
	recalled = "recalled" // by its signers
)

// others are n deputies of the city, from the i-th; the demonstration's own is among them where asked for.
func others(own bool, i, n int) []string {
	var list []string
	if own {
		list = append(list, deputy)
	}
	for ; len(list) < n; i++ {
		if person := cityDeputy(i); person != deputy {
			list = append(list, person)
		}
	}
	return list
}

// motionStories are the demonstration's motions; today ends the last of them.
func motionStories(today deadline.Date) []motionStory {
	return []motionStory{
		{Session: "wh-10-1", Venue: motion.Congress, Deputy: cityDeputy(20), Signers: others(true, 21, 11), Signed: 11, Title: "关于制定城市停车管理条例的议案",
			Body: "我市机动车保有量增长快，停车泊位不足、占道停车问题突出，现有规定层级低、约束力不强。", Plan: "建议制定城市停车管理条例，明确规划建设、错时开放、收费和处罚等制度。",
			Fate: resolved, Examine: "fgzw", Written: "2022-02-15", Decided: "2022-02-17", Passed: "2022-05-10", On: "2022-06-20", Result: "law",
			Report: "委员会开展了专题调研，召开座谈会四次，认为制定条例确有必要，建议列入立法计划。", Words: "会议同意法制委员会的报告，将制定城市停车管理条例列入立法计划。"},
		{Session: "wh-10-2", Venue: motion.Congress, Deputy: cityDeputy(40), Signers: others(false, 41, 10), Signed: 10, Title: "关于加强养老服务监督的议案",
			Body: "社区养老服务设施布局不均，运营补助落实不到位，群众反映集中。", Plan: "建议将养老服务工作列入监督计划，开展执法检查和专题询问。",
			Fate: resolved, Examine: "ajw", Written: "2023-01-09", Decided: "2023-01-11", Passed: "2023-03-28", On: "2023-05-12", Result: "oversee",
			Report: "委员会走访养老服务设施十二处，认为所提问题属实，建议列入监督计划。", Words: "会议同意列入监督计划，下半年听取和审议养老服务工作情况的报告。"},
		{Session: "wh-10-2", Venue: motion.Congress, Deputy: cityDeputy(60), Signers: others(true, 61, 10), Signed: 10, Title: "关于修改市容环境卫生管理办法的议案",
			Body: "部分条款与上位法不一致，执法主体不明确。", Plan: "建议修改市容环境卫生管理办法的有关条款。", Fate: recalled, Written: "2023-01-09", On: "2023-01-11",
			Words: "提出后了解到修改工作已经列入年度计划，联名代表一致同意撤回。"},
		{Session: "wh-10-7", Venue: motion.Congress, Deputy: cityDeputy(30), Signers: others(true, 31, 10), Signed: 10, Title: "关于优化滨河公园夜间照明的议案",
			Body: "滨河公园步道夜间照明不足，群众健身不便。", Plan: "建议增设步道照明，分时段控制亮度。", Fate: turned, Written: "2026-01-28", Decided: "2026-01-30",
			Words: "所提事项属于政府日常工作，不属于人民代表大会审议决定的事项，转为代表建议办理。",
			Becomes: &Story{Agency: urban, Category: building, Region: "r-5", Dispatched: "2026-02-12", Answered: "2026-04-20", First: "a", Final: "a",
				Reply: [2]string{"已增设步道照明灯一百二十盏，实行分时段控制。"}, Attitude: "satisfied", Result: "satisfied", Came: "reviewing", Stop: "done", Doc: 500}},
		{Session: "wh-10-7", Venue: motion.Standing, Deputy: deputy, Signers: []string{"P-002", "P-004", "P-005", "P-007"}, Signed: 2, Title: "关于作出加强水资源节约利用决定的议案",
			Body: "我市水资源紧缺，重点行业节水改造进展不平衡。", Plan: "建议市人大常委会作出决定，明确节水目标、责任和监督措施。", Fate: collects, Written: today.AddDays(-4)},
	}
}

// day is when the motion is written.
func (st motionStory) day() time.Time { return st.Written.Start().Add(9 * time.Hour) }
