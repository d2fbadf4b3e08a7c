package doctor

import (
	"context"
	"testing"
	"time"
)

// An examination that is broken off has not seen that nobody answers.
func TestAroundTheProxyBrokenOff(t *testing.T) {
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	expired, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	for name, ctx := range map[string]context.Context{"cancelled": cancelled, "expired": expired} {
		v := &visit{o: Options{Upstream: "127.0.0.1:1"}}
		v.aroundProxy(ctx)
		if got := v.found[0]; got.Outcome != Unknown {
			t.Errorf("%s: %s: %s, want %s", name, got.Outcome, got.Says, Unknown)
		}
	}
}
