package policy

import (
	"testing"

	"lianxin/internal/errs"
)

func TestTheTableAllowsWhatItListsAndNothingElse(t *testing.T) {
	table := New(Rule{Kind: "k", Action: "a", Role: Clerk, Relation: Receiving}, Rule{Kind: "k", Action: "a", Role: Clerk, Relation: Intake, Proxy: true})
	for _, c := range []struct {
		role     Role
		relation Relation
		allowed  bool
		proxy    bool
	}{{Clerk, Receiving, true, false}, {Clerk, Intake, true, true}, {Clerk, Anyone, false, false}, {Admin, Receiving, false, false}} {
		allowed, proxy := table.Allows("k", "a", c.role, c.relation)
		if allowed != c.allowed || proxy != c.proxy {
			t.Errorf("%s %s: %v %v", c.role, c.relation, allowed, proxy)
		}
	}
}

func TestThreePowersAreApart(t *testing.T) {
	table := New(House()...)
	for _, rule := range table.Rules() {
		switch rule.Role.Power() {
		case Audit:
			if rule.Action != "view" {
				t.Errorf("the auditor may %s %s", rule.Action, rule.Kind)
			}
		case Administration:
			if rule.Kind == KindAudit {
				t.Error("the administrator reads the audit record")
			}
		}
	}
	for _, a := range Granted() {
		for _, b := range Granted() {
			err := CheckSeparation([]Grant{{Role: a}, {Role: b}})
			if apart := a.Power() != b.Power(); apart != errs.Is(err, errs.Invalid) {
				t.Errorf("%s and %s: %v", a, b, err)
			}
		}
	}
}
