package pages

import (
	"net/http"
	"strings"

	"lianxin/internal/casework"
	"lianxin/internal/policy"
	"lianxin/internal/procedure"
	"lianxin/internal/registry"
	"lianxin/internal/web"
)

// procedureView is the picture of a kind's procedure: its states by stage, with the ways that lead on, and where a case stands.
type procedureView struct {
	web.Page
	Machines []machineMap
	Versions web.Table
	Draw     string
}

type machineMap struct {
	Title  string
	Stages []stageMap
}

type stageMap struct {
	Name   string
	States []stateMap
}

type stateMap struct {
	Label, Owner, Limit string
	Tone                string
	Here                string // what of the case stands here
	Ways                []wayMap
}

type wayMap struct{ Action, To, By string }

// procedurePage draws the procedure in force; ?case= marks where that case and its assignments stand, for who may read it.
func (s *Site) procedurePage(w http.ResponseWriter, r *http.Request, me *visitor) error {
	kind, err := s.Cases.Kind(r.PathValue("kind"))
	if err != nil {
		return err
	}
	p := kind.Procedure
	v := &procedureView{Page: s.Page(r, "procedure.title", "Kind", p.Label), Draw: p.Draw("")}
	v.Lead = p.About
	here, parts := map[string]string{}, map[string]string{}
	if number := r.URL.Query().Get("case"); number != "" {
		cv, err := s.Cases.View(r.Context(), me.actor, number)
		if err != nil {
			return err
		}
		v.Up = &web.Link{Href: "/cases/" + cv.Number, Text: v.T("case.page", "Number", cv.Number)}
		here[cv.State] = cv.Number
		if err := s.partsHere(r, cv, parts); err != nil {
			return err
		}
	}
	v.Machines = []machineMap{v.machine("procedure.case", p, &p.Case, here), v.machine("procedure.assignment", p, &p.Assignment, parts)}
	versions, err := s.Cases.Versions(r.Context(), p.Kind)
	if err != nil {
		return err
	}
	v.Versions = v.versions(versions, p.Hash())
	return s.Render(w, r, "procedure", v)
}

// partsHere names the agencies whose assignments stand in each state.
func (s *Site) partsHere(r *http.Request, cv *casework.View, parts map[string]string) error {
	names, err := registry.LoadNames(r.Context(), s.DB.Reader())
	if err != nil {
		return err
	}
	for _, a := range cv.Assigned {
		if parts[a.State] != "" {
			parts[a.State] += "\u3001"
		}
		parts[a.State] += names.Of("agency", a.Agency)
	}
	return nil
}

func (v *procedureView) machine(title string, p *procedure.Procedure, m *procedure.Machine, here map[string]string) machineMap {
	out := machineMap{Title: v.T(title)}
	for i := range m.States {
		st := &m.States[i]
		stage := st.Stage
		if len(out.Stages) == 0 || out.Stages[len(out.Stages)-1].Name != stage && !out.has(stage) {
			out.Stages = append(out.Stages, stageMap{Name: stage})
		}
		for j := range out.Stages {
			if out.Stages[j].Name == stage {
				out.Stages[j].States = append(out.Stages[j].States, v.state(p, m, st, here[st.Name]))
			}
		}
	}
	return out
}

func (m machineMap) has(stage string) bool {
	for _, s := range m.Stages {
		if s.Name == stage {
			return true
		}
	}
	return false
}

func (v *procedureView) state(p *procedure.Procedure, m *procedure.Machine, st *procedure.State, here string) stateMap {
	out := stateMap{Label: st.Label, Tone: tone(st.Name), Here: here, Owner: v.T("procedure.nobody")}
	if !st.Final {
		l := p.Limits[st.Clocks[0]]
		out.Owner, out.Limit = v.T("procedure.owner."+st.Owner), v.T("procedure.limit."+string(l.Unit), "N", l.N)
	}
	for _, a := range m.From(st.Name) {
		if a.Side() {
			continue
		}
		var by []string
		for _, permit := range a.By {
			if permit.Role == policy.Import {
				continue
			}
			if word := v.T("role." + string(permit.Role)); len(by) == 0 || by[len(by)-1] != word {
				by = append(by, word)
			}
		}
		out.Ways = append(out.Ways, wayMap{Action: a.Label, To: targets(m, a), By: strings.Join(by, "\u3001")})
	}
	return out
}

func targets(m *procedure.Machine, a *procedure.Action) string {
	var labels []string
	for _, to := range a.To {
		if st, ok := m.State(to); ok {
			labels = append(labels, st.Label)
		}
	}
	return strings.Join(labels, "\uFF0F")
}

// versions lists every version ever in force, the present one marked.
func (v *procedureView) versions(list []casework.Version, now string) web.Table {
	t := web.Table{Caption: v.T("procedure.versions"), ShowCaption: true, Columns: []web.Column{{Label: v.T("procedure.hash")}, {Label: v.T("procedure.since"), Narrow: true}, {Label: v.T("procedure.in_force"), Narrow: true}}}
	for _, version := range list {
		row := []web.Cell{{Text: version.Hash[:12]}, {Text: microTime(version.FirstUsedAt).Format("2006-01-02")}, {}}
		if version.Hash == now {
			row[2].Badge = &web.Badge{Text: v.T("procedure.now"), Tone: web.Good}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
