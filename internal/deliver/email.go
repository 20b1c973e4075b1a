package deliver

import (
	"context"
	"errors"
	netmail "net/mail"
	"strings"

	"github.com/wneessen/go-mail"
)

// messageID is the same at every attempt, so that a mailbox that got a message twice can show it once.
func messageID(id, from string) string {
	domain := "lianxin.invalid"
	if a, err := netmail.ParseAddress(from); err == nil {
		domain = a.Address[strings.LastIndexByte(a.Address, '@')+1:]
	}
	return id + "@" + domain
}

func (s *Service) sendEmail(ctx context.Context, c Settings, id string, l Letter) *failure {
	m, err := s.letter(c, id, l)
	if err != nil {
		return &failure{kind: refused, final: true}
	}
	client, err := s.relay(c)
	if err != nil {
		return &failure{kind: unreadable}
	}
	if err := client.DialAndSendWithContext(ctx, m); err != nil && !m.IsDelivered() { // one that was taken is, however the farewell went
		return unmailed(err)
	}
	return nil
}

func (s *Service) letter(c Settings, id string, l Letter) (*mail.Msg, error) {
	m := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := errors.Join(m.From(c.From), m.To(l.To)); err != nil {
		return nil, err
	}
	m.Subject(l.Subject)
	m.SetMessageIDWithValue(messageID(id, c.From))
	m.SetDateWithValue(s.db.Now())
	m.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: nothing answers it by itself
	m.SetBodyString(mail.TypeTextPlain, l.Text)
	return m, nil
}

// relay is the client of the settings. Its address is not guarded as those of the other channels are: relays usually stand inside the house, and SMTP
// says little to a server that does not speak it.
func (s *Service) relay(c Settings) (*mail.Client, error) {
	options := []mail.Option{mail.WithPort(c.Port), mail.WithTimeout(s.opts.Timeout)}
	switch c.Security {
	case TLS:
		options = append(options, mail.WithSSL())
	case Plain:
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	default:
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if c.User != "" {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(c.User), mail.WithPassword(c.Secret))
	}
	if a, err := netmail.ParseAddress(c.From); err == nil {
		options = append(options, mail.WithHELO(a.Address[strings.LastIndexByte(a.Address, '@')+1:]))
	}
	return mail.NewClient(c.Host, options...)
}

// unmailed tells why the relay did not take a letter.
func unmailed(err error) *failure {
	var said *mail.SendError
	if !errors.As(err, &said) {
		switch text := err.Error(); { // the library has no error of its own for these
		case errors.Is(err, mail.ErrNoSupportedAuthDiscovered) || strings.Contains(text, "SMTP AUTH"):
			return &failure{kind: signIn}
		case strings.Contains(text, "does not support STARTTLS"):
			return &failure{kind: unsafe}
		}
		return unsent(err)
	}
	code := said.ErrorCode()
	if said.IsTemp() || code == 0 {
		return &failure{kind: later, code: code}
	}
	return &failure{kind: refused, code: code, final: true}
}
