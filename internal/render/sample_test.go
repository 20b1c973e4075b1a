package render

import "strings"

// sampleBody is what an agency types.
const sampleBody = `您提出的《关于加快老旧小区充电设施建设的建议》（第158号）收悉，现答复如下：
一、基本情况
我市现有老旧小区127个，已建成公共充电桩1,346个，车桩比为3.2∶1，与“十四五”规划提出的目标仍有差距。您提出的问题切中要害，我局高度重视，专门召开局长办公会进行了研究。
二、已经开展的工作
（一）摸清底数。会同市发展和改革委员会、国网乌海供电公司逐个小区踏勘，形成“一区一策”清单，明确了变压器容量、车位产权和消防条件。
（二）健全机制。印发《乌海市居民小区充电设施建设管理办法》，把充电设施纳入老旧小区改造内容，与改造工程同步设计、同步施工、同步验收。
1. 对具备条件的43个小区，今年10月底前完成统建统服。
2. 对电力容量不足的31个小区，列入2027年电网改造计划。
三、下一步打算
我局将按照您的建议，倒排工期、压实责任，每季度向您通报一次进展，同时欢迎您随时到现场视察指导。
感谢您对我市城市建设工作的关心和支持！`

func sampleLetter() Letter {
	return Letter{
		Form: LetterForm, Organ: "乌海市住房和城乡建设局", Number: "乌建提〔2026〕12号", Class: "〔A〕", Title: "关于市十届人大五次会议第158号建议的答复", To: "甲子丑代表：",
		Body: Paragraphs(sampleBody), Attachments: Labelled{"附件：", []string{"老旧小区充电设施建设任务清单"}},
		Sign: "乌海市住房和城乡建设局", Date: "2026年6月18日", Notes: []string{"（此件主动公开）", "（联系人：乙丑寅；联系电话：0473-0000158）"},
		Copies: Labelled{"抄送：", []string{"市人大常委会代表工作委员会", "市人民政府办公室"}}, Comma: "，", Stop: "。",
	}
}

// longLetter has three pages, a title of two lines, no one to ring, many copies and a list enclosed.
func longLetter() Letter {
	l := sampleLetter()
	l.Title = "关于市十届人大五次会议第158号《关于加快老旧小区充电设施建设切实解决居民充电难问题的建议》的答复"
	l.Body = append(Paragraphs(strings.Repeat(sampleBody+"\n", 2)), Paragraphs("https://example.org/"+strings.Repeat("abcdefghij", 12))...)
	l.Attachments.Items = []string{"老旧小区充电设施建设任务清单", "乌海市居民小区充电设施建设管理办法（试行）及其配套技术导则和验收规范汇编"}
	l.Notes = l.Notes[:1]
	l.Copies.Items = []string{"市人大常委会代表工作委员会", "市人民政府办公室", "市发展和改革委员会", "市财政局", "市自然资源局", "国网乌海供电公司", "海勃湾区人民政府", "乌达区人民政府", "海南区人民政府"}
	l.Enclosures = []Enclosure{{Label: "附件1", Title: "老旧小区充电设施建设任务清单", Blocks: []Block{sampleTable(40)}}}
	return l
}

func sampleTable(rows int) Table {
	t := Table{Columns: []Column{{Title: "序号", Width: 1.2, Align: Middle}, {Title: "编号", Width: 2}, {Title: "标题", Width: 6}, {Title: "承办单位", Width: 3}, {Title: "办理期限", Width: 2.6, Align: Middle}}}
	for range rows {
		t.Rows = append(t.Rows, Line("1", "第158号", "关于加快老旧小区充电设施建设的建议", "市住房和城乡建设局", "2026-08-31"))
	}
	return t
}
