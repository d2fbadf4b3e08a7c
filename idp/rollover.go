package idp

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"sallyport/audit"
	"sallyport/internal/fault"
	"sallyport/saml"
)

// KeyInfo is what may be shown of a key of ours: never its private part.
type KeyInfo struct {
	ID          string
	Use         KeyUse
	State       KeyState
	Fingerprint string // of its certificate, as in Certificate
	Subject     string
	NotBefore   time.Time
	NotAfter    time.Time
	CreatedAt   time.Time
	ChangesAt   time.Time // of a token key: when it goes on to its next state by itself, or is gone; zero of the others
}

// Keys gives our own keys, newest first.
func (r *Registry) Keys(ctx context.Context) ([]KeyInfo, error) {
	stored, err := r.store.Keys(ctx)
	if err != nil {
		return nil, fmt.Errorf("load keys: %w", err)
	}
	all, changes := make([]KeyInfo, 0, len(stored)), tokenKeysChange(stored)
	for _, k := range stored {
		info, err := k.info()
		if err != nil {
			return nil, err
		}
		info.ChangesAt = changes[k.ID]
		all = append(all, info)
	}
	return all, nil
}

func (k *Key) info() (KeyInfo, error) {
	certificate, err := x509.ParseCertificate(k.Certificate)
	if err != nil {
		return KeyInfo{}, fmt.Errorf("parse certificate of key %s: %w", k.ID, err)
	}
	return KeyInfo{
		ID: k.ID, Use: k.Use, State: k.State,
		Fingerprint: saml.Fingerprint(k.Certificate), Subject: certificate.Subject.String(),
		NotBefore: certificate.NotBefore.UTC(), NotAfter: certificate.NotAfter.UTC(), CreatedAt: k.CreatedAt,
	}, nil
}

// PublishNext makes the successor of the current key of that use, and shows it
// in our metadata beside it. Identity providers then have time to fetch it.
// fault.Conflict where a successor waits already, or too many retired
// encryption keys still decrypt.
func (r *Registry) PublishNext(ctx context.Context, use KeyUse, actor string) error {
	if err := checkUse(use); err != nil {
		return err
	}
	next, err := r.newKey(use, KeyNext)
	if err != nil {
		return err
	}
	return r.updateKeys(ctx, audit.KeyMade, next, actor, func(all []*Key) ([]*Key, error) {
		if find(all, use, KeyNext) != nil {
			return nil, fault.New(fault.Conflict, fmt.Sprintf("The next %s key is published already. Promote it once the identity providers have fetched it.", use))
		}
		if use == KeyEncryption && count(all, use) >= maxDecryptionKeys {
			return nil, fault.New(fault.Conflict, fmt.Sprintf("There are %d encryption keys, and no more are tried. Retire the oldest one for good first.", maxDecryptionKeys))
		}
		return append(all, next), nil
	})
}

// Promote puts the published successor into use: the next key becomes the
// current one, and the current one is retired. A retired encryption key still
// decrypts, a retired signing key does nothing. fault.Conflict where no
// successor is published.
func (r *Registry) Promote(ctx context.Context, use KeyUse, actor string) error {
	if err := checkUse(use); err != nil {
		return err
	}
	stored, err := r.store.Keys(ctx)
	if err != nil {
		return fmt.Errorf("load keys: %w", err)
	}
	next := find(stored, use, KeyNext)
	if next == nil {
		return errNoNext(use)
	}
	return r.updateKeys(ctx, audit.KeyRotated, next, actor, func(all []*Key) ([]*Key, error) {
		if n := find(all, use, KeyNext); n == nil || n.ID != next.ID {
			return nil, errNoNext(use) // somebody else was quicker
		}
		for _, k := range all {
			switch {
			case k.Use != use:
			case k.State == KeyCurrent:
				k.State = KeyRetired
			case k.State == KeyNext:
				k.State = KeyCurrent
			}
		}
		return all, nil
	})
}

func errNoNext(use KeyUse) error {
	return fault.New(fault.Conflict, fmt.Sprintf("No next %s key is published. Publish one, and give the identity providers time to fetch it.", use))
}

// Retire deletes a retired key. What is encrypted for it can't be read any
// more, and what it signed as a token is refused as soon as applications have
// fetched the keys again. fault.NotFound; fault.Conflict where the key is current
// or next.
func (r *Registry) Retire(ctx context.Context, keyID, actor string) error {
	stored, err := r.store.Keys(ctx)
	if err != nil {
		return fmt.Errorf("load keys: %w", err)
	}
	at := slices.IndexFunc(stored, func(k *Key) bool { return k.ID == keyID })
	if at < 0 {
		return errNoKey
	}
	return r.updateKeys(ctx, audit.KeyRetired, stored[at], actor, func(all []*Key) ([]*Key, error) {
		at := slices.IndexFunc(all, func(k *Key) bool { return k.ID == keyID })
		switch {
		case at < 0:
			return nil, errNoKey
		case all[at].Use == KeyToken && all[at].State != KeyRetired:
			return nil, fault.New(fault.Conflict, "This key is in use, or will be soon. Rotate the token keys rather, or, after a theft, have all of them replaced.")
		case all[at].State == KeyCurrent:
			return nil, fault.New(fault.Conflict, "This key is in use. Publish the next one and promote it first.")
		case all[at].State == KeyNext:
			return nil, fault.New(fault.Conflict, "This key is published, and identity providers may use it already. Promote it rather.")
		}
		return slices.Delete(all, at, at+1), nil
	})
}

var errNoKey = fault.New(fault.NotFound, "There is no such key.")

func (r *Registry) updateKeys(ctx context.Context, action audit.Action, k *Key, actor string, change func([]*Key) ([]*Key, error)) error {
	e, err := keyEvent(action, k, actor)
	if err != nil {
		return err
	}
	if err := r.store.UpdateKeys(ctx, change, e); err != nil {
		return fmt.Errorf("update keys: %w", err)
	}
	return r.Reload(ctx)
}

func keyEvent(action audit.Action, k *Key, actor string) (e audit.Event, err error) {
	e = audit.New(action, actor)
	e.Object = "key:" + k.ID
	if e.Detail, err = json.Marshal(map[string]any{"use": k.Use, "fingerprint": saml.Fingerprint(k.Certificate)}); err != nil {
		return e, fmt.Errorf("describe key: %w", err)
	}
	return e, nil
}

func checkUse(use KeyUse) error {
	if use == KeyToken {
		return fault.New(fault.Invalid, "Token keys change by themselves. To have them change now, rotate them.")
	}
	if use != KeySigning && use != KeyEncryption {
		return fault.New(fault.Invalid, "A key is for signing or for encryption.")
	}
	return nil
}

func find(all []*Key, use KeyUse, state KeyState) *Key {
	for _, k := range all {
		if k.Use == use && k.State == state {
			return k
		}
	}
	return nil
}

func count(all []*Key, use KeyUse) (n int) {
	for _, k := range all {
		if k.Use == use {
			n++
		}
	}
	return n
}
