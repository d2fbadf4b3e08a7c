package session

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// The store stands behind gorilla's own way in too, and its sessions cannot
// be talked into weaker cookies.
func TestCookieStoreBehindGorilla(t *testing.T) {
	store := &cookieStore{secure: true}
	token := newToken()
	r := httptest.NewRequest(http.MethodGet, "https://sso.example.com/", nil)
	r.AddCookie(&http.Cookie{Name: "__Host-sallyport", Value: token})

	s, err := store.Get(r, "__Host-sallyport")
	if err != nil || s.ID != token || s.IsNew {
		t.Fatalf("got %+v, %v", s, err)
	}
	s.Options.HttpOnly, s.Options.Secure, s.Options.SameSite, s.Options.Domain = false, false, http.SameSiteNoneMode, "example.com"
	s.Values["person"] = "ann@example.com"
	w := httptest.NewRecorder()
	if err := s.Save(r, w); err != nil {
		t.Fatal(err)
	}
	c := w.Result().Cookies()[0]
	if c.Value != token || !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode || c.Domain != "" {
		t.Errorf("cookie: %+v", c)
	}

	fresh, err := store.New(httptest.NewRequest(http.MethodGet, "https://sso.example.com/", nil), "__Host-sallyport")
	if err != nil || !fresh.IsNew || fresh.ID != "" {
		t.Errorf("without a cookie: %+v, %v", fresh, err)
	}
	if err := fresh.Save(r, httptest.NewRecorder()); err == nil {
		t.Error("a cookie without a token was set")
	}
}
