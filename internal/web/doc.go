// Package web is the pages' shell: routes, layout, forms, parts, answers to errors, and the checks every request passes.
// It never decides anything about a case: pages ask a domain room once and show what it says.
//
// # Adding a page
//
// A page is a view struct that embeds Page, a template named after the page, and a handler that is a straight line:
//
//	type deskView struct {
//		web.Page
//		Waiting web.Table
//	}
//
//	func (p *pages) desk(w http.ResponseWriter, r *http.Request) error {
//		sections, err := p.cases.Desk(r.Context(), p.actor(r))
//		if err != nil {
//			return err // becomes an error page: errs decides its status, the catalogue its sentence
//		}
//		v := &deskView{Page: p.shell.Page(r, "desk.title")}
//		v.Waiting = waiting(&v.Page, sections)
//		return p.shell.Render(w, r, "desk", v)
//	}
//
//	shell.Handle("GET /desk", p.desk)
//
// The template desk.html lies in the folder a room hands over in Config.Templates, and says only what is its own:
//
//	{{define "content"}}{{template "table" .Waiting}}{{end}}
//
// The layout shows title, lead, navigation and notices. Names of pages are unique across rooms. Files whose name starts with "_" are
// parts for the pages of that folder. Views are passed by pointer. Fields of Page that a handler may set: Lead, Up, Bare.
//
// # Words
//
// No text stands in a template or in Go: {{t "desk.title" "Count" .Count}} in templates, v.T("desk.title", "Count", n) in handlers, the sentence
// in the room's messages/zh-CN.json, which cmd hands to lang.New. Parts take worded texts. Tests fail on Chinese outside the catalogues and on keys no catalogue has.
// Other functions of templates: asset "app.css", date (2026年11月23日), day (2026-11-23), datetime, iso, dict, inc, lines; all but the last three take a deadline.Date,
// microseconds UTC or a time.Time, and show Beijing time.
//
// # Forms
//
//	func (p *pages) form(page *web.Page) *web.Form {
//		return page.Form("/opinions", // the path posted to
//			&web.Field{Name: "title", Kind: web.Line, Label: page.T("opinion.field_title"), Required: true, Max: 60},
//			&web.Field{Name: "pictures", Kind: web.File, Label: page.T("opinion.pictures"), Max: 9, Accept: "image/jpeg,image/png"})
//	}
//
//	func (p *pages) submit(w http.ResponseWriter, r *http.Request) error {
//		v := &formView{Page: p.shell.Page(r, "opinion.new")}
//		v.Form = p.form(&v.Page)
//		err := v.Form.Read(r)
//		if err == nil {
//			err = p.opinions.Open(r.Context(), v.Form.Key, v.Form.Input())
//		}
//		if err != nil {
//			return p.shell.Again(w, r, "opinion_new", v, v.Form, err)
//		}
//		return p.shell.Done(w, r, "/opinions", "opinion.taken")
//	}
//
// Read keeps everything typed, cleans it, and names every mistake and every field the form does not have. Again shows the mistakes of Read or of the
// domain (an errs.Error or errs.List with Field set) beside their fields and in a summary; errors that no typing mends become the error page.
// Done redirects (303) and has the next page say a sentence; Warn likewise with a reservation; Redirect says nothing.
// Form.Key is the idempotency key and Form.Version the version the reader saw: set Version before showing, read it after Read.
// Form.Input gives strings, bools and []string by field name, as casework.Input wants them; files are in Field.Files.
// Where there are hundreds of options in groups, such as deputies by delegation, Sifted folds them and narrows them while typing.
// Several forms on a page: name each with As("id"). A page that takes files is added by HandleUpload, which sets the limit in bytes.
// In templates: {{template "form" .Form}}; or write the <form> yourself with parts "mistakes", "form-hidden", "field" and "buttons".
//
// A list's filter is page.Filter(path, fields…), read with Read on GET and shown by {{template "filter" .Filter}}; its Live is the id of the Table it refreshes where
// scripts run. Filter.Link("cursor", next) is the list's address with the present filter and one thing changed. Filters ignore parameters they do not know.
//
// # Parts
//
// By {{template "name" value}}: lamp (deadline.Lamp), badge (Badge), due (Due), notice (Notice), empty (Empty), acts ([]Act), tiles ([]Tile), steps ([]Step), table (Table),
// pager (Pager), facts ([]Fact), story ([]Entry), filter and form (*Form), field (*Field), confirm (Confirm).
// Layout by class: card-block for a block on the page, split for a wide and a narrow column on desktops, narrow-page for pages of words, words to keep line breaks, quiet,
// nowrap, number, big-code, qr, no-print, print-only.
//
// # Rules the shell keeps
//
// A GET changes nothing. No style or script stands in a page: the content policy forbids it. Every page works without scripts; buttons that need one are hidden without
// it. The log names the route, never an address, a query or a body. ClientAddr is whose request it is, RequestID names it.
// What is typed into a form.form for somebody signed in is kept in the browser's window until it was sent, by account, path and form, and offered again after
// a session ended; forms with a password are not. Page.Account.Key tells the accounts apart.
// Who must sign in first is led to Config.SignIn by returning errs.Unauthenticated; LocalPath checks where to lead back to.
// Tests of pages use package webtest: webtest.Check over HTML for words, webtest.Browser for walks; AxeEverywhere looks at an address in light and dark, wide and narrow.
package web
