package pages

import (
	"log/slog"
	"net/http"
	"strconv"

	"lianxin/internal/deliver"
	"lianxin/internal/errs"
	"lianxin/internal/notice"
	"lianxin/internal/web"
)

func (s *Site) noticeRoutes() {
	s.Handle("GET /notices", s.worker(s.notices))
	s.Handle("POST /notices/read", s.worker(s.readNotices))
	s.Handle("POST /notices/{id}/read", s.worker(s.readNotice))
	s.Handle("GET /notices/preferences", s.worker(s.preferencesPage))
	s.Handle("POST /notices/preferences", s.worker(s.savePreferences))
}

// worker lets those in who work on cases; nobody else is told of any.
func (s *Site) worker(h staffHandler) web.Handler {
	return signedIn(func(w http.ResponseWriter, r *http.Request, me *visitor) error {
		if !me.business() {
			return errs.New(errs.Denied, "errs.denied")
		}
		return h(w, r, me)
	})
}

// countUnread puts the number of unread notices beside their entry of the navigation. A page is shown without it rather than not at all.
func (s *Site) countUnread(r *http.Request, p *web.Page, me *visitor) {
	if me == nil || !me.business() {
		return
	}
	n, err := s.Notices.Unread(r.Context(), me.account.ID)
	if err != nil {
		slog.ErrorContext(r.Context(), "pages: unread notices could not be counted", "error", err)
		return
	}
	for i := range p.Nav {
		if p.Nav[i].Href == "/notices" {
			p.Nav[i].Count = n
		}
	}
}

type noticesView struct {
	web.Page
	Filter *web.Form
	Lines  []noticeLine
	Newest string // id of the newest one shown; "" where nothing is unread
	Empty  web.Empty
	Pager  web.Pager
}

type noticeLine struct {
	ID       string
	At       int64
	Sentence string
	Href     string
	Unread   bool
}

func (s *Site) notices(w http.ResponseWriter, r *http.Request, me *visitor) error {
	const size = 50
	v := &noticesView{Page: s.Page(r, "nav.notices")}
	v.Lead = v.T("notices.lead")
	v.Filter = v.Page.Filter("/notices", &web.Field{Name: "show", Kind: web.Select, Label: v.T("notices.show"), Options: []web.Option{{Value: "unread", Label: v.T("notices.unread")}}})
	if err := v.Filter.Read(r); err != nil {
		return s.Again(w, r, "notices", v, v.Filter, err)
	}
	before := r.URL.Query().Get("before")
	list, err := s.Notices.Inbox(r.Context(), me.account.ID, v.Filter.Value("show") == "unread", before, size)
	if err != nil {
		return err
	}
	unread, err := s.Notices.Unread(r.Context(), me.account.ID)
	if err != nil {
		return err
	}
	for _, n := range list {
		v.Lines = append(v.Lines, s.noticeLine(&v.Page, n))
	}
	if unread > 0 && len(list) > 0 {
		v.Newest = list[0].ID
	}
	v.Empty = web.Empty{Text: v.T("notices.none")}
	v.Pager = web.Pager{Summary: v.T("notices.count", "N", atMost(unread, notice.CountedTo))}
	if before != "" {
		v.Pager.First = v.Filter.Link()
	}
	if len(list) == size {
		v.Pager.Next = v.Filter.Link("before", list[size-1].ID)
	}
	return s.Render(w, r, "notices", v)
}

// atMost words a count that stops at a number.
func atMost(n, limit int) string {
	if n >= limit {
		return strconv.Itoa(limit) + "+"
	}
	return strconv.Itoa(n)
}

func (s *Site) noticeLine(p *web.Page, n notice.Notice) noticeLine {
	return noticeLine{ID: n.ID, At: n.At, Sentence: s.Notices.Sentence(p.Printer(), n), Href: noticeHref(n), Unread: n.ReadAt == 0}
}

// noticeHref is the place on the case's page that the notice speaks of.
func noticeHref(n notice.Notice) string {
	if n.N == 0 {
		return "/cases/" + n.Number
	}
	return "/cases/" + n.Number + "#a" + strconv.FormatInt(n.N, 10)
}

// readNotice marks one as read, and leads on to its case where that was asked.
func (s *Site) readNotice(w http.ResponseWriter, r *http.Request, me *visitor) error {
	n, err := s.Notices.Read(r.Context(), me.account.ID, r.PathValue("id"))
	if err != nil {
		return err
	}
	if r.PostFormValue("go") == "case" {
		return web.Redirect(w, r, noticeHref(n))
	}
	return web.Redirect(w, r, "/notices")
}

func (s *Site) readNotices(w http.ResponseWriter, r *http.Request, me *visitor) error {
	n, err := s.Notices.ReadAll(r.Context(), me.account.ID, r.PostFormValue("newest"))
	if err != nil {
		return err
	}
	return s.Done(w, r, "/notices", "notices.all_read", "N", n)
}

func (s *Site) preferencesView(r *http.Request, me *visitor) (*formView, error) {
	v := &formView{Page: s.Page(r, "notices.preferences")}
	v.Lead, v.Up = v.T("notices.preferences_lead"), &web.Link{Href: "/notices", Text: v.T("nav.notices")}
	p, err := s.Notices.Preference(r.Context(), me.account.ID)
	if err != nil {
		return v, err
	}
	channels, err := s.channelOptions(r, &v.Page)
	if err != nil {
		return v, err
	}
	topics := &web.Field{Name: "topics", Kind: web.Checks, Label: v.T("notices.topics"), Values: p.Topics}
	for _, t := range notice.Topics() {
		topics.Options = append(topics.Options, web.Option{Value: t, Label: v.T("notice.topic." + t)})
	}
	v.Form = v.Page.Form("/notices/preferences",
		&web.Field{Name: "channel", Kind: web.Radio, Label: v.T("notices.channel"), Options: channels, Value: orNone(p.Channel), Required: true},
		&web.Field{Name: "address", Kind: web.Line, Label: v.T("notices.address"), Hint: v.T("notices.address_hint"), Max: 254, Value: p.Address, Complete: "off"},
		topics, (&web.Field{Name: "digest", Kind: web.Check, Label: v.T("notices.digest"), Hint: v.T("notices.digest_hint")}).Ticked(p.Digest))
	if len(channels) == 1 {
		v.Form.Field("channel").Hint = v.T("notices.no_channel")
	}
	v.Form.Version, v.Form.Submit, v.Form.Cancel = p.Version, v.T("notices.save"), "/notices"
	return v, nil
}

// none is how the forms say that nothing goes outside.
const none = "none"

func orNone(channel string) string {
	if channel == "" {
		return none
	}
	return channel
}

// channelOptions offers the channels that are switched on, and none.
func (s *Site) channelOptions(r *http.Request, p *web.Page) ([]web.Option, error) {
	options := []web.Option{{Value: none, Label: p.T("notices.channel_none")}}
	on, err := deliver.Enabled(r.Context(), s.DB.Reader())
	for _, name := range on {
		options = append(options, web.Option{Value: name, Label: p.T("deliver.channel." + name), Hint: p.T("notices.hint_" + name)})
	}
	return options, err
}

func (s *Site) preferencesPage(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v, err := s.preferencesView(r, me)
	if err != nil {
		return err
	}
	return s.Render(w, r, "form", v)
}

func (s *Site) savePreferences(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v, err := s.preferencesView(r, me)
	if err != nil {
		return err
	}
	if err = v.Form.Read(r); err == nil {
		p := notice.Preference{Channel: v.Form.Value("channel"), Address: v.Form.Value("address"), Topics: v.Form.Field("topics").Values, Digest: v.Form.Ticked("digest"), Version: v.Form.Version}
		if p.Channel == none {
			p.Channel = ""
		}
		err = s.Notices.SetPreference(r.Context(), me.actor, p)
	}
	if err != nil {
		return s.Again(w, r, "form", v, v.Form, err)
	}
	return s.Done(w, r, "/notices", "notices.saved")
}
