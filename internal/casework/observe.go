package casework

import (
	"slices"

	"lianxin/internal/errs"
	"lianxin/internal/procedure"
)

// Outcomes of acts beside the kinds of error they were refused with.
const (
	OutcomeDone     = "done"
	OutcomeRepeated = "repeated" // the key had been used: the first answer was given again
)

// Observed returns the service, which tells of every act that was asked for: its name in the procedure ("unknown" for one no procedure has,
// so that askers cannot make names up) and its outcome.
func (s *Service) Observed(tell func(action, outcome string)) *Service {
	other := *s
	other.tell = tell
	return &other
}

// told tells of an act, if anybody listens.
func (s *Service) told(action string, repeated bool, err error) {
	if s.tell == nil {
		return
	}
	if action != opened && !s.knows(action) {
		action = "unknown"
	}
	switch {
	case err != nil:
		s.tell(action, errs.KindOf(err).String())
	case repeated:
		s.tell(action, OutcomeRepeated)
	default:
		s.tell(action, OutcomeDone)
	}
}

func (s *Service) knows(action string) bool {
	for _, k := range s.kinds {
		p := k.Procedure
		if slices.ContainsFunc([]*procedure.Machine{&p.Case, &p.Assignment}, func(m *procedure.Machine) bool { _, ok := m.Action(action); return ok }) {
			return true
		}
	}
	return action == Rescind
}
