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
		// Whoever holds this row is alone with the keys.
		var revision int64
		if err := t.row(t.forUpdate(selectRevision)).Scan(&revision); err != nil {
			return fmt.Errorf("lock the revision: %w", err)
		}
		stored, err := loadKeys(t)
		if err != nil {
			return err
		}
		fresh := slices.DeleteFunc(slices.Clone(keys), func(k *idp.Key) bool { return hasUse(stored, k.Use) })
		for _, k := range fresh {
			_, err := t.exec("INSERT INTO keys (id, purpose, state, certificate, sealed, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
				k.ID, string(k.Use), string(k.State), k.Certificate, k.Sealed, millis(k.CreatedAt))
			if err != nil {
				return fmt.Errorf("save key %s: %w", k.ID, err)
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
