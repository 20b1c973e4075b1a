package sealed

import (
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
)

// FuzzVerifyCode holds that nothing but the code, however it is spaced and cased, opens a case.
func FuzzVerifyCode(f *testing.F) {
	v, err := NewVault(NewKeys())
	if err != nil {
		f.Fatal(err)
	}
	const id = "case"
	code := v.Code(id, 1)
	for _, seed := range []string{"", code, code[:8], strings.ToLower(code), " " + code + "\n", code + "A", "----", "\uff21\uff22", "\x00", "\xff\xfe", strings.Repeat("A", 10_000), v.Code(id, 2)} {
		f.Add(seed)
	}
	bare := strings.ReplaceAll(code, "-", "")
	f.Fuzz(func(t *testing.T, typed string) {
		opens := v.VerifyCode(id, 1, typed)
		letters := strings.Map(func(r rune) rune {
			if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
				return r
			}
			return -1
		}, strings.ToUpper(norm.NFKC.String(typed)))
		if opens && letters != bare {
			t.Fatalf("%q opens %s", typed, code)
		}
		for _, way := range []string{typed + code, code + typed} {
			if v.VerifyCode(id, 1, way) && normalCode(typed) != "" {
				t.Fatalf("%q opens %s", way, code)
			}
		}
		if !v.VerifyCode(id, 1, " "+strings.ToLower(bare[:4])+" "+bare[4:]+"\t") {
			t.Fatal("the code in small letters does not open")
		}
	})
}

// FuzzLookup holds that a telephone number is found however it is written, and never by another number.
func FuzzLookup(f *testing.F) {
	v, err := NewVault(NewKeys())
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{"", "13800000000", "+86 138 0000 0000", "0086-13800000000", "0473-0000001", "\uff11\uff13\uff18", "no figures", "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, phone string) {
		digits := normalPhone(phone)
		if (v.Lookup(phone) == "") != (digits == "") {
			t.Fatalf("%q: figures %q", phone, digits)
		}
		if v.Lookup(digits) != v.Lookup(phone) && normalPhone(digits) == digits {
			t.Fatalf("%q is not found as %q", phone, digits)
		}
		if strings.Trim(digits, "0123456789") != "" || digits != "" && strings.Contains(v.Lookup(phone), digits) && len(digits) > 6 {
			t.Fatalf("%q can be read", phone)
		}
	})
}
