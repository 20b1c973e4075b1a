package registry

import (
	"context"

	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/store"
)

// Session is one meeting of a congress 会议, by term and ordinal, and the time after it until the next opens 闭会期间. It is no year: two may fall in one.
type Session struct {
	Kept
	Name         string        `db:"name"` // 十届人大二次会议
	Term         string        `db:"term_id"`
	Ordinal      int64         `db:"ordinal"`
	OpensOn      deadline.Date `db:"opens_on"`
	ClosesOn     deadline.Date `db:"closes_on"`
	CollectUntil deadline.Date `db:"collect_until"` // last day on which suggestions and motions of the meeting are taken in; empty: the closing day
	AdjustUntil  deadline.Date `db:"adjust_until"`  // last day on which an agency may ask to move what came in the batch 调整期; empty: working days from each assignment
	BatchDue     deadline.Date `db:"batch_due"`     // by which the batch is to be answered, inside the legal date; empty for none
}

// Deadline is the last day on which the meeting takes in suggestions and motions.
func (s Session) Deadline() deadline.Date {
	if s.CollectUntil != "" {
		return s.CollectUntil
	}
	return s.ClosesOn
}

// GetSession reads one; errs.NotFound where there is none.
func GetSession(ctx context.Context, q store.Querier, id string) (Session, error) {
	return get[Session](ctx, q, "congress_session", id)
}

// Sessions lists a congress's sessions, the newest first; of all congresses where congress is "".
func Sessions(ctx context.Context, q store.Querier, congress string) ([]Session, error) {
	w := new(store.Where)
	if congress != "" {
		w.And("congress_id = ?", congress)
	}
	return store.All[Session](ctx, q, "select "+store.Columns[Session]("")+" from congress_session"+w.String()+" order by opens_on desc, id desc", w.Args()...)
}

// SessionOn finds the session that a day belongs to: the newest that has opened. errs.NotFound before the first.
func SessionOn(ctx context.Context, q store.Querier, congress string, on deadline.Date) (Session, error) {
	all, err := Sessions(ctx, q, congress)
	if err != nil {
		return Session{}, err
	}
	for _, s := range all {
		if s.OpensOn <= on {
			return s, nil
		}
	}
	return Session{}, errs.New(errs.NotFound, "registry.no_session")
}

// Mandate is a person's seat in a congress for a term 代表资格.
type Mandate struct {
	Kept
	Person     string `db:"person_id"`
	Of         string `db:"of_congress_id"`
	Term       string `db:"term_id"`
	Delegation string `db:"delegation"`
	Head       bool   `db:"head"`     // leads the delegation 团长
	Standing   bool   `db:"standing"` // sits in the standing committee 常委会组成人员
}

// MandateAt reads a person's seat in a congress on a day; errs.NotFound where he has none.
func MandateAt(ctx context.Context, q store.Querier, person, congress string, on deadline.Date) (Mandate, error) {
	return store.One[Mandate](ctx, q, "select "+store.Columns[Mandate]("")+` from mandate where person_id = $1 and of_congress_id = $2
		and valid_from <= $3 and (valid_to = '' or valid_to >= $3) order by valid_from desc limit 1`, person, congress, string(on))
}

// HoldsMandate reports whether a person has a seat in a congress on a day.
func HoldsMandate(ctx context.Context, q store.Querier, person, congress string, on deadline.Date) (bool, error) {
	_, err := MandateAt(ctx, q, person, congress, on)
	if errs.Is(err, errs.NotFound) {
		return false, nil
	}
	return err == nil, err
}

// Seat is a deputy of a congress with name and delegation.
type Seat struct {
	Person     string `db:"person_id"`
	Name       string `db:"name"`
	Delegation string `db:"delegation"`
	Head       bool   `db:"head"`
	Standing   bool   `db:"standing"`
	WorkUnit   string `db:"work_unit"`
	Duty       string `db:"duty"`
}

// Seats lists the deputies of a congress on a day, by delegation and id.
func Seats(ctx context.Context, q store.Querier, congress string, on deadline.Date) ([]Seat, error) {
	return store.All[Seat](ctx, q, `select m.person_id, p.name, m.delegation, m.head, m.standing, p.work_unit, p.duty from mandate m join person p on p.id = m.person_id
		where m.of_congress_id = $1 and m.valid_from <= $2 and (m.valid_to = '' or m.valid_to >= $2) order by m.delegation, m.person_id`, congress, string(on))
}

// Round is a re-examination of answers that need follow-up 回头看: the cases taken into it name it.
type Round struct {
	Kept
	Name     string        `db:"name"`
	StartsOn deadline.Date `db:"starts_on"`
	DueOn    deadline.Date `db:"due_on"`
}

// GetRound reads one; errs.NotFound where there is none.
func GetRound(ctx context.Context, q store.Querier, id string) (Round, error) {
	return get[Round](ctx, q, "round", id)
}

// Rounds lists a congress's rounds, the newest first.
func Rounds(ctx context.Context, q store.Querier, congress string) ([]Round, error) {
	return store.All[Round](ctx, q, "select "+store.Columns[Round]("")+" from round where congress_id = $1 order by starts_on desc, id desc", congress)
}

// ReceivingOffice finds the office of a congress that takes in what its deputies raise: the deployment's own where it is of that congress,
// else the first that sorts. errs.NotFound where there is none.
func ReceivingOffice(ctx context.Context, q store.Querier, congress string) (Office, error) {
	home, err := Setting(ctx, q, HomeOffice)
	if err != nil {
		return Office{}, err
	}
	if office, err := GetOffice(ctx, q, home); err == nil && office.Congress == congress {
		return office, nil
	}
	return store.One[Office](ctx, q, "select "+store.Columns[Office]("")+" from office where congress_id = $1 and sorts order by id limit 1", congress)
}
