package demo

import (
	"context"
	"fmt"
	"time"

	"lianxin/internal/casework"
	"lianxin/internal/deadline"
	"lianxin/internal/policy"
	"lianxin/internal/suggestion"
)

// Years plays the suggestions of 2022 and 2023, whose numbers are locked.
func Years(ctx context.Context, s *casework.Service, now time.Time, actors Actors) error {
	for _, y := range []Year{Year2022(), Year2023()} {
		if err := y.Play(ctx, s, Cast{Find: actors}, now); err != nil {
			return err
		}
	}
	return nil
}

// Suggestions plays those that are alive today.
func Suggestions(ctx context.Context, s *casework.Service, now time.Time, actors Actors) error {
	cast := Cast{Find: actors}
	for i, sc := range suggestionScenes() {
		if _, err := Play(ctx, s, cast, sc.story(i, deadline.DateOf(now)), now); err != nil {
			return err
		}
	}
	return nil
}

// Play plays a year, and locks the numbers of its meeting when the batch is dispatched.
func (y Year) Play(ctx context.Context, s *casework.Service, cast Cast, now time.Time) error {
	for _, st := range y.Stories() {
		if _, err := Play(ctx, s, cast, st, now); err != nil {
			return err
		}
	}
	clerk := cast.account("clerk", policy.Grant{Role: policy.Clerk, Office: Office})
	locked := y.Dispatched.AddDays(-1).Start().Add(16 * time.Hour)
	_, err := suggestion.Lock(ctx, s.At(func() time.Time { return locked }), clerk, City, y.Session, suggestion.Meeting)
	return err
}

// suggestionScene is one living suggestion: dispatched so many days ago, played as far as a step.
type suggestionScene struct {
	ago    int
	stop   string
	agency string
	change func(*Story)
}

func suggestionScenes() []suggestionScene {
	moved := func(st *Story) { st.Wrong = "fgw" }
	own := func(st *Story) { st.Deputy = deputy }
	signs := func(st *Story) { st.Signers = []string{deputy, cityDeputy(5)} }
	joint := func(st *Story) { own(st); st.Signers = []string{cityDeputy(3), cityDeputy(4)} }
	unhappy := func(st *Story) { st.Unhappy = true }
	co := func(st *Story) { st.Co = []string{"czj"} }
	key := func(st *Story) { st.Key = true }
	wide := func(st *Story) { st.Wide = true }
	short := func(st *Story) { st.Disclosure = "title" }
	again := func(st *Story) { st.First, st.Final, st.Round = "b", "b", "round-now" }
	return []suggestionScene{
		{-3, "draft", housing, own}, {-4, "draft", "jyj", own}, {-3, "cosigning", "jtj", joint}, {-2, "cosigning", "wjw", signs},
		{-1, "reviewing", housing, nil}, {0, "reviewing", "mzj", nil}, {0, "reviewing", "jtj", own}, {-2, "reviewing", "swj", nil},
		{0, "to_dispatch", housing, nil}, {1, "to_dispatch", "hbj", nil}, {2, "to_dispatch", "lcj", nil},
		{1, "dispatched", "jyj", nil}, {2, "dispatched", urban, nil}, {3, "splitting", "wjw", nil}, {4, "splitting", "whj", nil},
		{5, "to_sign", housing, nil}, {6, "to_sign", urban, nil}, {12, "to_sign", "jtj", nil},
		{6, "returning", urban, moved}, {5, "returning", "swj2", moved},
		{20, "handling", housing, nil}, {35, "contacted", housing, co}, {60, "handling", urban, nil}, {78, "contacted", housing, key}, {88, "handling", "jtj", nil}, {97, "contacted", housing, nil},
		{110, "handling", "hbj", nil}, {95, "contacted", "zrj", wide}, {40, "handling", urban, co},
		{70, "checking", housing, nil}, {66, "checking", "jyj", nil}, {72, "to_issue", housing, nil}, {75, "to_deliver", urban, nil},
		{80, "answered", housing, own}, {82, "answered", "mzj", nil}, {91, "settled", "jtj", own}, {96, "settled", "lcj", nil},
		{95, "unhappy", housing, unhappy}, {92, "unhappy", "swj", unhappy},
		{100, "published", "jyj", nil}, {105, "published", housing, own}, {120, "published", "scj", short},
		{170, "rechecking", housing, again}, {175, "self_checked", urban, again}, {180, "self_checked", "jtj", again}, {178, "rechecking", "lcj", again},
	}
}

// story is the scene as a story, counted back from today.
func (sc suggestionScene) story(i int, today deadline.Date) Story {
	t := topics()[0]
	for _, other := range topics() {
		if other.agency == sc.agency {
			t = other
		}
	}
	place := places()[(i*3+1)%20].name
	st := Story{Session: "wh-10-7", Phase: suggestion.Recess, Deputy: cityDeputy(i*2 + 9), Title: fmt.Sprintf(t.title, place), Body: fmt.Sprintf(t.body, place), Category: t.category,
		Region: t.region, Agency: t.agency, topic: t, Promise: t.promise, Doc: 400 + i, Dispatched: today.AddDays(-sc.ago), Stop: sc.stop, First: "a", Final: "a"}
	st.Written = st.Dispatched.AddDays(-6)
	st.Answered = min(st.Dispatched.AddDays(64+i%20), today.AddDays(-1))
	if i%4 == 2 {
		st.First, st.Final = "b", "b"
	}
	if sc.change != nil {
		sc.change(&st)
	}
	st.Rechecked = today.AddDays(-16)
	return st.living(i)
}

// living settles the words of a story that is not over.
func (st Story) living(i int) Story {
	unhappy := st.Unhappy
	st = st.finished(i)
	st.Unhappy, st.Kept, st.Attitude, st.Result = unhappy, "", "satisfied", "satisfied"
	st.Publish = st.Stop == "published"
	if st.Publish && st.Disclosure != "title" {
		st.Disclosure = "full"
	}
	st.PromiseOn = st.Answered.AddDays(90)
	return st
}
