package directory_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"sallyport/directory"
	"sallyport/internal/fault"
)

// runner begins Run of each, and ends them.
func runner(t *testing.T, all ...*directory.Directory) (run, stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	var done sync.WaitGroup
	return func() {
			for _, d := range all {
				done.Go(func() {
					if err := d.Run(ctx); err != nil {
						t.Error(err)
					}
				})
			}
		}, func() {
			cancel()
			done.Wait()
		}
}

func (h *house) records() []*directory.Record {
	h.t.Helper()
	all, err := h.dir.Records(h.t.Context(), directory.RecordFilter{Limit: 100_000})
	h.must(err)
	return all
}

func TestLog(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	r := &directory.Record{
		IDP: "corp", TokenID: "1", At: time.Now().UTC().Truncate(time.Millisecond), Took: 2 * time.Millisecond, Method: "POST", Path: "Users", Status: 201,
		Resource: "User", ObjectID: "u1", Person: "ada@example.com", ClientIP: "192.0.2.1", UserAgent: "Robot/1.0\x00",
		Body: []byte(`{"userName":"ada@example.com"}`),
		Changes: []directory.AttributeChange{
			{Attribute: "userName", New: "ada@example.com"}, {Attribute: "members", New: "3 added"},
			{Attribute: "title", Old: "Mr.", New: "Dr."}, {Attribute: "emails", New: "secret@example.com", Redacted: true},
		},
	}
	h.dir.Log(r)
	if got := h.records(); len(got) != 0 {
		t.Error("Log wrote by itself")
	}
	h.must(h.dir.Flush(ctx))
	h.must(h.dir.Flush(ctx))
	listed := h.records()
	if len(listed) != 1 || listed[0].Body != nil {
		t.Fatalf("listed: %+v", listed)
	}
	found, err := h.dir.Record(ctx, listed[0].ID)
	h.must(err)
	want := *r
	want.UserAgent = "Robot/1.0 "
	want.Changes = []directory.AttributeChange{
		{Attribute: "userName", New: "ada@example.com"}, {Attribute: "members", New: "3 added"},
		{Attribute: "title", Redacted: true}, {Attribute: "emails", Redacted: true},
	}
	if diff := cmp.Diff(&want, found); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	sealed, err := h.db.Record(ctx, found.ID)
	h.must(err)
	if len(sealed.Body) != 0 || len(sealed.Sealed) == 0 || strings.Contains(string(sealed.Sealed), "ada") {
		t.Errorf("the body can be read in the database: %q %q", sealed.Body, sealed.Sealed)
	}
	_, err = h.dir.Record(ctx, "nothing")
	wantKind(t, err, fault.NotFound)
}

func TestLogKeepsBounds(t *testing.T) {
	h := newHouse(t)
	h.dir.Log(&directory.Record{Path: strings.Repeat("p", 5000), Body: make([]byte, 64<<10+1), Detail: strings.Repeat("d", 5000)})
	h.dir.Log(&directory.Record{Body: make([]byte, 64<<10)})
	h.must(h.dir.Flush(t.Context()))
	all := h.records()
	for i, want := range []int{64 << 10, 0} {
		r, err := h.dir.Record(t.Context(), all[i].ID)
		h.must(err)
		if len(r.Body) != want || len(r.Path) > 500 || len(r.Detail) > 500 {
			t.Errorf("kept %d bytes of the body, %d of the path, %d of the detail", len(r.Body), len(r.Path), len(r.Detail))
		}
	}

	// In a flood the memory is bounded: bodies go first, and then what is lost
	// is said.
	for range 20_100 {
		h.dir.Log(&directory.Record{Method: "PUT", Body: make([]byte, 64<<10)})
	}
	h.must(h.dir.Flush(t.Context()))
	bodies := 0
	all = h.records()
	for _, r := range all {
		full, err := h.db.Record(t.Context(), r.ID)
		h.must(err)
		if r.Method == "PUT" && len(full.Sealed) > 0 {
			bodies++
		}
	}
	if len(all) != 2+20_000 || bodies != 512 {
		t.Errorf("%d records and %d bodies, want 20,002, and those 512 that have room", len(all), bodies)
	}
	if logs := h.logs.String(); strings.Count(logs, "left out") != 1 || !strings.Contains(logs, "requests=100") {
		t.Errorf("logged: %s", logs)
	}
}

// closedFor is a store that fails to save records a few times.
type closedFor struct {
	directory.Store
	times int
}

func (c *closedFor) SaveRecords(ctx context.Context, sealed []directory.SealedRecord) error {
	if c.times > 0 {
		c.times--
		return errors.New("the disk is full")
	}
	return c.Store.SaveRecords(ctx, sealed)
}

func TestLogOutlivesFailures(t *testing.T) {
	h := newHouse(t)
	d := h.over(&closedFor{Store: h.db, times: 2})
	d.Log(&directory.Record{Path: "0"})
	if d.Flush(t.Context()) == nil {
		t.Error("the failure is not told")
	}
	d.Log(&directory.Record{Path: "1"})
	if d.Flush(t.Context()) == nil {
		t.Error("the failure is not told")
	}
	d.Log(&directory.Record{Path: "2"})
	h.must(d.Flush(t.Context()))
	all := h.records()
	if len(all) != 3 || all[0].Path != "2" || all[2].Path != "0" {
		t.Errorf("saved: %+v", all)
	}
}

func TestRunSavesTheLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		defer h.db.Close()
		d := h.over(&closedFor{Store: h.db, times: 3})
		run, stop := runner(t, d)
		run()
		d.Log(&directory.Record{Path: "0"})
		time.Sleep(3500 * time.Millisecond)
		if n := len(h.records()); n != 0 {
			t.Errorf("%d records while the store fails", n)
		}
		time.Sleep(time.Second)
		if n := len(h.records()); n != 1 {
			t.Errorf("%d records, want the one", n)
		}
		if logs := h.logs.String(); strings.Count(logs, "could not save the provisioning log") != 1 {
			t.Errorf("logged: %s", logs)
		}
		d.Log(&directory.Record{Path: "1"})
		stop() // what waits is saved still
		if n := len(h.records()); n != 2 {
			t.Errorf("%d records after the end, want 2", n)
		}
	})
}

func TestLogIsFlushedEarlyInAFlood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		defer h.db.Close()
		run, stop := runner(t, h.dir)
		run()
		synctest.Wait()
		began := time.Now()
		for i := range 5000 {
			h.dir.Log(&directory.Record{Path: strconv.Itoa(i)})
		}
		synctest.Wait()
		if n := len(h.records()); n != 5000 || time.Since(began) != 0 {
			t.Errorf("%d records of 5000 after %v, want all at once", n, time.Since(began))
		}
		stop()
	})
}
