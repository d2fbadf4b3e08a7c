package gateway_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"sallyport/gateway"
)

// farKeys are keys that another instance turned: memory has the old ones until
// it is brought up to the revision.
type farKeys struct {
	*ring
	known atomic.Int64
	turns string // what the key is at the next revision
	hangs atomic.Bool
}

func (k *farKeys) follow(ctx context.Context, revision int64) error {
	if k.hangs.Load() {
		<-ctx.Done()
		return ctx.Err()
	}
	if before := k.known.Swap(revision); before != 0 && before != revision {
		k.turn(k.turns)
		k.mu.Lock()
		k.keys = k.keys[:1]
		k.mu.Unlock()
	}
	return nil
}

func TestAStolenKeyIsGoneFromEveryInstance(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		far := &farKeys{ring: newRing("stolen"), turns: "new"}
		db := &shaky{}
		h := newHouse(t, func(o *gateway.Options) {
			db.Changes = o.Changes
			o.Changes, o.Keys, o.Connections = db, far, far.follow
		})
		ask := func() string {
			w := httptest.NewRecorder()
			h.handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/.well-known/jwks.json", nil))
			status(t, w, http.StatusOK)
			return w.Body.String()
		}
		if got := ask(); !strings.Contains(got, `"stolen"`) {
			t.Errorf("before: %s", got)
		}
		h.app("wiki", wikiBase+"/", nil) // as another instance moves the house
		if got := ask(); strings.Contains(got, `"stolen"`) || !strings.Contains(got, `"new"`) {
			t.Errorf("after: %s", got)
		}
		// Without the database, with what is known.
		far.hangs.Store(true)
		began := time.Now()
		if got := ask(); !strings.Contains(got, `"new"`) || time.Since(began) > 3*time.Second {
			t.Errorf("the connections hang: %s after %v", got, time.Since(began))
		}
		db.silent.Store(true)
		if got := ask(); !strings.Contains(got, `"new"`) {
			t.Errorf("the database is silent: %s", got)
		}
	})
}
