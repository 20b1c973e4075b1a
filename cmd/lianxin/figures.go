package main

import (
	"context"
	"errors"
	"os"

	"lianxin/internal/deadline"
	"lianxin/internal/figure"
	"lianxin/internal/lang"
	"lianxin/internal/registry"
	"lianxin/internal/suggestion"
)

type figuresCmd struct {
	storage
	Year   int      `required:"" help:"Year: of suggestions, that in which their session opened."`
	AsOf   string   `help:"Last day that counts (2006-01-02); by default the year's last, or today where that is earlier."`
	Figure []string `arg:"" optional:"" help:"Ids of figures; all where none is named."`
	Format string   `help:"table, json or csv." enum:"table,json,csv" default:"table"`
}

// Run prints the figures of the deployment's own congress.
func (c *figuresCmd) Run(ctx context.Context) error {
	h, err := c.openRecord(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	congress, err := registry.Setting(ctx, h.db.Reader(), registry.HomeCongress)
	if err != nil {
		return err
	}
	if congress == "" {
		return errors.New("the deployment has no congress of its own yet: name it in the settings")
	}
	scope := figure.YearScope(congress, c.Year, deadline.DateOf(h.db.Now()))
	if c.AsOf != "" {
		if scope.AsOf, err = deadline.ParseDate(c.AsOf); err != nil {
			return err
		}
	}
	values, err := h.figures.Values(ctx, scope, c.Figure...)
	if err != nil {
		return err
	}
	rows := [][]string{figure.Header()}
	p := h.catalogue.Printer(lang.Chinese)
	for _, v := range values {
		rows = append(rows, v.Row(func(key string) string { return p.T(key) }))
	}
	return show(os.Stdout, c.Format, rows, values)
}

// defined joins what the kinds count.
func (h *house) defined() (*figure.Service, error) {
	kind, err := h.cases.Kind(suggestion.Kind)
	if err != nil {
		return nil, err
	}
	return figure.New(h.db, suggestion.Figures(h.cases, kind.Procedure))
}
