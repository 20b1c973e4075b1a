package identity

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"strings"
	"time"
	"unicode"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"
	"golang.org/x/text/unicode/norm"

	"lianxin/internal/errs"
	"lianxin/internal/policy"
	"lianxin/internal/store"
)

// Of codes (RFC 6238; these are what every authenticator takes).
const (
	codeStep      = 30 * time.Second
	secretBytes   = 20
	recoveryCodes = 10
)

// factor is an account's second factor. LastStep is the latest time step a code was taken of: none of it or before is taken again.
type factor struct {
	Account     string `db:"account_id"`
	Secret      string `db:"secret"`       // sealed
	ConfirmedAt int64  `db:"confirmed_at"` // 0 while it waits for its first code
	LastStep    int64  `db:"last_step"`
}

// Enrolment is what somebody puts into an authenticator: by the address in a QR code, or the secret by hand.
type Enrolment struct {
	Secret  string // in groups of four
	Address string // otpauth://…
}

func secretPlace(account string) string { return "account/" + account + "/second_factor" }

// BeginFactor makes a secret that waits for its first code, in place of an earlier one that still waits.
// Who has a second factor puts it off first: errs.Conflict.
func (s *Service) BeginFactor(ctx context.Context, id string) error {
	secret := make([]byte, secretBytes)
	rand.Read(secret) // never fails since Go 1.24
	text, err := s.vault.Seal(secretPlace(id), base32.StdEncoding.EncodeToString(secret))
	if err != nil {
		return err
	}
	_, err = s.change(ctx, own(id), id, func(ctx context.Context, tx *store.Tx, a *Account) (deed, error) {
		if a.Enrolled {
			return deed{}, errs.New(errs.Conflict, "identity.enrolled")
		}
		if err := forgetFactor(ctx, tx, id); err != nil {
			return deed{}, err
		}
		return deed{action: "begin_factor"}, store.Insert(ctx, tx, "second_factor", factor{Account: id, Secret: text})
	})
	return err
}

// PendingFactor tells what to put into the authenticator; nothing begun is errs.NotFound, and one in use is not told again.
func (s *Service) PendingFactor(ctx context.Context, id, issuer string) (Enrolment, error) {
	a, err := s.Get(ctx, id)
	if err != nil {
		return Enrolment{}, err
	}
	f, err := readFactor(ctx, s.db.Reader(), id)
	if err != nil {
		return Enrolment{}, err
	}
	if f.ConfirmedAt != 0 {
		return Enrolment{}, errs.New(errs.NotFound, "identity.enrolled")
	}
	secret, err := s.vault.Open(secretPlace(id), f.Secret)
	if err != nil {
		return Enrolment{}, err
	}
	raw, err := base32.StdEncoding.DecodeString(secret)
	if err != nil {
		return Enrolment{}, err
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: issuer, AccountName: a.Name, Secret: raw})
	if err != nil {
		return Enrolment{}, err
	}
	return Enrolment{Secret: grouped(secret, 4, " "), Address: key.URL()}, nil
}

// ConfirmFactor takes the first code, puts the second factor into force, ends the account's other sessions and tells ten recovery codes, once.
func (s *Service) ConfirmFactor(ctx context.Context, id, code, keepSession string) ([]string, error) {
	var codes []string
	err := s.throttled(ctx, id, func() error {
		_, err := s.change(ctx, own(id), id, func(ctx context.Context, tx *store.Tx, a *Account) (deed, error) {
			f, err := readFactor(ctx, tx, id)
			if errs.Is(err, errs.NotFound) || f.ConfirmedAt != 0 {
				return deed{}, errs.New(errs.Conflict, "identity.nothing_begun")
			}
			if err != nil {
				return deed{}, err
			}
			if err := s.takeStep(ctx, tx, f, normalCode(code)); err != nil {
				return deed{}, err
			}
			if _, err := store.Exec(ctx, tx, "update second_factor set confirmed_at = $1 where account_id = $2", store.Micros(tx.Now()), id); err != nil {
				return deed{}, err
			}
			a.Enrolled = true
			if codes, err = s.newRecovery(ctx, tx, id); err != nil {
				return deed{}, err
			}
			return deed{action: "factor_on"}, endSessions(ctx, tx, id, keepSession)
		})
		return err
	})
	return codes, err
}

// DropFactor puts the second factor off, with password and code.
func (s *Service) DropFactor(ctx context.Context, id, password, code string) error {
	a, err := s.Get(ctx, id)
	if err != nil {
		return err
	}
	if err := s.knows(ctx, a, password, "password"); err != nil {
		return err
	}
	return s.throttled(ctx, id, func() error {
		_, err := s.change(ctx, own(id), id, func(ctx context.Context, tx *store.Tx, a *Account) (deed, error) {
			if _, err := s.spend(ctx, tx, id, code); err != nil {
				return deed{}, err
			}
			a.Enrolled = false
			return deed{action: "factor_off"}, forgetFactor(ctx, tx, id)
		})
		return err
	})
}

// RenewRecovery tells ten new recovery codes in place of all earlier ones, for a code of the authenticator or one of those left.
func (s *Service) RenewRecovery(ctx context.Context, id, code string) ([]string, error) {
	var codes []string
	err := s.throttled(ctx, id, func() error {
		_, err := s.change(ctx, own(id), id, func(ctx context.Context, tx *store.Tx, _ *Account) (deed, error) {
			_, err := s.spend(ctx, tx, id, code)
			if err == nil {
				codes, err = s.newRecovery(ctx, tx, id)
			}
			return deed{action: "renew_recovery"}, err
		})
		return err
	})
	return codes, err
}

// RecoveryLeft counts the recovery codes not used yet.
func (s *Service) RecoveryLeft(ctx context.Context, id string) (int, error) {
	return store.One[int](ctx, s.db.Reader(), "select count(*) from recovery_code where account_id = $1 and used_at = 0", id)
}

// ResetFactor takes another's second factor away, whose telephone is lost, and ends his sessions. Nobody resets his own without a code.
func (s *Service) ResetFactor(ctx context.Context, actor policy.Actor, id string) error {
	if actor.Account == id {
		return errs.New(errs.Denied, "identity.own_factor")
	}
	_, err := s.change(ctx, actor, id, func(ctx context.Context, tx *store.Tx, a *Account) (deed, error) {
		a.Enrolled = false
		if err := forgetFactor(ctx, tx, id); err != nil {
			return deed{}, err
		}
		return deed{action: "reset_factor"}, endSessions(ctx, tx, id, "")
	})
	return err
}

// throttled counts wrong codes of somebody signed in.
func (s *Service) throttled(ctx context.Context, id string, try func() error) error {
	key := "factor:" + id
	if err := s.Allowed(ctx, key); err != nil {
		return errs.New(errs.Throttled, "identity.wait").With(errs.Args{"Minutes": int(triesWait.Minutes())})
	}
	err := try()
	if errs.Is(err, errs.Invalid) {
		if err := s.Failed(ctx, key); err != nil {
			return err
		}
	}
	return err
}

func wrongCode() error { return errs.New(errs.Invalid, "identity.wrong_code").At("code") }

// spend uses up a code of an account: of its authenticator, or a recovery code. It tells which; a wrong or used one is errs.Invalid.
func (s *Service) spend(ctx context.Context, tx *store.Tx, id, typed string) (string, error) {
	code := normalCode(typed)
	f, err := readFactor(ctx, tx, id)
	if errs.Is(err, errs.NotFound) || err == nil && f.ConfirmedAt == 0 {
		return "", errs.New(errs.Conflict, "identity.not_enrolled")
	}
	if err != nil {
		return "", err
	}
	if len(code) == otp.DigitsSix.Length() {
		return "code", s.takeStep(ctx, tx, f, code)
	}
	n, err := store.Exec(ctx, tx, "update recovery_code set used_at = $1 where account_id = $2 and hash = $3 and used_at = 0",
		store.Micros(tx.Now()), id, s.recoveryHash(id, code))
	if err == nil && n != 1 {
		err = wrongCode()
	}
	return "recovery_code", err
}

// takeStep takes a code of the present time step or of one beside it, if none of that step or later was taken before.
func (s *Service) takeStep(ctx context.Context, tx *store.Tx, f factor, code string) error {
	secret, err := s.vault.Open(secretPlace(f.Account), f.Secret)
	if err != nil {
		return err
	}
	now := tx.Now().Unix() / int64(codeStep/time.Second)
	for step := now - 1; step <= now+1; step++ {
		want, err := hotp.GenerateCode(secret, uint64(step))
		if err != nil {
			return err
		}
		if subtle.ConstantTimeCompare([]byte(want), []byte(code)) != 1 {
			continue
		}
		n, err := store.Exec(ctx, tx, "update second_factor set last_step = $1 where account_id = $2 and last_step < $1", step, f.Account)
		if err == nil && n != 1 {
			err = errs.New(errs.Invalid, "identity.used_code").At("code")
		}
		return err
	}
	return wrongCode()
}

func readFactor(ctx context.Context, q store.Querier, id string) (factor, error) {
	return store.One[factor](ctx, q, "select "+store.Columns[factor]("")+" from second_factor where account_id = $1", id)
}

func forgetFactor(ctx context.Context, tx *store.Tx, id string) error {
	for _, table := range []string{"second_factor", "recovery_code"} {
		if _, err := store.Exec(ctx, tx, "delete from "+table+" where account_id = $1", id); err != nil {
			return err
		}
	}
	return nil
}

// newRecovery makes ten codes of fifty random bits each and keeps their keyed hashes.
func (s *Service) newRecovery(ctx context.Context, tx *store.Tx, id string) ([]string, error) {
	if _, err := store.Exec(ctx, tx, "delete from recovery_code where account_id = $1", id); err != nil {
		return nil, err
	}
	var codes []string
	for range recoveryCodes {
		code := rand.Text()[:10]
		if _, err := store.Exec(ctx, tx, "insert into recovery_code (account_id, hash, used_at) values ($1, $2, 0)", id, s.recoveryHash(id, code)); err != nil {
			return nil, err
		}
		codes = append(codes, grouped(code, 5, "-"))
	}
	return codes, nil
}

func (s *Service) recoveryHash(id, code string) string { return s.vault.Sign("recovery", id+"/"+code) }

// normalCode takes codes as people type them: any case, full-width, with spaces and hyphens.
func normalCode(typed string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) {
			return -1
		}
		return unicode.ToUpper(r)
	}, norm.NFKC.String(typed))
}

// grouped puts a separator after every n characters.
func grouped(s string, n int, sep string) string {
	var groups []string
	for len(s) > n {
		groups, s = append(groups, s[:n]), s[n:]
	}
	return strings.Join(append(groups, s), sep)
}
