// Package demo furnishes the demonstration: a city of Wuhai's shape with made-up people and matters.
// It never writes a case but through the same verbs as everybody else, and never names a real person.
package demo

import (
	"context"
	"fmt"
	"slices"

	"lianxin/internal/policy"
	"lianxin/internal/registry"
	"lianxin/internal/store"
)

// Ids that accounts and cases refer to.
const (
	City      = "wh"
	Office    = "wh-dgw"
	street    = "o-150302003"
	station   = "S-05"
	deputy    = "P-001"
	housing   = "zjj"
	urban     = "cgj"
	inspector = "dcs"
)

// system is who furnishes.
var system = policy.Actor{Account: string(policy.System), Grants: []policy.Grant{{Role: policy.System, Congress: City}}}

// place is a street or town: code and name are public facts (statistics codes of 2023), everything else is made up.
type place struct {
	code, name, district string
	town                 bool
}

func places() []place {
	haibowan, hainan, wuda := "海勃湾区", "海南区", "乌达区"
	return []place{
		{"150302001", "凤凰岭街道", haibowan, false}, {"150302002", "海北街道", haibowan, false}, {"150302003", "新华街道", haibowan, false},
		{"150302004", "新华西街道", haibowan, false}, {"150302007", "滨河街道", haibowan, false}, {"150302008", "林荫街道", haibowan, false},
		{"150302101", "千里山镇", haibowan, true}, {"150303001", "拉僧仲街道", hainan, false}, {"150303002", "西卓子山街道", hainan, false},
		{"150303102", "公乌素镇", hainan, true}, {"150303103", "拉僧庙镇", hainan, true}, {"150303104", "巴音陶亥镇", hainan, true},
		{"150304002", "三道坎街道", wuda, false}, {"150304003", "五虎山街道", wuda, false}, {"150304008", "新达街道", wuda, false},
		{"150304009", "巴音赛街道", wuda, false}, {"150304010", "梁家沟街道", wuda, false}, {"150304011", "苏海图街道", wuda, false},
		{"150304012", "滨海街道", wuda, false}, {"150304101", "乌兰淖尔镇", wuda, true},
	}
}

// row is one row of a kept table.
type row = map[string]string

// Build keeps congresses, offices, agencies, 41 stations, 219 grids, people and their mandates.
func Build(ctx context.Context, db *store.DB) error {
	for _, t := range []struct {
		name string
		rows []row
	}{{"congress", congresses()}, {"office", offices()}, {"term", []row{{"id": "wh-10", "name": "乌海市第十届", "ordinal": "10", "valid_from": "2022-01-01"}}},
		{"congress_session", sessions()}, {"round", rounds()}, {"category", append(categories(), suggestionCategories()...)}, {"agency", agencies()}, {"liaison", liaisons()}, {"station", stations()}, {"grid", grids()}, {"person", people()},
		{"mandate", mandates()}, {"grid_deputy", gridDeputies()}, {"station_deputy", stationDeputies()}} {
		if err := put(ctx, db, t.name, t.rows); err != nil {
			return fmt.Errorf("demo: %s: %w", t.name, err)
		}
	}
	for name, value := range map[string]string{registry.HomeCongress: City, registry.HomeOffice: Office, registry.SiteName: "乌海市人大代表联系群众平台"} {
		if err := registry.SetSetting(ctx, db, system, name, value); err != nil {
			return err
		}
	}
	return nil
}

// Finish marks the deployment as the demonstration; one cut off before is built on at the next start.
func Finish(ctx context.Context, db *store.DB) error {
	return registry.SetSetting(ctx, db, system, registry.Demo, "yes")
}

func put(ctx context.Context, db *store.DB, table string, rows []row) error {
	var all []registry.Row
	for _, r := range rows {
		all = append(all, registry.Row{Values: r})
	}
	report, err := registry.Put(ctx, db, system, table, all, false)
	if err != nil {
		return err
	}
	return report.First()
}

func congresses() []row {
	rows := []row{
		{"id": "cn", "name": "全国人民代表大会", "level": "nation", "outside": "是"},
		{"id": "nmg", "name": "内蒙古自治区人民代表大会", "level": "region", "outside": "是", "parent_id": "cn", "region": "150000"},
		{"id": City, "name": "乌海市人民代表大会", "level": "city", "prefix": "WH", "parent_id": "nmg", "region": "150300"},
		{"id": "hbw", "name": "海勃湾区人民代表大会", "level": "district", "prefix": "HBW", "parent_id": City, "region": "150302"},
		{"id": "hn", "name": "海南区人民代表大会", "level": "district", "prefix": "HN", "parent_id": City, "region": "150303"},
		{"id": "wd", "name": "乌达区人民代表大会", "level": "district", "prefix": "WD", "parent_id": City, "region": "150304"},
	}
	for _, p := range places() {
		if p.town {
			rows = append(rows, row{"id": "c-" + p.code, "name": p.name + "人民代表大会", "level": "town", "prefix": "T" + p.code[4:], "parent_id": districtCongress(p.district), "region": p.code})
		}
	}
	return rows
}

func districtCongress(district string) string {
	return map[string]string{"海勃湾区": "hbw", "海南区": "hn", "乌达区": "wd"}[district]
}

// offices: the city's 代表工委 receives; streets and towns take in and pass on.
func offices() []row {
	rows := []row{{"id": Office, "name": "市人大常委会代表工作委员会", "level": "city", "sorts": "是", "phone": "0473-0000100", "region": "150300"}}
	for i, d := range []string{"海勃湾区", "海南区", "乌达区"} {
		rows = append(rows, row{"id": "o-" + districtCongress(d), "name": d + "人大常委会代表工作委员会", "level": "district", "sorts": "是", "parent_id": Office,
			"congress_id": districtCongress(d), "phone": fmt.Sprintf("0473-0000%03d", 110+i)})
	}
	for i, p := range places() {
		name, level := p.name+"人大工委", "street"
		if p.town {
			name, level = p.name+"人大", "town"
		}
		rows = append(rows, row{"id": "o-" + p.code, "name": name, "level": level, "parent_id": Office, "region": p.code, "phone": fmt.Sprintf("0473-0000%03d", 200+i)})
	}
	return rows
}

func categories() []row {
	var rows []row
	for i, group := range [][]string{{"城建交通", "道路破损", "停车秩序", "公交出行", "老旧小区改造", "路灯照明"}, {"市容环境", "垃圾清运", "占道经营", "绿化养护", "噪声扰民", "扬尘污染"},
		{"住房物业", "物业服务", "供热", "供水", "房屋漏水", "电梯安全"}, {"民生保障", "社会保险", "养老服务", "低保救助", "就业创业"},
		{"教育卫生", "义务教育", "幼儿园", "看病就医", "药品价格"}, {"安全稳定", "消防安全", "交通安全", "食品安全"}, {"其他", "意见建议", "其他问题"}} {
		parent := fmt.Sprintf("%02d", i+1)
		rows = append(rows, row{"id": parent, "name": group[0]})
		for j, name := range group[1:] {
			rows = append(rows, row{"id": fmt.Sprintf("%s%02d", parent, j+1), "name": name, "parent_id": parent})
		}
	}
	return rows
}

func agencies() []row {
	var rows []row
	add := func(id, name, system, level, handles string) {
		rows = append(rows, row{"id": id, "name": name, "system": system, "level": level, "handles": handles, "phone": fmt.Sprintf("0473-0000%03d", 300+len(rows))})
	}
	add(inspector, "市政府督查室", "government", "city", "分办、督查")
	rows[0]["distributor"] = "是"
	for _, a := range [][3]string{{housing, "市住房和城乡建设局", "道路、路灯、供热、物业"}, {urban, "市城市管理综合执法局", "市容、占道、停车、噪声"}, {"jtj", "市交通运输局", "公交、公路"}, {"jgzd", "市公安局交通管理支队", "交通安全、信号灯"},
		{"mzj", "市民政局", "养老、救助"}, {"jyj", "市教育局", "学校、幼儿园"}, {"wjw", "市卫生健康委员会", "医疗"}, {"ybj", "市医疗保障局", "医保、药价"}, {"rsj", "市人力资源和社会保障局", "社保、就业"},
		{"swj", "市水务局", "供水、排水"}, {"hbj", "市生态环境局", "扬尘、污染"}, {"scj", "市市场监督管理局", "食品、电梯"}, {"zrj", "市自然资源局", "规划、不动产"}, {"czj", "市财政局", "资金"}, {"fgw", "市发展和改革委员会", "规划、价格"},
		{"gxj", "市工业和信息化局", "工业、通信"}, {"whj", "市文体旅游广电局", "文化、体育"}, {"nmj", "市农牧局", "农牧业"}, {"swj2", "市商务局", "市场建设"}, {"yjj", "市应急管理局", "安全生产"}, {"xfj", "市消防救援支队", "消防"}, {"tyj", "市退役军人事务局", "退役军人"},
		{"lcj", "市林业和草原局", "绿化"}, {"sjj", "市审计局", "审计"}} {
		add(a[0], a[1], "government", "city", a[2])
	}
	add("hbwzf", "海勃湾区人民政府", "government", "district", "辖区事务")
	add("hnzf", "海南区人民政府", "government", "district", "辖区事务")
	add("wdzf", "乌达区人民政府", "government", "district", "辖区事务")
	for _, p := range places()[:8] {
		if !p.town {
			add("b-"+p.code, p.name+"办事处", "government", "street", "街道事务")
		}
	}
	add("zfw", "市委政法委员会", "party", "city", "平安建设")
	add("fgzw", "市人大法制委员会", "congress", "city", "立法、监督")
	add("ajw", "市人大社会建设委员会", "congress", "city", "社会建设监督")
	add("cjw", "市人大财政经济委员会", "congress", "city", "财政经济监督")
	add("zjfy", "市中级人民法院", "court", "city", "审判")
	add("jcy", "市人民检察院", "procuratorate", "city", "检察")
	add("gh", "市总工会", "mass", "city", "职工服务")
	add("dlgs", "乌海供电公司", "enterprise", "city", "供电")
	return rows
}

// made-up people are called after their city and the ten stems, which nobody is.
var stems = []string{"甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸"}

func stemName(family string, i int) string {
	return family + stems[i/10%10] + stems[i%10]
}

func liaisons() []row {
	var rows []row
	for i, a := range agencies() {
		rows = append(rows, row{"id": "L-" + a["id"], "agency_id": a["id"], "name": stemName("联", i), "duty": "办公室主任", "phone": fmt.Sprintf("0473-0000%03d", 500+i)})
	}
	return rows
}

// stations are 41: two in each street and town, and a third in one.
func stations() []row {
	types := []string{"home", "liaison_station", "special", "pavilion", "workstation", "direct_channel"}
	words := map[string]string{"home": "人大代表之家", "liaison_station": "代表联络站", "special": "特色代表工作站", "pavilion": "社区民情议事亭", "workstation": "代表工作站", "direct_channel": "民意直通车"}
	var rows []row
	for n := range 41 {
		p := places()[n/2%20]
		kind := types[0]
		if n%2 == 1 {
			kind = types[1+n/2%5]
		}
		if n == 40 {
			kind = "workstation"
		}
		rows = append(rows, row{"id": fmt.Sprintf("S-%02d", n+1), "name": p.name + words[kind], "type": kind, "office_id": "o-" + p.code, "address": p.name + fmt.Sprintf("便民服务中心%d楼", 1+n%3),
			"phone": fmt.Sprintf("0473-0000%03d", 600+n), "reception": "每月10日、20日上午9:00—11:30（遇节假日顺延）", "valid_from": "2022-06-01"})
	}
	return rows
}

// grids are 219: eleven in most streets and towns, ten in one.
func grids() []row {
	var rows []row
	for n := range 219 {
		p := places()[n%20]
		i := n/20 + 1
		rows = append(rows, row{"id": fmt.Sprintf("G-%s-%02d", p.code[4:], i), "name": fmt.Sprintf("%s第%d网格", p.name, i), "community": fmt.Sprintf("第%d社区", (i+3)/4), "street": p.name, "district": p.district,
			"station_id": fmt.Sprintf("S-%02d", n%20*2+1), "office_id": "o-" + p.code, "valid_from": "2023-01-01"})
	}
	return rows
}

const peopleCount = 146

func people() []row {
	var rows []row
	for n := range peopleCount {
		p := places()[n%20]
		families := []string{"海", "南", "乌", "黄", "河"}
		rows = append(rows, row{"id": fmt.Sprintf("P-%03d", n+1), "name": stemName(families[n/100*2+n%2], n), "work_unit": p.name + "（虚构单位）", "duty": "市民代表"})
	}
	return rows
}

// standing are the deputies who sit in the standing committee in the demonstration: as few as may put a motion to it.
func standing() []string { return []string{"P-001", "P-002", "P-004", "P-005", "P-007"} }

// mandates stand at one or several levels: everyone's at the city or a district, some at a town, the region or the nation too.
func mandates() []row {
	var rows []row
	led := map[string]bool{}
	add := func(n int, congress string) row {
		r := row{"id": fmt.Sprintf("M-%03d-%s", n+1, congress), "person_id": fmt.Sprintf("P-%03d", n+1), "of_congress_id": congress, "valid_from": "2022-01-01"}
		rows = append(rows, r)
		return r
	}
	for n := range peopleCount {
		p := places()[n%20]
		if n%3 != 2 {
			r := add(n, City)
			r["term_id"], r["delegation"] = "wh-10", p.district+"代表团"
			if slices.Contains(standing(), r["person_id"]) {
				r["standing"] = "是"
			}
			if n > 0 && !led[p.district] {
				r["head"], led[p.district] = "是", true
			}
		}
		if n%3 != 0 {
			add(n, districtCongress(p.district))
		}
		if p.town && n%2 == 0 {
			add(n, "c-"+p.code)
		}
		if n%40 == 0 {
			add(n, "nmg")
		}
		if n == 60 {
			add(n, "cn")
		}
	}
	return rows
}

// gridDeputies give every grid one or two deputies, of its own street or town where possible.
func gridDeputies() []row {
	var rows []row
	for n, g := range grids() {
		first := n % 140
		rows = append(rows, row{"id": "GD-" + g["id"] + "-1", "grid_id": g["id"], "person_id": fmt.Sprintf("P-%03d", first+1), "valid_from": "2023-01-01"})
		if n%4 == 0 {
			rows = append(rows, row{"id": "GD-" + g["id"] + "-2", "grid_id": g["id"], "person_id": fmt.Sprintf("P-%03d", (first+20)%140+1), "valid_from": "2023-01-01"})
		}
	}
	return rows
}

func stationDeputies() []row {
	var rows []row
	for n := range 41 {
		for k := range 3 {
			person := fmt.Sprintf("P-%03d", (n/2+20*k)%140+1)
			rows = append(rows, row{"id": fmt.Sprintf("SD-%02d-%d", n+1, k), "station_id": fmt.Sprintf("S-%02d", n+1), "person_id": person, "valid_from": "2022-06-01"})
		}
	}
	return rows
}

// Account is one of the demonstration's.
type Account struct {
	Name    string
	Display string
	Grant   policy.Grant
}

// Accounts lists them in the order a visitor tries them.
func Accounts() []Account {
	return []Account{
		{"clerk", "代表工委 甲", policy.Grant{Role: policy.Clerk, Congress: City, Office: Office}},
		{"clerk2", "代表工委 乙（复核）", policy.Grant{Role: policy.Clerk, Congress: City, Office: Office}},
		{"motions", "大会议案组（借调）", policy.Grant{Role: policy.Motions, Congress: City, Office: Office}},
		{"leader", "常委会领导", policy.Grant{Role: policy.Leader, Congress: City}},
		{"station", "新华街道人大代表之家 管理员", policy.Grant{Role: policy.Station, Congress: City, Office: street, Station: station}},
		{"street", "新华街道人大工委", policy.Grant{Role: policy.Street, Congress: City, Office: street}},
		{"deputy", "代表 " + stemName("海", 0), policy.Grant{Role: policy.Deputy, Congress: City, Person: deputy}},
		{"supervision", "市政府督查室", policy.Grant{Role: policy.Supervision, Congress: City, Agency: inspector}},
		{"agency", "市住建局 经办人", policy.Grant{Role: policy.Agency, Congress: City, Agency: housing}},
		{"agency-lead", "市住建局 分管领导", policy.Grant{Role: policy.AgencyLead, Congress: City, Agency: housing}},
		{"agency2", "市城管执法局 经办人", policy.Grant{Role: policy.Agency, Congress: City, Agency: urban}},
		{"auditor", "审计员", policy.Grant{Role: policy.Auditor, Congress: City}},
		{"admin", "系统管理员", policy.Grant{Role: policy.Admin, Congress: City}},
	}
}
