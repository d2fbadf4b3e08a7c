// Package reqctx carries what is known of one HTTP request from the outermost
// middleware to the handlers: its identifier and the address it came from.
// Edges use it; rooms take such values as arguments.
package reqctx

import "context"

type key struct{}

// Request is what every handler may ask about the request it serves.
type Request struct {
	ID       string // sortable random; in the log line and in the answer's X-Request-Id
	ClientIP string // the person's address, proxies that are trusted left out
}

// With keeps q in ctx.
func With(ctx context.Context, q Request) context.Context {
	return context.WithValue(ctx, key{}, q)
}

// From is what With kept, or the zero Request.
func From(ctx context.Context) Request {
	q, _ := ctx.Value(key{}).(Request)
	return q
}

// ClientIP is the person's address, or "" outside a request.
func ClientIP(ctx context.Context) string { return From(ctx).ClientIP }
