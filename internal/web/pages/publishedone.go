package pages

import (
	"net/http"
	"strconv"
	"strings"

	"lianxin/internal/casework"
	"lianxin/internal/deadline"
	"lianxin/internal/registry"
	"lianxin/internal/suggestion"
	"lianxin/internal/web"
	"lianxin/internal/web/paper"
)

// publishedOneView is one published case.
type publishedOneView struct {
	web.Page
	Facts []web.Fact
	Texts []web.Fact // what was said and answered; none where the title alone is public
	Went  []string   // how it went, a sentence a step
}

// published shows one published case of either kind.
func (s *Site) published(w http.ResponseWriter, r *http.Request) error {
	one, err := s.Cases.Published(r.Context(), r.PathValue("number"))
	if err != nil {
		return err
	}
	names, err := registry.LoadNames(r.Context(), s.DB.Reader())
	if err != nil {
		return err
	}
	v := &publishedOneView{Page: s.Page(r, "published.one")}
	v.Title, v.Up = one.Title, &web.Link{Href: publishedPath, Text: v.T("published.title")}
	if one.Kind == suggestion.Kind {
		err = s.publishedSuggestion(r, v, names)
	} else {
		v.opinion(names, one)
	}
	if err != nil {
		return err
	}
	return s.Render(w, r, "published-one", v)
}

func (v *publishedOneView) fact(key, text string) {
	if text != "" {
		v.Facts = append(v.Facts, web.Fact{Label: v.T(key), Text: text})
	}
}

func (v *publishedOneView) text(key, text string) {
	if text != "" {
		v.Texts = append(v.Texts, web.Fact{Label: v.T(key), Text: text})
	}
}

func (v *publishedOneView) day(d deadline.Date) string {
	if d == "" {
		return ""
	}
	return v.Date(d)
}

func (v *publishedOneView) opinion(names registry.Names, p casework.Public) {
	v.fact("track.number", p.Number)
	v.fact("case.category", named(names, "category", p.Category))
	v.fact("case.grid", named(names, "grid", p.Grid))
	v.fact("case.received", v.day(p.ReceivedOn))
	v.fact("published.answered", v.day(p.AnsweredOn))
	v.fact("case.class", p.Class)
	v.fact("case.verdict", p.Verdict)
	v.text("case.body", p.Body)
	v.text("case.reply", p.Reply)
}

func (s *Site) publishedSuggestion(r *http.Request, v *publishedOneView, names registry.Names) error {
	p, err := suggestion.Published(r.Context(), s.Cases, r.PathValue("number"))
	if err != nil {
		return err
	}
	v.Up = &web.Link{Href: suggestionsPath, Text: v.T("published.suggestions")}
	if p.TitleOnly {
		v.Lead = v.T("published.title_only")
	}
	v.fact("suggestion.serial_column", publicSerial(&v.Page, names, &p))
	v.fact("track.number", p.Number)
	v.fact("published.deputy", raisedBy(v, names, &p))
	v.fact("case.category", named(names, "category", p.Category))
	v.fact("case.agency", several(names, "agency", strings.Join(p.Agencies, ",")))
	v.fact("case.class", p.Class)
	v.fact("published.verdict", p.Verdict)
	v.text("published.suggestion", p.Body)
	v.text("published.reply", p.Reply)
	v.text("published.second", p.Second)
	v.went(&p)
	return nil
}

// raisedBy names the deputy who leads, a public office, with the delegation and how many sign beside.
func raisedBy(v *publishedOneView, names registry.Names, p *suggestion.Public) string {
	if p.Deputy == "" {
		return ""
	}
	key := "published.by_one"
	if p.Signers > 0 {
		key = "published.by_several"
	}
	return strings.TrimSpace(v.T(key, "Name", names.Of("person", p.Deputy), "Delegation", p.Delegation, "N", p.Signers))
}

// went tells in plain words how far the suggestion has come.
func (v *publishedOneView) went(p *suggestion.Public) {
	step := func(key string, on deadline.Date) {
		if on != "" {
			v.Went = append(v.Went, v.T(key, "Date", v.Date(on)))
		}
	}
	step("published.went_raised", p.Raised)
	step("published.went_dispatched", p.Dispatched)
	step("published.went_answered", p.AnsweredOn)
	if p.Verdict != "" {
		v.Went = append(v.Went, v.T("published.went_judged", "Verdict", p.Verdict))
	}
	if p.Second != "" {
		v.Went = append(v.Went, v.T("published.went_again"))
	}
	step("published.went_closed", p.Closed)
	if p.Closed == "" {
		v.Went = append(v.Went, v.T("published.went_now", "State", p.State))
	}
}

// publicSerial is the suggestion's number in its session's series.
func publicSerial(page *web.Page, names registry.Names, p *suggestion.Public) string {
	if p.Serial == 0 {
		return ""
	}
	return paper.SerialWords(page, names.Of("congress_session", p.Session), p.Phase, strconv.FormatInt(p.Serial, 10))
}
