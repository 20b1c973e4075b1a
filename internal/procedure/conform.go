package procedure

import (
	"errors"
	"slices"

	"lianxin/internal/policy"
)

// Conform tells where a deployment's own file departs from what the kind's functions rely on and no setting may override: it keeps every state
// and action of the built-in one by name, leads where those lead, drops no guard or effect, and gives deputies nothing more to do (代表法 art. 31).
func (p *Procedure) Conform(builtin *Procedure) error {
	v := &prover{p: p}
	for _, m := range []struct {
		name     string
		own, ref *Machine
	}{{"case", &p.Case, &builtin.Case}, {"assignment", &p.Assignment, &builtin.Assignment}} {
		for _, st := range m.ref.States {
			if own, ok := m.own.State(st.Name); !ok {
				v.failf("%s state %s: is missing, and the kind relies on it", m.name, st.Name)
			} else if own.Final != st.Final || own.Settled != st.Settled || own.Gone != st.Gone || own.Private != st.Private {
				v.failf("%s: final, settled, gone and private must stay as they are", v.at(m.name, "state", st.Name))
			}
		}
		for i := range m.ref.Actions {
			v.conform(m.name, m.own, &m.ref.Actions[i])
		}
		v.deputies(m.name, m.own, m.ref)
	}
	for name, n := range builtin.Thresholds {
		if p.Thresholds[name] < n {
			v.failf("threshold %s: the law asks for at least %d", name, n)
		}
	}
	for name, o := range builtin.Options {
		if own, ok := p.Options[name]; !ok || !slices.Equal(own.Of, o.Of) {
			v.failf("option %s: must stay, with a value out of %v", name, o.Of)
		}
	}
	return errors.Join(v.wrong...)
}

func (v *prover) conform(name string, m *Machine, ref *Action) {
	own, ok := m.Action(ref.Name)
	if !ok {
		v.failf("%s action %s: is missing, and the kind relies on it", name, ref.Name)
		return
	}
	where := v.at(name, "action", ref.Name)
	if !slices.Equal(own.To, ref.To) || own.Decide != ref.Decide {
		v.failf("%s: must lead to %v", where, ref.To)
	}
	for _, g := range ref.Guards {
		if !slices.Contains(own.Guards, g) {
			v.failf("%s: the guard %s may not be dropped", where, g)
		}
	}
	if !slices.Equal(own.Effects, ref.Effects) || own.Answers != ref.Answers {
		v.failf("%s: the effects must stay %v", where, ref.Effects)
	}
	for _, f := range ref.Input {
		i := slices.IndexFunc(own.Input, func(o Field) bool { return o.Name == f.Name })
		if i < 0 || own.Input[i].Type != f.Type || f.Required && !own.Input[i].Required {
			v.failf("%s input %s: must stay, with its type, and required where it was", where, f.Name)
		}
	}
}

// deputies refuses what a file would let deputies do beyond the built-in one.
func (v *prover) deputies(name string, own, ref *Machine) {
	for i := range own.Actions {
		a := &own.Actions[i]
		builtin, known := ref.Action(a.Name)
		for _, permit := range slices.Concat(a.By, a.Proxy) {
			if permit.Role == policy.Deputy && (!known || !slices.Contains(slices.Concat(builtin.By, builtin.Proxy), permit)) {
				v.failf("%s: deputies collect, pass on, follow and evaluate; they do not settle matters", v.at(name, "action", a.Name))
			}
		}
	}
}
