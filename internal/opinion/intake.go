package opinion

import (
	"context"
	"embed"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"lianxin/internal/casework"
	"lianxin/internal/errs"
	"lianxin/internal/files"
	"lianxin/internal/policy"
	"lianxin/internal/registry"
	"lianxin/internal/sealed"
	"lianxin/internal/zh"
)

//go:embed messages
var messages embed.FS

// Messages is the sentences of this room.
func Messages() fs.FS { return messages }

// Greatest lengths, in characters, and the greatest number of attachments (our default).
const (
	MaxTitle   = 120
	MaxBody    = 20_000
	MaxPlace   = 200
	MaxContact = 200
	MaxFiles   = 6
)

// Sources of an opinion. Only Web is the resident's own hand.
const (
	Web       = "web"
	Paper     = "paper"
	Telephone = "telephone"
	Visit     = "visit"
	Imported  = "import"
)

// Sources lists those a keeper or clerk can choose from.
func Sources() []string { return []string{Paper, Telephone, Visit} }

// Intake is the form an opinion comes in by: from a resident, or entered for one.
type Intake struct {
	Title      string // the body's first words if empty
	Body       string
	Category   string
	Place      string
	Station    string
	Grid       string
	Deputy     string
	Name       string // contact; all of it optional, sealed at once
	Phone      string
	Address    string
	HideName   bool // from the agency
	MayPublish bool
	Urgent     bool
	Source     string
	Files      []files.Accepted
	ClaimedAt  time.Time // when it was really said; zero is now
	Key        string    // Idempotency-Key
	ImportKey  string
}

// Submit checks the form and opens the case. Errors: errs.List naming every field at fault, and those of casework.Open.
func Submit(ctx context.Context, s *casework.Service, actor policy.Actor, in Intake) (casework.Result, error) {
	if err := in.check(ctx, s, actor); err != nil {
		return casework.Result{}, err
	}
	return s.Open(ctx, casework.Opening{Actor: actor, Kind: Kind, Station: in.Station, Grid: in.Grid, Deputy: in.Deputy, Category: in.Category,
		Urgent: in.Urgent, Source: in.Source, HideName: in.HideName, MayPublish: in.MayPublish, Title: in.Title, Body: in.Body, Place: in.Place,
		Contact: sealed.Contact{Name: in.Name, Phone: in.Phone, Address: in.Address}, Files: in.Files, OccurredAt: in.ClaimedAt, Key: in.Key,
		ImportKey: in.ImportKey, Proxy: slices.Contains(Sources(), in.Source), Inferred: in.Source == Imported})
}

// Row is one form of several taken in at once, with its number on the screen.
type Row struct {
	N int
	Intake
}

// SubmitAll checks every row and then opens a case for each, in order; nothing is opened while any row is wrong.
// Mistakes name field and row as field-row. A repeated key returns the first answer.
func SubmitAll(ctx context.Context, s *casework.Service, actor policy.Actor, rows []Row) ([]casework.Result, error) {
	var wrong errs.List
	for i := range rows {
		err := rows[i].check(ctx, s, actor)
		if err == nil {
			continue
		}
		for _, e := range errs.All(err) {
			wrong = append(wrong, e.At(e.Field+"-"+strconv.Itoa(rows[i].N)))
		}
	}
	if len(wrong) > 0 {
		return nil, wrong
	}
	var results []casework.Result
	for _, row := range rows {
		res, err := Submit(ctx, s, actor, row.Intake)
		if err != nil {
			return results, err
		}
		results = append(results, res)
	}
	return results, nil
}

// check cleans every text in place and tells everything that is wrong at once.
func (in *Intake) check(ctx context.Context, s *casework.Service, actor policy.Actor) error {
	var wrong errs.List
	if err := in.checkTexts(); err != nil {
		wrong = errs.All(err)
	}
	return append(wrong, in.checkRest(ctx, s, actor)...).Or()
}

// checkTexts cleans the texts in place.
func (in *Intake) checkTexts() error {
	var wrong errs.List
	for _, f := range []struct {
		field string
		value *string
		max   int
		key   string
	}{
		{"title", &in.Title, MaxTitle, "opinion.title_too_long"}, {"body", &in.Body, MaxBody, "opinion.body_too_long"},
		{"place", &in.Place, MaxPlace, "opinion.place_too_long"}, {"name", &in.Name, MaxContact, "opinion.contact_too_long"},
		{"phone", &in.Phone, MaxContact, "opinion.contact_too_long"}, {"address", &in.Address, MaxContact, "opinion.contact_too_long"},
	} {
		cleaned, err := zh.Clean(*f.value)
		if err != nil {
			wrong = append(wrong, errs.All(err)[0].At(f.field))
			continue
		}
		*f.value = cleaned
		if utf8.RuneCountInString(cleaned) > f.max {
			wrong = append(wrong, errs.New(errs.Invalid, f.key).With(errs.Args{"Max": f.max}).At(f.field))
		}
	}
	if in.Body == "" {
		wrong = append(wrong, errs.New(errs.Invalid, "opinion.body_required").At("body"))
	}
	return wrong.Or()
}

func (in *Intake) checkRest(ctx context.Context, s *casework.Service, actor policy.Actor) (wrong errs.List) {
	if in.Title == "" {
		in.Title = zh.FirstWords(in.Body, 30)
	}
	if in.Phone != "" && !phone.MatchString(in.Phone) {
		wrong = append(wrong, errs.New(errs.Invalid, "opinion.bad_phone").At("phone"))
	}
	if len(in.Files) > MaxFiles {
		wrong = append(wrong, errs.New(errs.Invalid, "opinion.too_many_files").With(errs.Args{"Max": MaxFiles}).At("files"))
	}
	if in.Category != "" {
		if category, err := registry.GetCategory(ctx, s.DB().Reader(), in.Category); err != nil || category.Use != Kind {
			wrong = append(wrong, errs.New(errs.Invalid, "opinion.bad_category").At("category"))
		}
	}
	own := in.Source == Web && actor.Has(policy.Resident)
	imported := in.Source == Imported && actor.Has(policy.Import)
	if !own && !imported && !slices.Contains(Sources(), in.Source) {
		wrong = append(wrong, errs.New(errs.Invalid, "opinion.bad_source").At("source"))
	}
	return wrong
}

// phone allows digits with the signs people put between them.
var phone = regexp.MustCompile(`^\+?[0-9][0-9 \-()（）－]{5,24}$`)
