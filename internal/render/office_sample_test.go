package render

import "fmt"

// The papers of an office, each as its callers would make it.

func samples() map[string]Document {
	return map[string]Document{"answer": sampleLetter().Document(), "long": longLetter().Document(), "opinion": sampleOpinion().Document(), "handover": sampleHandover().Document(),
		"receipt": sampleReceipt().Document(), "ledger": sampleLedger().Document(), "circular": sampleCircular().Document(), "questionnaire": sampleQuestionnaire().Document(), "urging": sampleUrging().Document()}
}

func sampleOpinion() Letter {
	return Letter{Form: LetterForm, Organ: "乌海市财政局", Number: "乌财提函〔2026〕7号", Title: "关于对市十届人大五次会议第158号建议的会办意见", To: "市住房和城乡建设局：",
		Body: Paragraphs("现对第158号建议提出如下会办意见：\n一、关于资金保障\n同意将老旧小区充电设施建设纳入2027年市级财政预算，请你局按程序申报。"),
		Sign: "乌海市财政局", Date: "2026年5月12日", Notes: []string{"（联系人：丙卯辰；联系电话：0473-0000159）"}}
}

func sampleHandover() Letter {
	return Letter{Form: LetterForm, Organ: "乌海市人民代表大会常务委员会代表工作委员会", Number: "乌人常代函〔2026〕3号", Title: "关于交办市十届人大五次会议代表建议的函", To: "市人民政府办公室：",
		Body:        Paragraphs("市十届人大五次会议期间，共收到代表建议40件。现将应由市人民政府系统办理的建议交由你们办理，请于2026年8月31日前答复代表。"),
		Attachments: Labelled{"附件：", []string{"市十届人大五次会议代表建议交办清单"}}, Sign: "乌海市人大常委会代表工作委员会", Date: "2026年3月2日",
		Enclosures: []Enclosure{{Label: "附件", Title: "市十届人大五次会议代表建议交办清单", Blocks: []Block{sampleTable(40)}}}}
}

func sampleReceipt() List {
	t := Table{Columns: []Column{{Title: "序号", Width: 1.2, Align: Middle}, {Title: "建议编号", Width: 2}, {Title: "承办单位", Width: 4}, {Title: "签收人", Width: 2}, {Title: "签收日期", Width: 2}, {Title: "备注", Width: 1.5}}}
	for i := range 30 {
		t.Rows = append(t.Rows, []Cell{{Text: fmt.Sprint(i + 1), Lines: 2}, {Text: fmt.Sprintf("第%d号", i+1)}, {Text: "市住房和城乡建设局"}})
	}
	return List{Title: "代表建议交办签收表", Above: []string{"交办单位：市人大常委会代表工作委员会　　交办日期：2026年3月2日"}, Table: t, Pages: [3]string{"第", "页　共", "页"}, Below: []string{"注：本表一式两份。"}}
}

func sampleLedger() List {
	heads := []string{"序号", "编号", "标题", "领衔代表", "附议人数", "类别", "主办单位", "会办单位", "交办日期", "办理期限", "答复日期", "办理结果", "代表评价", "备注"}
	widths := []float64{1, 1.5, 6, 1.6, 1.2, 2, 3, 3.5, 2.1, 2.1, 2.1, 1.4, 1.6, 2}
	t := Table{Points: 10.5}
	for i, h := range heads {
		t.Columns = append(t.Columns, Column{Title: h, Width: widths[i], Align: map[bool]Align{true: Middle}[i != 2 && i < 13]})
	}
	for i := range 60 {
		t.Rows = append(t.Rows, Line(fmt.Sprint(i+1), fmt.Sprintf("第%d号", i+1), "关于加快老旧小区充电设施建设切实解决居民充电难问题的建议", "甲子丑", "9", "城乡建设", "市住房和城乡建设局", "市财政局、市自然资源局、国网乌海供电公司", "2026-03-02", "2026-08-31", "2026-06-18", "A", "满意", ""))
	}
	return List{Title: "乌海市十届人大五次会议代表建议办理台账", Paper: A3(), Above: []string{"填报单位：市人大常委会代表工作委员会　　截至：2026年6月30日"}, Table: t, Pages: [3]string{"第", "页　共", "页"}}
}

func sampleCircular() Letter {
	t := Table{Columns: []Column{{Title: "单位", Width: 4}, {Title: "交办", Align: Middle}, {Title: "已答复", Align: Middle}, {Title: "超期", Align: Middle}, {Title: "办结率", Width: 1.4, Align: End}}}
	for range 8 {
		t.Rows = append(t.Rows, Line("市住房和城乡建设局", "12", "9", "3", "75.00%"))
	}
	body := append(Paragraphs("现将2026年上半年代表建议办理情况通报如下：\n一、总体情况\n截至6月30日，共交办代表建议168件，已答复131件。各单位办理情况如下表。"), t)
	body = append(body, Paragraphs("二、存在的问题\n（一）个别单位重答复、轻落实。有3个单位超期未答复。\n三、下一步要求\n各承办单位要倒排工期，确保8月31日前全部办复。")...)
	return Letter{Form: FileForm, Organ: "乌海市人民政府督查室文件", Number: "乌政督〔2026〕5号", Title: "关于2026年上半年人大代表建议办理情况的通报", To: "各区人民政府，市直各部门：", Body: body,
		Sign: "乌海市人民政府督查室", Date: "2026年7月6日", Notes: []string{"（此件主动公开）"}, Copies: Labelled{"抄送：", []string{"市人大常委会代表工作委员会"}}, Comma: "，", Stop: "。",
		PrintedBy: "乌海市人民政府办公室", PrintedOn: "2026年7月6日印发"}
}

func sampleQuestionnaire() Questionnaire {
	boxes := func(labels ...string) (c []Choice) {
		for _, l := range labels {
			c = append(c, Choice{Label: l})
		}
		return c
	}
	return Questionnaire{Title: "代表建议办理情况征询意见表", Above: []string{"请在收到答复之日起15日内填写本表，寄回市人大常委会代表工作委员会。"},
		Facts:     []Fact{{Label: "建议编号", Value: "第158号"}, {Label: "领衔代表", Value: "甲子丑"}, {Label: "建议标题", Value: "关于加快老旧小区充电设施建设的建议", Wide: true}, {Label: "承办单位", Value: "市住房和城乡建设局", Wide: true}},
		Questions: []Question{{"对办理结果", boxes("满意", "基本满意", "不满意")}, {"对办理态度", boxes("满意", "基本满意", "不满意")}, {"沟通方式", boxes("走访", "座谈", "电话", "未沟通")}},
		Rooms:     []Room{{Label: "意见和\n建议", Lines: 10, Foot: "代表签名：　　　　　　　　年　　月　　日"}}, Below: []string{"联系电话：0473-0000100"}}
}

func sampleUrging() Letter {
	return Letter{Title: "督办单", To: "市住房和城乡建设局：", Body: append(append(Paragraphs("经查，贵单位承办的下列3件事项已经超期，现予督办："), sampleTable(3)), Paragraph{Text: "请于收到本单后3个工作日内书面报告办理情况。", Before: 1}),
		Sign: "乌海市人大常委会代表工作委员会", Date: "2026年6月18日"}
}
