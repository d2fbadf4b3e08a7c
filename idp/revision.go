package idp

import "context"

// Follow reads the connections again where they are older than revision. It
// is what a caller does who must not decide by yesterday's connections; callers
// that wait for one another share one reading.
func (r *Registry) Follow(ctx context.Context, revision int64) error {
	if r.snapshot.Load().revision >= revision {
		return nil
	}
	r.following.Lock()
	defer r.following.Unlock()
	if r.snapshot.Load().revision >= revision {
		return nil // somebody read it while this call waited
	}
	return r.Reload(ctx)
}
