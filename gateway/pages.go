package gateway

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"net/http"
)

// page is everything that a person may see of the gateway. It is shown at
// hosts of applications, through proxies that route nothing else to us: it
// holds its style and its script itself, and its policy names them by hash.
type page struct {
	Title     string   // the heading
	Says      []string // what is the matter and what to do, in plain words
	Ask       *ask     // whom to ask for more
	Form      *replay  // that posts itself
	First     *link    // what most people want next
	Links     []link   // what some want
	Fix       []string // for who runs the proxy
	RequestID string
}

// ask is who can help, and with what in hand.
type ask struct {
	Whom      string // "": the administrator
	Mail      string // mailto: address of Whom; "" where it is none
	Reference string
}

type link struct {
	Text string
	URL  string
}

var (
	//go:embed pages/page.html
	pageText string
	//go:embed pages/page.css
	pageStyle string
	//go:embed pages/replay.js
	replayScript string

	pageTemplate = template.Must(template.New("page").Parse(pageText))

	// Without form-action: it would hold for the redirect that an application
	// answers a form with, too, wherever that leads.
	replayPolicy = "default-src 'none'; style-src " + hashSource(pageStyle) + "; script-src " + hashSource(replayScript) + "; base-uri 'none'; frame-ancestors 'none'"
	pagePolicy   = "default-src 'none'; style-src " + hashSource(pageStyle) + "; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)

// write sends the page. What it says of the browser's behaviour overrides what
// was set before.
func (p *page) write(w http.ResponseWriter, status int) error {
	shown := struct {
		*page
		Style  template.CSS
		Script template.JS
	}{page: p, Style: template.CSS(pageStyle)}
	policy, referrer := pagePolicy, "no-referrer"
	if p.Form != nil {
		shown.Script = template.JS(replayScript)
		// Under no-referrer browsers send "Origin: null" with the form, which
		// applications refuse as a stranger's. The origin alone tells no code.
		policy, referrer = replayPolicy, "strict-origin"
	}
	var body bytes.Buffer
	if err := pageTemplate.Execute(&body, shown); err != nil {
		return fmt.Errorf("render the page %q: %w", p.Title, err)
	}
	h := w.Header()
	private(h)
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", policy)
	h.Set("Referrer-Policy", referrer)
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes()) // who went away needs no answer
	return nil
}

// private sets what holds for every answer under an application's host: it is
// for one person, once, in no frame, and says to nobody where they come from.
func private(h http.Header) {
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
}

// hashSource names an inline style or script in a policy.
func hashSource(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
