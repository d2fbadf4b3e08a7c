package access

import (
	"context"
	"fmt"
	"log/slog"
	"time"
)

// followEvery is how soon a change by another instance or a command is seen.
const followEvery = 2 * time.Second

// followFor bounds one reading: others wait for it.
const followFor = 10 * time.Second

// followed is what is kept in memory in step with the store.
type followed interface {
	Reload(ctx context.Context) error
	known() int64 // the revision that memory stands at
}

// revisions are told by the store.
type revisions interface {
	Revision(ctx context.Context) (int64, error)
}

// follow reloads what has changed, every 2 s, until ctx ends. While the store
// does not answer, what was known last stays, and the log is told once.
func follow(ctx context.Context, store revisions, memory followed, what string) error {
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	failing := false
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		err := followOnce(ctx, store, memory)
		if err != nil && !failing && ctx.Err() == nil {
			slog.WarnContext(ctx, "can't read "+what+"; what was known last stays", "error", err)
		}
		failing = err != nil
	}
}

func followOnce(ctx context.Context, store revisions, memory followed) error {
	ctx, cancel := context.WithTimeout(ctx, followFor)
	defer cancel()
	revision, err := store.Revision(ctx)
	if err != nil {
		return fmt.Errorf("read the revision: %w", err)
	}
	if revision == memory.known() {
		return nil
	}
	return memory.Reload(ctx)
}
