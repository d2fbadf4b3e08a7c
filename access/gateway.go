package access

import (
	"context"
	"net/netip"
	"time"
)

// Gateway is what the proxy in front of an application tells it of the person.
type Gateway struct {
	Headers   Preset `json:"headers,omitempty"`   // "": PresetRemote
	Separator string `json:"separator,omitempty"` // between groups: "," (also ""), ";", "|" or " "
	Groups    Told   `json:"groups,omitempty"`    // which groups; "": TellAll
}

// Told says which groups an application is told.
type Told string

const (
	TellAll      Told = "all"
	TellAssigned Told = "assigned" // those by which assignments of the application reach the person
	TellNone     Told = "none"
)

// Preset names the headers by which an application learns who came.
type Preset string

const (
	PresetRemote      Preset = "remote"         // Remote-User, Remote-Groups, Remote-Email, Remote-Name
	PresetAuthRequest Preset = "x-auth-request" // X-Auth-Request-User, -Groups, -Email, -Preferred-Username
	PresetForwarded   Preset = "x-forwarded"    // X-Forwarded-User, -Groups, -Email, -Preferred-Username
	PresetWebAuth     Preset = "x-webauth"      // X-WEBAUTH-USER, -GROUPS, -EMAIL, -NAME
	PresetNone        Preset = "none"           // the signed token and ours alone
)

// Headers that every application behind the gateway gets, whatever its preset.
const (
	HeaderAssertion     = "X-Sallyport-Assertion" // the signed token
	HeaderTags          = "X-Sallyport-Tags"      // Key=Value&Key=Value, percent-encoded
	HeaderPermissionSet = "X-Sallyport-Permission-Set"
)

// HeaderNames are the headers of one preset; "" is not sent.
type HeaderNames struct{ User, Groups, Email, Name string }

// Names of the preset's headers.
func (p Preset) Names() HeaderNames { panic("unwritten") }

// IdentityHeaders are all headers of all presets and ours: what no client may
// say. In the canonical form of net/http, sorted.
func IdentityHeaders() []string { panic("unwritten") }

// Passing is one request of a browser that a proxy asks about.
type Passing struct {
	Chosen  string     // ID of the permission set that was chosen before, or ""
	At      time.Time  // zero: now
	Address netip.Addr // where this request comes from; it counts instead of that of the Facts
}

// Passage is the short answer that a proxy asks for at each request.
type Passage struct {
	Refusal Refusal        // "" where the person may enter
	Set     *PermissionSet // with which; nil: without one
	Choose  bool           // several would do, and none is chosen: the person has to say
	StepUp  StepUp         // of StepUpNeeded
}

// At is the application that owns the place of an absolute URL: the closest
// one that allows it; nil where there is none, or where a server may read the
// address as another application's place.
func (c *Catalog) At(rawURL string) *Application { panic("unwritten") }

// AtHost reports whether any application lives at scheme://host.
func (c *Catalog) AtHost(scheme, host string) bool { panic("unwritten") }

// Pass decides as Decide does, without telling how it came to that: at each
// request of a browser.
func (c *Catalog) Pass(f *Facts, app *Application, p Passing) Passage {
	panic("unwritten")
}

// Follow reads the applications again where they are older than revision. It
// is what a caller does who must not decide by yesterday's assignments.
func (c *Catalog) Follow(ctx context.Context, revision int64) error { panic("unwritten") }

// Snapshot is a number that changes whenever what decisions rest on does.
func (c *Catalog) Snapshot() int64 { panic("unwritten") }
