package casework

import (
	"context"
	"regexp"
	"strings"

	"lianxin/internal/errs"
	"lianxin/internal/sealed"
)

// What a case keeps of its second answers 再答复, as ids of texts.
const (
	FirstReply   = "text.first_reply"   // the answer before the case was answered again; "" while it was not
	PublicSecond = "text.public_second" // the second answer as it is made public
)

// personal finds what no public text may hold whatever its reviewer thinks: mobile numbers and resident identity numbers (design invariant 8).
var personal = regexp.MustCompile(`(?:^|[^0-9])(?:1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}|[1-9][0-9]{16}[0-9Xx])(?:$|[^0-9Xx])`)

// askPublish keeps the texts to be made public beside the originals, with what was done to them and why.
// What is left out where the procedure allows it, such as all but the title, is no change to an original.
func askPublish(ctx context.Context, a *Act) error {
	changed := false
	for _, f := range a.toPublish() {
		words := a.Values.String(f.name)
		if err := a.mayBePublic(ctx, f.name, words); err != nil {
			return err
		}
		if f.original != "" && words != "" {
			original, err := a.body(ctx, f.original)
			if err != nil {
				return err
			}
			changed = changed || original != words
		}
	}
	if a.Values.String("public_second") != "" && a.Case.Get(FirstReply) == "" {
		return errs.New(errs.Invalid, "casework.no_second_reply").At("public_second")
	}
	switch how := a.Values.String("redaction"); {
	case changed && how == "none":
		return errs.New(errs.Invalid, "casework.redaction_needed").At("redaction")
	case changed && a.TextOf("redaction_reason") == "":
		return errs.New(errs.Invalid, "casework.redaction_reason").At("redaction_reason")
	}
	c := a.Case
	c.Publication, c.PublicationAskedBy, c.WithVerdict = PublicationAsked, a.Actor.Account, a.Values.Bool("with_verdict")
	c.PublicTitleText, c.PublicBodyText, c.PublicReplyText = a.TextOf("public_title"), a.TextOf("public_body"), a.TextOf("public_reply")
	c.Put(PublicSecond, a.TextOf("public_second"))
	return nil
}

// publicField is a text asked to be made public, with the id of the one it is made from.
type publicField struct{ name, original string }

func (a *Act) toPublish() []publicField {
	c := a.Case
	fields := []publicField{{"public_title", c.TitleText}, {"public_body", c.BodyText}, {"public_reply", c.ReplyText}}
	if first := c.Get(FirstReply); first != "" {
		fields[2].original = first
		fields = append(fields, publicField{"public_second", c.ReplyText})
	}
	return fields
}

// mayBePublic refuses words that still hold what the submitter left sealed, or a mobile or identity number.
func (a *Act) mayBePublic(ctx context.Context, field, words string) error {
	what, err := a.Private(ctx, words)
	if err == nil && what != "" {
		err = errs.New(errs.Invalid, "casework.public_"+what).At(field)
	}
	return err
}

// What words can hold that is for no other eyes.
const (
	PrivateNumber  = "personal" // a mobile or identity number
	PrivateContact = "contact"  // what the submitter left sealed
)

// Private tells what words hold that is for no other eyes; "" for nothing.
func (a *Act) Private(ctx context.Context, words string) (string, error) {
	if personal.MatchString(words) {
		return PrivateNumber, nil
	}
	if !a.Case.HasContact {
		return "", nil
	}
	contact, err := sealed.GetContact(ctx, a.q, a.vault, a.Case.CongressID, a.Case.ID)
	if err != nil {
		return "", err
	}
	for _, plain := range contact.Plain() {
		if len([]rune(plain)) > 1 && strings.Contains(words, plain) {
			return PrivateContact, nil
		}
	}
	return "", nil
}
