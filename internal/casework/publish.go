package casework

import (
	"context"
	"regexp"
	"strings"

	"lianxin/internal/errs"
	"lianxin/internal/sealed"
)

// personal finds what no public text may hold whatever its reviewer thinks: mobile numbers and resident identity numbers (design invariant 8).
var personal = regexp.MustCompile(`(?:^|[^0-9])(?:1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}|[1-9][0-9]{16}[0-9Xx])(?:$|[^0-9Xx])`)

// askPublish keeps the texts to be made public beside the originals, with what was done to them and why.
func askPublish(ctx context.Context, a *Act) error {
	changed := false
	for _, f := range []struct{ name, original string }{{"public_title", a.Case.TitleText}, {"public_body", a.Case.BodyText}, {"public_reply", a.Case.ReplyText}} {
		words := a.Values.String(f.name)
		if err := a.mayBePublic(ctx, f.name, words); err != nil {
			return err
		}
		if f.original != "" {
			original, err := a.body(ctx, f.original)
			if err != nil {
				return err
			}
			changed = changed || original != words
		}
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
	return nil
}

// mayBePublic refuses words that still hold what the submitter left sealed, or a mobile or identity number.
func (a *Act) mayBePublic(ctx context.Context, field, words string) error {
	if personal.MatchString(words) {
		return errs.New(errs.Invalid, "casework.public_personal").At(field)
	}
	if !a.Case.HasContact {
		return nil
	}
	contact, err := sealed.GetContact(ctx, a.q, a.vault, a.Case.CongressID, a.Case.ID)
	if err != nil {
		return err
	}
	for _, plain := range contact.Plain() {
		if len([]rune(plain)) > 1 && strings.Contains(words, plain) {
			return errs.New(errs.Invalid, "casework.public_contact").At(field)
		}
	}
	return nil
}
