package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"lianxin/internal/web/webtest"
)

// TestMotionsAreThereForWhoWorksWithThem opens the list of motions, and every motion in it, as the office and as a deputy.
func TestMotionsAreThereForWhoWorksWithThem(t *testing.T) {
	town := furnished(t, true)
	for account, want := range map[string][]string{"motions": {"审议办结", "审议办结", "已撤回", "已转为代表建议"}, "deputy": {"审议办结", "已撤回", "已转为代表建议", "联名中"}, "agency": nil} {
		g := town.staff(account)
		r := g.get("/motions")
		if r.StatusCode != http.StatusOK && want != nil {
			t.Fatalf("%s: %d", account, r.StatusCode)
		}
		var states []string
		for _, row := range webtest.Find(parsed(t, r.body), "#results tbody tr") {
			badge := strings.TrimSpace(webtest.TextOf(webtest.Find(row, ".mark")[0]))
			states = append(states, badge)
			if to := hrefOf(row); g.get(to).StatusCode != http.StatusOK {
				t.Errorf("%s cannot open %s", account, to)
			}
		}
		if slices.Sort(states); !slices.Equal(states, want) {
			t.Errorf("%s reads motions that are %v, want %v", account, states, want)
		}
	}
	town.check()
}
