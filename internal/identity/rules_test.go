package identity_test

import (
	"fmt"
	"testing"
	"time"

	"lianxin/internal/errs"
	"lianxin/internal/event"
	"lianxin/internal/identity"
	"lianxin/internal/policy"
	"lianxin/internal/registry"
	"lianxin/internal/store"
	"lianxin/internal/store/storetest"
)

func TestPasswordsAreHeldAgainstTheRules(t *testing.T) {
	c := atNoon(t, storetest.SQLite(t, schemas()...))
	if err := registry.SetSetting(t.Context(), c.db, admin, registry.SiteName, "某市Platform"); err != nil {
		t.Fatal(err)
	}
	rules, err := c.Rules(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for password, ok := range map[string]bool{good: true, "Short-7": false, "no-capitals-or-digits": false, "My-Clerk-2026": false, "X-某市platform-7": false, "Password123!": false,
		"P@ssw0rd2026": false, "Admin@123456": false, "Aaa-111-aaa-1": false, "A1!A1!A1!A1!": false, "Qwerty-by-the-lake-7": true} {
		if err := rules.Check("clerk", password); (err == nil) != ok {
			t.Errorf("%s: %v", password, err)
		}
	}
}

func TestRulesAreSettingsCheckedByName(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		c := atNoon(t, db)
		err := c.SetRules(t.Context(), admin, map[string]string{identity.SettingMinLength: "3", identity.SettingIdle: "x", identity.SettingFactorRoles: "deputy"})
		fields := map[string]bool{}
		for _, e := range errs.All(err) {
			fields[e.Field] = true
		}
		if len(fields) != 3 || !fields[identity.SettingMinLength] || !fields[identity.SettingIdle] || !fields[identity.SettingFactorRoles] {
			t.Errorf("got %v", err)
		}
		c.refuses("an unknown setting", errs.Invalid, c.SetRules(t.Context(), admin, map[string]string{"site_name": "x"}))
		values := map[string]string{identity.SettingMinLength: "14", identity.SettingFactorRoles: "admin,clerk"}
		for range 2 {
			if err := c.SetRules(t.Context(), admin, values); err != nil {
				t.Fatal(err)
			}
		}
		rules, err := c.Rules(t.Context())
		if err != nil || rules.MinLength != 14 || rules.Idle != 30 || !rules.NeedsFactor(admin) {
			t.Errorf("got %+v, %v", rules, err)
		}
		events, err := event.Stream(t.Context(), db.Reader(), "registry:setting:"+identity.SettingMinLength)
		if err != nil || len(events) != 1 || events[0].Account != "root" {
			t.Errorf("recorded %+v, %v", events, err)
		}
	})
}

func TestTheLastPasswordsDoNotComeAgain(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		c := atNoon(t, db)
		a := create(t, c.Service, "clerk")
		password := func(n int) string { return fmt.Sprintf("%s-%d", good, n) }
		was := good
		change := func(fresh string) error {
			err := c.ChangePassword(t.Context(), a.ID, was, fresh, "")
			if err == nil {
				was = fresh
			}
			return err
		}
		for n := range 3 {
			if err := change(password(n)); err != nil {
				t.Fatal(err)
			}
		}
		for n := range 3 {
			c.refuses(password(n), errs.Invalid, change(password(n)))
		}
		if err := change(good); err != nil {
			t.Errorf("the one before the last three: %v", err)
		}
		if err := c.SetRules(t.Context(), admin, map[string]string{identity.SettingMaxAge: "90"}); err != nil {
			t.Fatal(err)
		}
		rules, err := c.Rules(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if a, err = c.Get(t.Context(), a.ID); err != nil || rules.Expired(a, c.now.Add(89*24*time.Hour)) || !rules.Expired(a, c.now.Add(91*24*time.Hour)) {
			t.Errorf("age: %v", err)
		}
	})
}

func TestSessionsEndByAgeAndByNumber(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		c := atNoon(t, db)
		a := create(t, c.Service, "clerk")
		if err := c.SetRules(t.Context(), admin, map[string]string{identity.SettingSessions: "2", identity.SettingLifetime: "1"}); err != nil {
			t.Fatal(err)
		}
		live := func(token string) bool {
			_, ok, err := c.Sessions().FindCtx(t.Context(), identity.HashToken(token))
			if err != nil {
				t.Fatal(err)
			}
			return ok
		}
		for _, token := range []string{"one", "two", "three"} {
			c.now = c.now.Add(time.Minute)
			if err := c.Sessions().CommitCtx(t.Context(), identity.HashToken(token), []byte("x"), c.now.Add(identity.MaxSession)); err != nil {
				t.Fatal(err)
			}
			if err := c.Touch(t.Context(), token, a.ID, "127.0.0.1", "browser"); err != nil {
				t.Fatal(err)
			}
		}
		if live("one") || !live("two") || !live("three") {
			t.Error("the oldest of three must have ended, and no other")
		}
		for range 3 {
			c.now = c.now.Add(20 * time.Minute)
			if err := c.Touch(t.Context(), "three", a.ID, "127.0.0.1", "browser"); err != nil {
				t.Fatal(err)
			}
		}
		if live("three") {
			t.Error("a session in use outlived the hour")
		}
		if err := c.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n, err := store.One[int](t.Context(), db.Reader(), "select count(*) from session"); n != 0 || err != nil {
			t.Errorf("%d sessions left, %v", n, err)
		}
	})
}

func TestDeedsAreAllWorded(t *testing.T) {
	c := atNoon(t, storetest.SQLite(t, schemas()...))
	a := create(t, c.Service, "clerk", identity.Grant{Role: policy.Leader, Congress: "c"})
	if err := c.EndSessions(t.Context(), admin, a.ID); err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, name := range identity.Actions() {
		known[name] = true
	}
	for _, name := range c.actions(a.ID) {
		if !known[name] {
			t.Errorf("%s is in no list of actions", name)
		}
	}
}
