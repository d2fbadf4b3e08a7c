package gateway

import (
	"crypto/ecdsa"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// Key signs app tokens, or did.
type Key struct {
	ID      string            // kid
	Private *ecdsa.PrivateKey // P-256; nil for a key whose tokens are only checked
	Public  *ecdsa.PublicKey
}

// tokenFor is how long an app token is good.
const tokenFor = 5 * time.Minute

// token is a signed one, compact.
type token struct {
	Text    string
	KeyID   string // what signed it: where that is no longer the signing key, another token is due
	Expires time.Time
}

// minter signs app tokens with the first of its keys.
type minter struct {
	keys Keys
	last atomic.Pointer[signer]
}

// signer is made once per key: that costs more than to sign.
type signer struct {
	key  Key
	jose jose.Signer
}

func newMinter(keys Keys) *minter { return &minter{keys: keys} }

// keyID is the key that signs now.
func (m *minter) keyID() string {
	if all := m.keys.TokenKeys(); len(all) > 0 {
		return all[0].ID
	}
	return ""
}

// mint signs c. It says since when, until when (five minutes at most, and not
// beyond the second in which the session ends) and under which ID; what would
// make the token too long for a header it leaves out.
func (m *minter) mint(c Claims, sessionEnds time.Time) (token, error) {
	s, err := m.signer()
	if err != nil {
		return token{}, err
	}
	now := time.Now().Truncate(time.Second)
	ends := now.Add(tokenFor)
	if sessionEnds.Before(ends) {
		ends = sessionEnds.Truncate(time.Second)
	}
	if !time.Now().Before(sessionEnds) {
		return token{}, errors.New("the session is over")
	}
	if !now.Before(ends) {
		ends = now.Add(time.Second) // times are told in seconds, and this one is the last
	}
	c.IssuedAt, c.NotBefore, c.Expires, c.ID = now.Unix(), now.Unix(), ends.Unix(), rand.Text()
	payload, err := c.fitted()
	if err != nil {
		return token{}, err
	}
	signed, err := s.jose.Sign(payload)
	if err != nil {
		return token{}, fmt.Errorf("sign by key %s: %w", s.key.ID, err)
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		return token{}, fmt.Errorf("write token: %w", err)
	}
	return token{Text: text, KeyID: s.key.ID, Expires: ends}, nil
}

func (m *minter) signer() (*signer, error) {
	all := m.keys.TokenKeys()
	if len(all) == 0 || all[0].Private == nil {
		return nil, errors.New("there is no key that signs tokens")
	}
	key := all[0]
	if s := m.last.Load(); s != nil && s.key.ID == key.ID && s.key.Private.Equal(key.Private) {
		return s, nil
	}
	made, err := jose.NewSigner(
		jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: key.Private, KeyID: key.ID}},
		(&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return nil, fmt.Errorf("use key %s: %w", key.ID, err)
	}
	s := &signer{key: key, jose: made}
	m.last.Store(s)
	return s, nil
}

// maxPayload is how long claims may be: with signature and encoding some 7,700
// bytes of header. Most servers take no longer line than 8 kB.
const maxPayload = 5600

// fitted is c as JSON. Where it would be too long the groups are left out, all
// of them, since half a list would decide something; then likewise the tags, and
// in the end what nobody decides by.
func (c Claims) fitted() ([]byte, error) {
	leaveOut := []func(){
		func() { c.Groups, c.GroupsOmitted = nil, true },
		func() { c.Tags, c.AWSTags, c.TagsOmitted = nil, nil, true },
		func() { c.Name, c.Email = "", "" },
	}
	for {
		if c.Groups == nil {
			c.Groups = []string{}
		}
		payload, err := json.Marshal(c)
		if err != nil {
			return nil, fmt.Errorf("write claims: %w", err)
		}
		if len(payload) <= maxPayload {
			return payload, nil
		}
		if len(leaveOut) == 0 {
			return nil, fmt.Errorf("the claims are too long for a header: %d bytes", len(payload))
		}
		leaveOut[0]()
		leaveOut = leaveOut[1:]
	}
}
