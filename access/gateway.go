package access

import (
	"cmp"
	"net/http"
	"net/netip"
	"slices"
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

// Names of the preset's headers. An unknown preset has none.
func (p Preset) Names() HeaderNames { return presets[cmp.Or(p, PresetRemote)] }

var presets = map[Preset]HeaderNames{
	PresetRemote:      {User: "Remote-User", Groups: "Remote-Groups", Email: "Remote-Email", Name: "Remote-Name"},
	PresetAuthRequest: {User: "X-Auth-Request-User", Groups: "X-Auth-Request-Groups", Email: "X-Auth-Request-Email", Name: "X-Auth-Request-Preferred-Username"},
	PresetForwarded:   {User: "X-Forwarded-User", Groups: "X-Forwarded-Groups", Email: "X-Forwarded-Email", Name: "X-Forwarded-Preferred-Username"},
	PresetWebAuth:     {User: "X-WEBAUTH-USER", Groups: "X-WEBAUTH-GROUPS", Email: "X-WEBAUTH-EMAIL", Name: "X-WEBAUTH-NAME"},
	PresetNone:        {},
}

// Presets are all presets there are, the usual one first.
func Presets() []Preset {
	return []Preset{PresetRemote, PresetAuthRequest, PresetForwarded, PresetWebAuth, PresetNone}
}

// Separators are those that may stand between groups, the usual one first.
func Separators() []string { return []string{",", ";", "|", " "} }

// IdentityHeaders are all headers of all presets and ours: what no client may
// say. In the canonical form of net/http, sorted.
func IdentityHeaders() []string {
	all := []string{HeaderAssertion, HeaderTags, HeaderPermissionSet}
	for _, names := range presets {
		all = append(all, names.User, names.Groups, names.Email, names.Name)
	}
	for i := range all {
		all[i] = http.CanonicalHeaderKey(all[i])
	}
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(name string) bool { return name == "" })
}

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
