package gateway

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"sallyport/internal/fault"
	"sallyport/session"
)

// maxEnter bounds, in bytes, where the sign-in brings people back to.
const maxEnter = 4 << 10

// interrupted keeps a form until its sender has signed in. What cannot be kept
// is not dropped in silence: the answer says that nothing was saved.
func (g *Gateway) interrupted(w http.ResponseWriter, r *http.Request) error {
	p, err := g.hostPlace(r)
	if err != nil {
		return err
	}
	q, err := url.ParseQuery(r.URL.RawQuery)
	next, ok := g.landing(p, q["to"])
	if err != nil || !ok {
		return &shown{http.StatusBadRequest, notSavedPage(wrongAddress, "")}
	}
	if script(r.Method, r.Header) {
		writeJSON(w, http.StatusUnauthorized, problem{
			Error: http.StatusText(http.StatusUnauthorized), Message: "Nothing was saved: please sign in first.",
			SignIn: g.signInURL(next, g.browser(w, r, p.secure), "", signedOut), Reason: "signed_out",
		})
		return nil
	}
	body, no := readForm(w, r, p)
	if len(next) > maxEnter {
		no = &longAddress
	}
	if no != nil {
		return g.sayNotSaved(w, r, p, next, no)
	}
	browser := g.browser(w, r, p.secure)
	kept, err := g.o.Sessions.KeepForm(r.Context(), g.cookies.Token(r, p.secure), p.host, browser, next, body)
	if err != nil {
		if no = whyNotKept(err); no == nil {
			return fmt.Errorf("%w: %w", g.sayNotSaved(w, r, p, next, &keptNowhere), err)
		}
		return g.sayNotSaved(w, r, p, next, no)
	}
	return seeOther(w, g.signInURL(next, browser, kept, signedOut))
}

// readForm reads the body of a form that its own site sent.
func readForm(w http.ResponseWriter, r *http.Request, p *place) ([]byte, *notSaved) {
	if r.Method != http.MethodPost {
		return nil, &onlyForms
	}
	// First of all: sent again from our page, another site's form would pass
	// for one of the application's own.
	if !sameOrigin(r, p.origin) {
		return nil, &notOfThisSite
	}
	switch kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type")); {
	case err == nil && kind == "multipart/form-data":
		return nil, &withFiles
	case err != nil || kind != "application/x-www-form-urlencoded" || !utf8Said(params):
		return nil, &notAForm
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, session.MaxForm))
	var over *http.MaxBytesError
	switch {
	case errors.As(err, &over):
		return nil, &tooLarge
	case err != nil:
		return nil, &notReceived
	}
	if _, ok := formFields(body); !ok {
		return nil, &otherEncoding
	}
	return body, nil
}

func utf8Said(params map[string]string) bool {
	charset, said := params["charset"]
	return !said || strings.EqualFold(charset, "utf-8")
}

// sameOrigin reports whether the browser says that a page of origin sent r. A
// browser that says nothing is not believed, nor one that says two things.
func sameOrigin(r *http.Request, origin string) bool {
	site, from := r.Header.Values("Sec-Fetch-Site"), r.Header.Values("Origin")
	if len(site) > 1 || len(from) > 1 {
		return false
	}
	ours := len(from) == 1 && from[0] == origin
	if len(site) == 0 {
		return ours
	}
	// Pages with a strict referrer policy send "null", whose Sec-Fetch-Site counts.
	return site[0] == "same-origin" && (ours || len(from) == 0 || from[0] == "null")
}

// whyNotKept puts a refusal of the house into the person's words; nil for a
// failure.
func whyNotKept(err error) *notSaved {
	switch fault.KindOf(err) {
	case fault.Unauthenticated:
		return &nobodys
	case fault.Conflict:
		return &tooMany
	case fault.Invalid:
		return &tooLarge
	case fault.Unavailable:
		return &keptNowhere
	}
	return nil
}

func (g *Gateway) sayNotSaved(w http.ResponseWriter, r *http.Request, p *place, next string, no *notSaved) error {
	if no.status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", http.MethodPost)
	}
	return &shown{no.status, notSavedPage(*no, g.cameFrom(r, p, next))}
}

// cameFrom is the page that the form was on, where the browser says so and it
// is of this host: the address that a form goes to is often no page itself.
func (g *Gateway) cameFrom(r *http.Request, p *place, next string) string {
	u, err := url.Parse(r.Header.Get("Referer"))
	if err != nil || u.Scheme+"://"+u.Host != p.origin || u.User != nil || u.RequestURI() == "/" {
		return next
	}
	if page, ok := g.landing(p, []string{u.RequestURI()}); ok {
		return page
	}
	return next
}
