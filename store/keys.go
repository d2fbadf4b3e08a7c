package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"sallyport/audit"
	"sallyport/idp"
)

const selectKeys = "SELECT id, purpose, state, certificate, sealed, created_at FROM keys"

// Keys gives this service's own keys, newest first.
func (d *DB) Keys(ctx context.Context) ([]*idp.Key, error) {
	all, err := loadKeys(d.read(ctx))
	return all, wrap(err, "list keys")
}

// CreateKeys saves keys unless keys of that use exist, and gives all that are
// stored then, newest first.
func (d *DB) CreateKeys(ctx context.Context, keys []*idp.Key, e audit.Event) ([]*idp.Key, error) {
	var all []*idp.Key
	err := d.write(ctx, func(t tx) error {
		stored, err := lockKeys(t)
		if err != nil {
			return err
		}
		fresh := slices.DeleteFunc(slices.Clone(keys), func(k *idp.Key) bool { return hasUse(stored, k.Use) })
		for _, k := range fresh {
			if err := saveKey(t, k); err != nil {
				return err
			}
		}
		if all = stored; len(fresh) == 0 {
			return nil
		}
		if err := d.appendEvent(t, e); err != nil {
			return err
		}
		if err := bumpRevision(t); err != nil {
			return err
		}
		all, err = loadKeys(t)
		return err
	})
	if err != nil {
		return nil, wrap(err, "create keys")
	}
	return all, nil
}

// UpdateKeys makes the stored keys those that change gives: new ones are saved,
// missing ones deleted, and of the others the state is updated.
func (d *DB) UpdateKeys(ctx context.Context, change func([]*idp.Key) ([]*idp.Key, error), e audit.Event) error {
	err := d.write(ctx, func(t tx) error {
		stored, err := lockKeys(t)
		if err != nil {
			return err
		}
		before := map[string]bool{}
		for _, k := range stored {
			before[k.ID] = true
		}
		after, err := change(stored)
		if err != nil {
			return err
		}
		for _, k := range after {
			if !before[k.ID] {
				err = saveKey(t, k)
			} else {
				_, err = t.exec("UPDATE keys SET state = $2 WHERE id = $1", k.ID, string(k.State))
			}
			if err != nil {
				return err
			}
			delete(before, k.ID)
		}
		for id := range before {
			if _, err := t.exec("DELETE FROM keys WHERE id = $1", id); err != nil {
				return fmt.Errorf("delete key %s: %w", id, err)
			}
		}
		if err := d.appendEvent(t, e); err != nil {
			return err
		}
		return bumpRevision(t)
	})
	return wrap(err, "update keys")
}

// lockKeys gives all keys, and nobody else changes them until the act is over:
// whoever holds the revision's row is alone with them.
func lockKeys(t tx) ([]*idp.Key, error) {
	var revision int64
	if err := t.row(t.forUpdate(selectRevision)).Scan(&revision); err != nil {
		return nil, fmt.Errorf("lock the revision: %w", err)
	}
	return loadKeys(t)
}

func saveKey(t tx, k *idp.Key) error {
	_, err := t.exec("INSERT INTO keys (id, purpose, state, certificate, sealed, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
		k.ID, string(k.Use), string(k.State), k.Certificate, k.Sealed, millis(k.CreatedAt))
	if err != nil {
		return fmt.Errorf("save key %s: %w", k.ID, err)
	}
	return nil
}

func hasUse(keys []*idp.Key, use idp.KeyUse) bool {
	return slices.ContainsFunc(keys, func(k *idp.Key) bool { return k.Use == use })
}

func loadKeys(from statements) ([]*idp.Key, error) {
	rows, err := from.rows(selectKeys)
	all, err := collect(rows, err, func(from scanner) (*idp.Key, error) {
		var k idp.Key
		var created int64
		err := from.Scan(&k.ID, &k.Use, &k.State, &k.Certificate, &k.Sealed, &created)
		k.CreatedAt = fromMillis(created)
		return &k, err
	})
	slices.SortFunc(all, func(a, b *idp.Key) int {
		return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), cmp.Compare(b.ID, a.ID))
	})
	return all, err
}
