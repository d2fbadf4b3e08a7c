package session_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sallyport/audit"
	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/internal/keyring"
	"sallyport/internal/testidp"
	"sallyport/saml"
	"sallyport/session"
)

func TestRecordsOneAcceptedResponseASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, idp.Settings{})
		for range 5 {
			h.mustReceive(h.respond(testidp.Response{}))
		}
		h.keeps(1, 0)
		time.Sleep(time.Second)
		h.mustReceive(h.respond(testidp.Response{}))
		h.keeps(2, 0)

		// Each connection has its own second.
		h.c = h.connect("entra", idp.Settings{})
		h.mustReceive(h.respond(testidp.Response{}))
		h.keeps(1, 0)
	})
}

func TestRecordsNothing(t *testing.T) {
	for name, c := range map[string]struct {
		settings idp.Settings
		manager  func(*house) *session.Manager
	}{
		"where the connection says so": {settings: idp.Settings{RecordDays: -1}},
		"without a sealer":             {manager: func(h *house) *session.Manager { return h.sealedBy(nil, h.db, h.db) }},
		"that can't be sealed": {manager: func(h *house) *session.Manager {
			return h.sealedBy(brokenSealer{}, h.db, h.db)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, c.settings)
			if c.manager != nil {
				h.manager = c.manager(h)
			}
			h.mustReceive(h.respond(testidp.Response{}))
			_, err := h.receive(h.respond(testidp.Response{Misbehave: "wrong-audience"}))
			refused, _, _ := h.refused(err, saml.WrongAudience)
			h.keeps(0, 0)
			if _, err := h.manager.RawResponse(t.Context(), refused.Reference, "link:1"); fault.KindOf(err) != fault.NotFound {
				t.Errorf("a response that was not kept: %v", err)
			}
			if strings.Contains(h.logs.String(), "secret ingredient") {
				t.Errorf("the log quotes the sealer: %s", h.logs)
			}
		})
	}
}

// brokenSealer quotes what it was given, as no sealer should.
type brokenSealer struct{}

func (brokenSealer) Seal([]byte) ([]byte, error) { return nil, errors.New("secret ingredient") }
func (brokenSealer) Open([]byte) ([]byte, error) { return nil, errors.New("secret ingredient") }

func TestRecordingIsUnreadable(t *testing.T) {
	h := newHouse(t, idp.Settings{})
	h.mustReceive(h.respond(testidp.Response{}))
	_, err := h.receive(h.respond(testidp.Response{Misbehave: "wrong-audience"}))
	h.refused(err, saml.WrongAudience)
	for _, accepted := range []bool{true, false} {
		for _, r := range h.recordings(accepted) {
			for _, word := range []string{"ann@example.com", "Assertion", "Engineering", target, "portal"} {
				if bytes.Contains(r.Sealed, []byte(word)) {
					t.Errorf("%q can be read in a recording", word)
				}
			}
		}
	}
	if h.logs.Len() > 0 {
		t.Errorf("the log says: %s", h.logs)
	}
}

func TestRawResponse(t *testing.T) {
	h := newHouse(t, idp.Settings{})
	ctx := t.Context()
	field := h.respond(testidp.Response{Misbehave: "wrong-audience"})
	_, err := h.receive(field)
	refused, _, _ := h.refused(err, saml.WrongAudience)
	want, err := base64.StdEncoding.DecodeString(field)
	if err != nil {
		t.Fatal(err)
	}
	for view := 1; view <= 2; view++ {
		raw, err := h.manager.RawResponse(ctx, refused.Reference, "link:1")
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(raw, want) {
			t.Error("another response than was sent")
		}
		views, err := h.db.Events(ctx, audit.Filter{Object: "signin:" + refused.Reference})
		if err != nil {
			t.Fatal(err)
		}
		if len(views) != view || views[0].Action != audit.SignInRawViewed || views[0].Actor != "link:1" || views[0].IDP != slug || views[0].Reason != string(saml.WrongAudience) {
			t.Errorf("after %d views: %+v", view, views)
		}
	}
	for _, reference := range []string{"", "nothing", strings.ToLower(refused.Reference)} {
		if _, err := h.manager.RawResponse(ctx, reference, "link:1"); fault.KindOf(err) != fault.NotFound {
			t.Errorf("reference %q: %v", reference, err)
		}
	}
	views, err := h.db.Events(ctx, audit.Filter{Actions: []audit.Action{audit.SignInRawViewed}})
	if err != nil || len(views) != 2 {
		t.Errorf("%d views are recorded, want 2; %v", len(views), err)
	}
}

func TestRawResponseThatIsNoXML(t *testing.T) {
	h := newHouse(t, idp.Settings{})
	_, err := h.receive("<not base64>")
	refused, _, _ := h.refused(err, saml.NotBase64)
	raw, err := h.manager.RawResponse(t.Context(), refused.Reference, "link:1")
	if err != nil || string(raw) != "<not base64>" {
		t.Errorf("got %q, %v; want what came", raw, err)
	}
}

func TestRawResponseIsGivenToNobodyUnseen(t *testing.T) {
	h := newHouse(t, idp.Settings{})
	_, err := h.receive(h.respond(testidp.Response{Misbehave: "wrong-audience"}))
	refused, _, _ := h.refused(err, saml.WrongAudience)
	raw, err := h.over(h.db, brokenEvents{}).RawResponse(t.Context(), refused.Reference, "link:1")
	if err == nil || raw != nil {
		t.Errorf("got %d bytes, %v; want none where the view can't be recorded", len(raw), err)
	}
}

// TestRawResponseBelongsToItsRow: who can write to the database can't make one
// sign-in's response appear as another's, nor an accepted one as refused.
func TestRawResponseBelongsToItsRow(t *testing.T) {
	h := newHouse(t, idp.Settings{})
	h.mustReceive(h.respond(testidp.Response{}))
	var references []string
	for range 2 {
		_, err := h.receive(h.respond(testidp.Response{Misbehave: "wrong-audience"}))
		refused, _, _ := h.refused(err, saml.WrongAudience)
		references = append(references, refused.Reference)
	}
	for name, other := range map[string]*session.Recording{
		"of another refusal":     h.recordings(false)[0],
		"of an accepted sign-in": h.recordings(true)[0],
	} {
		swapped := swappedStore{h.db, other.Sealed}
		raw, err := h.over(swapped, h.db).RawResponse(t.Context(), references[0], "link:1")
		if fault.KindOf(err) != fault.NotFound || raw != nil {
			t.Errorf("%s: %d bytes, %v", name, len(raw), err)
		}
	}
	other, err := keyring.New(bytes.Repeat([]byte{8}, keyring.SecretSize))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.sealedBy(other, h.db, h.db).RawResponse(t.Context(), references[0], "link:1"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("under another secret: %v", err)
	}
}

// swappedStore is a database in which somebody put another content into a row.
type swappedStore struct {
	session.Store
	sealed []byte
}

func (s swappedStore) RecordingByReference(ctx context.Context, reference string) (*session.Recording, error) {
	r, err := s.Store.RecordingByReference(ctx, reference)
	if err == nil {
		r.Sealed = s.sealed
	}
	return r, err
}

// TestRecordedRefusalsAreBounded: what strangers send fills no disk. The
// refusals themselves are all recorded.
func TestRecordedRefusalsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, idp.Settings{})
		refuse := func(times, length int) {
			for range times {
				if _, err := h.receive(strings.Repeat("A", length)); err == nil {
					t.Fatal("garbage was taken")
				}
			}
		}
		refuse(1, 400<<10) // 300 kB behind the base64
		h.keeps(0, 0)
		refuse(30, 300<<10)
		kept := len(h.recordings(false))
		if kept == 0 || kept > 14 {
			t.Errorf("%d large responses are kept, want no more than 4 MB of them", kept)
		}
		time.Sleep(time.Minute)
		refuse(1, 100)
		h.keeps(0, kept+1)
		events, err := h.db.Events(t.Context(), audit.Filter{Actions: []audit.Action{audit.SignInRefused}, Limit: 100})
		if err != nil || len(events) != 32 {
			t.Errorf("%d refusals are recorded, want 32; %v", len(events), err)
		}
	})
}

func (h *house) recordings(accepted bool) []*session.Recording {
	h.t.Helper()
	all, err := h.db.Recordings(h.t.Context(), session.RecordingFilter{IDP: h.c.Provider.Slug, Accepted: accepted, Limit: 1000})
	if err != nil {
		h.t.Fatal(err)
	}
	return all
}

// keeps asserts how many recordings there are of h's connection.
func (h *house) keeps(accepted, refused int) {
	h.t.Helper()
	if n := len(h.recordings(true)); n != accepted {
		h.t.Errorf("%d accepted responses are kept, want %d", n, accepted)
	}
	if n := len(h.recordings(false)); n != refused {
		h.t.Errorf("%d refused responses are kept, want %d", n, refused)
	}
}
