package paper

import (
	"slices"

	"lianxin/internal/casework"
	"lianxin/internal/deadline"
	"lianxin/internal/store"
	"lianxin/internal/suggestion"
)

// Kinds of replies.
const (
	First    = "first"     // 答复
	Again    = "again"     // 再次答复, after a verdict of 不满意
	LookBack = "look_back" // 再答复, after looking back
	Opinion  = "opinion"   // 会办意见
)

// Reply is one letter of an assignment, as its events tell it: drafted, perhaps issued.
type Reply struct {
	Kind      string
	Class     string
	Body      string
	Number    string        // of the document; "" before it was issued
	SignedOn  deadline.Date // "" before
	Publicity string
	Person    string // to ring
	Phone     string
}

// Issued reports whether the letter was signed and numbered.
func (r Reply) Issued() bool { return r.SignedOn != "" }

// Replies lists an assignment's letters in their order. What was sent back and drafted anew is one letter; a step undone is none.
func Replies(v *casework.View, n int64) []Reply {
	var all []Reply
	for _, e := range v.Story {
		if e.N != n || e.Undone {
			continue
		}
		text := func(name string) string {
			i := slices.IndexFunc(e.Texts, func(t casework.StoryText) bool { return t.Name == name })
			if i < 0 {
				return ""
			}
			return e.Texts[i].Body
		}
		fact := func(name string) string { value, _ := e.Record.Facts[name].(string); return value }
		last := len(all) - 1
		switch e.Record.Action {
		case "draft":
			r := Reply{Kind: First, Class: fact("class"), Body: text("reply"), Publicity: fact("publicity"), Person: text("contact_person"), Phone: text("contact_phone")}
			if last >= 0 && !all[last].Issued() {
				all, last = all[:last], last-1
			}
			if last >= 0 {
				r.Kind = Again
			}
			all = append(all, r)
		case "issue", "approve":
			if last < 0 {
				continue
			}
			all[last].Number, all[last].SignedOn = text("doc_number"), deadline.Date(fact("signed_on"))
			if all[last].SignedOn == "" {
				all[last].SignedOn = deadline.DateOf(store.Time(e.Event.OccurredAt))
			}
		case "reanswer":
			r := Reply{Kind: LookBack, Class: fact("class"), Body: text("reply"), Number: text("doc_number"), SignedOn: deadline.Date(fact("signed_on"))}
			if last >= 0 {
				r.Publicity, r.Person, r.Phone = all[last].Publicity, all[last].Person, all[last].Phone
			}
			all = append(all, r)
		case "opine":
			all = append(all, Reply{Kind: Opinion, Body: text("words"), Number: text("doc_number"), SignedOn: deadline.DateOf(store.Time(e.Event.OccurredAt))})
		}
	}
	return all
}

// current is the class a letter carries at its top: of the last one the settled class, else what the checker or the agency gave it.
func current(v *casework.View, a casework.AssignmentView, r Reply, last bool) string {
	switch {
	case last && v.Class != "":
		return v.Class
	case last && a.Class != "":
		return a.Class
	case r.Class != "":
		return r.Class
	}
	return a.Get(suggestion.ClassSelf)
}
