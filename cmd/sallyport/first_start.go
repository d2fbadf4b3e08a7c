package main

import (
	"context"
	"fmt"

	"sallyport/audit"
)

// untouched reports whether no administrator was ever offered a way in: the
// first start. It asks the audit trail, which no cleaning shortens, so that a
// second instance or a restart offers no second link.
func (h *house) untouched(ctx context.Context) (bool, error) {
	events, err := h.db.Events(ctx, audit.Filter{Actions: []audit.Action{audit.AdminLinkMade}, Limit: 1})
	if err != nil {
		return false, fmt.Errorf("look for earlier administrators' links: %w", err)
	}
	return len(events) == 0, nil
}
