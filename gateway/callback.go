package gateway

import (
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"sallyport/internal/fault"
	"sallyport/session"
)

// tellsWhose is how long after a session's end the browser still shows its
// token. It opens nothing then, but says whose form it was that was sent.
const tellsWhose = 24 * time.Hour

// callback changes the code for the host's own cookie, and goes to where the
// person wanted to be, or sends again what they had sent.
func (g *Gateway) callback(w http.ResponseWriter, r *http.Request) error {
	p, err := g.hostPlace(r)
	if err != nil {
		return err
	}
	q, err := url.ParseQuery(r.URL.RawQuery)
	next, ok := g.landing(p, q["to"])
	if err != nil || !ok || len(q["code"]) != 1 || len(q["kept"]) > 1 {
		return &shown{http.StatusBadRequest, brokenLinkPage("", false)}
	}
	browser := g.cookies.Browser(r, p.secure)
	token, ses, err := g.o.Sessions.TakeOver(r.Context(), q.Get("code"), p.host, browser)
	switch {
	case fault.KindOf(err) == fault.Unauthenticated:
		return g.codeRefused(w, r, p, next, browser, q.Get("kept"))
	case err != nil:
		return err
	}
	g.cookies.SetToken(w, p.secure, token, ses.ExpiresAt.Add(tellsWhose))
	if q.Get("kept") == "" {
		return seeOther(w, next)
	}
	return g.sendAgain(w, r, p, ses, q.Get("kept"), formDroppedPage(next))
}

// codeRefused answers a code that is not good. Who is in already goes on: they
// came back to an address that they had been at. Of tabs that began at once
// each has a code for a browser of its own, and the browser kept one of them:
// the others begin again, once.
func (g *Gateway) codeRefused(w http.ResponseWriter, r *http.Request, p *place, next, browser, kept string) error {
	door, err := g.o.Sessions.Door(r.Context(), g.cookies.Token(r, p.secure), p.host)
	switch {
	case fault.KindOf(err) == fault.Unauthenticated && kept != "" && browser != "":
		return &shown{http.StatusGone, formWaitsPage(g.signInURL(next, browser, kept, signedOut))}
	case fault.KindOf(err) == fault.Unauthenticated && kept != "":
		return &shown{http.StatusGone, formLostPage(next)}
	case fault.KindOf(err) == fault.Unauthenticated && browser != "" && g.cookies.LeadOn(w, r, p.secure, next):
		return seeOther(w, next)
	case fault.KindOf(err) == fault.Unauthenticated:
		return &shown{http.StatusGone, brokenLinkPage(next, browser == "")}
	case err != nil:
		return err
	case kept != "":
		// Most likely it was sent. It waits yet where it could not be had the
		// first time.
		return g.sendAgain(w, r, p, door.Session, kept, formGonePage(next))
	}
	return seeOther(w, next)
}

// sendAgain shows the page that sends a kept form: to the address that it was
// sent to, for the person who sent it. lost is shown where it is not to be had.
func (g *Gateway) sendAgain(w http.ResponseWriter, r *http.Request, p *place, ses *session.Session, kept string, lost *page) error {
	address, body, err := g.o.Sessions.TakeForm(r.Context(), ses, kept, p.host, g.cookies.Browser(r, p.secure))
	switch {
	case fault.KindOf(err) == fault.NotFound:
		return &shown{http.StatusConflict, lost}
	case err != nil:
		return err
	}
	fields, ok := formFields(body)
	// Where it goes to was checked when it came; applications may have moved
	// since, and it must not go to anybody else's place.
	if !ok || !g.leadsToPlace(p, address) {
		return &shown{http.StatusConflict, lost}
	}
	return replayPage(address, fields).write(w, http.StatusOK)
}

// landing is the absolute address of a path of this host that may be gone on
// to: one of an application there, and nothing of ours. An address without a
// path to go to is none.
func (g *Gateway) landing(p *place, to []string) (address string, ok bool) {
	if len(to) != 1 || !plainPath(to[0]) {
		return "", false
	}
	address = p.origin + to[0]
	return address, g.leadsToPlace(p, address)
}

// leadsToPlace reports whether an absolute address is one of an application at
// this very host.
func (g *Gateway) leadsToPlace(p *place, address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.User == nil && u.Scheme+"://"+u.Host == p.origin && g.o.Applications.At(address) != nil
}

// plainPath takes a path with its query as a browser says them, which no
// reader can take for another host or for one of our own addresses, however
// often it takes escapes out.
func plainPath(to string) bool {
	if !plainTarget(to) {
		return false
	}
	raw, _, _ := strings.Cut(to, "?")
	first := true
	for range 3 { // servers take escapes out, proxies before them too
		if strings.ContainsAny(raw, "\\\x00\r\n") || strings.HasPrefix(raw, "//") || ours(raw) {
			return false
		}
		plain, err := url.PathUnescape(raw)
		if err != nil {
			return !first // a percent sign that was escaped
		}
		if plain == raw {
			return true
		}
		raw, first = plain, false
	}
	return false // nobody escapes that often
}

// ours reports whether a path is one of this edge's at applications' hosts.
func ours(raw string) bool {
	return strings.HasPrefix(strings.ToLower(path.Clean(raw))+"/", hostPrefix)
}

// seeOther sends a browser on with a GET.
func seeOther(w http.ResponseWriter, address string) error {
	h := w.Header()
	private(h)
	h.Set("Location", address)
	w.WriteHeader(http.StatusSeeOther)
	return nil
}
