package sealed_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"lianxin/internal/errs"
	"lianxin/internal/sealed"
	"lianxin/internal/store"
	"lianxin/internal/store/storetest"
)

func vault(t testing.TB) *sealed.Vault {
	t.Helper()
	v, err := sealed.NewVault(sealed.NewKeys())
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestWhatIsSealedOpensAtItsPlaceOnly(t *testing.T) {
	v, other := vault(t), vault(t)
	rapid.Check(t, func(t *rapid.T) {
		plain := rapid.String().Draw(t, "plain")
		s, err := v.Seal("here", plain)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := v.Open("here", s); err != nil || got != plain {
			t.Fatalf("got %q, %v", got, err)
		}
		if _, err := v.Open("there", s); err == nil {
			t.Fatal("opened at another place")
		}
		if _, err := other.Open("here", s); err == nil {
			t.Fatal("opened with other keys")
		}
		i := rapid.IntRange(2, len(s)-1).Draw(t, "i")
		damaged := []byte(s)
		damaged[i] ^= 1
		if got, err := v.Open("here", string(damaged)); err == nil && got != plain {
			t.Fatal("a damaged value opened as something else")
		}
	})
}

func TestContactsAreKeptSealed(t *testing.T) {
	storetest.Each(t, []store.Schema{sealed.Schema()}, func(t *testing.T, db *store.DB) {
		v := vault(t)
		c := sealed.Contact{Name: "甲某某", Phone: "138-0000-0000", Address: "某街1号"}
		err := db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error { return sealed.PutContact(ctx, tx, v, "c", "o", c) })
		if err != nil {
			t.Fatal(err)
		}
		rows, err := store.All[string](t.Context(), db.Reader(), "select ciphertext || lookup from sealed_field")
		if err != nil || len(rows) != 1 || strings.Contains(rows[0], "甲") || strings.Contains(rows[0], "0000") {
			t.Fatalf("got %q, %v", rows, err)
		}
		if got, err := sealed.GetContact(t.Context(), db.Reader(), v, "c", "o"); err != nil || got != c {
			t.Errorf("got %v, %v", got.Plain(), err)
		}
		for phone, want := range map[string]bool{"+86 138 0000 0000": true, "１３８００００００００": true, "13800000001": false, "": false} {
			if ok, err := sealed.ContactHasPhone(t.Context(), db.Reader(), v, "c", "o", phone); ok != want || err != nil {
				t.Errorf("%q: %v, %v", phone, ok, err)
			}
		}
		err = db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error { return sealed.Erase(ctx, tx, "c", "o") })
		if err != nil {
			t.Fatal(err)
		}
		if _, err := sealed.GetContact(t.Context(), db.Reader(), v, "c", "o"); !errs.Is(err, errs.NotFound) {
			t.Errorf("erased: %v", err)
		}
	})
}

func TestContactsDoNotPrint(t *testing.T) {
	c := sealed.Contact{Name: "甲某某", Phone: "13800000000"}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "contact", c)
	for _, s := range []string{fmt.Sprint(c), fmt.Sprintf("%v %+v %#v", c, c, c), log.String()} {
		if strings.Contains(s, "甲") || strings.Contains(s, "138") {
			t.Errorf("prints %q", s)
		}
	}
	if got := c.MaskedName(); got != "甲**" {
		t.Errorf("masked %q", got)
	}
}

func TestCodes(t *testing.T) {
	v := vault(t)
	code := v.Code("case", 1)
	if code != v.Code("case", 1) || code == v.Code("case", 2) || code == v.Code("other", 1) {
		t.Error("a code must depend on case and counter, and on nothing else")
	}
	for _, typed := range []string{code, strings.ToLower(code), " " + strings.ReplaceAll(code, "-", " ") + " ", strings.ReplaceAll(code, "-", "")} {
		if !v.VerifyCode("case", 1, typed) {
			t.Errorf("%q refused", typed)
		}
	}
	if v.VerifyCode("case", 2, code) || v.VerifyCode("case", 1, "") {
		t.Error("a wrong code was taken")
	}
}

func TestKeyFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys.json")
	made, err := sealed.OpenKeys(path)
	if err != nil {
		t.Fatal(err)
	}
	again, err := sealed.OpenKeys(path)
	if err != nil || string(again.Code) != string(made.Code) {
		t.Errorf("not the same keys: %v", err)
	}
	if err := sealed.SaveKeys(path, sealed.NewKeys()); err == nil {
		t.Error("keys were overwritten")
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := sealed.LoadKeys(path); err == nil {
		t.Error("a file everyone may read was taken")
	}
}
