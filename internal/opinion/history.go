package opinion

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"lianxin/internal/casework"
	"lianxin/internal/deadline"
	"lianxin/internal/errs"
	"lianxin/internal/policy"
	"lianxin/internal/registry"
	"lianxin/internal/store"
	"lianxin/internal/table"
)

// Fields of a message with its answer, and the column names each is looked for under where the user maps none.
var messageColumns = map[string][]string{
	"id":           {"id", "编号", "留言编号"},
	"title":        {"title", "主题", "标题", "留言主题"},
	"body":         {"body", "detail", "content", "内容", "留言详情"},
	"submitted_at": {"submitted_at", "time", "时间", "留言时间"},
	"reply":        {"reply", "答复", "答复意见"},
	"replied_at":   {"replied_at", "reply_time", "答复时间"},
}

// ImportOptions say how a file of messages is taken.
type ImportOptions struct {
	Map      map[string]string // field → column of the file
	DryRun   bool              // check only
	Strict   bool              // any bad row: nothing is written
	Progress func(done, total int)
}

// BadRow is a row that was not taken.
type BadRow struct {
	Line int
	Err  error
}

// Summary is what an import found and did. Days are natural days between message and answer.
type Summary struct {
	Rows       int
	Taken      int // new cases
	Known      int // rows whose case was there already
	Answered   int // rows with an answer at a usable time
	Late       int // answered after the rule's date: handling, 15 working days from receipt
	Unusable   int // rows with an answer whose time is unusable: their cases stay in handling
	MedianDays float64
	Bad        []BadRow
}

// message is one row, read.
type message struct {
	line          int
	key           string
	title, body   string
	reply         string
	submitted     time.Time
	replied       time.Time // zero: none, or unusable
	unusableReply bool
}

// NotStated is the agency 未载明 to which imported messages are assigned.
const NotStated = "not-stated"

// ImportMessages makes an opinion of every message, through the same steps as any other: accepted, assigned and signed at receipt (inferred),
// answered, approval registered and fed back at the answer's time, closed as 逾期未评价 when the time for a verdict had run out.
// Rows are keyed by their id: a second run adds nothing, and goes on where a first one was cut off.
func ImportMessages(ctx context.Context, s *casework.Service, file *table.File, opts ImportOptions) (*Summary, error) {
	columns, err := columnsOf(file, opts.Map)
	if err != nil {
		return nil, err
	}
	sum := &Summary{Rows: len(file.Rows)}
	messages := readMessages(file, columns, sum)
	cal, err := registry.Calendar(ctx, s.DB().Reader())
	if err != nil {
		return nil, err
	}
	kind, err := s.Kind(Kind)
	if err != nil {
		return nil, err
	}
	sum.measure(messages, func(t time.Time) time.Time {
		return time.UnixMicro(deadline.Start(cal, kind.Procedure.Rule("handle"), t).DueAt)
	})
	if opts.DryRun || opts.Strict && len(sum.Bad) > 0 {
		return sum, nil
	}
	if err := ensureNotStated(ctx, s); err != nil {
		return nil, err
	}
	return sum, takeAll(ctx, s, messages, sum, opts.Progress)
}

// columnsOf finds the file's column of every field; a mapped column that is not there is errs.Invalid.
func columnsOf(file *table.File, mapped map[string]string) (map[string]string, error) {
	found := map[string]string{}
	for field, column := range mapped {
		if _, known := messageColumns[field]; !known || !slices.Contains(file.Header, column) {
			return nil, errs.New(errs.Invalid, "opinion.bad_mapping").With(errs.Args{"Field": field, "Column": column})
		}
		found[field] = column
	}
	for field, names := range messageColumns {
		for _, name := range names {
			if found[field] == "" && slices.Contains(file.Header, name) {
				found[field] = name
			}
		}
		if found[field] == "" && field != "title" && field != "reply" && field != "replied_at" {
			return nil, errs.New(errs.Invalid, "opinion.no_column").With(errs.Args{"Field": field, "Names": strings.Join(names, "、")})
		}
	}
	return found, nil
}

func readMessages(file *table.File, columns map[string]string, sum *Summary) []message {
	var messages []message
	seen := map[string]int{}
	for _, row := range file.Rows {
		m, err := readMessage(row, columns)
		if first := seen[m.key]; err == nil && first != 0 {
			err = errs.New(errs.Invalid, "opinion.id_twice").With(errs.Args{"Line": first})
		}
		if err != nil {
			sum.Bad = append(sum.Bad, BadRow{Line: row.Line, Err: err})
			continue
		}
		seen[m.key] = row.Line
		messages = append(messages, m)
	}
	return messages
}

func readMessage(row table.Row, columns map[string]string) (message, error) {
	if row.Err != nil {
		return message{}, row.Err
	}
	get := func(field string) string { return strings.TrimSpace(row.Fields[columns[field]]) }
	m := message{line: row.Line, key: get("id"), title: get("title"), body: get("body"), reply: get("reply")}
	if m.key == "" {
		return m, errs.New(errs.Invalid, "opinion.no_id")
	}
	in := Intake{Title: m.title, Body: m.body}
	if err := in.checkTexts(); err != nil {
		return m, err
	}
	var ok bool
	if m.submitted, ok = readTime(get("submitted_at")); !ok {
		return m, errs.New(errs.Invalid, "opinion.bad_time").With(errs.Args{"Value": get("submitted_at")})
	}
	if m.reply == "" {
		return m, nil
	}
	m.replied, ok = readTime(get("replied_at"))
	m.unusableReply = !ok || m.replied.Before(m.submitted)
	if m.unusableReply {
		m.replied = time.Time{}
	}
	return m, nil
}

// readTime reads an instant; a date without a time of day is not one.
func readTime(s string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339, "2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02 15:04", "2006/1/2 15:04:05", "2006/1/2 15:04"} {
		if t, err := time.ParseInLocation(layout, s, deadline.Zone); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// measure counts what the file says, whether or not its rows are known already.
func (sum *Summary) measure(messages []message, due func(time.Time) time.Time) {
	var days []float64
	for _, m := range messages {
		switch {
		case m.unusableReply:
			sum.Unusable++
		case !m.replied.IsZero():
			sum.Answered++
			days = append(days, m.replied.Sub(m.submitted).Hours()/24)
			if !m.replied.Before(due(m.submitted)) {
				sum.Late++
			}
		}
	}
	sum.MedianDays = median(days)
}

func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	slices.Sort(values)
	middle := len(values) / 2
	if len(values)%2 == 1 {
		return values[middle]
	}
	return (values[middle-1] + values[middle]) / 2
}

// ensureNotStated keeps the agency 未载明 in the register.
func ensureNotStated(ctx context.Context, s *casework.Service) error {
	q := s.DB().Reader()
	if _, err := registry.GetAgency(ctx, q, NotStated); !errs.Is(err, errs.NotFound) {
		return err
	}
	home, err := registry.Setting(ctx, q, registry.HomeCongress)
	if err != nil {
		return err
	}
	system := policy.Actor{Account: string(policy.System), Grants: []policy.Grant{{Role: policy.System, Congress: home}}}
	report, err := registry.Put(ctx, s.DB(), system, "agency", []registry.Row{{Values: map[string]string{
		"id": NotStated, "name": "未载明", "system": "government", "level": "city"}}}, false)
	if err != nil {
		return err
	}
	return report.First()
}

func takeAll(ctx context.Context, s *casework.Service, messages []message, sum *Summary, progress func(done, total int)) error {
	for i, m := range messages {
		isNew, err := take(ctx, s, m)
		switch {
		case errs.Is(err, errs.Invalid):
			sum.Bad = append(sum.Bad, BadRow{Line: m.line, Err: err})
		case err != nil:
			return fmt.Errorf("opinion: line %d: %w", m.line, err)
		case isNew:
			sum.Taken++
		default:
			sum.Known++
		}
		if progress != nil {
			progress(i+1, len(messages))
		}
	}
	return nil
}

// take makes the case, unless it is there, and carries it as far as the message tells.
func take(ctx context.Context, s *casework.Service, m message) (isNew bool, err error) {
	key := "message:" + m.key
	number, err := s.ByImportKey(ctx, key)
	if err != nil {
		return false, err
	}
	if number == "" {
		res, err := Submit(ctx, s, casework.Importer(), Intake{Title: m.title, Body: m.body, Source: Imported, ClaimedAt: m.submitted, ImportKey: key})
		if err != nil {
			return false, err
		}
		number, isNew = res.Case.Number, true
	}
	return isNew, carry(ctx, s, m, number)
}

// carry does the next step until the message has no more to tell.
func carry(ctx context.Context, s *casework.Service, m message, number string) error {
	for range 10 {
		c, assignments, err := s.Read(ctx, number)
		if err != nil {
			return err
		}
		r, ok := next(m, c, assignments, s.DB().Now())
		if !ok {
			return nil
		}
		r.Actor, r.Number = casework.Importer(), number
		if _, err := s.Apply(ctx, r); err != nil {
			return err
		}
	}
	return fmt.Errorf("opinion: %s does not come to rest", number)
}

// next is the step that follows in an imported case, if there is one.
func next(m message, c *casework.Case, assignments []*casework.Assignment, now time.Time) (casework.Request, bool) {
	inferred := func(n int64, action string, in casework.Input) (casework.Request, bool) {
		return casework.Request{Assignment: n, Action: action, Input: in, OccurredAt: m.submitted, Inferred: true}, true
	}
	replied := func(n int64, action string, in casework.Input) (casework.Request, bool) {
		return casework.Request{Assignment: n, Action: action, Input: in, OccurredAt: m.replied}, !m.replied.IsZero()
	}
	switch c.State {
	case "received":
		return inferred(0, "accept", nil)
	case "accepted":
		return inferred(0, "assign", casework.Input{"lead": NotStated})
	case "replied":
		return replied(0, "feedback", casework.Input{"how": "online"})
	case "to_evaluate":
		due := store.Time(c.DueAt)
		return casework.Request{Action: "lapse", OccurredAt: due}, !due.After(now)
	}
	for _, a := range assignments {
		switch a.State {
		case "to_sign":
			return inferred(a.N, "sign", nil)
		case "handling":
			return replied(a.N, "reply", casework.Input{"class": "unstated", "reply": m.reply})
		case "to_approve":
			return replied(a.N, "register_approval", casework.Input{"signer": "未载明", "signed_on": string(deadline.DateOf(m.replied))})
		}
	}
	return casework.Request{}, false
}
