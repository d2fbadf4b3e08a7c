package session_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/session"
)

// doorModel is what should be: which codes, forms and doors are good, and for
// whom.
type doorModel struct {
	codes map[string]binding
	forms map[string]binding
	doors map[string]binding // by the host's token
	over  map[string]bool    // by session ID
}

// binding is to whom something belongs.
type binding struct {
	person, session, host, browser string
}

// Whatever people and thieves try in whatever order, a code opens its own
// host to its own browser once, a form comes back to its own person, host and
// browser once, and a door opens while its session lives.
func TestDoorProperty(t *testing.T) {
	h := newHouse(t, idp.Settings{})
	hosts, browsers := []string{grafana, wiki}, []string{browserA, browserB, ""}
	rapid.Check(t, func(t *rapid.T) {
		m := &doorModel{codes: map[string]binding{}, forms: map[string]binding{}, doors: map[string]binding{}, over: map[string]bool{}}
		live := []*session.Session{h.signedIn("ann"), h.signedIn("ann"), h.signedIn("ben")}
		var codes, forms, tokens []string
		someone := func() *session.Session { return rapid.SampledFrom(live).Draw(t, "session") }
		host := func() string { return rapid.SampledFrom(hosts).Draw(t, "host") }
		browser := func() string { return rapid.SampledFrom(browsers).Draw(t, "browser") }
		pick := func(of []string) string { return rapid.SampledFrom(append(of, browserB)).Draw(t, "which") }
		check := func(what string, err error, want bool, refusal fault.Kind) bool {
			if (err == nil) != want || err != nil && fault.KindOf(err) != refusal {
				t.Fatalf("%s: want good %v, got %v", what, want, err)
			}
			return err == nil
		}
		// A session as the caller still holds it: a revocation may be later.
		current := func(s *session.Session) *session.Session { c := *s; return &c }

		t.Repeat(map[string]func(*rapid.T){
			"hand over": func(*rapid.T) {
				s, at, by := someone(), host(), browser()
				code, err := h.manager.HandOver(h.t.Context(), current(s), at, session.BrowserHash(by))
				if by == "" {
					check("a code for no browser", err, false, fault.Invalid)
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				m.codes[code] = binding{s.UserID, s.ID, at, by}
				codes = append(codes, code)
			},
			"take over": func(*rapid.T) {
				code, at, by := pick(codes), host(), browser()
				b, known := m.codes[code]
				token, s, err := h.manager.TakeOver(h.t.Context(), code, at, by)
				good := known && b.host == at && b.browser == by && !m.over[b.session]
				if check("a code", err, good, fault.Unauthenticated) {
					if s.ID != b.session {
						t.Fatalf("the code of session %s opened %s", b.session, s.ID)
					}
					m.doors[token] = b
					tokens = append(tokens, token)
				}
				delete(m.codes, code)
			},
			"open": func(*rapid.T) {
				token, at := pick(tokens), host()
				b, known := m.doors[token]
				d, err := h.manager.Door(h.t.Context(), token, at)
				if check("a door", err, known && b.host == at && !m.over[b.session], fault.Unauthenticated) && d.Session.ID != b.session {
					t.Fatalf("the door of session %s opened %s", b.session, d.Session.ID)
				}
			},
			"end": func(*rapid.T) {
				if len(m.over) > 1 {
					t.Skip("somebody must be left")
				}
				s := someone()
				if _, err := h.manager.Revoke(h.t.Context(), session.Filter{ID: s.ID}, "command"); err != nil {
					t.Fatal(err)
				}
				m.over[s.ID] = true
			},
			"keep a form": func(*rapid.T) {
				token, at, by := pick(tokens), host(), browser()
				b, known := m.doors[token]
				handle, err := h.manager.KeepForm(h.t.Context(), token, at, by, "https://"+at+"/save", []byte(fmt.Sprint("form=", len(forms))))
				if fault.KindOf(err) == fault.Conflict {
					return // too many wait
				}
				if check("a form", err, known && b.host == at && by != "", fault.Unauthenticated) {
					m.forms[handle] = binding{b.person, b.session, at, by}
					forms = append(forms, handle)
				}
			},
			"take a form": func(*rapid.T) {
				handle, s, at, by := pick(forms), someone(), host(), browser()
				b, known := m.forms[handle]
				address, body, err := h.manager.TakeForm(h.t.Context(), current(s), handle, at, by)
				// The caller's session is live as far as it knows: gateway has just read it.
				if check("a form", err, known && b.person == s.UserID && b.host == at && b.browser == by, fault.NotFound) &&
					(address != "https://"+at+"/save" || len(body) == 0) {
					t.Fatalf("another form: %q %q", address, body)
				}
				delete(m.forms, handle)
			},
		})
	})
}
