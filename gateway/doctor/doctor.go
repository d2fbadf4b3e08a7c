// Package doctor looks at a deployed application from outside, as a stranger
// would, and says whether the proxy in front of it keeps its promises.
package doctor

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Options say what to look at.
type Options struct {
	URL      string // a page of the application, as people open it
	BaseURL  string // of Sallyport; "": not known, any will do
	Echo     string // path of a page that shows the headers it got; "": that of URL
	Token    string // value of the application's own session cookie; "": nobody is signed in, and less can be seen
	Upstream string // host:port of the application itself, to see whether it can be reached around the proxy; "": not tried
	Client   *http.Client
}

// Outcome of one look.
type Outcome string

const (
	Good    Outcome = "good"
	Bad     Outcome = "bad"
	Unknown Outcome = "unknown" // it could not be seen from here
)

// Finding is what one look found.
type Finding struct {
	Check   string  `json:"check"`
	Outcome Outcome `json:"outcome"`
	Says    string  `json:"says"`
	Fix     string  `json:"fix,omitempty"`
}

// Healthy reports whether nothing is bad.
func Healthy(all []Finding) bool {
	for _, f := range all {
		if f.Outcome == Bad {
			return false
		}
	}
	return true
}

// Bounds of every request.
const (
	requestTime = 10 * time.Second
	maxAnswer   = 1 << 20
)

// Examine looks at everything, one thing after the other, with a hundred
// requests or so; some hundreds where the far side takes few headers at once.
// It changes nothing at the application: all requests are GET. The error is for
// what cannot be examined at all.
func Examine(ctx context.Context, o Options) ([]Finding, error) {
	page, err := url.Parse(o.URL)
	if err != nil || page.Host == "" || (page.Scheme != "https" && page.Scheme != "http") {
		return nil, errors.New("the address is not one of a page: write https://app.example.com/")
	}
	if o.Upstream != "" && !isAddress(o.Upstream) {
		return nil, errors.New("the application itself is at HOST:PORT: write 10.0.3.8:3000")
	}
	if page.Path == "" {
		page.Path = "/"
	}
	page.Fragment = ""
	v := &visit{o: o, page: page, canary: "sallyport-doctor-" + newCanary(), client: clientOf(o.Client)}
	plain, err := v.get(ctx, v.page, nil)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", v.page.Redacted(), err)
	}
	v.signIn = signInOf(plain)
	for _, look := range []func(context.Context){
		v.transport, v.routed, v.signedOut, v.cookies, v.scripts, v.webSocket, v.forgedIdentity, v.forgedOrigin, v.forgedAddress,
		v.pathGames, v.stripped, v.connectionTricks, v.aroundProxy,
	} {
		look(ctx)
		if ctx.Err() != nil {
			return v.found, fmt.Errorf("examine %s: %w", v.page.Redacted(), ctx.Err())
		}
	}
	return v.found, nil
}

// visit is one examination.
type visit struct {
	o      Options
	page   *url.URL
	canary string
	client *http.Client
	signIn string // where a stranger is sent, without the query; "": nowhere
	found  []Finding
}

func (v *visit) good(check, says string, args ...any) {
	v.found = append(v.found, Finding{Check: check, Outcome: Good, Says: fmt.Sprintf(says, args...)})
}

func (v *visit) bad(check, fix, says string, args ...any) {
	v.found = append(v.found, Finding{Check: check, Outcome: Bad, Says: fmt.Sprintf(says, args...), Fix: fix})
}

func (v *visit) unknown(check, fix, says string, args ...any) {
	v.found = append(v.found, Finding{Check: check, Outcome: Unknown, Says: fmt.Sprintf(says, args...), Fix: fix})
}

// answer is a response, read.
type answer struct {
	*http.Response
	body string
}

func (a *answer) redirects() bool { return a.StatusCode >= 300 && a.StatusCode < 400 }

// refused reports whether it is not what was asked for.
func (a *answer) refused() bool {
	return a.redirects() || a.StatusCode == http.StatusUnauthorized || a.StatusCode == http.StatusForbidden || a.StatusCode == http.StatusBadRequest
}

// unread reports whether the request was turned away for its form, before
// anybody asked who sent it.
func (a *answer) unread() bool {
	return a.StatusCode == http.StatusBadRequest || a.StatusCode == http.StatusRequestHeaderFieldsTooLarge
}

// busy reports whether it says nothing of who may pass.
func (a *answer) busy() bool {
	return a.StatusCode == http.StatusTooManyRequests || a.StatusCode == http.StatusServiceUnavailable
}

// keptOut reports whether a stranger was: a redirect that leads elsewhere than
// to the sign-in is the application's own.
func (v *visit) keptOut(a *answer) bool {
	if !a.redirects() {
		return a.StatusCode == http.StatusUnauthorized || a.StatusCode == http.StatusForbidden
	}
	want := v.signIn
	if v.o.BaseURL != "" {
		want = v.o.BaseURL + "/enter"
	}
	return want != "" && signInOf(a) == want
}

// signInOf is where an answer sends people to sign in, without the query; ""
// where it sends them elsewhere, or nowhere.
func signInOf(a *answer) string {
	location, err := a.Location()
	if err != nil || !a.redirects() || !strings.HasSuffix(location.Path, "/enter") || !location.Query().Has("to") {
		return ""
	}
	location.RawQuery, location.Fragment = "", ""
	return location.String()
}

// pageHeaders are those of a browser that opens a page.
var pageHeaders = http.Header{"Accept": {"text/html,application/xhtml+xml"}, "Sec-Fetch-Mode": {"navigate"}, "Sec-Fetch-Dest": {"document"}}

// get asks for to as a browser would that opens a page; headers come on top,
// spelled as they are.
func (v *visit) get(ctx context.Context, to *url.URL, headers http.Header) (*answer, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTime)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, to.String(), nil)
	if err != nil {
		return nil, err
	}
	for _, set := range []http.Header{pageHeaders, headers} {
		for name, values := range set {
			r.Header[name] = values // as spelled: that is the point
		}
	}
	r.Header.Set("User-Agent", "sallyport-doctor")
	response, err := v.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return nil, err
	}
	return &answer{response, string(body)}, nil
}

// signedIn adds the session's cookie, where there is one.
func (v *visit) signedIn(headers http.Header) http.Header {
	out := headers.Clone()
	if out == nil {
		out = http.Header{}
	}
	name := "sallyport-app"
	if v.page.Scheme == "https" {
		name = "__Host-" + name
	}
	out["Cookie"] = []string{name + "=" + v.o.Token}
	return out
}

func (v *visit) at(path string) *url.URL {
	path, query, _ := strings.Cut(path, "?")
	return &url.URL{Scheme: v.page.Scheme, Host: v.page.Host, Path: path, RawQuery: query}
}

func (v *visit) echo() *url.URL {
	if v.o.Echo == "" {
		return v.page
	}
	return v.at(v.o.Echo)
}

// clientOf never follows a redirect, keeps no cookies, and trusts whom given does.
func clientOf(given *http.Client) *http.Client {
	c := &http.Client{}
	if given != nil {
		c.Transport = given.Transport
	}
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return c
}

func newCanary() string {
	var b [6]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}
