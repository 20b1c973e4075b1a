package notice

import (
	"context"
	"strings"
	"time"

	"lianxin/internal/deadline"
	"lianxin/internal/deliver"
	"lianxin/internal/errs"
	"lianxin/internal/policy"
	"lianxin/internal/registry"
	"lianxin/internal/store"
)

// HoursSetting holds the working hours, Beijing time; DefaultHours is our default.
const (
	HoursSetting = "notice_hours"
	DefaultHours = "08:30-18:00"
)

// Hours are when letters may leave: within the hours of a working day of the calendar in force.
type Hours struct {
	from, to time.Duration // since midnight
	calendar *deadline.Calendar
}

// ReadHours reads hours and calendar in force.
func ReadHours(ctx context.Context, q store.Querier) (Hours, error) {
	text, err := registry.Setting(ctx, q, HoursSetting)
	if err != nil {
		return Hours{}, err
	}
	if text == "" {
		text = DefaultHours
	}
	h, err := ParseHours(text)
	if err != nil {
		return h, err
	}
	h.calendar, err = registry.Calendar(ctx, q)
	return h, err
}

// ParseHours reads 08:30-18:00; anything else is errs.Invalid.
func ParseHours(text string) (Hours, error) {
	bad := errs.New(errs.Invalid, "notice.bad_hours").At("hours")
	first, last, _ := strings.Cut(strings.ReplaceAll(text, " ", ""), "-")
	from, err := clock(first)
	if err != nil {
		return Hours{}, bad
	}
	to, err := clock(last)
	if err != nil || to <= from {
		return Hours{}, bad
	}
	return Hours{from: from, to: to}, nil
}

func clock(text string) (time.Duration, error) {
	t, err := time.Parse("15:04", text)
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, err
}

// Open reports whether letters may leave at an instant.
func (h Hours) Open(at time.Time) bool {
	day := deadline.DateOf(at)
	since := at.Sub(day.Start())
	return h.calendar.IsWorking(day) && since >= h.from && since < h.to
}

// Next is the instant itself where letters may leave at it, or when they next may.
func (h Hours) Next(at time.Time) time.Time {
	if h.Open(at) {
		return at
	}
	day := deadline.DateOf(at)
	if !h.calendar.IsWorking(day) || at.Sub(day.Start()) >= h.to {
		day = h.calendar.AddWorking(day, 1)
	}
	return day.Start().Add(h.from)
}

// began is when the hours of the instant's day begin.
func (h Hours) began(at time.Time) time.Time { return deadline.DateOf(at).Start().Add(h.from) }

// Gate lets deliver send within working hours only.
func Gate(db *store.DB) deliver.Gate {
	return func(at time.Time) (bool, error) {
		h, err := ReadHours(context.Background(), db.Reader())
		if err != nil {
			return false, err
		}
		return h.Open(at), nil
	}
}

// Settings are what the administrator decides for the whole deployment.
type Settings struct {
	Hours    string
	Resident bool // tell residents by short message that they can evaluate
}

// Settings reads them.
func (s *Service) Settings(ctx context.Context) (Settings, error) {
	hours, err := registry.Setting(ctx, s.db.Reader(), HoursSetting)
	if err != nil {
		return Settings{}, err
	}
	if hours == "" {
		hours = DefaultHours
	}
	resident, err := registry.Setting(ctx, s.db.Reader(), ResidentSMS)
	return Settings{Hours: hours, Resident: resident == "yes"}, err
}

// SetSettings keeps those that changed, an event each.
func (s *Service) SetSettings(ctx context.Context, actor policy.Actor, want Settings) error {
	if _, err := ParseHours(want.Hours); err != nil {
		return err
	}
	resident := "no"
	if want.Resident {
		resident = "yes"
	}
	return registry.SetSettings(ctx, s.db, actor, map[string]string{HoursSetting: want.Hours, ResidentSMS: resident})
}
