package deadline

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"
	"time"
)

//go:embed messages
var messages embed.FS

// Messages is the sentences of this room.
func Messages() fs.FS { return messages }

// Sentence is one sentence of an explanation: a key of the catalogues and what it names. Dates are Date, units Unit.
type Sentence struct {
	Key  string
	Args map[string]any
}

func say(key string, args ...any) Sentence {
	m := map[string]any{}
	for i := 0; i+1 < len(args); i += 2 {
		m[args[i].(string)] = args[i+1]
	}
	return Sentence{Key: "deadline." + key, Args: m}
}

// Explain tells in sentences how the date came about: rule and basis, start, holidays and make-up days crossed, a moved last day, pauses, extensions,
// the outcome, the calendar, and a warning where a year is not announced.
func (c Clock) Explain(cal *Calendar) []Sentence {
	s := []Sentence{
		say("rule."+string(c.Rule.Unit), "Name", c.Rule.Name, "N", c.Rule.N, "Basis", c.Rule.Basis),
		say("start", "Start", chinese(c.Start)),
	}
	if c.Rule.Unit == WorkingDays {
		s = append(s, c.crossed(cal)...)
	}
	if c.MovedFrom != "" {
		s = append(s, say("moved", "From", chinese(c.MovedFrom), "To", chinese(cal.nextWorking(c.MovedFrom))))
	}
	for _, p := range c.Pauses {
		s = append(s, explainPause(p))
	}
	for _, e := range c.Extensions {
		s = append(s, say("extended."+string(e.Rule.Unit), "On", chinese(DateOf(time.UnixMicro(e.At))), "N", e.Rule.N, "Basis", e.Rule.Basis))
	}
	s = append(s, say("due", "Due", chinese(c.Due)), say("calendar", "Version", c.Calendar))
	if c.Warning {
		s = append(s, say("warning", "Year", c.unannounced(cal)))
	}
	return s
}

func explainPause(p Pause) Sentence {
	from := chinese(DateOf(time.UnixMicro(p.From)))
	if p.To == 0 {
		return say("paused", "From", from)
	}
	return say("resumed", "From", from, "To", chinese(DateOf(time.UnixMicro(p.To))))
}

func (c Clock) unannounced(cal *Calendar) int {
	if !cal.Announced(c.Due.Year()) {
		return c.Due.Year()
	}
	return c.Start.Year()
}

// crossed tells the holidays that fell on weekdays, run by run, and the make-up days worked, between start and due.
func (c Clock) crossed(cal *Calendar) []Sentence {
	var s []Sentence
	for d := c.Start.AddDays(1); d <= c.Due; d = d.AddDays(1) {
		day, special := cal.Day(d)
		switch {
		case special && !day.Off:
			s = append(s, say("makeup", "Date", chinese(d), "Weekday", weekdays[d.Weekday()], "Holiday", day.Name))
		case special:
			last := d
			for next, ok := cal.Day(last.AddDays(1)); ok && next.Off && last < c.Due; next, ok = cal.Day(last.AddDays(1)) {
				last = last.AddDays(1)
			}
			s = append(s, holiday(d, last, day.Name))
			d = last
		}
	}
	return s
}

func holiday(from, to Date, name string) Sentence {
	if from == to {
		return say("holiday.one", "From", chinese(from), "Holiday", name)
	}
	return say("holiday.many", "From", chinese(from), "To", chinese(to), "Holiday", name)
}

var weekdays = [...]string{"星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"}

// chinese writes a date the way documents do: 2024年2月5日.
func chinese(d Date) string {
	t := d.Start()
	return fmt.Sprintf("%d年%d月%d日", t.Year(), int(t.Month()), t.Day())
}

// Join makes one text of an explanation, each sentence worded by the caller's catalogue.
func Join(sentences []Sentence, word func(key string, args map[string]any) string) string {
	var b strings.Builder
	for _, s := range sentences {
		b.WriteString(word(s.Key, s.Args))
	}
	return b.String()
}
