package main_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// browser does by plain HTTP what a person's browser does: it keeps cookies,
// follows redirects and posts forms. With a form of another site it sends the
// cookies alone that are SameSite=None, which none of ours is.
type browser struct {
	t      *testing.T
	client *http.Client
	jar    *cookiejar.Jar
	none   map[string]bool // names of cookies that are SameSite=None
}

func newBrowser(t *testing.T) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t: t, jar: jar, none: map[string]bool{}, client: &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// webPage is where the browser has arrived.
type webPage struct {
	url    *url.URL
	status int
	body   string
}

// has reports whether the page has a form with a field of that name.
func (p *webPage) has(field string) bool {
	_, _, found := readForm(p.body, field)
	return found
}

// text is what a person reads on the page.
func (p *webPage) text() string {
	root, err := html.Parse(strings.NewReader(p.body))
	if err != nil {
		return p.body
	}
	var words []string
	for n := range root.Descendants() {
		if n.Type == html.TextNode && n.Parent.Data != "script" && n.Parent.Data != "style" {
			words = append(words, strings.Fields(n.Data)...)
		}
	}
	return strings.Join(words, " ")
}

func (b *browser) get(address string) *webPage {
	b.t.Helper()
	return b.send(http.MethodGet, address, nil, "")
}

// send makes a request and follows redirects to the end. from is the site
// whose form is posted.
func (b *browser) send(method, address string, form url.Values, from string) *webPage {
	b.t.Helper()
	for range 20 {
		request, err := http.NewRequestWithContext(b.t.Context(), method, address, strings.NewReader(form.Encode()))
		if err != nil {
			b.t.Fatal(err)
		}
		request.Header.Set("Accept", "text/html")
		if method == http.MethodPost {
			request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		for _, c := range b.jar.Cookies(request.URL) {
			if method == http.MethodGet || request.URL.Hostname() == from || b.none[c.Name] {
				request.AddCookie(c)
			}
		}
		response, err := b.client.Do(request)
		if err != nil {
			b.t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		if err = errors.Join(err, response.Body.Close()); err != nil {
			b.t.Fatal(err)
		}
		b.jar.SetCookies(request.URL, response.Cookies())
		for _, c := range response.Cookies() {
			b.none[c.Name] = c.SameSite == http.SameSiteNoneMode
		}
		if response.StatusCode < 300 || response.StatusCode > 399 {
			return &webPage{request.URL, response.StatusCode, string(body)}
		}
		next, err := response.Location()
		if err != nil {
			b.t.Fatalf("%s %s: status %d: %v", method, address, response.StatusCode, err)
		}
		method, address, form = http.MethodGet, next.String(), nil
	}
	b.t.Fatalf("too many redirects, the last one to %s", address)
	return nil
}

// submit posts the page's form that has a field of that name, with what the
// page holds and what was filled in.
func (b *browser) submit(p *webPage, field string, filled url.Values) *webPage {
	b.t.Helper()
	action, form, found := readForm(p.body, field)
	if !found {
		b.t.Fatalf("%s: status %d: there is no form with a field %q: %s", p.url, p.status, field, p.text())
	}
	for key, values := range filled {
		form[key] = values
	}
	target, err := p.url.Parse(action)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.send(http.MethodPost, target.String(), form, p.url.Hostname())
}

// readForm finds a form by the name of one of its fields.
func readForm(body, field string) (action string, form url.Values, found bool) {
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		return "", nil, false
	}
	for n := range root.Descendants() {
		if n.Data != "form" {
			continue
		}
		form = url.Values{}
		for input := range n.Descendants() {
			name := attribute(input, "name")
			switch {
			case input.Data == "input" && name != "" && attribute(input, "type") != "submit":
				form.Add(name, attribute(input, "value"))
			case input.Data == "textarea" && name != "" && input.FirstChild != nil:
				form.Add(name, input.FirstChild.Data)
			}
		}
		if form.Has(field) {
			return attribute(n, "action"), form, true
		}
	}
	return "", nil, false
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// sessionJSON is what /session tells programs, without what differs each time.
type sessionJSON struct {
	User         string    `json:"user"`
	NameID       string    `json:"name_id"`
	NameIDFormat string    `json:"name_id_format"`
	SubType      string    `json:"sub_type"`
	IDP          string    `json:"idp"`
	Tags         []tagJSON `json:"tags"`
	Groups       []string  `json:"groups"`
}

type tagJSON struct {
	Key        string `json:"key"`
	Value      string `json:"value"`
	Source     string `json:"source"`
	Transitive bool   `json:"transitive"`
}

// session asks sallyport who this browser is.
func (b *browser) session(base string) (int, sessionJSON) {
	b.t.Helper()
	request, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, base+"/session", nil)
	if err != nil {
		b.t.Fatal(err)
	}
	request.Header.Set("Accept", "application/json")
	for _, c := range b.jar.Cookies(request.URL) {
		request.AddCookie(c)
	}
	response, err := b.client.Do(request)
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	var session sessionJSON
	if response.StatusCode == http.StatusOK {
		if err := json.NewDecoder(response.Body).Decode(&session); err != nil {
			b.t.Fatalf("/session: %v", err)
		}
	}
	return response.StatusCode, session
}

// samlResponse is the response that a page is about to send, as XML.
func samlResponse(t *testing.T, p *webPage) string {
	t.Helper()
	_, form, found := readForm(p.body, "SAMLResponse")
	if !found {
		t.Fatalf("%s: status %d: no response here: %s", p.url, p.status, p.text())
	}
	raw, err := base64.StdEncoding.DecodeString(form.Get("SAMLResponse"))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
