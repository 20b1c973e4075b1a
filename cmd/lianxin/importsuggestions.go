package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"

	"lianxin/internal/deadline"
	"lianxin/internal/event"
	"lianxin/internal/lang"
	"lianxin/internal/suggestion"
	"lianxin/internal/table"
)

type importSuggestionsCmd struct {
	storage
	Files      []string          `arg:"" type:"path" help:"One file of suggestions (JSONL, CSV or XLSX, also gzipped), or Word files, or a folder of them: a session's pile."`
	Session    string            `required:"" help:"Id or name of the session; with :recess behind it, those raised after it."`
	Map        map[string]string `help:"Fields and the file's columns: deputy=proposer,category=type." mapsep:","`
	Addressee  string            `help:"Id or name of the agency the batch is dispatched to; by default the congress's only distributing one."`
	Dispatched string            `help:"Day of the dispatch (2006-01-02); by default the day after the session closed."`
	Add        bool              `help:"Keep deputies, categories, session and addressee that are not kept yet."`
	DryRun     bool              `help:"Check only; write nothing."`
	Strict     bool              `help:"All or nothing: any bad row, and nothing is written."`
	Format     string            `help:"table, json or csv." enum:"table,json,csv" default:"table"`
}

// Run imports the pile and tells what it found; bad rows are named by line.
func (c *importSuggestionsCmd) Run(ctx context.Context) error {
	opts := suggestion.ImportOptions{Map: c.Map, Session: c.Session, Addressee: c.Addressee, Add: c.Add, DryRun: c.DryRun, Strict: c.Strict}
	if c.Dispatched != "" {
		on, err := deadline.ParseDate(c.Dispatched)
		if err != nil {
			return err
		}
		opts.On = on
	}
	file, names, err := c.read()
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
	opts.Progress = func(done, _ int) { _ = bar.Set(done) } // a bar that cannot be drawn stops nothing
	sum, err := suggestion.Import(ctx, h.cases, file, opts)
	if err != nil {
		return err
	}
	if err := event.CatchUp(ctx, h.db, "import", h.cases.Indexers()...); err != nil {
		return err
	}
	if err := c.tell(h, sum, names); err != nil {
		return err
	}
	if c.Strict && len(sum.Bad) > 0 {
		return errors.New("nothing was written: rows are bad, and --strict takes all or nothing")
	}
	return nil
}

// read reads the one file, or the pile of Word files; of a pile names tells which file each line is.
func (c *importSuggestionsCmd) read() (file *table.File, names []string, err error) {
	paths, err := c.word()
	if err != nil {
		return nil, nil, err
	}
	if len(paths) == 0 {
		f, err := os.Open(c.Files[0])
		if err != nil {
			return nil, nil, err
		}
		defer f.Close()
		file, err = table.Read(f)
		return file, nil, err
	}
	var sheets []suggestion.Sheet
	for _, path := range paths {
		body, err := os.ReadFile(path)
		if err != nil {
			return nil, nil, err
		}
		sheets = append(sheets, suggestion.Sheet{Name: filepath.Base(path), Body: bytes.NewReader(body)})
	}
	suggestion.SortSheets(sheets)
	for _, s := range sheets {
		names = append(names, s.Name)
	}
	file, err = suggestion.Pile(sheets)
	return file, names, err
}

// word lists the Word files named, and those of the folders named; none where one other file is.
func (c *importSuggestionsCmd) word() ([]string, error) {
	var paths []string
	for _, name := range c.Files {
		info, err := os.Stat(name)
		if err != nil {
			return nil, err
		}
		switch {
		case info.IsDir():
			found, err := filepath.Glob(filepath.Join(name, "*.docx"))
			if err != nil {
				return nil, err
			}
			if len(found) == 0 {
				return nil, fmt.Errorf("there is no .docx in %s", name)
			}
			paths = append(paths, found...)
		case strings.EqualFold(filepath.Ext(name), ".docx"):
			paths = append(paths, name)
		case len(c.Files) > 1:
			return nil, fmt.Errorf("%s: several files are read as a pile of .docx; give a spreadsheet alone", name)
		}
	}
	return paths, nil
}

func (c *importSuggestionsCmd) tell(h *house, sum *suggestion.Summary, names []string) error {
	p := h.catalogue.Printer(lang.Chinese)
	for _, b := range sum.Bad {
		where := fmt.Sprintf("line %d", b.Line)
		if len(names) > 0 {
			where = names[b.Line-1]
		}
		fmt.Fprintf(os.Stderr, "%s: %s\n", where, strings.Join(p.Error(b.Err), " "))
	}
	answer := struct {
		Rows       int `json:"rows"`
		Taken      int `json:"taken"`
		Known      int `json:"known"`
		Deputies   int `json:"deputies_added"`
		Categories int `json:"categories_added"`
		Bad        int `json:"bad"`
	}{sum.Rows, sum.Taken, sum.Known, sum.Deputies, sum.Categories, len(sum.Bad)}
	return show(os.Stdout, c.Format, [][]string{{"rows", "taken", "already known", "deputies added", "categories added", "bad rows"},
		{strconv.Itoa(answer.Rows), strconv.Itoa(answer.Taken), strconv.Itoa(answer.Known), strconv.Itoa(answer.Deputies), strconv.Itoa(answer.Categories), strconv.Itoa(answer.Bad)}}, answer)
}
