package directory

import "context"

// Seen answers what a robot asks about the groups of many people at once.
type Seen interface {
	// GroupsSeen is GroupsOf of what scope shows, and at most the first so many
	// of each person's.
	GroupsSeen(ctx context.Context, scope Scope, most int, userIDs ...string) (map[string][]GroupRef, error)
}

// GroupsSeen gives the groups of each of these users that scope shows, at most
// so many of each; see Seen.GroupsSeen.
func (d *Directory) GroupsSeen(ctx context.Context, scope Scope, most int, userIDs ...string) (map[string][]GroupRef, error) {
	return d.store.GroupsSeen(ctx, scope, most, userIDs...)
}
