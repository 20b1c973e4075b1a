package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"lianxin/internal/deadline"
	"lianxin/internal/lang"
)

type deadlineCmd struct {
	From        string `help:"Day the limit runs from; it is not counted." required:"" placeholder:"2006-01-02"`
	WorkingDays int    `help:"Limit in working days." xor:"limit" required:""`
	Days        int    `help:"Limit in natural days." xor:"limit" required:""`
	Months      int    `help:"Limit in months." xor:"limit" required:""`
	Basis       string `help:"Legal basis to name." default:"本系统默认"`
	Format      string `help:"table, json or csv." enum:"table,json,csv" default:"table"`
}

// deadlineAnswer is what the command prints.
type deadlineAnswer struct {
	From        deadline.Date `json:"from"`
	N           int           `json:"n"`
	Unit        deadline.Unit `json:"unit"`
	Due         deadline.Date `json:"due"`
	AmberFrom   deadline.Date `json:"amber_from"`
	Explanation string        `json:"explanation"`
	Calendar    string        `json:"calendar"`
	Warning     bool          `json:"warning"`
}

// Run works the date out with the embedded calendar.
func (c *deadlineCmd) Run() error { return c.print(os.Stdout) }

func (c *deadlineCmd) print(w io.Writer) error {
	from, err := deadline.ParseDate(c.From)
	if err != nil {
		return err
	}
	rule := deadline.Rule{N: c.WorkingDays, Unit: deadline.WorkingDays, Name: "办理", Basis: c.Basis}
	switch {
	case c.Days != 0:
		rule.N, rule.Unit = c.Days, deadline.Days
	case c.Months != 0:
		rule.N, rule.Unit = c.Months, deadline.Months
	}
	if rule.N < 1 || rule.N > 3650 {
		return fmt.Errorf("a limit is between 1 and 3650, not %d", rule.N)
	}
	cal := deadline.Embedded()
	clock := deadline.Start(cal, rule, from.Start())
	catalogue, err := catalogue()
	if err != nil {
		return err
	}
	p := catalogue.Printer(lang.Chinese)
	a := deadlineAnswer{From: from, N: rule.N, Unit: rule.Unit, Due: clock.Due, AmberFrom: deadline.DateOf(time.UnixMicro(clock.AmberAt)), Calendar: clock.Calendar, Warning: clock.Warning,
		Explanation: deadline.Join(clock.Explain(cal), func(key string, args map[string]any) string { return p.T(key, args) })}
	return show(w, c.Format, [][]string{{"from", "n", "unit", "due", "amber_from", "explanation"},
		{string(a.From), strconv.Itoa(a.N), string(a.Unit), string(a.Due), string(a.AmberFrom), a.Explanation}}, a)
}
