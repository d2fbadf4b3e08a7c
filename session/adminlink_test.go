package session_test

import (
	"testing"
	"testing/synctest"
	"time"

	"sallyport/audit"
	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/session"
)

// adminSession makes and uses an administrator's link.
func (h *house) adminSession() string {
	h.t.Helper()
	link, err := h.manager.MakeAdminLink(h.t.Context(), "command")
	if err != nil {
		h.t.Fatal(err)
	}
	token, err := h.manager.UseAdminLink(h.t.Context(), link, "192.0.2.7")
	if err != nil {
		h.t.Fatal(err)
	}
	return token
}

func TestAdminLink(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, idp.Settings{})
		link, err := h.manager.MakeAdminLink(t.Context(), "command")
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour - time.Second)
		token, err := h.manager.UseAdminLink(t.Context(), link, "192.0.2.7")
		if err != nil {
			t.Fatal(err)
		}
		if token == link {
			t.Error("the link's token became the session's")
		}
		if _, err := h.manager.UseAdminLink(t.Context(), link, ""); fault.KindOf(err) != fault.NotFound {
			t.Errorf("twice: want not found, got %v", err)
		}
		s, err := h.manager.Session(t.Context(), token)
		if err != nil || s.Kind != session.Link || !s.ExpiresAt.Equal(time.Now().Add(8*time.Hour)) {
			t.Errorf("session: %+v, %v", s, err)
		}
		made := h.event(audit.Filter{Actions: []audit.Action{audit.AdminLinkMade}})
		used := h.event(audit.Filter{Actions: []audit.Action{audit.AdminLinkUsed}})
		if made.Actor != "command" || used.Actor != "link:"+s.ID || used.ClientIP != "192.0.2.7" {
			t.Errorf("events: %+v, %+v", made, used)
		}
		time.Sleep(8 * time.Hour)
		if _, err := h.manager.Session(t.Context(), token); fault.KindOf(err) != fault.Unauthenticated {
			t.Errorf("after 8 h: want unauthenticated, got %v", err)
		}
	})
}

func TestAdminLinkIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, idp.Settings{})
		link, err := h.manager.MakeAdminLink(t.Context(), "command")
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		var texts []string
		for _, token := range []string{link, browserB, "", "malformed"} {
			_, err := h.manager.UseAdminLink(t.Context(), token, "")
			if fault.KindOf(err) != fault.NotFound {
				t.Errorf("%q: want not found, got %v", token, err)
			}
			texts = append(texts, fault.Public(err))
		}
		for _, text := range texts {
			if text != texts[0] {
				t.Errorf("causes are told apart: %q, %q", text, texts[0])
			}
		}
	})
}
