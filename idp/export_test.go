package idp

import "context"

// IsPublic is the guard's judgement of one address.
var IsPublic = isPublic

// RevertDue is what Run does every other second.
func (r *Registry) RevertDue(ctx context.Context) error { return r.revertDue(ctx) }

// TendTokenKeys is what Run does every minute.
func (r *Registry) TendTokenKeys(ctx context.Context) error { return r.tendTokenKeys(ctx) }
