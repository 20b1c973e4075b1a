package policy

import (
	"testing"

	"lianxin/internal/errs"
)

func TestNothingIsLentAcrossPowersOrSides(t *testing.T) {
	for _, lent := range Granted() {
		for _, held := range Granted() {
			err := CheckLending(Grant{Role: lent, Congress: "c"}, []Grant{{Role: held, Congress: "c"}})
			may := lent.Lendable() && held.Power() == Business && lent.side() == held.side()
			if may != (err == nil) || err != nil && !errs.Is(err, errs.Invalid) {
				t.Errorf("%s to %s: %v", lent, held, err)
			}
			if err == nil && CheckLending(Grant{Role: lent, Congress: "c"}, []Grant{{Role: held, Congress: "d"}}) == nil {
				t.Errorf("%s to %s of another congress", lent, held)
			}
		}
		if CheckLending(Grant{Role: lent, Congress: "c"}, nil) == nil {
			t.Errorf("%s to nobody", lent)
		}
	}
	for _, r := range []Role{Admin, Auditor, Deputy} {
		if r.Lendable() {
			t.Errorf("%s can be lent", r)
		}
	}
}

func TestTheGrantActedUnder(t *testing.T) {
	a := Actor{Grants: []Grant{{Role: Leader, Congress: "c"}, {Role: Clerk, Congress: "d", Behalf: "x"}}}
	for congress, want := range map[string]Role{"c": Leader, "d": Clerk, "e": Leader} {
		if got := a.Under(congress); got.Role != want {
			t.Errorf("%s: %s", congress, got.Role)
		}
	}
	if got := (Actor{}).Under("c"); got.Role != System {
		t.Errorf("nobody: %s", got.Role)
	}
}
