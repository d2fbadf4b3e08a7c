package access

import (
	"context"
	"fmt"
	"log/slog"
	"time"
)

// followEvery is how soon a change by another instance or a command is seen.
const followEvery = 2 * time.Second

// followed is what is kept in memory in step with the store.
type followed interface {
	Reload(ctx context.Context) error
	known() int64 // the revision that memory stands at
}

// follow reloads what has changed, every 2 s, until ctx ends. While the store
// does not answer, what was known last stays, and the log is told once.
func follow(ctx context.Context, store interface {
	Revision(ctx context.Context) (int64, error)
}, memory followed, what string) error {
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	failing := false
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		revision, err := store.Revision(ctx)
		if err != nil {
			err = fmt.Errorf("read the revision: %w", err)
		} else if revision != memory.known() {
			err = memory.Reload(ctx)
		}
		if err != nil && !failing && ctx.Err() == nil {
			slog.WarnContext(ctx, "can't read "+what+"; what was known last stays", "error", err)
		}
		failing = err != nil
	}
}
