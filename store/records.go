package store

import (
	"context"
	"fmt"
	"time"

	"sallyport/directory"
)

const (
	// recordsStep is how many are saved in one act, and so how long others
	// wait behind it.
	recordsStep = 200
)

const recordColumns = `id, idp, token_id, at, took, method, path, status, scim_type, detail, resource, object_id, person,
	changes, client_ip, user_agent`

const insertRecord = "INSERT INTO scim_requests (" + recordColumns + `, folded_person, sealed)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) ON CONFLICT (id) DO NOTHING`

// SaveRecords adds to the provisioning log, in steps that let others write in
// between. What it saved before it failed stays; saving one twice is none.
func (d *DB) SaveRecords(ctx context.Context, sealed []directory.SealedRecord) error {
	for rest := sealed; len(rest) > 0; rest = rest[min(len(rest), recordsStep):] {
		step := rest[:min(len(rest), recordsStep)]
		err := d.write(ctx, func(t tx) error {
			for i := range step {
				if err := saveRecord(t, &step[i]); err != nil {
					return fmt.Errorf("save record %s: %w", step[i].ID, err)
				}
			}
			return nil
		})
		if err != nil {
			return wrap(err, "add to the provisioning log")
		}
	}
	return wrap(d.shortenLog(ctx, int64(len(sealed))), "shorten the provisioning log")
}

func saveRecord(t tx, r *directory.SealedRecord) error {
	changes, err := encodeList(r.Changes)
	if err != nil {
		return err
	}
	_, err = t.exec(insertRecord, r.ID, r.IDP, r.TokenID, millis(r.At), r.Took.Microseconds(), r.Method, r.Path, r.Status,
		r.SCIMType, r.Detail, r.Resource, r.ObjectID, r.Person, changes, r.ClientIP, r.UserAgent,
		directory.Fold(r.Person), r.Sealed)
	return err
}

// Records lists the provisioning log, newest first.
func (d *DB) Records(ctx context.Context, f directory.RecordFilter) ([]*directory.Record, error) {
	w := recordConditions(f)
	w.args = append(w.args, limit(f.Limit))
	query := fmt.Sprintf("SELECT %s FROM scim_requests%s ORDER BY id DESC LIMIT $%d", recordColumns, w, len(w.args))
	rows, err := d.read(ctx).rows(query, w.args...)
	all, err := collect(rows, err, scanRecord)
	return all, wrap(err, "list the provisioning log")
}

// Record finds one with its sealed body.
func (d *DB) Record(ctx context.Context, id string) (*directory.SealedRecord, error) {
	var sealed []byte
	r, err := scanRecord(also{d.read(ctx).row("SELECT "+recordColumns+", sealed FROM scim_requests WHERE id = $1", id), &sealed})
	if err != nil {
		return nil, wrap(missing(err, "That request is not in the provisioning log any more."), "find record %s", id)
	}
	return &directory.SealedRecord{Record: *r, Sealed: sealed}, nil
}

// recordConditions repeats the conditions of partial indexes, without which
// SQLite does not see that it may use them.
func recordConditions(f directory.RecordFilter) *where {
	w := &where{}
	if f.IDP != "" {
		w.add("idp = ?", f.IDP)
	}
	if f.Person != "" {
		w.add("folded_person = ? AND folded_person <> ''", directory.Fold(f.Person))
	}
	if f.ObjectID != "" {
		w.add("object_id = ? AND object_id <> ''", f.ObjectID)
	}
	if f.Failed {
		w.add("status >= 400")
	}
	if f.Changes {
		w.add("changes <> ''")
	}
	if f.Before != "" {
		w.add("id < ?", f.Before)
	}
	return w
}

func scanRecord(from scanner) (*directory.Record, error) {
	var r directory.Record
	var at, took int64
	var changes string
	err := from.Scan(&r.ID, &r.IDP, &r.TokenID, &at, &took, &r.Method, &r.Path, &r.Status, &r.SCIMType, &r.Detail,
		&r.Resource, &r.ObjectID, &r.Person, &changes, &r.ClientIP, &r.UserAgent)
	if err != nil {
		return nil, err
	}
	r.At, r.Took = fromMillis(at), time.Duration(took)*time.Microsecond
	r.Changes, err = decodeList[directory.AttributeChange](changes)
	return &r, err
}
