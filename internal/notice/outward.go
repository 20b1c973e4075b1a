package notice

import (
	"context"
	"log/slog"
	"slices"
	"strconv"
	"strings"

	"lianxin/internal/casework"
	"lianxin/internal/deliver"
	"lianxin/internal/errs"
	"lianxin/internal/event"
	"lianxin/internal/lang"
	"lianxin/internal/registry"
	"lianxin/internal/sealed"
	"lianxin/internal/store"
)

// outward hands a notice on over the account's own channel, alone in the next working hours, or leaves it for the digest.
func (f *follower) outward(ctx context.Context, r Rule, n Notice) error {
	p, err := f.preference(ctx, n.Account)
	if err != nil || !slices.Contains(p.Topics, r.Topic) {
		return err
	}
	on, err := f.enabled(ctx, p.Channel)
	if err != nil || !on {
		return err
	}
	n.Channel = p.Channel
	if !p.Digest {
		n.QueuedAt = store.Micros(f.tx.Now())
	}
	fresh, err := insert(ctx, f.tx, &n)
	if err != nil || !fresh || p.Digest {
		return err
	}
	hours, err := f.opening(ctx)
	if err != nil {
		return err
	}
	l, err := f.s.single(ctx, f.tx, n)
	if err != nil {
		return err
	}
	l.To = p.Address
	_, err = f.s.deliver.Queue(ctx, f.tx, deliver.Message{Key: "notice:" + n.ID, Channel: n.Channel, Purpose: "notice", Letter: l, At: hours.Next(f.tx.Now())})
	return err
}

func (f *follower) preference(ctx context.Context, account string) (Preference, error) {
	if p, ok := f.preferences[account]; ok {
		return p, nil
	}
	p, err := f.s.preference(ctx, f.tx, account)
	f.preferences[account] = p
	return p, err
}

func (f *follower) enabled(ctx context.Context, channel string) (bool, error) {
	if f.channels == nil {
		on, err := deliver.Enabled(ctx, f.tx)
		if err != nil {
			return false, err
		}
		f.channels = append([]string{}, on...)
	}
	return slices.Contains(f.channels, channel), nil
}

func (f *follower) opening(ctx context.Context) (Hours, error) {
	if f.hours == nil {
		h, err := ReadHours(ctx, f.tx)
		if err != nil {
			return h, err
		}
		f.hours = &h
	}
	return *f.hours, nil
}

// ResidentSMS is the setting, "yes" or not, by which people who left a telephone number are told by a short message that they can evaluate.
const ResidentSMS = "notice_resident_sms"

// toEvaluate is the state in which the next word is the resident's.
const toEvaluate = "to_evaluate"

// tellResident sends the case's number, and nothing of its content, to the telephone the resident left.
func (f *follower) tellResident(ctx context.Context, m *matter, e event.Event, rec casework.Record) error {
	if rec.To != toEvaluate || rec.From == toEvaluate || !m.HasContact || e.Stream != casework.CaseStream(m.ID) {
		return nil
	}
	wanted, err := registry.Setting(ctx, f.tx, ResidentSMS)
	if err != nil || wanted != "yes" {
		return err
	}
	on, err := f.enabled(ctx, deliver.SMS)
	if err != nil || !on {
		return err
	}
	contact, err := sealed.GetContact(ctx, f.tx, f.s.vault, m.CongressID, m.ID)
	if err != nil && !errs.Is(err, errs.NotFound) {
		slog.ErrorContext(ctx, "notice: a contact does not open, its resident is not told", "case", m.ID, "error", err)
	}
	if err != nil || deliver.CheckAddress(deliver.SMS, contact.Phone) != nil {
		return nil // erased meanwhile, lost, or a number no gateway takes: the others are told all the same
	}
	hours, err := f.opening(ctx)
	if err != nil {
		return err
	}
	site, err := f.s.site(ctx, f.tx)
	if err != nil {
		return err
	}
	l := deliver.Letter{To: contact.Phone, Text: f.s.printer().T("notice.resident", "Site", site, "Number", m.Number, "Link", f.s.link)}
	_, err = f.s.deliver.Queue(ctx, f.tx, deliver.Message{Key: "resident:" + e.ID, Channel: deliver.SMS, Purpose: "resident", Letter: l, At: hours.Next(f.tx.Now())})
	return err
}

// printer words what goes outside, where no reader has chosen a locale.
func (s *Service) printer() *lang.Printer { return s.catalogue.Printer(lang.Chinese) }

// site is the name the deployment goes by.
func (s *Service) site(ctx context.Context, q store.Querier) (string, error) {
	name, err := registry.Setting(ctx, q, registry.SiteName)
	if name == "" {
		name = s.printer().T("notice.site")
	}
	return name, err
}

// single is the letter of one notice.
func (s *Service) single(ctx context.Context, q store.Querier, n Notice) (deliver.Letter, error) {
	site, err := s.site(ctx, q)
	p := s.printer()
	return deliver.Letter{Subject: p.T("notice.subject", "Site", site, "Number", n.Number),
		Text: p.T("notice.letter", "Site", site, "Sentence", s.Sentence(p, n), "Link", s.link)}, err
}

// digestLines is how many notices a digest spells out.
const digestLines = 30

// digest is the letter of a day's notices.
func (s *Service) digest(ctx context.Context, q store.Querier, list []Notice) (deliver.Letter, error) {
	site, err := s.site(ctx, q)
	p := s.printer()
	var lines []string
	for i, n := range list[:min(len(list), digestLines)] {
		lines = append(lines, strconv.Itoa(i+1)+". "+s.Sentence(p, n))
	}
	if rest := len(list) - digestLines; rest > 0 {
		lines = append(lines, p.T("notice.digest_rest", "N", rest))
	}
	return deliver.Letter{Subject: p.T("notice.digest_subject", "Site", site, "N", len(list)),
		Text: p.T("notice.digest_letter", "Site", site, "N", len(list), "Lines", strings.Join(lines, "\n"), "Link", s.link)}, err
}
