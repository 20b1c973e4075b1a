package sealed

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Vault seals and opens with a deployment's keys: AES-256-GCM for values, HMAC-SHA256 for look-ups and codes.
type Vault struct{ keys Keys }

// NewVault takes the keys into use.
func NewVault(k Keys) (*Vault, error) {
	if err := k.valid(); err != nil {
		return nil, err
	}
	return &Vault{keys: k}, nil
}

func (v *Vault) aead(id string) (cipher.AEAD, error) {
	key, ok := v.keys.Seal[id]
	if !ok {
		return nil, fmt.Errorf("sealed: no key %q: is this the key file the data was sealed with?", id)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// Seal encrypts a value, bound to the place it is kept at, so that it opens nowhere else.
func (v *Vault) Seal(place, plain string) (string, error) {
	gcm, err := v.aead(v.keys.Current)
	if err != nil {
		return "", err
	}
	nonce := make([]byte, gcm.NonceSize())
	rand.Read(nonce) // never fails since Go 1.24
	return v.keys.Current + ":" + base64.RawStdEncoding.EncodeToString(gcm.Seal(nonce, nonce, []byte(plain), []byte(place))), nil
}

// Open decrypts a value kept at the place.
func (v *Vault) Open(place, sealed string) (string, error) {
	id, body, _ := strings.Cut(sealed, ":")
	gcm, err := v.aead(id)
	if err != nil {
		return "", err
	}
	b, err := base64.RawStdEncoding.DecodeString(body)
	if err != nil || len(b) < gcm.NonceSize() {
		return "", errors.New("sealed: a value is damaged")
	}
	plain, err := gcm.Open(nil, b[:gcm.NonceSize()], b[gcm.NonceSize():], []byte(place))
	if err != nil {
		return "", errors.New("sealed: a value does not open: damaged, moved, or sealed with other keys")
	}
	return string(plain), nil
}

func (v *Vault) mac(key []byte, parts ...string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(strings.Join(parts, "\x00")))
	return h.Sum(nil)
}

// Lookup is the keyed hash by which a telephone number is found without being readable: digits only, without China's country code.
func (v *Vault) Lookup(phone string) string {
	digits := normalPhone(phone)
	if digits == "" {
		return ""
	}
	return hex.EncodeToString(v.mac(v.keys.Lookup, "phone", digits))
}

func normalPhone(phone string) string {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, norm.NFKC.String(phone))
	for _, code := range []string{"0086", "86"} {
		if rest, ok := strings.CutPrefix(digits, code); ok && len(rest) == 11 {
			return rest
		}
	}
	return digits
}

// letters of pick-up codes: none that is mistaken for another when read aloud or copied.
const letters = "ABCDEFGHJKMNPQRSTVWXYZ23456789"

// Code is a case's pick-up code: eight letters in two groups, made from the case and a counter, so that it can be told again and issued anew.
// 30⁸ codes (6.6·10¹¹) and throttling make guessing hopeless.
func (v *Vault) Code(caseID string, counter int) string {
	sum := v.mac(v.keys.Code, "code", caseID, fmt.Sprint(counter))
	var n uint64
	for _, b := range sum[:8] {
		n = n<<8 | uint64(b)
	}
	code := make([]byte, 8)
	for i := range code {
		code[i] = letters[n%uint64(len(letters))]
		n /= uint64(len(letters))
	}
	return string(code[:4]) + "-" + string(code[4:])
}

// VerifyCode compares a code as people type it (any case, spaces, full-width) with the case's, in constant time.
func (v *Vault) VerifyCode(caseID string, counter int, typed string) bool {
	want := strings.ReplaceAll(v.Code(caseID, counter), "-", "")
	return subtle.ConstantTimeCompare([]byte(normalCode(typed)), []byte(want)) == 1
}

func normalCode(typed string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune("-‐‑–—_－", r) {
			return -1
		}
		return unicode.ToUpper(r)
	}, norm.NFKC.String(typed))
}

// Sign is a keyed hash of short-lived values that others hold for us, such as a form's hidden state.
func (v *Vault) Sign(purpose, value string) string {
	return hex.EncodeToString(v.mac(v.keys.Lookup, "sign", purpose, value))
}
