package directory

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// Bounds of what waits to be saved, and of what one record keeps.
const (
	maxWaiting     = 20_000
	maxWaitingBody = 32 << 20 // bytes, of all that wait
	maxBody        = 64 << 10 // bytes, of one
	maxPath        = 500      // bytes
	maxDetail      = 500      // bytes
	flushEvery     = time.Second
	// flushPatience is how long what is left is tried to be saved at the end.
	flushPatience = 5 * time.Second
)

// Log takes one request into the provisioning log; it may not be changed from
// then on. It never waits: records are saved together about once a second by
// Run. In a flood beyond what can be saved the bodies go first, and where that
// is not enough the log says how many requests it left out.
func (d *Directory) Log(r *Record) {
	if r.ID == "" {
		r.ID = newID()
	}
	r.Path, r.UserAgent = clip(r.Path, maxPath), clip(r.UserAgent, maxUserAgent)
	r.Detail, r.Person = clip(r.Detail, maxDetail), clip(r.Person, maxText)
	if len(r.Body) > maxBody {
		r.Body = nil
	}
	redact(r.Changes)
	d.waiting.add(r)
}

// Records lists the provisioning log, newest first, without bodies.
func (d *Directory) Records(ctx context.Context, f RecordFilter) ([]*Record, error) {
	return d.store.Records(ctx, f)
}

// Record finds one with its body, if that can be read; fault.NotFound.
func (d *Directory) Record(ctx context.Context, id string) (*Record, error) {
	sealed, err := d.store.Record(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("find a record: %w", err)
	}
	r := sealed.Record
	if len(sealed.Sealed) == 0 || d.options.Sealer == nil {
		return &r, nil
	}
	if r.Body, err = d.options.Sealer.Open(sealed.Sealed); err != nil {
		// It was sealed under a secret that is no longer there.
		d.options.Logger.WarnContext(ctx, "the body of a recorded request does not open", "record", id)
	}
	return &r, nil
}

// Flush saves what Log has taken. What could not be saved waits for the next
// time.
func (d *Directory) Flush(ctx context.Context) error {
	d.waiting.flushing.Lock()
	defer d.waiting.flushing.Unlock()
	records, lost := d.waiting.take()
	if lost > 0 {
		d.options.Logger.WarnContext(ctx, "the provisioning log left out requests: more came than could be saved", "requests", lost)
	}
	if len(records) == 0 {
		return nil
	}
	sealed := make([]SealedRecord, 0, len(records))
	for _, r := range records {
		s, err := d.seal(r)
		if err != nil {
			d.waiting.putBack(records)
			return fmt.Errorf("seal record %s: %w", r.ID, err)
		}
		sealed = append(sealed, s)
	}
	if err := d.store.SaveRecords(ctx, sealed); err != nil {
		d.waiting.putBack(records)
		return fmt.Errorf("save the provisioning log: %w", err)
	}
	return nil
}

func (d *Directory) seal(r *Record) (SealedRecord, error) {
	s := SealedRecord{Record: *r}
	s.Body = nil
	if len(r.Body) == 0 || d.options.Sealer == nil {
		return s, nil
	}
	var err error
	s.Sealed, err = d.options.Sealer.Seal(r.Body)
	return s, err
}

// shown are the attributes whose values an administrator needs to see to
// follow what happened.
var shown = map[string]bool{"userName": true, "externalId": true, "active": true, "displayName": true, "members": true}

// redact takes the values of all others away.
func redact(changes []AttributeChange) {
	for i, c := range changes {
		if shown[c.Attribute] {
			changes[i].Old, changes[i].New = clip(c.Old, maxDetail), clip(c.New, maxDetail)
			continue
		}
		changes[i] = AttributeChange{Attribute: c.Attribute, Redacted: true}
	}
}

// waiting are the records that are not saved yet.
type waiting struct {
	flushing sync.Mutex // held while saving: what is put back keeps its place

	mu      sync.Mutex
	records []*Record
	body    int // bytes of all bodies
	lost    int
	came    chan struct{} // told where something waits
	full    chan struct{} // told once a quarter is taken
}

func newWaiting() *waiting {
	return &waiting{came: make(chan struct{}, 1), full: make(chan struct{}, 1)}
}

// tell does not wait: who listens is told already, or will look anyway.
func tell(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

func (w *waiting) add(r *Record) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.admit(r) {
		return
	}
	tell(w.came)
	if len(w.records) >= maxWaiting/4 || w.body >= maxWaitingBody/4 {
		tell(w.full)
	}
}

func (w *waiting) take() (records []*Record, lost int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	records, lost = w.records, w.lost
	w.records, w.body, w.lost = nil, 0, 0
	return records, lost
}

// putBack keeps the order of time; what came meanwhile may be too many.
func (w *waiting) putBack(records []*Record) {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := append(records, w.records...)
	w.records, w.body = nil, 0
	for _, r := range all {
		w.admit(r)
	}
	tell(w.came)
}

// admit lets r wait: where its body has no room, without it.
func (w *waiting) admit(r *Record) bool {
	if len(w.records) >= maxWaiting {
		w.lost++
		return false
	}
	if w.body+len(r.Body) > maxWaitingBody {
		r.Body = nil
	}
	w.records = append(w.records, r)
	w.body += len(r.Body)
	return true
}
