package ui

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"sallyport/access"
)

// AuthnContext is a way of signing in that identity providers name.
type AuthnContext struct{ URI, Name string }

var usualContexts = []AuthnContext{
	{"urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport", "a password over TLS"},
	{"http://schemas.microsoft.com/claims/multipleauthn", "several factors, as Microsoft Entra ID and AD FS say it"},
	{"https://refeds.org/profile/mfa", "several factors, as REFEDS says it"},
	{"urn:oasis:names:tc:SAML:2.0:ac:classes:X509", "a certificate or smart card"},
	{"urn:oasis:names:tc:SAML:2.0:ac:classes:TimeSyncToken", "a code that changes with time"},
}

// UsualContexts are those that most identity providers send.
func UsualContexts() []AuthnContext { return slices.Clone(usualContexts) }

// method is the short name of an authentication context: what stands last in it.
func method(context string) string {
	if short := context[strings.LastIndexAny(context, ":/")+1:]; short != "" {
		return short
	}
	return context
}

// ProxyForm is how an application wants people to have signed in, and what a
// proxy tells it of them, as it was typed, and what was wrong with it.
type ProxyForm struct {
	Headers   access.Preset
	Separator string
	Groups    access.Told
	Ticked    []string // usual authentication contexts
	Others    string   // further ones, one a line
	Minutes   string   // since signing in
	Error     string
}

// ProxyFormOf is an application as that form has it.
func ProxyFormOf(a *access.Application) ProxyForm {
	f := ProxyForm{Headers: a.Gateway.Headers, Separator: a.Gateway.Separator, Groups: a.Gateway.Groups}
	if f.Headers == "" {
		f.Headers = access.PresetRemote
	}
	if f.Separator == "" {
		f.Separator = access.Separators()[0]
	}
	if f.Groups == "" {
		f.Groups = access.TellAll
	}
	var others []string
	for _, context := range a.StepUp.Contexts {
		if slices.ContainsFunc(usualContexts, func(u AuthnContext) bool { return u.URI == context }) {
			f.Ticked = append(f.Ticked, context)
			continue
		}
		others = append(others, context)
	}
	f.Others = strings.Join(others, "\n")
	if a.StepUp.MaxAge > 0 {
		f.Minutes = Minutes(a.StepUp.MaxAge)
	}
	return f
}

// Minutes is a duration as a field of minutes has it.
func Minutes(d time.Duration) string { return strconv.FormatFloat(d.Minutes(), 'f', -1, 64) }

// Has reports whether a usual context is ticked.
func (f ProxyForm) Has(context string) bool { return slices.Contains(f.Ticked, context) }

// Usual are the contexts to tick.
func (ProxyForm) Usual() []AuthnContext { return UsualContexts() }

// Option is one choice of a list.
type Option struct{ Value, Name string }

// Presets are the sets of headers to choose from, each by what it is called here
// and what it sends.
func (ProxyForm) Presets() []Option {
	var all []Option
	for _, p := range access.Presets() {
		name := "the signed token alone"
		if sent := sentBy(p); len(sent) > 0 {
			name = strings.Join(sent, ", ")
		}
		all = append(all, Option{string(p), name})
	}
	return all
}

func sentBy(p access.Preset) []string {
	n := p.Names()
	return slices.DeleteFunc([]string{n.User, n.Groups, n.Email, n.Name}, func(name string) bool { return name == "" })
}

// Separators are what may stand between groups.
func (ProxyForm) Separators() []Option {
	names := map[string]string{",": "a comma", ";": "a semicolon", "|": "a vertical bar", " ": "a space"}
	var all []Option
	for _, s := range access.Separators() {
		all = append(all, Option{s, names[s]})
	}
	return all
}

// Tells are which groups an application may be told.
func (ProxyForm) Tells() []Option {
	return []Option{
		{string(access.TellAll), "all groups of the person"},
		{string(access.TellAssigned), "those through which the application is assigned to the person"},
		{string(access.TellNone), "none"},
	}
}

// NameOf is the name of what is chosen among options.
func NameOf(all []Option, value string) string {
	for _, o := range all {
		if o.Value == value {
			return o.Name
		}
	}
	return value
}

// HeadersSent, Separated and Told say in words what the application gets.
func (f ProxyForm) HeadersSent() string { return NameOf(f.Presets(), string(f.Headers)) }
func (f ProxyForm) Separated() string   { return NameOf(f.Separators(), f.Separator) }
func (f ProxyForm) Told() string        { return NameOf(f.Tells(), string(f.Groups)) }

// Proxy is the page that writes the configuration of the proxy in front of an
// application.
type Proxy struct {
	Application *access.Application
	Proxies     []Option
	Form        ProxyPlace
	Files       []ProxyFile // none before the form is filled in
	Headers     []Option    // that arrive, and what each says
	Trusted     string      // line of our configuration; "" where the proxy's address is not known
	Doctor      string      // command that tests it from outside
	Inside      string      // the same from inside
	SameHost    []*access.Application
	Differs     bool // one of those has other headers
}

// ProxyPlace is which proxy it is and what it reaches where, as it was typed.
type ProxyPlace struct{ Proxy, Upstream, Sallyport, Peer, Error string }

// ProxyFile is one piece of configuration.
type ProxyFile struct{ Name, Into, Text string }

// Rows is how high a field has to be to show the text of a file, within bounds.
func (f ProxyFile) Rows() int { return min(30, strings.Count(f.Text, "\n")+1) }

func (p Proxy) Head() Head {
	return Head{Template: "admin/proxy", Title: "Proxy in front of " + titled(p.Application), Section: "applications"}
}

// Token is the page on which a token for one application is checked.
type Token struct {
	Application *access.Application
	CanCheck    bool
	Report      *TokenReport // nil: nothing was asked
	Session     string       // of the report, in words, or ""
	Ways        []TokenWay
	Error       string
	Now         time.Time
}

// TokenWay is how an application checks a token in one language.
type TokenWay struct{ Language, Library, Text string }

// TokenReport is what a token says, and which checks it passes.
type TokenReport struct {
	Good                        bool
	Checks                      []TokenCheck
	Header, Claims              string // JSON
	IssuedAt, Expires, AuthTime time.Time
	SessionID                   string
}

// TokenCheck is one check with what was wanted and what was there.
type TokenCheck struct {
	What      string
	Passed    bool
	Want, Got string
}

// Failed are the checks that a token did not pass.
func (t *TokenReport) Failed() int {
	n := 0
	for _, c := range t.Checks {
		if !c.Passed {
			n++
		}
	}
	return n
}

func (p Token) Head() Head {
	return Head{Template: "admin/token", Title: "Check a token for " + titled(p.Application), Section: "applications"}
}

func titled(a *access.Application) string {
	if a.Title == "" {
		return a.Name
	}
	return a.Title
}

// away says how far a moment is from now.
func away(t, now time.Time) string {
	d := t.Sub(now).Round(time.Second)
	switch {
	case d == 0:
		return "just now"
	case d < 0:
		return lasting(-d) + " ago"
	}
	return "in " + lasting(d)
}

// lasting says how long something takes, roughly.
func lasting(d time.Duration) string {
	count := func(n int, unit string) string {
		if n == 1 {
			return "1 " + unit
		}
		return strconv.Itoa(n) + " " + unit + "s"
	}
	switch {
	case d < 2*time.Minute:
		return count(int(d/time.Second), "second")
	case d < 2*time.Hour:
		return count(int(d/time.Minute), "minute")
	case d < 48*time.Hour:
		return count(int(d/time.Hour), "hour")
	}
	return count(int(d/(24*time.Hour)), "day")
}
