package pages

import (
	"context"
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"lianxin/internal/casework"
	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/files"
	"lianxin/internal/opinion"
	"lianxin/internal/policy"
	"lianxin/internal/procedure"
	"lianxin/internal/registry"
	"lianxin/internal/render"
	"lianxin/internal/web"
)

// maxUpload is all files of a form together, with room for its words.
const maxUpload = opinion.MaxFiles*files.MaxBytes + 1<<20

func (s *Site) residentRoutes() {
	s.Handle("GET /{$}", s.front)
	s.Handle("GET /privacy", s.privacy)
	s.Handle("GET /say", s.sayPage)
	s.HandleUpload("POST /say", maxUpload, s.say)
	s.Handle("GET /receipt", s.receipt)
	s.Handle("GET /track", s.trackPage)
	s.Handle("POST /track", s.track)
	s.Handle("GET /mine", s.mine)
	s.Handle("GET /mine/{action}", s.mineForm)
	s.HandleUpload("POST /mine/{action}", maxUpload, s.mineDo)
}

type frontView struct {
	web.Page
	Published []casework.Public
}

func (s *Site) front(w http.ResponseWriter, r *http.Request) error {
	v := &frontView{Page: s.Page(r, "front.title")}
	v.Lead = v.T("front.lead")
	page, err := s.Cases.PublishedList(r.Context(), casework.PublicQuery{Kind: opinion.Kind, Limit: 5})
	if err != nil {
		return err
	}
	v.Published = page.List
	return s.Render(w, r, "front", v)
}

func (s *Site) privacy(w http.ResponseWriter, r *http.Request) error {
	v := &frontView{Page: s.Page(r, "privacy.title")}
	return s.Render(w, r, "privacy", v)
}

// sayView is the form a resident, or somebody for a resident, speaks through.
type sayView struct {
	web.Page
	Form  *web.Form
	Place string   // station, grid or deputy that the QR code knew
	Whose []string // deputies of that place
	Entry bool     // entered for somebody else
}

func (s *Site) sayView(r *http.Request) (*sayView, error) {
	v := &sayView{Page: s.Page(r, "say.title")}
	v.Lead = v.T("say.lead")
	categories, err := s.categoriesOf(r.Context(), opinion.Kind)
	if err != nil {
		return nil, err
	}
	q := r.URL.Query()
	v.Form = v.Page.Form("/say",
		&web.Field{Name: "body", Kind: web.Area, Label: v.T("say.body"), Hint: v.T("say.body_hint"), Required: true, Max: opinion.MaxBody, Rows: 7},
		&web.Field{Name: "place", Kind: web.Line, Label: v.T("say.place"), Hint: v.T("say.place_hint"), Max: opinion.MaxPlace},
		&web.Field{Name: "category", Kind: web.Select, Label: v.T("say.category"), Options: categories, Blank: v.T("say.category_unknown")},
		&web.Field{Name: "files", Kind: web.File, Label: v.T("say.files"), Hint: v.T("say.files_hint", "Max", opinion.MaxFiles), Max: opinion.MaxFiles, Accept: "image/*,application/pdf"},
		&web.Field{Name: "name", Kind: web.Line, Label: v.T("say.name"), Max: opinion.MaxContact, Complete: "name", Narrow: true},
		&web.Field{Name: "phone", Kind: web.Telephone, Label: v.T("say.phone"), Hint: v.T("say.phone_hint"), Max: opinion.MaxContact, Complete: "tel", Narrow: true},
		&web.Field{Name: "hide_name", Kind: web.Check, Label: v.T("say.hide_name"), Hint: v.T("say.hide_name_hint")},
		&web.Field{Name: "may_publish", Kind: web.Check, Label: v.T("say.may_publish"), Hint: v.T("say.may_publish_hint")},
		&web.Field{Name: "station", Kind: web.Hidden, Value: q.Get("station")},
		&web.Field{Name: "grid", Kind: web.Hidden, Value: q.Get("grid")},
		&web.Field{Name: "deputy", Kind: web.Hidden, Value: q.Get("deputy")})
	v.Form.Submit = v.T("say.submit")
	return v, nil
}

// place words where a QR code stands, and whose it is.
func (s *Site) place(ctx context.Context, v *sayView) error {
	q, on := s.DB.Reader(), deadline.DateOf(s.now())
	station, grid, deputy := v.Form.Value("station"), v.Form.Value("grid"), v.Form.Value("deputy")
	var people []registry.Person
	var err error
	switch {
	case grid != "":
		g, e := registry.GetGrid(ctx, q, grid)
		v.Place, err = g.Name, e
		people, _ = registry.DeputiesOfGrid(ctx, q, grid, on)
	case station != "":
		st, e := registry.GetStation(ctx, q, station)
		v.Place, err = st.Name, e
		people, _ = registry.DeputiesOfStation(ctx, q, station, on)
	case deputy != "":
		p, e := registry.GetPerson(ctx, q, deputy)
		v.Place, err = p.Name, e
	}
	for _, p := range people {
		v.Whose = append(v.Whose, p.Name)
	}
	if errs.Is(err, errs.NotFound) {
		return errs.New(errs.NotFound, "say.place_gone")
	}
	return err
}

func (s *Site) sayPage(w http.ResponseWriter, r *http.Request) error {
	v, err := s.sayView(r)
	if err != nil {
		return err
	}
	if err := s.place(r.Context(), v); err != nil {
		return err
	}
	return s.Render(w, r, "say", v)
}

// accept cleans and stores the files of a field.
func (s *Site) accept(f *web.Field) ([]files.Accepted, error) {
	var accepted []files.Accepted
	for _, upload := range f.Files {
		file, err := upload.Open()
		if err != nil {
			return nil, err
		}
		a, err := s.Files.Accept(file)
		file.Close() // was only read
		if err != nil {
			return nil, errs.List{errs.All(err)[0].At(f.Name)}
		}
		accepted = append(accepted, a)
	}
	return accepted, nil
}

// intake makes the domain's form of the page's.
func (s *Site) intake(f *web.Form) (opinion.Intake, error) {
	accepted, err := s.accept(f.Field("files"))
	return opinion.Intake{Title: f.Value("title"), Body: f.Value("body"), Place: f.Value("place"), Category: f.Value("category"), Name: f.Value("name"),
		Phone: f.Value("phone"), Address: f.Value("address"), HideName: f.Ticked("hide_name"), MayPublish: f.Ticked("may_publish"), Urgent: f.Ticked("urgent"),
		Station: f.Value("station"), Grid: f.Value("grid"), Deputy: f.Value("deputy"), Files: accepted, Key: f.Key, Source: opinion.Web}, err
}

func (s *Site) say(w http.ResponseWriter, r *http.Request) error {
	v, err := s.sayView(r)
	if err != nil {
		return err
	}
	err = v.Form.Read(r)
	var res casework.Result
	if err == nil {
		var in opinion.Intake
		if in, err = s.intake(v.Form); err == nil {
			res, err = opinion.Submit(r.Context(), s.Cases, casework.Resident(), in)
		}
	}
	if err != nil {
		if e := s.place(r.Context(), v); e != nil {
			return e
		}
		return s.Again(w, r, "say", v, v.Form, err)
	}
	s.remember(r, res.Case)
	return web.Redirect(w, r, "/receipt")
}

// remember lets this browser go on as the case's submitter, as long as the code is the present one.
func (s *Site) remember(r *http.Request, c *casework.Case) {
	s.sessions.Put(r.Context(), sessionCase, c.Number)
	s.sessions.Put(r.Context(), sessionCounter, int(c.CodeCounter))
}

// submitter finds whose case this browser has shown the code of.
func (s *Site) submitter(r *http.Request) (policy.Actor, *casework.Case, string, error) {
	number := s.sessions.GetString(r.Context(), sessionCase)
	if number == "" {
		return policy.Actor{}, nil, "", errs.New(errs.NotFound, "track.nobody")
	}
	c, _, err := s.Cases.Read(r.Context(), number)
	if err != nil {
		return policy.Actor{}, nil, "", err
	}
	if int64(s.sessions.GetInt(r.Context(), sessionCounter)) != c.CodeCounter {
		return policy.Actor{}, nil, "", errs.New(errs.NotFound, "track.code_replaced")
	}
	code := s.Vault.Code(c.ID, int(c.CodeCounter))
	actor, err := s.Cases.Submitter(r.Context(), number, code)
	return actor, c, code, err
}

type receiptView struct {
	web.Page
	Number   string
	Code     string
	Received int64
	Due      web.Due
	QR       template.URL
	Link     string
	Staff    string // path back to the case, for who entered it
}

// receipt is the slip: number, code, what happens next and by when. It is shown to the browser that sent the words in, as often as asked.
func (s *Site) receipt(w http.ResponseWriter, r *http.Request) error {
	_, c, code, err := s.submitter(r)
	if err != nil {
		return err
	}
	v := &receiptView{Page: s.Page(r, "receipt.title"), Number: c.Number, Code: code, Received: c.ReceivedAt}
	v.Lead = v.T("receipt.lead")
	v.Link = s.PublicURL + "/track"
	svg, err := render.QR(v.Link+"#"+url.PathEscape(c.Number+":"+code), v.T("receipt.qr"))
	if err != nil {
		return err
	}
	v.QR = template.URL(render.DataURI(svg))
	if clock, ok := c.Clocks.V["accept"]; ok {
		v.Due = web.Due{Label: v.T("receipt.accept"), Date: clock.Due, Lamp: deadline.LampNone}
	}
	if me := who(r); me != nil {
		v.Staff = "/cases/" + c.Number
	}
	return s.Render(w, r, "receipt", v)
}

func (s *Site) trackView(r *http.Request) *formView {
	v := &formView{Page: s.Page(r, "track.title")}
	v.Lead = v.T("track.lead")
	v.Form = v.Page.Form("/track",
		&web.Field{Name: "number", Kind: web.Line, Label: v.T("track.number"), Hint: v.T("track.number_hint"), Required: true, Max: 40, Complete: "off"},
		&web.Field{Name: "code", Kind: web.Line, Label: v.T("track.code"), Required: true, Max: 40, Complete: "off"}).As("track")
	v.Form.Submit = v.T("track.submit")
	return v
}

func (s *Site) trackPage(w http.ResponseWriter, r *http.Request) error {
	return s.Render(w, r, "track", s.trackView(r))
}

// track checks number and code. Wrong ones are throttled by number and by address; signed-in stations help many people and are not.
func (s *Site) track(w http.ResponseWriter, r *http.Request) error {
	v := s.trackView(r)
	err := v.Form.Read(r)
	number := strings.ToUpper(v.Form.Value("number"))
	keys := []string{"code:" + number, "code@" + web.ClientAddr(r).String()}
	if err == nil && who(r) == nil {
		for _, k := range keys {
			if err == nil {
				err = s.Identity.Allowed(r.Context(), k)
			}
		}
	}
	if err == nil {
		_, err = s.Cases.Submitter(r.Context(), number, v.Form.Value("code"))
		if errs.Is(err, errs.NotFound) {
			err = errs.New(errs.Invalid, "casework.wrong_code").At("code")
			for _, k := range keys {
				if e := s.Identity.Failed(r.Context(), k); e != nil {
					return e
				}
			}
		}
	}
	if err != nil {
		return s.Again(w, r, "track", v, v.Form, err)
	}
	c, _, err := s.Cases.Read(r.Context(), number)
	if err != nil {
		return err
	}
	if err := s.sessions.RenewToken(r.Context()); err != nil {
		return err
	}
	s.remember(r, c)
	return web.Redirect(w, r, "/mine")
}

type mineView struct {
	web.Page
	View  *casework.View
	Code  string
	Steps []web.Step
	Facts []web.Fact
	Story []web.Entry
	Acts  []web.Act
	Form  *web.Form
}

func (s *Site) mineView(r *http.Request) (*mineView, policy.Actor, error) {
	actor, c, _, err := s.submitter(r)
	if err != nil {
		return nil, actor, err
	}
	cv, err := s.Cases.View(r.Context(), actor, c.Number)
	if err != nil {
		return nil, actor, err
	}
	names, err := registry.LoadNames(r.Context(), s.DB.Reader())
	if err != nil {
		return nil, actor, err
	}
	v := &mineView{Page: s.Page(r, "mine.title", "Number", c.Number), View: cv}
	t := teller{p: &v.Page, names: names, view: cv, now: s.now()}
	v.Steps, v.Facts, v.Story = t.steps(), t.mineFacts(), t.story()
	for _, p := range cv.Possible {
		v.Acts = append(v.Acts, web.Act{Href: "/mine/" + p.Action.Name, Text: p.Action.Label, Main: p.Action.Name == "evaluate"})
	}
	return v, actor, nil
}

func (s *Site) mine(w http.ResponseWriter, r *http.Request) error {
	v, _, err := s.mineView(r)
	if errs.Is(err, errs.NotFound) && s.sessions.GetString(r.Context(), sessionCase) == "" {
		return web.Redirect(w, r, "/track")
	}
	if err != nil {
		return err
	}
	return s.Render(w, r, "mine", v)
}

// mineAction finds a thing the resident can do now.
func (s *Site) mineAction(r *http.Request) (*mineView, policy.Actor, *procedure.Action, error) {
	v, actor, err := s.mineView(r)
	if err != nil {
		return nil, actor, nil, err
	}
	action, ok := v.View.Procedure.Case.Action(r.PathValue("action"))
	if !ok {
		return nil, actor, nil, errs.New(errs.NotFound, "errs.not_found")
	}
	v.Title = v.T("mine.act_title", "Action", action.Label, "Number", v.View.Number)
	v.Up = &web.Link{Href: "/mine", Text: v.T("mine.back")}
	b := builder{s: s, ctx: r.Context(), p: &v.Page, procedure: v.View.Procedure}
	v.Form, err = b.form("/mine/"+action.Name, action, false)
	if err != nil {
		return nil, actor, nil, err
	}
	v.Form.Version, v.Form.Cancel = v.View.Version, "/mine"
	return v, actor, action, nil
}

func (s *Site) mineForm(w http.ResponseWriter, r *http.Request) error {
	v, _, action, err := s.mineAction(r)
	if err != nil {
		return err
	}
	for _, p := range v.View.Possible {
		if p.Action == action {
			return s.Render(w, r, "mine-act", v)
		}
	}
	return s.Warn(w, r, "/mine", "case.not_possible")
}

func (s *Site) mineDo(w http.ResponseWriter, r *http.Request) error {
	v, actor, action, err := s.mineAction(r)
	if err != nil {
		return err
	}
	in, err := s.input(r, v.Form)
	if err == nil {
		_, err = s.Cases.Apply(r.Context(), casework.Request{Actor: actor, Number: v.View.Number, Action: action.Name, Version: v.Form.Version, Input: in, Key: v.Form.Key})
	}
	if err != nil {
		return s.Again(w, r, "mine-act", v, v.Form, err)
	}
	return s.Done(w, r, "/mine", "case.done", "Action", action.Label)
}

// cursorOf reads the day a list of published cases goes on from.
