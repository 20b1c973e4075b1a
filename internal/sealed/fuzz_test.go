package sealed_test

import (
	"testing"
)

// FuzzVerifyCode types anything as a pick-up code: only the code itself opens, however it is spaced, and only for its case and counter.
func FuzzVerifyCode(f *testing.F) {
	v := vault(f)
	code := v.Code("case", 1)
	for _, seed := range []string{code, "", "AAAA-BBBB-CCCC", "aaaa bbbb", "\x00", "０１２３", code + code, code[:len(code)-1]} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		if !v.VerifyCode("case", 1, typed) {
			return
		}
		if v.VerifyCode("case", 2, typed) || v.VerifyCode("other", 1, typed) {
			t.Errorf("%q opens more than one case", typed)
		}
	})
}
