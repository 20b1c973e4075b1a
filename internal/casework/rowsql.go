package casework

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"lianxin/internal/errs"
	"lianxin/internal/files"
	"lianxin/internal/store"
)

// read loads a case by number, with its assignments in order.
func read(ctx context.Context, q store.Querier, number string) (*Case, []*Assignment, error) {
	c, err := store.One[Case](ctx, q, "select "+store.Columns[Case]("")+" from case_file where number = $1", number)
	if errs.Is(err, errs.NotFound) {
		return nil, nil, noSuchCase()
	}
	if err != nil {
		return nil, nil, err
	}
	assignments, err := readAssignments(ctx, q, c.ID)
	return &c, assignments, err
}

func readAssignments(ctx context.Context, q store.Querier, caseID string) ([]*Assignment, error) {
	return store.All[*Assignment](ctx, q, "select "+store.Columns[Assignment]("")+" from assignment where case_id = $1 order by n", caseID)
}

// saveRows inserts what is new and updates what has changed, each under the version it was read with.
func (a *Act) saveRows(ctx context.Context) error {
	if err := save(ctx, a, "case_file", a.Case, a.Case.CongressID, a.Case.ID, a.Case.Version); err != nil {
		return err
	}
	for _, asg := range a.Assignments {
		if err := save(ctx, a, "assignment", asg, asg.CongressID, asg.ID, asg.Version); err != nil {
			return err
		}
	}
	return nil
}

func save(ctx context.Context, a *Act, table string, row any, congress, id string, version int64) error {
	old := a.started[row]
	switch {
	case old == version:
		return nil
	case old == 0:
		return store.Insert(ctx, a.tx, table, row)
	}
	w := new(store.Where).And("congress_id = ? and id = ? and version = ?", congress, id, old)
	n, err := store.Update(ctx, a.tx, table, row, w)
	if err == nil && n != 1 {
		return errs.New(errs.Stale, "casework.stale").With(errs.Args{"State": a.label()})
	}
	return err
}

func (a *Act) saveFile(ctx context.Context, f attached) error {
	return files.Record(ctx, a.tx, files.Attachment{CongressID: a.Case.CongressID, ID: f.id, OwnerID: a.Case.ID, Purpose: f.purpose,
		SHA256: f.accepted.SHA256, MediaType: f.accepted.MediaType, Bytes: f.accepted.Bytes, Width: f.accepted.Width, Height: f.accepted.Height,
		At: store.Micros(a.Now), ByAccount: a.Actor.Account})
}

// newText salts and hashes a text, so that the record can commit to it and it can still be erased.
func newText(c *Case, name, body, shown string) text {
	salt := make([]byte, 16)
	rand.Read(salt) // never fails since Go 1.24
	t := text{CongressID: c.CongressID, ID: store.NewID(), CaseID: c.ID, Name: name, Body: body, Salt: hex.EncodeToString(salt), Shown: shown}
	t.Hash = commit(t.Salt, t.Body)
	return t
}

// commit is SHA-256 over salt and body, hexadecimal.
func commit(salt, body string) string {
	sum := sha256.Sum256([]byte(salt + "\n" + body))
	return hex.EncodeToString(sum[:])
}

// readTexts loads every text of a case by id.
func readTexts(ctx context.Context, q store.Querier, caseID string) (map[string]text, error) {
	rows, err := store.All[text](ctx, q, "select "+store.Columns[text]("")+" from case_text where case_id = $1", caseID)
	if err != nil {
		return nil, err
	}
	texts := map[string]text{}
	for _, t := range rows {
		texts[t.ID] = t
	}
	return texts, nil
}

// nextNumber allots the next number of the congress's series for kind and year; series have no gaps, for an act that fails gives it back.
func nextNumber(ctx context.Context, tx *store.Tx, congress, prefix, kind, letter string, year int) (string, error) {
	n, err := store.One[int64](ctx, tx, `insert into number_series (congress_id, kind, year, last) values ($1, $2, $3, 1)
		on conflict (congress_id, kind, year) do update set last = number_series.last + 1 returning last`, congress, kind, year)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s-%s-%d-%06d", prefix, letter, year, n), nil
}

// Read loads a case with its assignments, without asking who wants to know: for commands and tests.
func (s *Service) Read(ctx context.Context, number string) (*Case, []*Assignment, error) {
	return read(ctx, s.db.Reader(), number)
}
