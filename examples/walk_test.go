package examples_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"sallyport/internal/testidp"
)

// follow goes where an answer leads, until one leads nowhere.
func (b *browser) follow(a *answer) *answer {
	b.t.Helper()
	for range 15 {
		switch a.status {
		case http.StatusFound, http.StatusSeeOther:
			a = b.get(a.location(b.t))
		default:
			return a
		}
	}
	b.t.Fatalf("led in circles, last to %s", a.url)
	return nil
}

var (
	inputs = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`)
	action = regexp.MustCompile(`<form [^>]*action="([^"]*)"`)
)

// fields are the hidden ones of a page's form, and where it goes.
func (b *browser) fields(a *answer) (string, url.Values) {
	b.t.Helper()
	to := action.FindStringSubmatch(a.body)
	if to == nil {
		b.t.Fatalf("%s has no form: status %d\n%.1000s", a.url, a.status, a.body)
	}
	filled := url.Values{}
	for _, input := range inputs.FindAllStringSubmatch(a.body, -1) {
		filled.Add(html.UnescapeString(input[1]), html.UnescapeString(input[2]))
	}
	target, err := a.url.Parse(html.UnescapeString(to[1]))
	if err != nil {
		b.t.Fatal(err)
	}
	return target.String(), filled
}

// post sends a form as a browser does from a page of origin.
func (b *browser) post(address, origin string, form url.Values) *answer {
	b.t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		b.t.Fatal(err)
	}
	site := "cross-site"
	if origin == u.Scheme+"://"+u.Host {
		site = "same-origin"
	}
	return b.do(http.MethodPost, address, http.Header{
		"Accept": page["Accept"], "Content-Type": {"application/x-www-form-urlencoded"}, "Origin": {origin},
		"Sec-Fetch-Site": {site}, "Sec-Fetch-Mode": {"navigate"}, "Sec-Fetch-Dest": {"document"},
	}, form.Encode())
}

// signIn opens address and signs in as somebody in groups, on the way that a
// signed-out browser is led. It gives what stands at the end.
func (b *browser) signIn(h *house, address, name string, groups ...string) *answer {
	b.t.Helper()
	return b.vouched(h, b.follow(b.get(address)), name, groups...)
}

// vouched goes on from the identity provider's page.
func (b *browser) vouched(h *house, asked *answer, name string, groups ...string) *answer {
	b.t.Helper()
	_, request := b.fields(asked)
	if request.Get("request") == "" {
		b.t.Fatalf("the way did not lead to the identity provider, but to %s: status %d\n%.1000s", asked.url, asked.status, asked.body)
	}
	raw, err := h.twin.Respond(testidp.Response{
		ACS: request.Get("acs"), Audience: request.Get("issuer"), InResponseTo: request.Get("request"), Person: "ann", NameID: name, Groups: groups,
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return b.follow(b.post(request.Get("acs"), "https://idp.example.com", testidp.Form(raw, request.Get("relay_state"))))
}

// heard is what the application at the end of a walk was asked.
func (b *browser) heard(a *answer) got {
	b.t.Helper()
	if a.status != http.StatusOK || !strings.HasPrefix(a.header.Get("X-Application"), "echo") {
		b.t.Fatalf("%s: status %d, want the application's answer\n%.1000s", a.url, a.status, a.body)
	}
	return echoed(b.t, a.body)
}
