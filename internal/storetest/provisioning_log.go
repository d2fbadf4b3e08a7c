package storetest

import (
	"slices"
	"testing"
	"time"

	"sallyport/directory"
	"sallyport/internal/fault"
)

// sealedRecord is a request of the robot of "corp" that creates that person.
func sealedRecord(person string) directory.SealedRecord {
	return directory.SealedRecord{
		Record: directory.Record{
			ID: id(), IDP: "corp", TokenID: "1", At: soon(0), Took: 1500 * time.Microsecond,
			Method: "POST", Path: "Users", Status: 201, Detail: "created", Resource: "User", ObjectID: id(), Person: person,
			Changes:  []directory.AttributeChange{{Attribute: "userName", New: person}, {Attribute: "title", Redacted: true}},
			ClientIP: "192.0.2.1", UserAgent: "Robot/1.0",
		},
		Sealed: []byte("sealed"),
	}
}

func testProvisioningLog(t *testing.T, url URL) {
	db := fresh(t, url)
	ctx := t.Context()
	ada, eve, read, failed := sealedRecord("Ada@Example.com"), sealedRecord("eve@example.com"), sealedRecord(""), sealedRecord("bob@example.com")
	eve.IDP = "other"
	read.Method, read.Status, read.Changes, read.ObjectID, read.Sealed = "GET", 200, nil, "", nil
	failed.Status, failed.SCIMType, failed.Changes, failed.ObjectID = 409, "uniqueness", nil, ada.ObjectID
	must(t, db.SaveRecords(ctx, []directory.SealedRecord{ada, eve}))
	must(t, db.SaveRecords(ctx, []directory.SealedRecord{eve, read, failed})) // eve again, after a failure halfway
	must(t, db.SaveRecords(ctx, nil))

	newest := []directory.SealedRecord{failed, read, eve, ada}
	for _, c := range []struct {
		name string
		f    directory.RecordFilter
		want []directory.SealedRecord
	}{
		{"all", directory.RecordFilter{}, newest},
		{"of a connection", directory.RecordFilter{IDP: "corp"}, []directory.SealedRecord{failed, read, ada}},
		{"of a person", directory.RecordFilter{Person: "ADA@example.com"}, []directory.SealedRecord{ada}},
		{"of part of a person", directory.RecordFilter{Person: "ada"}, nil},
		{"of an object", directory.RecordFilter{ObjectID: ada.ObjectID}, []directory.SealedRecord{failed, ada}},
		{"failed", directory.RecordFilter{Failed: true}, []directory.SealedRecord{failed}},
		{"changes", directory.RecordFilter{Changes: true}, []directory.SealedRecord{eve, ada}},
		{"changes of a connection", directory.RecordFilter{Changes: true, IDP: "corp"}, []directory.SealedRecord{ada}},
		{"a page", directory.RecordFilter{Limit: 2}, newest[:2]},
		{"the page behind", directory.RecordFilter{Limit: 2, Before: read.ID}, newest[2:]},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := db.Records(ctx, c.f)
			must(t, err)
			var want []*directory.Record
			for _, r := range c.want {
				want = append(want, &r.Record)
			}
			equal(t, got, want)
		})
	}
	for _, r := range newest {
		found, err := db.Record(ctx, r.ID)
		must(t, err)
		equal(t, found, &r)
	}
	_, err := db.Record(ctx, id())
	wantKind(t, err, fault.NotFound)

	t.Run("many", func(t *testing.T) {
		many := make([]directory.SealedRecord, 450)
		for i := range many {
			many[i] = sealedRecord("many@example.com")
		}
		must(t, db.SaveRecords(ctx, many))
		got, err := db.Records(ctx, directory.RecordFilter{Person: "many@example.com", Limit: 1000})
		must(t, err)
		if len(got) != len(many) || !slices.IsSortedFunc(got, func(a, b *directory.Record) int { return b.At.Compare(a.At) }) {
			t.Errorf("%d of %d records", len(got), len(many))
		}
	})
	t.Run("forgotten", func(t *testing.T) {
		db := fresh(t, url)
		now := soon(0)
		old, young := sealedRecord("old@example.com"), sealedRecord("young@example.com")
		old.ID, young.ID = idAt(now.Add(-30*24*time.Hour-time.Second)), idAt(now.Add(-30*24*time.Hour+time.Minute))
		must(t, db.SaveRecords(ctx, []directory.SealedRecord{old, young}))
		n, err := db.Prune(ctx, now)
		must(t, err)
		left, err := db.Records(ctx, directory.RecordFilter{})
		must(t, err)
		if n != 1 || len(left) != 1 || left[0].ID != young.ID {
			t.Errorf("%d are gone, %d are left", n, len(left))
		}
	})
}
