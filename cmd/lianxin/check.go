package main

import (
	"context"
	"errors"
	"fmt"
	"os"
)

type checkCmd struct {
	storage
	Format string `help:"table, json or csv." enum:"table,json,csv" default:"table"`
}

// Run checks the whole record; findings make the exit code 1.
func (c *checkCmd) Run(ctx context.Context) error {
	h, err := c.openRecord(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	report, err := h.cases.Check(ctx)
	if err != nil {
		return err
	}
	rows := [][]string{{"stream", "finding"}}
	for _, f := range report.Findings {
		rows = append(rows, []string{f.Stream, f.What})
	}
	if c.Format == "table" {
		fmt.Printf("%d cases, %d assignments, %d events: %d findings\n", report.Cases, report.Assignments, report.Events, len(report.Findings))
	}
	if len(report.Findings) > 0 || c.Format != "table" {
		if err := show(os.Stdout, c.Format, rows, report); err != nil {
			return err
		}
	}
	if len(report.Findings) > 0 {
		return errors.New("the record and the rows differ")
	}
	return nil
}
