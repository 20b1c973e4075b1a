package demo

import (
	"fmt"

	"lianxin/internal/deadline"
	"lianxin/internal/suggestion"
)

// Year is what a year's suggestions came to: the shares that were published, and how the records behind them lie in time.
type Year struct {
	Session    string
	OpensOn    deadline.Date // first day of the meeting
	Dispatched deadline.Date // of the meeting's batch
	Meeting    int           // raised at the meeting
	Recess     int           // and after it
	Outside    int           // of all: not addressed to the government, and so outside the base of what is solved
	Base       Classes       // classes of the others at the year's end
	First      int           // of Base.A: those of class A at the first answer; the others became so by looking back
	Rest       Classes       // of those outside the base
	Round      string        // of looking back
	Rechecked  deadline.Date
	Categories map[string]int // how many of each category; nil leaves it to the topics
	Seed       int
}

// Classes counts by class.
type Classes struct{ A, B, C int }

// at tells the class of the i-th, mixing the classes so that neighbours differ.
func (c Classes) at(i int) string {
	n := c.A + c.B + c.C
	k := i * 37 % n // mixes where 37 and n share no factor, as with every number used here
	switch {
	case k < c.A:
		return "a"
	case k < c.A+c.B:
		return "b"
	}
	return "c"
}

// Year2022 and Year2023 are made so that they come to the seed's figures: 62.33 % and 87.33 %, 131 of 150 (domain reference §0).
func Year2022() Year {
	return Year{Session: "wh-10-1", OpensOn: "2022-02-15", Dispatched: "2022-03-04", Meeting: 145, Recess: 6, Outside: 5, Base: Classes{91, 43, 12}, First: 78,
		Rest: Classes{3, 1, 1}, Round: "round-2022", Rechecked: "2022-10-10", Seed: 3}
}

// Year2023 is the seed's year: 158 suggestions, all answered.
func Year2023() Year {
	return Year{Session: "wh-10-2", OpensOn: "2023-01-09", Dispatched: "2023-02-03", Meeting: 149, Recess: 9, Outside: 8, Base: Classes{131, 15, 4}, First: 104,
		Rest: Classes{5, 2, 1}, Round: "round-2023", Rechecked: "2023-09-11", Seed: 11}
}

// Stories tells every suggestion of the year.
func (y Year) Stories() []Story {
	n := y.Meeting + y.Recess
	base, rest, upgraded := 0, 0, 0
	var all []Story
	categories := y.categories()
	for i := range n {
		outside := i%(n/max(y.Outside, 1)) == n/max(y.Outside, 1)/2 && rest < y.Outside || n-i <= y.Outside-rest
		st := y.story(i, outside)
		if outside {
			st.First, st.Final = y.Rest.at(rest), y.Rest.at(rest)
			rest++
		} else {
			st.First, st.Final = y.Base.at(base), y.Base.at(base)
			base++
		}
		if st.Final == "a" && !outside {
			if upgraded*29%y.Base.A >= y.First {
				st.First = "b"
			}
			upgraded++
		}
		y.lookBack(i, &st)
		if categories != nil {
			st.Category = categories[i]
		}
		all = append(all, st.finished(i))
	}
	return all
}

// categories lists the category of every suggestion, where the year says how many there are of each.
func (y Year) categories() []string {
	var all []string
	for _, c := range []string{livelihood, building, ecology, economy, otherwise} {
		for range y.Categories[c] {
			all = append(all, c)
		}
	}
	return all
}

// story is who says what, and when it is written and answered.
func (y Year) story(i int, outside bool) Story {
	list := topics()
	if outside {
		list = directly()
	}
	t := list[(i+y.Seed)%len(list)]
	place := places()[(i*7+i/100*3+y.Seed)%20].name
	st := Story{Session: y.Session, Phase: suggestion.Meeting, Deputy: cityDeputy(i + y.Seed), Title: fmt.Sprintf(t.title, place), Body: fmt.Sprintf(t.body, place), Category: t.category,
		Region: t.region, Agency: t.agency, Direct: outside, topic: t, Promise: t.promise, Doc: i + 1,
		Written: y.OpensOn.AddDays(i % 3), Dispatched: y.Dispatched, Wide: i%9 == 4, Key: i%40 == 6}
	if i >= y.Meeting {
		st.Phase = suggestion.Recess
		st.Written = y.Dispatched.AddDays(20 + 9*(i-y.Meeting))
		st.Dispatched = st.Written.AddDays(7)
	}
	st.Answered = st.Dispatched.AddDays(40 + i*11%38)
	switch {
	case i%29 == 12: // late
		st.Answered = st.Dispatched.AddDays(101)
	case st.Wide:
		st.Answered = st.Dispatched.AddDays(120 + i%30)
	}
	for k := range []int{0, 2, 0, 1, 4, 0}[i%6] {
		st.Signers = append(st.Signers, cityDeputy(i+y.Seed+3+k*5))
	}
	if !outside && i%17 == 5 {
		st.Wrong = "fgw"
		if st.Agency == "fgw" {
			st.Wrong = "czj"
		}
	}
	if !outside && st.Wrong == "" && i%6 == 2 {
		st.Co = []string{"czj"}
		if st.Agency == "czj" {
			st.Co = []string{"sjj"}
		}
	}
	return st
}

// lookBack takes into the round what became class A by it, and every other of what did not.
func (y Year) lookBack(i int, st *Story) {
	if y.Round == "" || st.First != "b" || st.Direct || st.Final == "b" && i%2 == 0 {
		return
	}
	st.Round, st.Rechecked = y.Round, y.Rechecked.AddDays(i%12)
}

// finished settles what follows from the classes: the words, the promise, the verdict.
func (st Story) finished(i int) Story {
	t := st.topic
	say := map[string]string{"a": t.solved, "b": t.planned, "c": t.not}
	st.Reply = [2]string{say[st.First], say[st.Final]}
	st.PromiseOn = st.Answered.AddDays(150)
	st.Attitude, st.Result = "satisfied", "satisfied"
	switch {
	case i%31 == 9 && st.Round == "" && st.Wrong == "":
		st.Unhappy, st.Result = true, "fair"
	case i%13 == 7 || st.First == "c":
		st.Result = "fair"
	case i%19 == 3:
		st.Attitude, st.Result = "", ""
	}
	st.Publish = i%5 == 1
	if i%11 == 5 {
		st.Disclosure = "title"
	}
	if st.First == "b" && st.Final == "b" {
		st.Kept, st.KeptOn = "kept", st.PromiseOn.AddDays(20)
		if st.Round != "" {
			st.KeptOn = st.Rechecked.AddDays(320)
		}
		if i%4 == 1 {
			st.Kept = "missed"
		}
	}
	return st
}

// cityDeputy is the i-th who holds a seat at the city.
func cityDeputy(i int) string {
	i %= peopleCount * 2 / 3
	return fmt.Sprintf("P-%03d", i/2*3+i%2+1)
}
