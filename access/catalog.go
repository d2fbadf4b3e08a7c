package access

import (
	"context"
)

// Catalog answers for all applications from memory and follows the store.
type Catalog struct{}

// Open loads all applications.
func Open(ctx context.Context, store Store) (*Catalog, error) { panic("unwritten") }

// Run follows the store (every 2 s) until ctx ends.
func (c *Catalog) Run(ctx context.Context) error { panic("unwritten") }

// Reload reads everything again now.
func (c *Catalog) Reload(ctx context.Context) error { panic("unwritten") }

// Applications gives all, by title.
func (c *Catalog) Applications() []*Application { panic("unwritten") }

// Application finds one by name; nil where there is none.
func (c *Catalog) Application(name string) *Application { panic("unwritten") }

// Add saves a new application after checking it; fault.Invalid, fault.Conflict.
func (c *Catalog) Add(ctx context.Context, a *Application, actor string) error { panic("unwritten") }

// Remove deletes one by name; fault.NotFound.
func (c *Catalog) Remove(ctx context.Context, name, actor string) error { panic("unwritten") }

// Target is where a relay state leads.
type Target struct {
	Application *Application // nil: the portal
	URL         string       // absolute; "" for the portal
	Unknown     bool         // the relay state said something that we don't take: say so on the portal
}

// Resolve reads a relay state of an unsolicited response, or the path behind
// /go/. It understands, in this order: a target's name with an optional path;
// an absolute URL that a target allows; AD FS's RPID=...&RelayState=... around
// these. Empty is the portal; anything else is the portal, Unknown. It never
// gives a URL that no target allows.
func (c *Catalog) Resolve(relayState string) Target { panic("unwritten") }
