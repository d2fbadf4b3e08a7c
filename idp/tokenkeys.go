package idp

import (
	"cmp"
	"crypto/ecdsa"
	"crypto/elliptic"
	"fmt"
	"slices"
	"time"
)

// TokenKey is a key of app tokens, opened.
type TokenKey struct {
	ID      string
	State   KeyState
	Private *ecdsa.PrivateKey // P-256; nil unless it is current
	Public  *ecdsa.PublicKey

	until time.Time // of a retired one: when nothing that it signed is good any more
}

// TokenKeys gives the current key, then the next one, which is published long
// before it signs, and then the retired ones as long as what they signed may be
// about.
func (r *Registry) TokenKeys() []TokenKey {
	at := now()
	return slices.DeleteFunc(slices.Clone(r.snapshot.Load().keys.tokens), func(k TokenKey) bool {
		return k.State == KeyRetired && !at.Before(k.until)
	})
}

// firstTokenKeys are a key and its successor, which comes second.
func (r *Registry) firstTokenKeys() ([]*Key, error) {
	current, err := r.newKey(KeyToken, KeyCurrent)
	if err != nil {
		return nil, err
	}
	next, err := r.newKey(KeyToken, KeyNext)
	if err != nil {
		return nil, err
	}
	return []*Key{current, next}, nil
}

func (r *Registry) openTokenKeys(stored []*Key) ([]TokenKey, error) {
	var opened []TokenKey
	changes := tokenKeysChange(stored)
	for _, k := range stored {
		if k.Use != KeyToken {
			continue
		}
		signer, _, err := r.open(k) // the next one too: whatever is wrong with it is known before it signs
		if err != nil {
			return nil, fmt.Errorf("open %s key %s: %w", k.Use, k.ID, err)
		}
		private, ok := signer.(*ecdsa.PrivateKey)
		if !ok || private.Curve != elliptic.P256() {
			return nil, fmt.Errorf("open %s key %s: it is not of the curve P-256", k.Use, k.ID)
		}
		one := TokenKey{ID: k.ID, State: k.State, Public: &private.PublicKey, until: changes[k.ID]}
		if k.State == KeyCurrent {
			one.Private = private
		}
		opened = append(opened, one)
	}
	if len(opened) == 0 {
		return nil, fmt.Errorf("load keys: there is no token key")
	}
	order := []KeyState{KeyCurrent, KeyNext, KeyRetired}
	slices.SortStableFunc(opened, func(a, b TokenKey) int {
		return cmp.Compare(slices.Index(order, a.State), slices.Index(order, b.State))
	})
	if opened[0].Private == nil {
		return nil, fmt.Errorf("load keys: there is no current token key")
	}
	return opened, nil
}
