package pages

import (
	"net/http"
	"strconv"
	"strings"

	"lianxin/internal/deadline"
	"lianxin/internal/deliver"
	"lianxin/internal/errs"
	"lianxin/internal/notice"
	"lianxin/internal/opinion"
	"lianxin/internal/policy"
	"lianxin/internal/web"
)

func (s *Site) deliveryRoutes() {
	manage := func(pattern string, h staffHandler) { s.Handle(pattern, s.may(policy.KindSettings, "edit", h)) }
	manage("GET /admin/deliveries", s.deliveries)
	manage("POST /admin/deliveries/{id}/retry", s.retryDelivery)
	manage("GET /admin/channels/{channel}", s.channelPage)
	manage("POST /admin/channels/{channel}", s.saveChannel)
	manage("POST /admin/channels/{channel}/test", s.testChannel)
	manage("GET /admin/notices", s.noticeTable)
	manage("POST /admin/notices", s.saveNoticeSettings)
}

type deliveriesView struct {
	web.Page
	Acts   []web.Act
	Tiles  []web.Tile
	Filter *web.Form
	Lines  []deliveryLine
	Empty  web.Empty
	Pager  web.Pager
}

// deliveryLine is a delivery with what its attempts came to.
type deliveryLine struct {
	ID       string
	Created  string
	Channel  string
	Purpose  string
	To       string
	Status   web.Badge
	Attempts []string
	Next     string // when it is tried again; "" for never
	Stuck    bool
}

func (s *Site) deliveries(w http.ResponseWriter, r *http.Request, _ *visitor) error {
	const size = 50
	v := &deliveriesView{Page: s.Page(r, "nav.deliveries"), Filter: nil}
	v.Lead = v.T("deliveries.lead")
	v.Acts = append(channelActs(&v.Page), web.Act{Href: "/admin/notices", Text: v.T("notices.table")})
	v.Filter = deliveryFilter(&v.Page)
	if err := v.Filter.Read(r); err != nil {
		return s.Again(w, r, "deliveries", v, v.Filter, err)
	}
	counts, err := s.Deliver.Counts(r.Context())
	if err != nil {
		return err
	}
	v.Tiles = deliveryTiles(&v.Page, counts)
	f := deliver.Filter{Status: v.Filter.Value("status"), Channel: v.Filter.Value("channel"), Before: r.URL.Query().Get("before"), Limit: size}
	rows, err := s.Deliver.List(r.Context(), f)
	if err != nil {
		return err
	}
	for _, d := range rows {
		v.Lines = append(v.Lines, deliveryLineOf(&v.Page, d))
	}
	v.Empty = web.Empty{Text: v.T("deliveries.none")}
	v.Pager = web.Pager{Summary: v.T("audit.page", "N", len(rows))}
	if f.Before != "" {
		v.Pager.First = v.Filter.Link()
	}
	if len(rows) == size {
		v.Pager.Next = v.Filter.Link("before", rows[size-1].ID)
	}
	return s.Render(w, r, "deliveries", v)
}

func channelActs(p *web.Page) []web.Act {
	var acts []web.Act
	for _, name := range deliver.Channels() {
		acts = append(acts, web.Act{Href: "/admin/channels/" + name, Text: p.T("deliveries.settings_of", "Channel", p.T("deliver.channel."+name))})
	}
	return acts
}

func statuses() []string { return []string{deliver.Stuck, deliver.Queued, deliver.Sent} }

func statusTone(status string) string {
	return map[string]string{deliver.Stuck: web.Bad, deliver.Queued: web.Caution, deliver.Sent: web.Good}[status]
}

func deliveryFilter(p *web.Page) *web.Form {
	status := &web.Field{Name: "status", Kind: web.Select, Label: p.T("deliveries.status")}
	for _, st := range statuses() {
		status.Options = append(status.Options, web.Option{Value: st, Label: p.T("deliver.status." + st)})
	}
	channel := &web.Field{Name: "channel", Kind: web.Select, Label: p.T("deliveries.channel")}
	for _, name := range deliver.Channels() {
		channel.Options = append(channel.Options, web.Option{Value: name, Label: p.T("deliver.channel." + name)})
	}
	return p.Filter("/admin/deliveries", status, channel)
}

func deliveryTiles(p *web.Page, counts map[string]int) []web.Tile {
	var tiles []web.Tile
	for _, st := range statuses() {
		tone := statusTone(st)
		if counts[st] == 0 {
			tone = web.Plain
		}
		tiles = append(tiles, web.Tile{Href: "/admin/deliveries?status=" + st, Count: strconv.Itoa(counts[st]), Text: p.T("deliver.status." + st), Tone: tone})
	}
	return tiles
}

func deliveryLineOf(p *web.Page, d deliver.Row) deliveryLine {
	line := deliveryLine{ID: d.ID, Created: seconds(d.CreatedAt), Channel: p.T("deliver.channel." + d.Channel), Purpose: p.T("deliver.purpose." + d.Purpose), To: d.Masked,
		Status: web.Badge{Text: p.T("deliver.status." + d.Status), Tone: statusTone(d.Status)}, Stuck: d.Status == deliver.Stuck}
	if d.Status == deliver.Queued {
		line.Next = p.T("deliveries.next", "At", seconds(d.DueAt))
	}
	for _, a := range d.Tried {
		line.Attempts = append(line.Attempts, attemptText(p, a))
	}
	return line
}

// attemptText words one attempt: when, what came of it, and why.
func attemptText(p *web.Page, a deliver.Attempt) string {
	text := p.T("deliveries.attempt", "N", a.N, "At", seconds(a.StartedAt), "Outcome", p.T("deliver.outcome."+a.Outcome))
	if a.ErrorKind != "" {
		text += p.T("deliveries.because", "Why", p.T("deliver.error."+a.ErrorKind))
	}
	if a.Code != 0 {
		text += p.T("deliveries.code", "Code", a.Code)
	}
	return text
}

func seconds(micros int64) string {
	return microTime(micros).In(deadline.Zone).Format("2006-01-02 15:04:05")
}

func (s *Site) retryDelivery(w http.ResponseWriter, r *http.Request, me *visitor) error {
	if err := s.Deliver.Retry(r.Context(), me.actor, r.PathValue("id")); err != nil {
		return err
	}
	return s.Done(w, r, "/admin/deliveries", "deliveries.retried")
}

type channelView struct {
	web.Page
	Form *web.Form
	Test *web.Form // nil where the channel is off
}

func (s *Site) channelView(r *http.Request) (*channelView, error) {
	name := r.PathValue("channel")
	c, err := s.Deliver.Channel(r.Context(), s.DB.Reader(), name)
	if err != nil {
		return nil, err
	}
	v := &channelView{Page: s.Page(r, "nav.deliveries")}
	v.Title, v.Lead = v.T("deliveries.settings_of", "Channel", v.T("deliver.channel."+name)), v.T("deliveries.lead_"+name)
	v.Up = &web.Link{Href: "/admin/deliveries", Text: v.T("nav.deliveries")}
	v.Form = v.Page.Form("/admin/channels/"+name, channelFields(&v.Page, name, c)...).As("settings")
	v.Form.Version, v.Form.Submit, v.Form.Legend = c.Version, v.T("notices.save"), v.T("deliveries.settings")
	if c.Enabled {
		v.Test = v.Page.Form("/admin/channels/"+name+"/test", &web.Field{Name: "address", Kind: web.Line, Label: v.T("deliveries.test_to"), Hint: v.T("notices.hint_" + name), Required: true, Max: 254, Complete: "off"}).As("test")
		v.Test.Legend, v.Test.Submit = v.T("deliveries.test"), v.T("deliveries.test_send")
	}
	return v, nil
}

// channelFields asks for a channel's settings. Its secret is never shown again.
func channelFields(p *web.Page, name string, c deliver.Settings) []*web.Field {
	hint := p.T("deliveries.secret_new_" + name)
	if c.Secret != "" {
		hint = p.T("deliveries.secret_kept")
	}
	secret := &web.Field{Name: "secret", Kind: web.Password, Label: p.T("deliveries.secret_" + name), Hint: hint, Max: 400, Complete: "new-password"}
	enabled := (&web.Field{Name: "enabled", Kind: web.Check, Label: p.T("deliveries.enabled")}).Ticked(c.Enabled)
	if name != deliver.Email {
		return []*web.Field{enabled, {Name: "url", Kind: web.Line, Label: p.T("deliveries.url"), Hint: p.T("deliveries.url_hint"), Max: 500, Value: c.URL}, secret,
			{Name: "allow", Kind: web.Area, Label: p.T("deliveries.allow"), Hint: p.T("deliveries.allow_hint"), Max: 2000, Rows: 3, Value: strings.Join(c.Allow, "\n")}}
	}
	security := &web.Field{Name: "security", Kind: web.Radio, Label: p.T("deliveries.security"), Value: c.Security}
	for _, how := range []string{deliver.StartTLS, deliver.TLS, deliver.Plain} {
		security.Options = append(security.Options, web.Option{Value: how, Label: p.T("deliveries.security_" + how)})
	}
	return []*web.Field{enabled, {Name: "host", Kind: web.Line, Label: p.T("deliveries.host"), Max: 200, Value: c.Host},
		{Name: "port", Kind: web.Line, Label: p.T("deliveries.port"), Max: 5, Narrow: true, Value: strconv.Itoa(c.Port)}, security,
		{Name: "user", Kind: web.Line, Label: p.T("deliveries.user"), Hint: p.T("deliveries.user_hint"), Max: 200, Value: c.User, Complete: "off"}, secret,
		{Name: "from", Kind: web.Line, Label: p.T("deliveries.from"), Hint: p.T("deliveries.from_hint"), Max: 254, Value: c.From}}
}

// settingsOf reads the form's answers; a port that is no number is 0, which the room refuses.
func settingsOf(f *web.Form) deliver.Settings {
	port, _ := strconv.Atoi(f.Value("port"))
	return deliver.Settings{Enabled: f.Ticked("enabled"), Host: f.Value("host"), Port: port, Security: f.Value("security"), User: f.Value("user"), From: f.Value("from"),
		URL: f.Value("url"), Allow: strings.Fields(f.Value("allow")), Secret: f.Value("secret"), Version: f.Version}
}

func (s *Site) channelPage(w http.ResponseWriter, r *http.Request, _ *visitor) error {
	v, err := s.channelView(r)
	if err != nil {
		return err
	}
	return s.Render(w, r, "channel", v)
}

func (s *Site) saveChannel(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v, err := s.channelView(r)
	if err != nil {
		return err
	}
	if err = v.Form.Read(r); err == nil {
		err = s.Deliver.SetChannel(r.Context(), me.actor, r.PathValue("channel"), settingsOf(v.Form))
	}
	if err != nil {
		return s.Again(w, r, "channel", v, v.Form, err)
	}
	return s.Done(w, r, r.URL.Path, "deliveries.saved")
}

func (s *Site) testChannel(w http.ResponseWriter, r *http.Request, _ *visitor) error {
	v, err := s.channelView(r)
	if err != nil {
		return err
	}
	if v.Test == nil {
		return errs.New(errs.Conflict, "deliver.channel_off")
	}
	if err = v.Test.Read(r); err == nil {
		err = s.Deliver.Test(r.Context(), r.PathValue("channel"), deliver.Letter{To: v.Test.Value("address"), Subject: v.T("deliveries.test_subject", "Site", v.Site),
			Text: v.T("deliveries.test_text", "Site", v.Site)})
	}
	if err != nil {
		return s.Again(w, r, "channel", v, v.Test, err)
	}
	return s.Done(w, r, "/admin/deliveries", "deliveries.tested")
}

// noticeTable shows who is told of what, every sentence with a sample, and asks for the deployment's settings.
func (s *Site) noticeTable(w http.ResponseWriter, r *http.Request, _ *visitor) error {
	v, err := s.noticeTableView(r)
	if err != nil {
		return err
	}
	return s.Render(w, r, "notice-table", v)
}

type noticeTableView struct {
	web.Page
	Form   *web.Form
	Tables []web.Table // one a kind
}

func (s *Site) noticeTableView(r *http.Request) (*noticeTableView, error) {
	v := &noticeTableView{Page: s.Page(r, "notices.table")}
	v.Lead, v.Up = v.T("notices.table_lead"), &web.Link{Href: "/admin/deliveries", Text: v.T("nav.deliveries")}
	set, err := s.Notices.Settings(r.Context())
	if err != nil {
		return v, err
	}
	v.Form = v.Page.Form("/admin/notices", &web.Field{Name: "hours", Kind: web.Line, Label: v.T("notices.hours"), Hint: v.T("notices.hours_hint"), Required: true, Narrow: true, Max: 20, Value: set.Hours},
		(&web.Field{Name: "resident", Kind: web.Check, Label: v.T("notices.resident"), Hint: v.T("notices.resident_hint")}).Ticked(set.Resident))
	v.Form.Submit = v.T("notices.save")
	v.Tables = s.ruleTables(&v.Page)
	return v, nil
}

// ruleTables are the rules, a table for each kind under its name.
func (s *Site) ruleTables(p *web.Page) []web.Table {
	var tables []web.Table
	kind := ""
	for _, rule := range notice.Rules() {
		if rule.Kind != kind {
			kind = rule.Kind
			tables = append(tables, web.Table{ID: "rules-" + kind, Caption: p.T("policy.kind." + kind), ShowCaption: true, Columns: []web.Column{{Label: p.T("notices.action")},
				{Label: p.T("notices.sentence")}, {Label: p.T("notices.who")}, {Label: p.T("notices.topic")}}})
		}
		last := &tables[len(tables)-1]
		last.Rows = append(last.Rows, s.ruleRow(p, rule))
	}
	return tables
}

// ruleRow words a row of the table with a made-up matter.
func (s *Site) ruleRow(p *web.Page, rule notice.Rule) []web.Cell {
	var who []string
	for _, a := range rule.Who {
		who = append(who, p.T("notice.audience."+string(a)))
	}
	label := web.Cell{Text: s.Notices.Label(s.Notices.Sample(rule))}
	switch rule.Action {
	case "open", "assignment.open", "recalculate", "assignment.recalculate":
		label.Text = p.T("notices." + strings.ReplaceAll(rule.Action, ".", "_"))
	}
	if rule.Action == "open" && rule.Kind != opinion.Kind {
		label.Text = p.T("notices.open_draft")
	}
	if len(who) == 0 {
		return []web.Cell{label, {Text: p.T("notices.nothing")}, {Text: p.T("notice.audience.nobody")}, {}}
	}
	return []web.Cell{label, {Text: s.Notices.Sentence(p.Printer(), s.Notices.Sample(rule))}, {Text: strings.Join(who, p.T("notices.comma"))}, {Text: p.T("notice.topic." + rule.Topic)}}
}

func (s *Site) saveNoticeSettings(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v, err := s.noticeTableView(r)
	if err != nil {
		return err
	}
	if err = v.Form.Read(r); err == nil {
		err = s.Notices.SetSettings(r.Context(), me.actor, notice.Settings{Hours: v.Form.Value("hours"), Resident: v.Form.Ticked("resident")})
	}
	if err != nil {
		return s.Again(w, r, "notice-table", v, v.Form, err)
	}
	return s.Done(w, r, "/admin/notices", "deliveries.saved")
}
