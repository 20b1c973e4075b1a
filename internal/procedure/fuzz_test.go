package procedure_test

import (
	"slices"
	"strings"
	"testing"

	"lianxin/internal/policy"
	"lianxin/internal/procedure"
)

// FuzzParse holds that a procedure that was proven stands on its own states, lets no deputy settle, reads the same again and conforms to itself.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{good, "", "kind: test", strings.Replace(good, "to: [waiting]", "to: [nowhere]", 1), strings.Replace(good, "n: 2", "n: -1", 1), strings.Replace(good, "n: 2", "n: 99999999999999999999", 1),
		strings.Replace(good, "from: [waiting]", `from: ["*"]`, 1), "a: &a [*a]", "a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]", good + "\nkind: again\n", strings.Repeat("[", 2000), "\t", "\x00", strings.Replace(good, "clerk@receiving]}", "deputy@named]}", 1),
		strings.Replace(good, "clerk@receiving", "nobody@nowhere", 1), strings.Replace(good, "final: true", "final: maybe", 1), strings.Replace(good, "max: 100", "max: -5", 1)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := procedure.Parse([]byte(text), known())
		if err != nil {
			return
		}
		again, err := procedure.Parse([]byte(p.Text()), known())
		if err != nil || again.Hash() != p.Hash() || again.Conform(p) != nil {
			t.Fatalf("read again: %v", err)
		}
		for name, r := range p.Limits {
			if r.N < 1 {
				t.Fatalf("limit %s of %d", name, r.N)
			}
		}
		stands(t, &p.Case)
		stands(t, &p.Assignment)
		for _, r := range p.Rules() {
			if !r.Role.Valid() && !slices.Contains([]policy.Role{policy.Resident, policy.System, policy.Import}, r.Role) {
				t.Fatalf("a rule for %q", r.Role)
			}
		}
		if p.Draw("") == "" {
			t.Fatal("a proven procedure has no drawing")
		}
	})
}

// stands looks at a machine whose file was proven.
func stands(t *testing.T, m *procedure.Machine) {
	if _, ok := m.State(m.Start); !ok {
		t.Fatalf("starts at %q", m.Start)
	}
	for _, a := range m.Actions {
		for _, name := range append(slices.Clone(a.From), a.To...) {
			if _, ok := m.State(name); !ok && name != "*" {
				t.Fatalf("%s: no state %q", a.Name, name)
			}
		}
		for _, by := range append(slices.Clone(a.By), a.Proxy...) {
			if by.Role == policy.Deputy && slices.ContainsFunc(a.To, func(to string) bool { s, _ := m.State(to); return s.Final }) {
				t.Fatalf("%s lets a deputy settle", a.Name)
			}
		}
		for _, in := range a.Input {
			if in.Max < 0 {
				t.Fatalf("%s: %s takes %d", a.Name, in.Name, in.Max)
			}
		}
	}
}
