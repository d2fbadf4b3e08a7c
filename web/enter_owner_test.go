package web_test

import (
	"net/url"
	"strings"
	"testing"

	"sallyport/access"
)

// hub is an application for everybody, and one below it for nobody.
func hub(t testing.TB) *house {
	t.Helper()
	h := company(t)
	must(t, h.apps.Add(t.Context(), &access.Application{Name: "hub", URL: "https://hub.example.com/", Entry: access.Everyone}, "command"))
	h.opens(access.Application{Name: "board", URL: "https://hub.example.com/board"})
	return h
}

// TestNoSpellingGoesAroundTheOwner holds that the name of an application leads
// nobody into one below it, however the address is written.
func TestNoSpellingGoesAroundTheOwner(t *testing.T) {
	h := hub(t)
	b := h.signedIn("ann")
	b.get("/go/hub/boards").leadsTo(t, "https://hub.example.com/boards")
	for _, path := range []string{"/board", "/%62oard", "/b%6fard/minutes", "/%2562oard", "/board%2Fminutes", "/Board", "/board;x=1/minutes", "/;x/board", "/board%3Fx"} {
		for _, link := range []string{
			"/go/hub" + path, "/go/hub" + url.PathEscape(path), "/go/" + url.PathEscape("https://hub.example.com"+path),
			"/signin?target=" + url.QueryEscape("hub"+path), "/signin?target=" + url.QueryEscape("https://hub.example.com"+path),
		} {
			if to := b.get(link).Header.Get("Location"); strings.HasPrefix(to, "https://") {
				t.Errorf("%s leads to %s", link, to)
			}
		}
	}
}

// FuzzDestinationOwner holds that a place belongs to whom it belongs to when
// somebody decodes it once more.
func FuzzDestinationOwner(f *testing.F) {
	h := hub(f)
	for _, text := range append(append([]string{}, relayStates...), "hub/%62oard", "hub/%2562oard", "hub/Board", "hub/board;x/y", "/go/hub/board%2Fx", "https://hub.example.com/%62oard") {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		leads, _ := h.server.Destination(text)
		to := h.apps.Resolve(leads)
		if to.Application == nil {
			return
		}
		u, err := url.Parse(to.URL)
		if err != nil {
			t.Fatalf("%q leads to %q: %v", text, leads, err)
		}
		origin := u.Scheme + "://" + u.Host
		for range 5 {
			rest := strings.TrimPrefix(to.URL, origin)
			path, _, _ := strings.Cut(rest, "?")
			path, _, _ = strings.Cut(path, "#")
			decoded, err := url.PathUnescape(path)
			if err != nil || decoded == path || strings.ContainsAny(decoded, "?#") {
				return
			}
			again := h.apps.Resolve(origin + decoded + rest[len(path):])
			if again.Application == nil {
				return
			}
			if again.Application != to.Application {
				t.Errorf("%q leads to %q of %s, which decoded is of %s", text, to.URL, to.Application.Name, again.Application.Name)
			}
			to = again
		}
	})
}
