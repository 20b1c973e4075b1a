package pages

import (
	"net/http"

	"lianxin/internal/casework"
	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/files"
	"lianxin/internal/opinion"
	"lianxin/internal/policy"
	"lianxin/internal/registry"
	"lianxin/internal/web"
)

func (s *Site) entryView(r *http.Request, me *visitor) (*sayView, error) {
	if !me.actor.Has(policy.Clerk, policy.Street, policy.Station) {
		return nil, errs.New(errs.Denied, "casework.may_not_enter")
	}
	v, err := s.sayView(r)
	if err != nil {
		return nil, err
	}
	v.Entry, v.Title, v.Lead = true, v.T("entry.title"), v.T("entry.lead")
	var sources []web.Option
	for _, source := range opinion.Sources() {
		sources = append(sources, web.Option{Value: source, Label: v.T("source." + source)})
	}
	stations, err := s.stations(r, me)
	if err != nil {
		return nil, err
	}
	old := v.Form
	f := v.Page.Form("/entry",
		&web.Field{Name: "source", Kind: web.Radio, Label: v.T("entry.source"), Options: sources, Required: true},
		&web.Field{Name: casework.ClaimedAt, Kind: web.DateTime, Label: v.T("entry.claimed_at"), Hint: v.T("entry.claimed_at_hint"), Narrow: true},
		&web.Field{Name: "station", Kind: web.Select, Label: v.T("entry.station"), Options: stations, Blank: v.T("entry.no_station")},
		&web.Field{Name: "title", Kind: web.Line, Label: v.T("entry.case_title"), Hint: v.T("entry.case_title_hint"), Max: opinion.MaxTitle})
	for _, name := range []string{"body", "place", "category", "files", "name", "phone"} {
		f.Add(old.Field(name))
	}
	f.Add(&web.Field{Name: "address", Kind: web.Line, Label: v.T("entry.address"), Max: opinion.MaxContact},
		&web.Field{Name: "urgent", Kind: web.Check, Label: v.T("entry.urgent")}, old.Field("hide_name"), old.Field("may_publish"))
	f.Submit = v.T("entry.submit")
	if len(stations) == 1 {
		f.Set("station", stations[0].Value)
	}
	v.Form = f
	return v, nil
}

func (s *Site) stations(r *http.Request, me *visitor) ([]web.Option, error) {
	list, err := registry.Stations(r.Context(), s.DB.Reader(), deadline.DateOf(s.now()))
	if err != nil {
		return nil, err
	}
	var options []web.Option
	for _, st := range list {
		for _, g := range me.actor.Grants {
			if g.Role == policy.Clerk || g.Station == st.ID || g.Station == "" && g.Office == st.Office {
				options = append(options, web.Option{Value: st.ID, Label: st.Name})
				break
			}
		}
	}
	return options, nil
}

func (s *Site) entryPage(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v, err := s.entryView(r, me)
	if err != nil {
		return err
	}
	return s.Render(w, r, "say", v)
}

func (s *Site) entry(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v, err := s.entryView(r, me)
	if err != nil {
		return err
	}
	err = v.Form.Read(r)
	var in opinion.Intake
	if err == nil {
		in, err = s.intake(v.Form)
	}
	if claimed := v.Form.Value(casework.ClaimedAt); err == nil && claimed != "" {
		in.ClaimedAt, err = casework.ParseClaimed(claimed, s.now())
	}
	var res casework.Result
	if err == nil {
		in.Source = v.Form.Value("source")
		res, err = opinion.Submit(r.Context(), s.Cases, me.actor, in)
	}
	if err != nil {
		return s.Again(w, r, "say", v, v.Form, err)
	}
	s.remember(r, res.Case)
	return web.Redirect(w, r, "/receipt")
}

func (s *Site) slip(w http.ResponseWriter, r *http.Request, me *visitor) error {
	v, err := s.caseView(r, me)
	if err != nil {
		return err
	}
	if len(v.View.Assigned) == 0 {
		return s.Warn(w, r, "/cases/"+v.View.Number, "slip.none")
	}
	v.Title, v.Lead, v.Up = v.T("slip.title"), "", &web.Link{Href: "/cases/" + v.View.Number, Text: v.T("case.back")}
	return s.Render(w, r, "slip", v)
}

func (s *Site) attachment(w http.ResponseWriter, r *http.Request, me *visitor) error {
	view, err := s.Cases.View(r.Context(), me.actor, r.PathValue("number"))
	if err != nil {
		return err
	}
	for _, a := range view.Attachments {
		if a.ID == r.PathValue("id") {
			return s.sendFile(w, r, a)
		}
	}
	return errs.New(errs.NotFound, "files.gone")
}

func (s *Site) sendFile(w http.ResponseWriter, r *http.Request, a files.Attachment) error {
	file, err := s.Files.Open(a)
	if err != nil {
		return err
	}
	defer file.Close()
	h := w.Header()
	h.Set("Content-Type", a.MediaType)
	h.Set("Content-Disposition", "inline; filename=\""+a.ID+a.Extension()+"\"")
	h.Set("Content-Security-Policy", "sandbox")
	h.Set("Cache-Control", "private, no-store")
	http.ServeContent(w, r, "", microTime(a.At), file)
	return nil
}
