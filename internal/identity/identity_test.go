package identity_test

import (
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"lianxin/internal/errs"
	"lianxin/internal/event"
	"lianxin/internal/identity"
	"lianxin/internal/policy"
	"lianxin/internal/registry"
	"lianxin/internal/sealed"
	"lianxin/internal/store"
	"lianxin/internal/store/storetest"
)

const good = "Correct-horse-7"

func schemas() []store.Schema {
	return []store.Schema{event.Schema(), registry.Schema(), identity.Schema()}
}

// service is accounts over a database, with keys of its own.
func service(t testing.TB, db *store.DB) *identity.Service {
	t.Helper()
	vault, err := sealed.NewVault(sealed.NewKeys())
	if err != nil {
		t.Fatal(err)
	}
	return identity.New(db, vault)
}

var admin = policy.Actor{Account: "root", Grants: []policy.Grant{{Role: policy.Admin}}}

func create(t testing.TB, s *identity.Service, name string, grants ...identity.Grant) identity.Account {
	t.Helper()
	a, _, err := s.Create(t.Context(), admin, identity.NewAccount{Name: name, Display: "某甲", Password: good, Grants: grants})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestSignInLocksAfterFiveFailures(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		now := time.Now()
		s := service(t, db.WithClock(func() time.Time { return now }))
		create(t, s, "clerk")
		for i := range 5 {
			if _, err := s.SignIn(t.Context(), "clerk", "wrong"); !errs.Is(err, errs.Unauthenticated) {
				t.Fatalf("try %d: %v", i, err)
			}
		}
		if _, err := s.SignIn(t.Context(), "clerk", good); !errs.Is(err, errs.Throttled) {
			t.Errorf("a locked account: %v", err)
		}
		now = now.Add(16 * time.Minute)
		if _, err := s.SignIn(t.Context(), "CLERK", good); err != nil {
			t.Errorf("after the lock: %v", err)
		}
		if _, err := s.SignIn(t.Context(), "nobody", good); !errs.Is(err, errs.Unauthenticated) {
			t.Errorf("an unknown name: %v", err)
		}
	})
}

func TestPowersAreNeverJoined(t *testing.T) {
	s := service(t, storetest.SQLite(t, schemas()...))
	for _, roles := range [][]policy.Role{{policy.Admin, policy.Auditor}, {policy.Leader, policy.Auditor}, {policy.Admin, policy.Leader}} {
		var grants []identity.Grant
		for _, r := range roles {
			grants = append(grants, identity.Grant{Role: r, Congress: "c"})
		}
		if _, _, err := s.Create(t.Context(), admin, identity.NewAccount{Name: "x", Display: "x", Password: good, Grants: grants}); !errs.Is(err, errs.Invalid) {
			t.Errorf("%v: %v", roles, err)
		}
	}
	a := create(t, s, "leader", identity.Grant{Role: policy.Leader, Congress: "c"})
	if err := s.SetGrants(t.Context(), admin, a.ID, 0, []identity.Grant{{Role: policy.Leader}, {Role: policy.Admin}}); !errs.Is(err, errs.Invalid) {
		t.Errorf("joined later: %v", err)
	}
	if err := s.SetGrants(t.Context(), policy.Actor{Account: a.ID}, a.ID, 0, nil); !errs.Is(err, errs.Denied) {
		t.Errorf("his own grants: %v", err)
	}
}

func TestGrantsHoldOnTheirDaysOnly(t *testing.T) {
	s := service(t, storetest.SQLite(t, schemas()...))
	a := create(t, s, "many", identity.Grant{Role: policy.Leader, Congress: "now"}, identity.Grant{Role: policy.Leader, Congress: "past", ValidTo: "2020-01-01"},
		identity.Grant{Role: policy.Leader, Congress: "later", ValidFrom: "2999-01-01"})
	actor, _, err := s.Actor(t.Context(), a.ID)
	if err != nil || len(actor.Grants) != 1 || actor.Grants[0].Congress != "now" {
		t.Errorf("got %+v, %v", actor, err)
	}
	if err := s.SetDisabled(t.Context(), admin, a.ID, true); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Actor(t.Context(), a.ID); !errs.Is(err, errs.Unauthenticated) {
		t.Errorf("disabled: %v", err)
	}
}

func TestOneTimePasswordsAreStrongAndMustBeChanged(t *testing.T) {
	db := storetest.SQLite(t, schemas()...)
	s := service(t, db)
	once, err := s.Bootstrap(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	a, err := s.SignIn(t.Context(), "admin", once)
	if err != nil || !a.MustChange {
		t.Fatalf("got %+v, %v", a.MustChange, err)
	}
	if again, err := s.Bootstrap(t.Context()); again != "" || err != nil {
		t.Errorf("a second administrator: %q, %v", again, err)
	}
	if err := s.ChangePassword(t.Context(), a.ID, once, "short", ""); !errs.Is(err, errs.Invalid) {
		t.Errorf("a weak one: %v", err)
	}
	if err := s.ChangePassword(t.Context(), a.ID, "wrong", good, ""); !errs.Is(err, errs.Invalid) {
		t.Errorf("without the old one: %v", err)
	}
	if err := s.ChangePassword(t.Context(), a.ID, once, good, ""); err != nil {
		t.Fatal(err)
	}
	if a, err = s.SignIn(t.Context(), "admin", good); err != nil || a.MustChange {
		t.Errorf("got %v, %v", a.MustChange, err)
	}
	rules, err := s.Rules(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		if err := rules.Check("admin", identity.OneTime()); err != nil {
			t.Fatal(err)
		}
	})
}

func TestSessionsAreListedRevokedAndEndIdle(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		now := time.Now()
		s := service(t, db.WithClock(func() time.Time { return now }))
		a := create(t, s, "clerk")
		sessions := s.Sessions()
		for _, token := range []string{"one", "two"} {
			if err := sessions.CommitCtx(t.Context(), identity.HashToken(token), []byte("x"), now.Add(identity.MaxSession)); err != nil {
				t.Fatal(err)
			}
			if err := s.Touch(t.Context(), token, a.ID, "127.0.0.1", "browser"); err != nil {
				t.Fatal(err)
			}
		}
		list, err := s.ListSessions(t.Context(), a.ID)
		if err != nil || len(list) != 2 {
			t.Fatalf("got %d sessions, %v", len(list), err)
		}
		if err := s.ChangePassword(t.Context(), a.ID, good, good+"x", "two"); err != nil {
			t.Fatal(err)
		}
		for token, want := range map[string]bool{"one": false, "two": true} {
			if _, ok, err := sessions.FindCtx(t.Context(), identity.HashToken(token)); ok != want || err != nil {
				t.Errorf("%s: found %v, %v", token, ok, err)
			}
		}
		now = now.Add(31 * time.Minute)
		if _, ok, err := sessions.FindCtx(t.Context(), identity.HashToken("two")); ok || err != nil {
			t.Errorf("idle for too long: found %v, %v", ok, err)
		}
	})
}

func TestTokens(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		now := time.Now()
		s := service(t, db.WithClock(func() time.Time { return now }))
		a := create(t, s, "clerk", identity.Grant{Role: policy.Leader, Congress: "c"})
		token, secret, err := s.CreateToken(t.Context(), admin, identity.NewToken{Account: a.ID, Name: "test", Scope: identity.Read, Lasts: time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		if actor, _, err := s.CheckToken(t.Context(), secret); err != nil || actor.Account != a.ID || !actor.Has(policy.Leader) {
			t.Errorf("got %+v, %v", actor, err)
		}
		if _, _, err := s.CheckToken(t.Context(), secret+"x"); !errs.Is(err, errs.Unauthenticated) {
			t.Errorf("a wrong one: %v", err)
		}
		now = now.Add(2 * time.Hour)
		if _, _, err := s.CheckToken(t.Context(), secret); !errs.Is(err, errs.Unauthenticated) {
			t.Errorf("an expired one: %v", err)
		}
		now = now.Add(-2 * time.Hour)
		if err := s.RevokeToken(t.Context(), admin, a.ID, token.ID); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.CheckToken(t.Context(), secret); !errs.Is(err, errs.Unauthenticated) {
			t.Errorf("a revoked one: %v", err)
		}
	})
}

func TestWrongTriesHaveToWaitEvenInParallel(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		s := service(t, db)
		var wg sync.WaitGroup
		for range 5 {
			wg.Go(func() {
				if err := s.Failed(t.Context(), "key"); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if err := s.Allowed(t.Context(), "key"); !errs.Is(err, errs.Throttled) {
			t.Errorf("after five: %v", err)
		}
		if err := s.Allowed(t.Context(), "other"); err != nil {
			t.Errorf("another key: %v", err)
		}
	})
}
