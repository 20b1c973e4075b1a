package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/schollz/progressbar/v3"

	"lianxin/internal/event"
	"lianxin/internal/lang"
	"lianxin/internal/opinion"
	"lianxin/internal/policy"
	"lianxin/internal/registry"
	"lianxin/internal/table"
)

type importCmd struct {
	Messages    importMessagesCmd    `cmd:"" help:"Take messages with their answers (JSONL, CSV or XLSX, also gzipped) as opinions."`
	Suggestions importSuggestionsCmd `cmd:"" help:"Take a session's suggestions (JSONL, CSV or XLSX, also gzipped) through drafting, numbering and assignment."`
}

type importMessagesCmd struct {
	storage
	File   string            `arg:"" type:"existingfile" help:"File of messages."`
	Map    map[string]string `help:"Fields and the file's columns: body=detail,submitted_at=time,replied_at=reply_time." mapsep:","`
	DryRun bool              `help:"Check only; write nothing."`
	Strict bool              `help:"All or nothing: any bad row, and nothing is written."`
	Format string            `help:"table, json or csv." enum:"table,json,csv" default:"table"`
}

// Run imports the file and tells what it found; bad rows are named by line.
func (c *importMessagesCmd) Run(ctx context.Context) error {
	f, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer f.Close()
	file, err := table.Read(f)
	if err != nil {
		return err
	}
	h, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	if err := h.home(ctx); err != nil {
		return err
	}
	bar := progressbar.NewOptions(len(file.Rows), progressbar.OptionSetWriter(os.Stderr), progressbar.OptionShowCount(), progressbar.OptionClearOnFinish(),
		progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionSetVisibility(isTerminal(os.Stderr)))
	sum, err := opinion.ImportMessages(ctx, h.cases, file, opinion.ImportOptions{Map: c.Map, DryRun: c.DryRun, Strict: c.Strict,
		Progress: func(done, _ int) { _ = bar.Set(done) }}) // a bar that cannot be drawn stops nothing
	if err != nil {
		return err
	}
	if err := event.CatchUp(ctx, h.db, "import", h.cases.Indexers()...); err != nil {
		return err
	}
	if err := c.tell(h, sum); err != nil {
		return err
	}
	if c.Strict && len(sum.Bad) > 0 {
		return errors.New("nothing was written: rows are bad, and --strict takes all or nothing")
	}
	return nil
}

// isTerminal reports whether somebody watches: a bar in a log file helps nobody.
func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

func (c *importMessagesCmd) tell(h *house, sum *opinion.Summary) error {
	p := h.catalogue.Printer(lang.Chinese)
	for _, b := range sum.Bad {
		fmt.Fprintf(os.Stderr, "line %d: %v\n", b.Line, p.Error(b.Err))
	}
	answer := struct {
		Rows       int     `json:"rows"`
		Taken      int     `json:"taken"`
		Known      int     `json:"known"`
		Answered   int     `json:"answered"`
		Late       int     `json:"answered_after_due"`
		Unusable   int     `json:"unusable_time"`
		MedianDays float64 `json:"median_days"`
		Bad        int     `json:"bad"`
	}{sum.Rows, sum.Taken, sum.Known, sum.Answered, sum.Late, sum.Unusable, sum.MedianDays, len(sum.Bad)}
	return show(os.Stdout, c.Format, [][]string{{"rows", "taken", "already known", "answered", "answered after the rule's date", "answer without usable time", "median days", "bad rows"},
		{strconv.Itoa(answer.Rows), strconv.Itoa(answer.Taken), strconv.Itoa(answer.Known), strconv.Itoa(answer.Answered), strconv.Itoa(answer.Late),
			strconv.Itoa(answer.Unusable), fmt.Sprintf("%.2f", answer.MedianDays), strconv.Itoa(answer.Bad)}}, answer)
}

// home gives an empty deployment a congress and an office to receive what is imported; the administrator renames them.
func (h *house) home(ctx context.Context) error {
	have, err := registry.Setting(ctx, h.db.Reader(), registry.HomeOffice)
	if err != nil || have != "" {
		return err
	}
	system := policy.Actor{Account: string(policy.System), Grants: []policy.Grant{{Role: policy.System, Congress: "home"}}}
	for _, row := range []struct {
		table  string
		values map[string]string
	}{
		{"congress", map[string]string{"id": "home", "name": "本级人大", "level": "city", "prefix": "LX"}},
		{"office", map[string]string{"id": "home-office", "name": "代表工委", "level": "city", "sorts": "是"}},
	} {
		report, err := registry.Put(ctx, h.db, system, row.table, []registry.Row{{Values: row.values}}, false)
		if err != nil {
			return err
		}
		if err := report.First(); err != nil {
			return err
		}
	}
	if err := registry.SetSetting(ctx, h.db, system, registry.HomeCongress, "home"); err != nil {
		return err
	}
	return registry.SetSetting(ctx, h.db, system, registry.HomeOffice, "home-office")
}
