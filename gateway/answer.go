package gateway

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"sallyport/internal/fault"
)

// answer is what a proxy shows to the browser as it is: a redirect to who
// follows links, JSON to programs.
func (g *Gateway) answer(w http.ResponseWriter, r *http.Request, p *place) error {
	v, err := g.check(r, p)
	switch {
	case err != nil:
		return err
	case v.pass != nil && refusalOnly(r):
		return askAgain(w, p)
	case v.pass != nil:
		v.pass.write(w.Header())
		return nil
	case v.signIn == "":
		return g.deny(w, r, p, v, script(p.method, r.Header))
	case script(p.method, r.Header):
		return g.sayUnauthorized(w, r, p, v)
	case p.method == http.MethodPost && len(p.url()) > maxEnter:
		return &shown{longAddress.status, notSavedPage(longAddress, g.comeBack(p))}
	case p.method == http.MethodPost:
		// The browser brings the form to where it is kept: by 307 it repeats
		// the method and the body.
		return redirect(w, http.StatusTemporaryRedirect, p.origin+interruptedPath+"?to="+url.QueryEscape(p.path))
	}
	return redirect(w, http.StatusFound, g.signInURL(g.comeBack(p), g.browser(w, r, p.secure), "", v.signIn))
}

// comeBack is where somebody goes on after signing in: the page that they asked
// for, without its query where that is too long to be carried along, and the
// application's beginning where they asked for no page.
func (g *Gateway) comeBack(p *place) string {
	if p.method == http.MethodGet || p.method == http.MethodHead {
		address := p.url()
		if len(address) <= maxEnter {
			return address
		}
		address, _, _ = strings.Cut(address, "?")
		if len(address) <= maxEnter && g.o.Applications.At(address) == p.app {
			return address
		}
	}
	if address := p.origin + "/"; g.o.Applications.At(address) == p.app {
		return address
	}
	return p.app.URL
}

func redirect(w http.ResponseWriter, status int, address string) error {
	h := w.Header()
	private(h)
	h.Set("Location", address)
	w.WriteHeader(status)
	return nil
}

// sayUnauthorized tells a program why, and where the person signs in.
func (g *Gateway) sayUnauthorized(w http.ResponseWriter, r *http.Request, p *place, v verdict) error {
	signIn := g.signInURL(g.comeBack(p), g.browser(w, r, p.secure), "", v.signIn)
	w.Header().Set(headerSignIn, signIn)
	writeJSON(w, http.StatusUnauthorized, problem{
		Error: http.StatusText(http.StatusUnauthorized), Message: v.signIn.sentence(),
		SignIn: signIn, Reason: string(v.signIn),
	})
	return nil
}

// deny says that the application stays shut, and by which reference an
// administrator finds out why.
func (g *Gateway) deny(w http.ResponseWriter, r *http.Request, p *place, v verdict, program bool) error {
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	door, err := g.o.Sessions.Door(ctx, v.token, p.host)
	if fault.KindOf(err) == fault.Unauthenticated {
		return err // over in this very moment: the next request is told so
	}
	if err != nil {
		return unreadable(err)
	}
	reference, why, err := g.o.Front.Denied(ctx, door.Session, p.app, g.clientIP(r))
	if err != nil {
		return unreadable(fmt.Errorf("record that %s was denied: %w", p.app.Name, err))
	}
	if program {
		writeJSON(w, http.StatusForbidden, problem{Error: http.StatusText(http.StatusForbidden), Message: why, Reference: reference})
		return nil
	}
	return deniedPage(p.app, why, reference, g.o.BaseURL, p.origin).write(w, http.StatusForbidden)
}

// reason is why somebody has to sign in, or to sign in again, in a word.
type reason string

const (
	signedOut reason = "signed_out"
	stepUp    reason = "step_up" // in another way, or more recently
	choose    reason = "choose"  // to say with which permission set
)

func (why reason) sentence() string {
	switch why {
	case stepUp:
		return "Please sign in again: this asks for a stronger or a more recent sign-in."
	case choose:
		return "Please choose as what you enter."
	}
	return "Please sign in."
}

// ambiguous refuses a browser that shows two tokens: one of them is not its own.
func ambiguous() error {
	return fault.New(fault.Unauthenticated, "Your browser sent two different sign-in cookies, so that it can't be told who you are. Please delete the cookies of this address and open it again.")
}
