package casework

import (
	"context"

	"lianxin/internal/errs"
	"lianxin/internal/policy"
	"lianxin/internal/store"
)

// Grades of urging 催办, in order.
const (
	GradeRemind    = "remind"    // 提醒
	GradeUrge      = "urge"      // 催办
	GradeSupervise = "supervise" // 督办
)

// stages are the grades in which the timetable urges: at amber, at red, and when long overdue.
var stages = []string{GradeRemind, GradeUrge, GradeSupervise}

// longOverdue is after how long past its last day the timetable urges for the third time (our default): seven natural days.
const longOverdue = 7 * 24 * 3600 * 1_000_000

// urge notes a chase; the agency must acknowledge it. Those of the timetable count up the stage.
func urge(a *Act) {
	t := a.Target
	t.Urges++
	t.UrgedAt, t.UrgeGrade, t.UrgeOpen = a.Micros(), a.Values.String("grade"), true
	if a.Permission.Role != policy.System {
		return
	}
	for i, grade := range stages {
		if grade == t.UrgeGrade {
			t.UrgedStage = int64(i) + 1
		}
	}
}

// RunUrges lets the timetable urge what has turned amber, red or long overdue, once for each, at most limit assignments, and tells how many.
// Assignments whose history an import inferred are left alone.
func (s *Service) RunUrges(ctx context.Context, limit int) (int, error) {
	type late struct {
		Number  string
		N       int64
		Version int64
		DueAt   int64
	}
	now := store.Micros(s.db.Now())
	done := 0
	for name, k := range s.kinds {
		action, ok := k.Procedure.Assignment.Action("urge")
		if !ok {
			continue
		}
		w := new(store.Where).And("a.kind = ? and not c.inferred and a.due_at > 0", name).In("a.state", action.From...).
			And("a.amber_at <= ? and a.urged_stage < 1 or a.due_at <= ? and a.urged_stage < 2 or a.due_at <= ? and a.urged_stage < 3", now, now, now-longOverdue)
		rows, err := store.All[late](ctx, s.db.Reader(), `select c.number, a.n, a.version, a.due_at from assignment a
			join case_file c on c.congress_id = a.congress_id and c.id = a.case_id`+w.String()+" order by a.due_at limit "+w.Bind(limit), w.Args()...)
		if err != nil {
			return done, err
		}
		for _, r := range rows {
			stage := 0
			if r.DueAt <= now {
				stage = 1
			}
			if r.DueAt <= now-longOverdue {
				stage = 2
			}
			in := Input{"grade": stages[stage], "way": "timetable"}
			_, err := s.Apply(ctx, Request{Actor: timetable(), Number: r.Number, Assignment: r.N, Action: "urge", Version: r.Version, Input: in})
			switch {
			case errs.Is(err, errs.Stale) || errs.Is(err, errs.Conflict): // somebody was faster
			case err != nil:
				return done, err
			default:
				done++
			}
		}
	}
	return done, nil
}

// timetable is who acts when a clock or a promise runs out.
func timetable() policy.Actor {
	return policy.Actor{Account: string(policy.System), Grants: []policy.Grant{{Role: policy.System}}}
}
