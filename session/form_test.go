package session_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/session"
)

const (
	going = "https://grafana.example.com/save?id=4"
	form  = "title=The+whole+afternoon%27s+work&secret=4711"
)

// over ends a person's session, with the token that it had at a host.
func (h *house) signedOff(person string) (s *session.Session, token string) {
	h.t.Helper()
	s = h.signedIn(person)
	token = h.enter(s, grafana, browserA)
	if _, err := h.manager.Revoke(h.t.Context(), session.Filter{ID: s.ID}, "command"); err != nil {
		h.t.Fatal(err)
	}
	return s, token
}

func (h *house) keep(token string) string {
	h.t.Helper()
	handle, err := h.manager.KeepForm(h.t.Context(), token, grafana, browserA, going, []byte(form))
	if err != nil {
		h.t.Fatal(err)
	}
	return handle
}

func (h *house) noForm(t *testing.T, name string, s *session.Session, handle, host, browser string) {
	t.Helper()
	if _, body, err := h.manager.TakeForm(t.Context(), s, handle, host, browser); fault.KindOf(err) != fault.NotFound || body != nil {
		t.Errorf("%s: want not found, got %q, %v", name, body, err)
	}
}

func TestFormComesBackOnce(t *testing.T) {
	h := newHouse(t, idp.Settings{})
	_, token := h.signedOff("ann")
	handle := h.keep(token)
	again := h.signedIn("ann")
	address, body, err := h.manager.TakeForm(t.Context(), again, handle, grafana, browserA)
	if err != nil || address != going || string(body) != form {
		t.Fatalf("got %q, %q, %v", address, body, err)
	}
	h.noForm(t, "a second time", again, handle, grafana, browserA)
	h.noForm(t, "no handle", again, "short", grafana, browserA)
}

// A wrong try uses the form up.
func TestFormIsForNobodyElse(t *testing.T) {
	h := newHouse(t, idp.Settings{})
	ann, ben := h.signedIn("ann"), h.signedIn("ben")
	for name, c := range map[string]struct {
		s             *session.Session
		host, browser string
	}{
		"another person":  {ben, grafana, browserA},
		"another host":    {ann, wiki, browserA},
		"another browser": {ann, grafana, browserB},
		"no browser":      {ann, grafana, ""},
	} {
		_, token := h.signedOff("ann")
		handle := h.keep(token)
		h.noForm(t, name, c.s, handle, c.host, c.browser)
		h.noForm(t, name+", and then the right one", ann, handle, grafana, browserA)
	}
	over, token := h.signedOff("ann")
	handle := h.keep(token)
	over.ExpiresAt = time.Now()
	h.noForm(t, "without a live session", over, handle, grafana, browserA)
}

func TestFormWaitsAQuarterOfAnHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, idp.Settings{})
		_, token := h.signedOff("ann")
		early, late := h.keep(token), h.keep(token)
		s := h.signedIn("ann")
		time.Sleep(15*time.Minute - time.Second)
		if _, _, err := h.manager.TakeForm(t.Context(), s, early, grafana, browserA); err != nil {
			t.Errorf("within a quarter of an hour: %v", err)
		}
		time.Sleep(time.Second)
		h.noForm(t, "after it", s, late, grafana, browserA)
	})
}

func TestKeepFormRefuses(t *testing.T) {
	h := newHouse(t, idp.Settings{})
	_, token := h.signedOff("ann")
	small, large := []byte(form), make([]byte, session.MaxForm+1)
	for name, c := range map[string]struct {
		token, host, browser, address string
		body                          []byte
		want                          fault.Kind
	}{
		"too large":                {token, grafana, browserA, going, large, fault.Invalid},
		"another host's address":   {token, grafana, browserA, "https://evil.example/save", small, fault.Invalid},
		"an address with userinfo": {token, grafana, browserA, "https://grafana.example.com@grafana.example.com/", small, fault.Invalid},
		"another scheme":           {token, grafana, browserA, "javascript://grafana.example.com/", small, fault.Invalid},
		"no address":               {token, grafana, browserA, "/save", small, fault.Invalid},
		"an endless address":       {token, grafana, browserA, going + strings.Repeat("x", 8<<10), small, fault.Invalid},
		"a stranger's token":       {browserB, grafana, browserA, going, small, fault.Unauthenticated},
		"no token":                 {"", grafana, browserA, going, small, fault.Unauthenticated},
		"no browser":               {token, grafana, "", going, small, fault.Unauthenticated},
		"another host's token":     {token, wiki, browserA, "https://" + wiki + "/", small, fault.Unauthenticated},
	} {
		handle, err := h.manager.KeepForm(t.Context(), c.token, c.host, c.browser, c.address, c.body)
		if fault.KindOf(err) != c.want || handle != "" {
			t.Errorf("%s: want %s, got %q, %v", name, c.want, handle, err)
		}
	}
	if _, err := h.manager.KeepForm(t.Context(), token, grafana, browserA, going, large[:session.MaxForm]); err != nil {
		t.Errorf("the largest: %v", err)
	}
	for range session.MaxForms - 1 {
		h.keep(token)
	}
	if _, err := h.manager.KeepForm(t.Context(), token, grafana, browserA, going, small); fault.KindOf(err) != fault.Conflict {
		t.Errorf("one too many: want conflict, got %v", err)
	}
	unsealed := h.sealedBy(nil, h.db, h.db)
	if _, err := unsealed.KeepForm(t.Context(), token, grafana, browserA, going, small); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("without a key to seal with: want unavailable, got %v", err)
	}
}

// formSpy shows what is stored of forms, and puts one's content in another's
// place.
type formSpy struct {
	session.Store
	kept []*session.KeptForm
	swap []byte
}

func (s *formSpy) SaveForm(ctx context.Context, f *session.KeptForm) error {
	s.kept = append(s.kept, f)
	return s.Store.SaveForm(ctx, f)
}

func (s *formSpy) TakeForm(ctx context.Context, hash []byte, host string, browserHash []byte, userID string, now time.Time) (*session.KeptForm, error) {
	f, err := s.Store.TakeForm(ctx, hash, host, browserHash, userID, now)
	if err == nil && s.swap != nil {
		f.Sealed = s.swap
	}
	return f, err
}

// Whoever reads or writes the database reads no form, and moves none to
// another person or address.
func TestFormIsSealed(t *testing.T) {
	h := newHouse(t, idp.Settings{})
	spy := &formSpy{Store: h.db}
	h.manager = h.over(spy, h.db)
	_, annsToken := h.signedOff("ann")
	_, bensToken := h.signedOff("ben")
	h.keep(annsToken)
	handle := h.keep(bensToken)
	for _, f := range spy.kept {
		if bytes.Contains(f.Sealed, []byte("4711")) || len(f.Hash) != 32 || string(f.Hash) == handle {
			t.Errorf("stored in the clear: %+v", f)
		}
	}
	spy.swap = spy.kept[0].Sealed
	_, body, err := h.manager.TakeForm(t.Context(), h.signedIn("ben"), handle, grafana, browserA)
	if err == nil || body != nil || strings.Contains(err.Error(), "4711") {
		t.Errorf("ann's form in ben's row: got %q, %v", body, err)
	}
}
