package admin

import (
	"context"
	"net/http"

	"sallyport/web/ui"
)

// Viewer is who looks at the console.
type Viewer struct {
	Name string // user name, or what stands for one
	Set  string // "Administrator" or "Auditor"
	Link bool   // came in by a one-time link
}

type viewerKey struct{}

// WithViewer keeps v in ctx: the route table has found out who it is.
func WithViewer(ctx context.Context, v Viewer) context.Context {
	return context.WithValue(ctx, viewerKey{}, v)
}

func viewerOf(r *http.Request) Viewer {
	v, _ := r.Context().Value(viewerKey{}).(Viewer)
	return v
}

// chrome is what surrounds every page of the console.
func (c *Console) chrome(r *http.Request) ui.Chrome {
	v := viewerOf(r)
	return ui.Chrome{Viewer: v.Name, Set: v.Set, Link: v.Link}
}
