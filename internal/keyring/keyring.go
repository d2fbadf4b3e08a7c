// Package keyring keeps this service's private keys unreadable at rest.
package keyring

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
)

// SecretSize is the length of a secret in bytes.
const SecretSize = 32

// Layout of what Seal gives: version, id of the secret, nonce, ciphertext with
// its tag. Version and id are authenticated with it.
const (
	version1  = 1
	idSize    = 4
	nonceSize = 12
	header    = 1 + idSize
)

// ErrOtherSecret says that something was sealed under a secret that the ring
// does not hold.
var ErrOtherSecret = errors.New("sealed under another secret")

// Ring seals with its first secret and opens with any of them, so that a
// secret can be replaced. It is safe for concurrent use.
type Ring struct {
	boxes []box
}

type box struct {
	id   [idSize]byte
	aead cipher.AEAD
}

// New makes a Ring: current seals; older ones only open.
func New(current []byte, older ...[]byte) (*Ring, error) {
	r := &Ring{}
	for _, secret := range append([][]byte{current}, older...) {
		b, err := newBox(secret)
		if err != nil {
			return nil, err
		}
		r.boxes = append(r.boxes, b)
	}
	return r, nil
}

func newBox(secret []byte) (box, error) {
	if len(secret) != SecretSize {
		return box{}, fmt.Errorf("a secret has %d bytes, want %d", len(secret), SecretSize)
	}
	// Key and id are derived apart, so that the id tells nothing of the key.
	key, err := hkdf.Key(sha256.New, secret, nil, "sallyport keyring 1 key", 32)
	if err != nil {
		return box{}, fmt.Errorf("derive key: %w", err)
	}
	id, err := hkdf.Key(sha256.New, secret, nil, "sallyport keyring 1 id", idSize)
	if err != nil {
		return box{}, fmt.Errorf("derive id: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return box{}, fmt.Errorf("make cipher: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return box{}, fmt.Errorf("make cipher: %w", err)
	}
	return box{id: [idSize]byte(id), aead: aead}, nil
}

// Seal encrypts plain with AES-256-GCM under a fresh nonce.
func (r *Ring) Seal(plain []byte) ([]byte, error) {
	b := r.boxes[0]
	out := make([]byte, header+nonceSize, header+nonceSize+len(plain)+b.aead.Overhead())
	out[0] = version1
	copy(out[1:], b.id[:])
	rand.Read(out[header:]) // never fails: crypto/rand
	return b.aead.Seal(out, out[header:], plain, out[:header]), nil
}

// Open gives what was sealed. Its errors hold nothing of the content.
func (r *Ring) Open(sealed []byte) ([]byte, error) {
	if len(sealed) < header+nonceSize || sealed[0] != version1 {
		return nil, errors.New("not sealed by this keyring")
	}
	for _, b := range r.boxes {
		if b.id != [idSize]byte(sealed[1:header]) {
			continue
		}
		plain, err := b.aead.Open(nil, sealed[header:header+nonceSize], sealed[header+nonceSize:], sealed[:header])
		if err != nil {
			return nil, errors.New("sealed content was changed")
		}
		return plain, nil
	}
	return nil, ErrOtherSecret
}
