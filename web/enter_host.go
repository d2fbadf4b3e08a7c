package web

import (
	"context"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"

	"sallyport/internal/fault"
	"sallyport/session"
)

// enterPath takes people into an application's own host, from where a proxy
// sent them.
const enterPath = "/enter"

// Bounds of such a link.
const (
	maxTo        = 4 << 10         // bytes of the address asked for
	maxEnterLink = 3*maxTo + 1<<10 // the same, escaped, with all the rest
	maxKept      = 64              // of the handle of a form that waits
	browserHash  = 32              // bytes that bind the code to a browser
	callbackPath = "/.sallyport/callback"
)

// doorstep is the host of an application at which somebody waits to be let
// in: what only it can use is made for them there.
type doorstep struct {
	browser []byte // SHA-256 of the token that the host gave to this browser
	kept    string // handle of a form that waits there, or ""
	why     string // what was missing there: whyStepUp, whyChoose or ""
}

// What the proxy said was missing. It sees the person at another address than
// we do, where they come by IPv4 to one and by IPv6 to the other, or past one
// of several gates: rules about addresses decide in two ways then.
const (
	whyStepUp = "step_up"
	whyChoose = "choose"
)

// enterHost is where a proxy sends a browser that it does not let in: after
// signing in, choosing or signing in again, it goes back with a code.
func (s *Server) enterHost(w http.ResponseWriter, r *http.Request) error {
	noStore(w)
	said, _, err := readDoorstep(r.URL.RawQuery)
	if err != nil {
		return err
	}
	ses, err := s.o.Cookies.Session(r)
	if fault.KindOf(err) == fault.Unauthenticated {
		// As it was said, as at /go: strangers learn nothing of applications.
		return redirect("/signin?target=" + url.QueryEscape(enterPath+"?"+said.Encode()))
	}
	if err != nil {
		return err
	}
	return s.enter(w, r, ses, s.destination(enterPath+"?"+said.Encode()))
}

var errNoDoorstep = &statusError{status: http.StatusBadRequest, err: fault.New(fault.Invalid,
	"This address was made by an application, and it is not whole. Open the application again.")}

var errTooFar = &statusError{status: http.StatusBadRequest, err: fault.New(fault.Invalid,
	"The page that you wanted has too long an address to bring you back there. Open the application at its beginning, and go on from there.")}

// readDoorstep reads the query of a link to /enter: each part once, and what
// binds it to a browser. Whether the address belongs to an application is not
// asked here.
func readDoorstep(query string) (url.Values, *doorstep, error) {
	if len(query) > maxEnterLink {
		return nil, nil, errTooFar
	}
	said, err := url.ParseQuery(query)
	if err != nil {
		return nil, nil, errNoDoorstep
	}
	for name, values := range said {
		switch name {
		case "to", "b", "kept", "why", setParameter, roleParameter:
			if len(values) != 1 {
				return nil, nil, errNoDoorstep
			}
		default:
			delete(said, name)
		}
	}
	to, kept := said.Get("to"), said.Get("kept")
	hash, err := base64.RawURLEncoding.Strict().DecodeString(said.Get("b"))
	if err != nil || len(hash) != browserHash || to == "" || !isHandle(kept) {
		return nil, nil, errNoDoorstep
	}
	if len(to) > maxTo {
		return nil, nil, errTooFar
	}
	why := said.Get("why")
	if why != whyStepUp && why != whyChoose {
		why = ""
		said.Del("why")
	}
	return said, &doorstep{browser: hash, kept: kept, why: why}, nil
}

func isHandle(s string) bool {
	return len(s) <= maxKept && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == ""
}

// atDoorstep is the destination behind such a link.
func (s *Server) atDoorstep(query string) destination {
	said, step, err := readDoorstep(query)
	if err != nil {
		return destination{local: unknownTarget}
	}
	to := said.Get("to")
	if folded := strings.ToLower(to); !strings.HasPrefix(folded, "https://") && !strings.HasPrefix(folded, "http://") {
		return destination{local: unknownTarget}
	}
	target := s.o.Applications.Resolve(to)
	if target.Unknown || target.URL == "" {
		return destination{local: unknownTarget}
	}
	return destination{target: target, place: to, step: step, set: said.Get(setParameter), role: said.Get(roleParameter)}
}

// stepLink is the link that atDoorstep reads.
func (d destination) stepLink() string {
	said := url.Values{"to": {d.place}, "b": {base64.RawURLEncoding.EncodeToString(d.step.browser)}}
	for name, value := range map[string]string{"kept": d.step.kept, "why": d.step.why, setParameter: d.set, roleParameter: d.role} {
		if value != "" {
			said.Set(name, value)
		}
	}
	return enterPath + "?" + said.Encode()
}

// plain is the same destination without what the proxy missed.
func (d destination) plain() destination {
	if d.step != nil {
		step := *d.step
		step.why = ""
		d.step = &step
	}
	return d
}

// missed reports whether the proxy that sent the browser here said so.
func (d destination) missed(why string) bool { return d.step != nil && d.step.why == why }

// handOver makes the code that lets the browser in at the application's host,
// and the address there that takes it.
func (s *Server) handOver(ctx context.Context, ses *session.Session, to destination) (string, error) {
	u, err := url.Parse(to.target.URL)
	if err != nil {
		return "", fault.Wrap(fault.Internal, "", err)
	}
	if s.turns.tooMany(ses.ID, to.step.browser, to.target.URL) {
		return "", errCircle
	}
	code, err := s.o.Sessions.HandOver(ctx, ses, u.Host, to.step.browser)
	if err != nil {
		return "", err
	}
	place := u.EscapedPath()
	if place == "" {
		place = "/"
	}
	if u.RawQuery != "" || u.ForceQuery {
		place += "?" + u.RawQuery
	}
	said := url.Values{"code": {code}, "to": {place}}
	if to.step.kept != "" {
		said.Set("kept", to.step.kept)
	}
	return u.Scheme + "://" + u.Host + callbackPath + "?" + said.Encode(), nil
}
