package identity_test

import (
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"lianxin/internal/errs"
	"lianxin/internal/event"
	"lianxin/internal/identity"
	"lianxin/internal/policy"
	"lianxin/internal/store"
	"lianxin/internal/store/storetest"
)

// clocked is accounts whose time a test sets.
type clocked struct {
	*identity.Service
	t   *testing.T
	db  *store.DB
	now time.Time
}

func atNoon(t *testing.T, db *store.DB) *clocked {
	t.Helper()
	c := &clocked{t: t, now: time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)}
	c.db = db.WithClock(func() time.Time { return c.now })
	c.Service = service(t, c.db)
	return c
}

// code is what an authenticator shows.
func (c *clocked) code(secret string) string {
	c.t.Helper()
	code, err := totp.GenerateCode(strings.ReplaceAll(secret, " ", ""), c.now)
	if err != nil {
		c.t.Fatal(err)
	}
	return code
}

// enrol gives an account a second factor and returns its secret and recovery codes.
func (c *clocked) enrol(id string) (secret string, recovery []string) {
	c.t.Helper()
	if err := c.BeginFactor(c.t.Context(), id); err != nil {
		c.t.Fatal(err)
	}
	e, err := c.PendingFactor(c.t.Context(), id, "某市平台")
	if err != nil || !strings.HasPrefix(e.Address, "otpauth://totp/") {
		c.t.Fatalf("got %+v, %v", e, err)
	}
	if recovery, err = c.ConfirmFactor(c.t.Context(), id, c.code(e.Secret), ""); err != nil {
		c.t.Fatal(err)
	}
	return e.Secret, recovery
}

// actions lists what the record says was done to an account.
func (c *clocked) actions(id string) []string {
	c.t.Helper()
	events, err := event.Stream(c.t.Context(), c.db.Reader(), identity.Stream(id))
	if err != nil {
		c.t.Fatal(err)
	}
	var names []string
	for _, e := range events {
		names = append(names, strings.TrimPrefix(e.Action, "account."))
	}
	return names
}

func (c *clocked) refuses(what string, kind errs.Kind, err error) {
	c.t.Helper()
	if !errs.Is(err, kind) {
		c.t.Errorf("%s: %v", what, err)
	}
}

func TestASecondFactorIsAskedForAndItsCodesGoOnce(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		c := atNoon(t, db)
		a := create(t, c.Service, "clerk", identity.Grant{Role: policy.Leader, Congress: "c"})
		secret, recovery := c.enrol(a.ID)
		if len(recovery) != 10 {
			t.Fatalf("%d recovery codes", len(recovery))
		}
		signIn := func() {
			t.Helper()
			if got, err := c.SignIn(t.Context(), "clerk", good); err != nil || !got.Enrolled {
				t.Fatalf("password: %v, %v", got.Enrolled, err)
			}
		}
		step := func(code string) error { _, err := c.SecondStep(t.Context(), a.ID, code); return err }
		signIn()
		c.refuses("the code of the enrolment", errs.Invalid, step(c.code(secret)))
		c.now = c.now.Add(time.Minute)
		if err := step(" " + c.code(secret)[:3] + " " + c.code(secret)[3:]); err != nil {
			t.Errorf("a fresh code: %v", err)
		}
		c.refuses("the same code again", errs.Invalid, step(c.code(secret)))
		signIn()
		if err := step(strings.ToLower(recovery[3])); err != nil {
			t.Errorf("a recovery code: %v", err)
		}
		c.refuses("the same recovery code again", errs.Invalid, step(recovery[3]))
		if n, err := c.RecoveryLeft(t.Context(), a.ID); n != 9 || err != nil {
			t.Errorf("%d left, %v", n, err)
		}
		if _, err := c.PendingFactor(t.Context(), a.ID, "x"); !errs.Is(err, errs.NotFound) {
			t.Errorf("the secret is told again: %v", err)
		}
		c.refuses("a second one", errs.Conflict, c.BeginFactor(t.Context(), a.ID))
		stored, err := store.All[string](t.Context(), db.Reader(), "select secret from second_factor union all select hash from recovery_code")
		if err != nil || len(stored) != 11 {
			t.Fatalf("%d kept, %v", len(stored), err)
		}
		for _, s := range stored {
			if strings.Contains(s, strings.ReplaceAll(secret, " ", "")) || strings.Contains(strings.Join(recovery, " "), s) {
				t.Error("a secret is kept in the open")
			}
		}
	})
}

func TestWrongCodesLockAsWrongPasswordsDo(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		c := atNoon(t, db)
		a := create(t, c.Service, "clerk")
		secret, _ := c.enrol(a.ID)
		c.now = c.now.Add(time.Minute)
		for range 5 {
			if _, err := c.SignIn(t.Context(), "clerk", good); err != nil {
				t.Fatal(err) // a right password forgets no failure
			}
			_, err := c.SecondStep(t.Context(), a.ID, "000000")
			c.refuses("a wrong code", errs.Invalid, err)
		}
		_, err := c.SecondStep(t.Context(), a.ID, c.code(secret))
		c.refuses("the right one, when locked", errs.Throttled, err)
		_, err = c.SignIn(t.Context(), "clerk", good)
		c.refuses("the password, when locked", errs.Throttled, err)
		if got := strings.Join(c.actions(a.ID), " "); !strings.HasSuffix(got, "sign_in_failed sign_in_failed sign_in_failed sign_in_failed locked") {
			t.Errorf("recorded %s", got)
		}
	})
}

func TestASecondFactorIsPutOffByItsOwnerAndResetByAnother(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		c := atNoon(t, db)
		a := create(t, c.Service, "clerk")
		_, recovery := c.enrol(a.ID)
		c.refuses("a wrong password", errs.Invalid, c.DropFactor(t.Context(), a.ID, "wrong", recovery[0]))
		c.refuses("a wrong code", errs.Invalid, c.DropFactor(t.Context(), a.ID, good, "ABCDE-FGHIJ"))
		fresh, err := c.RenewRecovery(t.Context(), a.ID, recovery[0])
		if err != nil || len(fresh) != 10 {
			t.Fatalf("%d new codes, %v", len(fresh), err)
		}
		c.refuses("an old recovery code", errs.Invalid, c.DropFactor(t.Context(), a.ID, good, recovery[1]))
		if err := c.DropFactor(t.Context(), a.ID, good, fresh[0]); err != nil {
			t.Fatal(err)
		}
		if got, err := c.SignIn(t.Context(), "clerk", good); err != nil || got.Enrolled {
			t.Errorf("after it was put off: %v, %v", got.Enrolled, err)
		}
		c.now = c.now.Add(time.Minute)
		c.enrol(a.ID)
		c.refuses("one's own reset", errs.Denied, c.ResetFactor(t.Context(), policy.Actor{Account: a.ID}, a.ID))
		if err := c.ResetFactor(t.Context(), admin, a.ID); err != nil {
			t.Fatal(err)
		}
		if got, err := c.SignIn(t.Context(), "clerk", good); err != nil || got.Enrolled {
			t.Errorf("after the reset: %v, %v", got.Enrolled, err)
		}
		for range 6 {
			err = c.DropFactor(t.Context(), a.ID, "wrong", "x")
		}
		c.refuses("wrong passwords without end", errs.Throttled, err)
	})
}
