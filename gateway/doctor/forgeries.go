package doctor

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"sallyport/access"
)

// forgedIdentity: who says in a header who they are stays out.
func (v *visit) forgedIdentity(ctx context.Context) {
	const check = "forged identity, signed out"
	seen := v.forge(v.forgeries(), func(forged http.Header) (*answer, error) { return v.get(ctx, v.page, forged) }, func(a *answer, forged http.Header) bool {
		switch {
		case !v.keptOut(a):
			v.bad(check, snippetFix, "a request that says in a header who it is gets in (status %d with %s)", a.StatusCode, firstOf(forged))
		case strings.Contains(a.body, v.canary):
			v.bad(check, snippetFix, "forged headers show in the answer of somebody who is not signed in")
		default:
			return true
		}
		return false
	})
	if seen == forgeriesUnanswered {
		v.unknown(check, "", "some requests with forged headers got no answer that can be read")
	}
	if seen == forgeriesHarmless {
		v.good(check, "headers that say who somebody is let nobody in")
	}
}

// forgedOrigin: the client does not say for which host and page it asks.
func (v *visit) forgedOrigin(ctx context.Context) {
	const check = "forwarded headers of strangers"
	fix := "Let the proxy set X-Forwarded-Host, -Proto, -Uri and -Method itself, and drop those of the client (and X-Original-URL, X-Original-Method, Forwarded)."
	answered := false
	for _, forged := range []http.Header{
		{"X-Forwarded-Host": {v.canary + ".example"}},
		{"X-Forwarded-Uri": {"/" + v.canary}},
		{"X-Forwarded-Proto": {"gopher"}},
		{"X-Forwarded-Method": {"OPTIONS"}},
		{"X-Original-Url": {"https://" + v.canary + ".example/"}},
		{"X-Original-URL": {"https://" + v.canary + ".example/"}, "X-Original-Method": {"OPTIONS"}},
		{"X-Forwarded-Prefix": {"/" + v.canary}, "X-Forwarded-Path": {"/" + v.canary}, "X-Rewrite-Url": {"/" + v.canary}},
		{"Forwarded": {"host=" + v.canary + ".example;proto=http"}},
	} {
		a, err := v.get(ctx, v.page, forged)
		if err != nil {
			continue
		}
		answered = true
		name := firstOf(forged)
		location, _ := a.Location()
		switch {
		case !a.refused():
			v.bad(check, fix, "with a forged %s the page opens without a sign-in (status %d)", name, a.StatusCode)
			return
		case !a.redirects():
			if a.StatusCode == http.StatusBadRequest {
				continue // turned away, and nothing believed
			}
			v.bad(check, fix, "a forged %s is believed: the answer is status %d instead of the sign-in", name, a.StatusCode)
			return
		case location != nil && location.Query().Get("to") != v.page.String():
			v.bad(check, fix, "a forged %s is believed: people would come back to another address", name)
			return
		}
	}
	if !answered {
		v.unknown(check, "", "no request with forged headers got an answer that can be read")
		return
	}
	v.good(check, "what a client says of host, address and method is not believed")
}

// forgedAddress: the client does not say from where it comes.
func (v *visit) forgedAddress(ctx context.Context) {
	const check = "address of the client"
	const forged = "192.0.2.77" // of documentation; nobody's
	h, _, err := v.hello(ctx, http.Header{"X-Forwarded-For": {forged}, "X-Real-Ip": {forged}})
	switch {
	case err != nil || h.Service == "":
		v.unknown(check, "", "Sallyport does not answer on this host, so it was not seen which address it takes")
	case h.Address == forged:
		v.bad(check, "Let the proxy append to X-Forwarded-For or set it, and list no network of clients in trusted_proxies.",
			"a client can say from which address it comes: rules about networks would believe it")
	default:
		v.good(check, "a forged X-Forwarded-For is not believed")
	}
}

// pathGames: the paths that are open do not open others.
func (v *visit) pathGames(ctx context.Context) {
	const check = "paths"
	answered := false
	for _, path := range []string{"/.sallyport/%2e%2e/", "/.sallyport/..%2f", "/.sallyport/..;/", "/%2esallyport/../", "/.sallyport//../..//", "/.sallyport\\..\\"} {
		to, err := url.Parse(v.page.Scheme + "://" + v.page.Host + path)
		if err != nil {
			continue
		}
		a, err := v.get(ctx, to, nil)
		if err != nil {
			continue // turned away before it was an answer
		}
		answered = true
		if a.StatusCode >= 200 && a.StatusCode < 300 {
			v.bad(check, "Let the proxy normalise paths before it chooses, or match /.sallyport/ by the decoded path.",
				"%s is answered with status %d without a sign-in", path, a.StatusCode)
			return
		}
	}
	if !answered {
		v.unknown(check, "", "no address below /.sallyport/ got an answer that can be read")
		return
	}
	v.good(check, "addresses below /.sallyport/ lead nowhere else")
}

// stripped: what a client says of who it is never arrives at the application.
func (v *visit) stripped(ctx context.Context) {
	const check = "forged identity, signed in"
	if v.o.Token == "" {
		v.unknown(check, "Run this again with --token-file: the value of the cookie sallyport-app of a session of yours.",
			"whether forged headers arrive at the application shows only to somebody who is signed in")
		return
	}
	seen := v.forge(v.forgeries(), func(forged http.Header) (*answer, error) { return v.get(ctx, v.echo(), v.signedIn(forged)) }, func(a *answer, forged http.Header) bool {
		if a.refused() {
			v.unknown(check, "Give the cookie of a live session that may enter the application.", "the session does not open the page (status %d)", a.StatusCode)
			return false
		}
		for spelled, values := range forged {
			if strings.Contains(a.body, values[0]) {
				v.bad(check, snippetFix, "a forged %s arrives at the application: whoever is signed in can say to be anybody", spelled)
				return false
			}
		}
		return true
	})
	if seen == forgeriesUnanswered {
		v.unknown(check, "", "some requests with forged headers got no answer that can be read")
	}
	if seen != forgeriesHarmless {
		return
	}
	if v.o.Echo == "" {
		v.unknown(check, "Run this again with --echo PATH: a page of the application that shows the headers it got.", "no forged header shows on the page; whether the application got one is not sure")
		return
	}
	v.good(check, "no forged header arrives, in any spelling")
}

// connectionTricks: a client does not make the proxy drop what it adds.
func (v *visit) connectionTricks(ctx context.Context) {
	const check = "hop-by-hop headers"
	if v.o.Token == "" || v.o.Echo == "" {
		v.unknown(check, "Run this again with --token-file and --echo.", "whether a client can make the proxy drop headers was not seen")
		return
	}
	plain, err := v.get(ctx, v.echo(), v.signedIn(nil))
	if err != nil || !shows(plain, access.HeaderAssertion) {
		v.unknown(check, "", "the page does not show %s", access.HeaderAssertion)
		return
	}
	names := strings.Join(access.IdentityHeaders(), ", ")
	a, err := v.get(ctx, v.echo(), v.signedIn(http.Header{"Connection": {"close, " + names}}))
	switch {
	case err != nil:
		v.unknown(check, "", "a request whose Connection header names identity headers got no answer that can be read")
	case a.refused():
		v.good(check, "a request whose Connection header names identity headers is turned away")
	case !shows(a, access.HeaderAssertion):
		v.bad(check, "Let the proxy clear the client's Connection header before it adds headers.",
			"a client that names the headers in Connection makes the proxy drop them: the application sees nobody, or what else was said")
	default:
		v.good(check, "a client cannot make the proxy drop what it adds")
	}
}

func shows(a *answer, header string) bool {
	return a != nil && strings.Contains(strings.ToLower(a.body), strings.ToLower(header))
}

func firstOf(h http.Header) string {
	first := ""
	for name := range h {
		if first == "" || name < first {
			first = name
		}
	}
	return first
}
