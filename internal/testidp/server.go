package testidp

import (
	"bytes"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
)

//go:embed pages
var pageFiles embed.FS

var pageTemplates = template.Must(template.ParseFS(pageFiles, "pages/*.html"))

// routes is everything that the twin serves.
func (p *IDP) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", p.handle(p.portal))
	mux.HandleFunc("POST "+tilePath, p.handle(p.tile))
	mux.HandleFunc("GET "+redirectPath+"{$}", p.handle(p.signIn))
	mux.HandleFunc("POST "+postPath, p.handle(p.signIn))
	mux.HandleFunc("POST "+answerPath, p.handle(p.answer))
	if p.options.SingleLogout {
		mux.HandleFunc("GET "+logoutPath, p.leave)
	}
	mux.HandleFunc("GET "+MetadataPath, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/samlmetadata+xml")
		w.Write(p.Metadata())
	})
	mux.HandleFunc("GET /style.css", asset("text/css; charset=utf-8", "pages/style.css"))
	mux.HandleFunc("GET /send.js", asset("text/javascript; charset=utf-8", "pages/send.js"))
	return mux
}

func asset(contentType, name string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		content, err := pageFiles.ReadFile(name)
		if err != nil {
			http.Error(w, "not found", http.StatusNotFound)
			return
		}
		w.Write(content)
	}
}

// page is one page and what it shows.
type page struct {
	Title string
	Name  string // template
	Data  any
}

// handle renders the page that f gives, or its error as a page.
func (p *IDP) handle(f func(*http.Request) (*page, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
		status := http.StatusOK
		shown, err := f(r)
		if err != nil {
			status = http.StatusBadRequest
			shown = &page{Title: "That did not work", Name: "problem.html", Data: err.Error()}
		}
		var b bytes.Buffer
		if err := pageTemplates.ExecuteTemplate(&b, shown.Name, shown); err != nil {
			http.Error(w, "The page could not be made.", http.StatusInternalServerError)
			return
		}
		h := w.Header()
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		// form-action stays open: every response goes to somebody else's origin.
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'")
		h.Set("Content-Length", strconv.Itoa(b.Len()))
		w.WriteHeader(status)
		w.Write(b.Bytes())
	}
}

type portalPage struct {
	People []Person
	Apps   []App
	Broken []Misbehaviour
	Odd    []Misbehaviour
}

func (p *IDP) portal(*http.Request) (*page, error) {
	broken, odd := sorted()
	return &page{Title: p.options.Title, Name: "portal.html", Data: portalPage{People(), p.options.Apps, broken, odd}}, nil
}

// sorted splits the misbehaviours into what must be refused and what must not.
func sorted() (broken, odd []Misbehaviour) {
	for _, m := range Misbehaviours() {
		if m.Reason == "" {
			odd = append(odd, m)
		} else {
			broken = append(broken, m)
		}
	}
	return broken, odd
}

// tile sends an unsolicited response to the first service provider.
func (p *IDP) tile(r *http.Request) (*page, error) {
	sps, err := p.serviceProviders()
	if err != nil {
		return nil, err
	}
	if err := r.ParseForm(); err != nil {
		return nil, fmt.Errorf("read form: %w", err)
	}
	relayState := ""
	if len(p.options.Apps) > 0 {
		relayState = p.options.Apps[0].RelayState
	}
	for _, key := range []string{"application", "tile"} {
		if n, err := strconv.Atoi(r.PostForm.Get(key)); err == nil && n >= 0 && n < len(p.options.Apps) {
			relayState = p.options.Apps[n].RelayState
		}
	}
	return p.send(r, sps[0], "", sps[0].ACS, relayState)
}

type signInPage struct {
	Request *Request
	People  []Person
	Broken  []Misbehaviour
	Odd     []Misbehaviour
}

// signIn asks whom to vouch for, in answer to an AuthnRequest.
func (p *IDP) signIn(r *http.Request) (*page, error) {
	if r.Method == http.MethodGet && r.URL.Query().Get("realm") != "odd realm" {
		return nil, fmt.Errorf("the query of this provider's sign-in address, ?%s, got lost on the way", redirectQuery)
	}
	request, err := ParseRequest(r)
	if err != nil {
		return nil, err
	}
	if _, err := p.sp(request.Issuer, request.ACS); err != nil {
		return nil, err
	}
	broken, odd := sorted()
	return &page{Title: "Sign in", Name: "sign-in.html", Data: signInPage{request, People(), broken, odd}}, nil
}

// answer sends the response to an AuthnRequest.
func (p *IDP) answer(r *http.Request) (*page, error) {
	if err := r.ParseForm(); err != nil {
		return nil, fmt.Errorf("read form: %w", err)
	}
	sp, err := p.sp(r.PostForm.Get("issuer"), r.PostForm.Get("acs"))
	if err != nil {
		return nil, err
	}
	return p.send(r, sp, r.PostForm.Get("request"), sp.ACS, r.PostForm.Get("relay_state"))
}

// sp finds a service provider, so that responses go nowhere else.
func (p *IDP) sp(entityID, acs string) (SP, error) {
	sps, err := p.serviceProviders()
	if err != nil {
		return SP{}, err
	}
	for _, sp := range sps {
		if sp.EntityID == entityID && (acs == "" || sp.ACS == acs) {
			return sp, nil
		}
	}
	return SP{}, fmt.Errorf("no service provider %q with the address %q is known here", entityID, acs)
}

type sendPage struct {
	ACS          string
	SAMLResponse string
	RelayState   string
	Misbehaviour *Misbehaviour
}

func (p *IDP) send(r *http.Request, sp SP, inResponseTo, acs, relayState string) (*page, error) {
	response := Response{
		ACS: acs, Audience: sp.EntityID, InResponseTo: inResponseTo,
		Person: r.PostForm.Get("person"), Misbehave: r.PostForm.Get("misbehave"), SPCertificate: sp.Certificate,
	}
	raw, err := p.Respond(response)
	if err != nil {
		return nil, err
	}
	shown := sendPage{ACS: acs, SAMLResponse: base64.StdEncoding.EncodeToString(raw), RelayState: relayState}
	if m, ok := misbehaviour(response.Misbehave); ok {
		shown.Misbehaviour = &m
	}
	return &page{Title: "Sending you on", Name: "send.html", Data: shown}, nil
}
