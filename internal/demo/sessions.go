package demo

// sessions are those of the tenth congress: the second opened in January 2023 and the seventh on 28 January 2026 (public facts); the other days are made up.
func sessions() []row {
	var rows []row
	for i, s := range []struct{ name, opens, closes, adjust, batch string }{
		{"十届人大一次会议", "2022-02-15", "2022-02-18", "2022-03-18", "2022-05-31"},
		{"十届人大二次会议", "2023-01-09", "2023-01-12", "2023-02-17", "2023-04-28"},
		{"十届人大三次会议", "2024-01-16", "2024-01-19", "2024-02-28", "2024-05-31"},
		{"十届人大四次会议", "2025-01-07", "2025-01-10", "2025-02-21", "2025-04-30"},
		{"十届人大五次会议", "2025-05-20", "2025-05-21", "", ""},
		{"十届人大六次会议", "2025-09-16", "2025-09-17", "", ""},
		{"十届人大七次会议", "2026-01-28", "2026-01-31", "2026-03-10", "2026-05-29"},
	} {
		rows = append(rows, row{"id": "wh-10-" + string(rune('1'+i)), "name": s.name, "term_id": "wh-10", "ordinal": string(rune('1' + i)), "opens_on": s.opens, "closes_on": s.closes,
			"collect_until": s.closes, "adjust_until": s.adjust, "batch_due": s.batch})
	}
	return rows
}

func rounds() []row {
	return []row{
		{"id": "round-2022", "name": "2022年代表建议“回头看、再答复”", "starts_on": "2022-10-10", "due_on": "2022-12-09"},
		{"id": "round-2023", "name": "2023年代表建议“回头看、再答复”", "starts_on": "2023-09-11", "due_on": "2023-11-10"},
		{"id": "round-now", "name": "本年度代表建议“回头看、再答复”", "starts_on": "2026-09-07", "due_on": "2026-12-11"},
	}
}
