package suggestion

import (
	"slices"
	"strings"

	"lianxin/internal/casework"
	"lianxin/internal/procedure"
)

// RoundRow is what a round found of one suggestion: of the round it is in, and of each that took it before, as it stood when the next began.
type RoundRow struct {
	CongressID string `db:"congress_id"`
	CaseID     string `db:"case_id"`
	Round      string `db:"round_id"`
	Agency     string `db:"agency_id"` // that answers
	Settled    bool   `db:"settled"`
	Before     string `db:"before_class"` // class when it was taken in
	After      string `db:"after_class"`  // as settled by the round; "" while it is open
	Found      string `db:"found"`        // by those who answered, the weakest
	Verified   string `db:"verified"`     // by who assigned them, the weakest
	Drawn      bool   `db:"drawn"`        // for a deputies' visit
	Visited    string `db:"visited"`      // what the deputy found
	Reanswered bool   `db:"reanswered"`   // 再答复
	Promise    string `db:"promise_state"`
}

// roundRows derives the rows.
func roundRows(p *procedure.Procedure, c *casework.Case, assignments []*casework.Assignment) []any {
	var rows []any
	for _, id := range roundsOf(c) {
		rows = append(rows, roundThen(c, id))
	}
	if c.Get(RoundID) != "" {
		rows = append(rows, roundNow(p, c, assignments))
	}
	return rows
}

// roundsOf are the rounds that took the suggestion before its present one. One that took it twice is told of once, as it stood last.
func roundsOf(c *casework.Case) []string {
	ids := strings.FieldsFunc(c.Get(Rounds), func(r rune) bool { return r == ',' })
	return slices.DeleteFunc(ids, func(id string) bool { return id == c.Get(RoundID) })
}

// roundNow is the round that the suggestion is in, or was in last.
func roundNow(p *procedure.Procedure, c *casework.Case, assignments []*casework.Assignment) RoundRow {
	r := RoundRow{CongressID: c.CongressID, CaseID: c.ID, Round: c.Get(RoundID), Agency: c.LeadAgency, Settled: c.State != "rechecking", Before: c.Get(RoundBefore),
		Drawn: c.Get(Drawn) == yes, Visited: c.Get(Visited)}
	if r.Settled {
		r.After = c.Class
	}
	for i, a := range leaves(p, assignments) {
		if i == 0 {
			r.Agency = a.Agency
		}
		if a.Get(CheckedRound) == r.Round {
			r.Found, r.Verified = weaker(foundOrder, r.Found, a.Get(Found)), weaker(foundOrder, r.Verified, a.Get(Verified))
		}
		r.Reanswered = r.Reanswered || a.Get(ReansweredIn) == r.Round
		r.Promise = weaker(promiseOrder, r.Promise, a.PromiseState)
	}
	return r
}

// text is what an earlier round is kept as.
func (r RoundRow) text() string {
	flag := func(is bool) string {
		if is {
			return yes
		}
		return ""
	}
	return strings.Join([]string{r.Agency, flag(r.Settled), r.Before, r.After, r.Found, r.Verified, flag(r.Drawn), r.Visited, flag(r.Reanswered), r.Promise}, "|")
}

// roundThen reads it back.
func roundThen(c *casework.Case, id string) RoundRow {
	f := append(strings.Split(c.Get("round."+id), "|"), make([]string, 10)...)
	return RoundRow{CongressID: c.CongressID, CaseID: c.ID, Round: id, Agency: f[0], Settled: f[1] == yes, Before: f[2], After: f[3], Found: f[4], Verified: f[5],
		Drawn: f[6] == yes, Visited: f[7], Reanswered: f[8] == yes, Promise: f[9]}
}
