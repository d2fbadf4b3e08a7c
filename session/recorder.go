package session

import (
	"context"
	"encoding/base64"
	"log/slog"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"sallyport/idp"
)

const (
	// acceptedEvery samples accepted responses: one in each such time is
	// enough to try a new trust on, and costs busy connections nothing.
	acceptedEvery = time.Second
	// Strangers can send what is refused. Beyond these bytes per second of one
	// connection a refusal is recorded without its response.
	refusedRate  = 256 << 10
	refusedBurst = 4 << 20
)

// response is a response as it came, with what it was judged by.
type response struct {
	provider *idp.Provider // nil: there was none
	field    string        // the form field, still base64
	at       time.Time
	pending  *Pending // that it answers, where that was found
}

// recorder decides what is recorded, and seals it.
type recorder struct {
	sealer idp.Sealer // nil: nothing is recorded

	mu       *sync.Mutex
	accepted map[string]time.Time     // by slug: when one was recorded last
	refused  map[string]*rate.Limiter // by slug: bytes
}

func newRecorder(sealer idp.Sealer) recorder {
	return recorder{sealer: sealer, mu: &sync.Mutex{}, accepted: map[string]time.Time{}, refused: map[string]*rate.Limiter{}}
}

// recordAccepted makes the recording of a response that is about to begin a
// session; nil: it is not kept.
func (m *Manager) recordAccepted(ctx context.Context, known refusedSignIn) *Recording {
	r := known.response
	if !m.recorder.keeps(r) || !m.recorder.takeAccepted(r) {
		return nil
	}
	return m.record(ctx, known, circumstances{Accepted: true})
}

// recordRefused makes the recording of a response that was refused; nil: it is
// not kept.
func (m *Manager) recordRefused(ctx context.Context, known refusedSignIn, refused *Refused) *Recording {
	r := known.response
	if !m.recorder.keeps(r) || !m.recorder.takeRefused(r) {
		return nil
	}
	return m.record(ctx, known, circumstances{Reference: refused.Reference, Reason: refused.Reason, Tested: known.tested})
}

// record seals a response. Where that fails the sign-in goes on without a
// recording: it is there to help, and decides nothing.
func (m *Manager) record(ctx context.Context, known refusedSignIn, c circumstances) *Recording {
	r := known.response
	raw := decoded(r.field)
	if len(raw) > maxRecorded {
		return nil
	}
	c.IDP, c.At = r.provider.Slug, r.at.UnixMilli()
	c.Person, c.Target = clip(known.person, maxNameID), known.target
	c.Request = askedOf(r.pending)
	sealed, err := m.recorder.sealer.Seal(packed(c, raw))
	if err != nil {
		m.log.LogAttrs(ctx, slog.LevelWarn, "a response could not be sealed, and is not kept", slog.String("idp", c.IDP))
		return nil
	}
	return &Recording{
		ID: newID(), IDP: c.IDP, Accepted: c.Accepted, Reference: c.Reference,
		At: time.UnixMilli(c.At).UTC(), Sealed: sealed,
	}
}

// keeps reports whether r is to be kept at all. Base64 is a third longer than
// what it stands for, and may be broken into lines.
func (o *recorder) keeps(r response) bool {
	return o.sealer != nil && r.provider != nil && r.field != "" && len(r.field) <= 2*maxRecorded && RecordFor(r.provider.Settings) > 0
}

func (o *recorder) takeAccepted(r response) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	slug := r.provider.Slug
	if last, ok := o.accepted[slug]; ok && r.at.Sub(last) < acceptedEvery {
		return false
	}
	o.accepted[slug] = r.at
	return true
}

func (o *recorder) takeRefused(r response) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	limiter := o.refused[r.provider.Slug]
	if limiter == nil {
		limiter = rate.NewLimiter(refusedRate, refusedBurst)
		o.refused[r.provider.Slug] = limiter
	}
	return limiter.AllowN(r.at, len(r.field))
}

// decoded is a form field as XML, or as it came where it is no base64.
func decoded(field string) []byte {
	raw, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(field), ""))
	if err != nil {
		return []byte(field)
	}
	return raw
}
