package idp

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"sallyport/audit"
	"sallyport/internal/fault"
)

const (
	// tokenKeyFor is how long a token key signs. Its successor is published all
	// the while, so that every application has fetched it before it signs.
	tokenKeyFor = 30 * 24 * time.Hour
	// tokenKeySpread is how long it must have been published where an
	// administrator wants it to sign now: twice as long as our answer may be kept.
	tokenKeySpread = 10 * time.Minute
	// tokenKeyStays is how long a retired one stays published. What it signed is
	// good for minutes.
	tokenKeyStays = time.Hour
)

// RotateTokenKey makes the next token key the current one now, not only when
// its time has come, and publishes a new next one. What the old key signed stays
// good. fault.Conflict where the next key is so new that applications may not
// have fetched it.
func (r *Registry) RotateTokenKey(ctx context.Context, actor string) error {
	err := r.rotateTokenKey(ctx, actor, func(next *Key) error {
		if at := next.CreatedAt.Add(tokenKeySpread); now().Before(at) {
			return fault.New(fault.Conflict, fmt.Sprintf("The next token key is so new that applications may not know it yet. Rotate at %s UTC or later.", at.Add(time.Minute).Format("15:04")))
		}
		return nil
	})
	if errors.Is(err, errNotDue) {
		return fault.New(fault.Conflict, "The token keys were rotated by somebody else just now.")
	}
	return err
}

// ReplaceTokenKeys is for after a theft: every token key is deleted at once,
// the next one too, and new ones take their place. Applications refuse tokens by
// the old ones as soon as they have fetched the keys again.
func (r *Registry) ReplaceTokenKeys(ctx context.Context, actor string) error {
	fresh, err := r.firstTokenKeys()
	if err != nil {
		return err
	}
	e, err := keyEvent(audit.KeyRotated, fresh[0], actor)
	if err != nil {
		return err
	}
	e.Reason = "stolen"
	err = r.store.UpdateKeys(ctx, func(all []*Key) ([]*Key, error) {
		others := slices.DeleteFunc(all, func(k *Key) bool { return k.Use == KeyToken })
		return append(others, fresh...), nil
	}, e)
	if err != nil {
		return fmt.Errorf("replace token keys: %w", err)
	}
	return r.Reload(ctx)
}

// errNotDue keeps things as they are: another instance was quicker.
var errNotDue = errors.New("no token key is due to change")

// tendTokenKeys does what is due: the next key becomes the current one after
// its notice, and retired ones are deleted.
func (r *Registry) tendTokenKeys(ctx context.Context) error {
	stored, err := r.store.Keys(ctx)
	if err != nil {
		return fmt.Errorf("load keys: %w", err)
	}
	at := now()
	for id, change := range tokenKeysChange(stored) {
		k := stored[slices.IndexFunc(stored, func(k *Key) bool { return k.ID == id })]
		if at.Before(change) {
			continue
		}
		switch k.State {
		case KeyCurrent:
			err = r.rotateTokenKey(ctx, "system", tokenKeyDue)
		case KeyRetired:
			err = r.dropTokenKey(ctx, k)
		}
		if err != nil && !errors.Is(err, errNotDue) {
			return err
		}
	}
	return nil
}

func tokenKeyDue(next *Key) error {
	if now().Before(tokenKeyEnds(next)) {
		return errNotDue
	}
	return nil
}

// rotateTokenKey does so unless allowed, which is asked while nobody else
// changes keys, gives an error.
func (r *Registry) rotateTokenKey(ctx context.Context, actor string, allowed func(next *Key) error) error {
	stored, err := r.store.Keys(ctx)
	if err != nil {
		return fmt.Errorf("load keys: %w", err)
	}
	promoted := find(stored, KeyToken, KeyNext)
	if promoted == nil {
		return errNoNext(KeyToken)
	}
	fresh, err := r.newKey(KeyToken, KeyNext)
	if err != nil {
		return err
	}
	return r.updateKeys(ctx, audit.KeyRotated, promoted, actor, func(all []*Key) ([]*Key, error) {
		current, next := find(all, KeyToken, KeyCurrent), find(all, KeyToken, KeyNext)
		if current == nil || next == nil || next.ID != promoted.ID {
			return nil, errNotDue
		}
		if err := allowed(next); err != nil {
			return nil, err
		}
		current.State, next.State = KeyRetired, KeyCurrent
		return append(all, fresh), nil
	})
}

func (r *Registry) dropTokenKey(ctx context.Context, old *Key) error {
	return r.updateKeys(ctx, audit.KeyRetired, old, "system", func(all []*Key) ([]*Key, error) {
		at := slices.IndexFunc(all, func(k *Key) bool { return k.ID == old.ID })
		if at < 0 {
			return nil, errNotDue
		}
		return slices.Delete(all, at, at+1), nil
	})
}

// tokenKeysChange says, of each token key by its ID, when its present state
// ends. The times are read off its successors: a next key is made in the very
// act in which the one before it comes into use, and the one before that retires.
func tokenKeysChange(stored []*Key) map[string]time.Time {
	var tokens []*Key // newest first: next, current, retired ones
	for _, k := range stored {
		if k.Use == KeyToken {
			tokens = append(tokens, k)
		}
	}
	changes := map[string]time.Time{}
	next := find(tokens, KeyToken, KeyNext)
	if next == nil {
		return changes
	}
	for i, k := range tokens {
		if k.State != KeyRetired {
			changes[k.ID] = tokenKeyEnds(next)
		} else if i >= 2 {
			changes[k.ID] = tokens[i-2].CreatedAt.Add(tokenKeyStays)
		}
	}
	return changes
}

// tokenKeyEnds is when the current key hands over to next.
func tokenKeyEnds(next *Key) time.Time { return next.CreatedAt.Add(tokenKeyFor) }
