package session

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"

	"github.com/google/uuid"
)

// tokenLength is that of 32 bytes in unpadded base64url.
const tokenLength = 43

// newToken makes an unguessable token: 32 random bytes, base64url.
func newToken() string {
	var b [32]byte
	rand.Read(b[:]) // never fails: crypto/rand ends the process first
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// wellFormed reports whether token could have come from newToken. What could
// not is turned away before it costs a hash or a query.
func wellFormed(token string) bool {
	if len(token) != tokenLength {
		return false
	}
	var b [32]byte
	n, err := base64.RawURLEncoding.Strict().Decode(b[:], []byte(token))
	return err == nil && n == len(b)
}

// NewToken makes a token for a cookie: 32 random bytes, base64url.
func NewToken() string { return newToken() }

// BrowserHash is what of a browser's token may travel in an address; nil for
// what is no token.
func BrowserHash(token string) []byte {
	if !wellFormed(token) {
		return nil
	}
	return hashToken(token)
}

// hashToken is the form in which a token is stored.
func hashToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// newID makes a public handle: it sorts by time and is hard to guess, but it
// is no secret.
func newID() string { return uuid.Must(uuid.NewV7()).String() }
