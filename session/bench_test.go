package session_test

import (
	"net/http"
	"testing"

	"sallyport/idp"
	"sallyport/internal/testidp"
	"sallyport/session"
)

// BenchmarkReceive is a whole sign-in behind the form: verify, tags, and the
// durable record of it.
func BenchmarkReceive(b *testing.B) {
	h := newHouse(b, idp.Settings{})
	fields := make([]string, b.N)
	for i := range fields {
		fields[i] = h.respond(testidp.Response{})
	}
	b.ReportAllocs()
	b.ResetTimer()
	for _, field := range fields {
		h.mustReceive(field)
	}
}

// BenchmarkReceiveRefused is the dearest refusal: everything is good but a tag.
func BenchmarkReceiveRefused(b *testing.B) {
	h := newHouse(b, idp.Settings{})
	fields := make([]string, b.N)
	for i := range fields {
		fields[i] = h.respond(testidp.Response{Attributes: []testidp.Attribute{access("Department", "R&D")}})
	}
	b.ReportAllocs()
	b.ResetTimer()
	for _, field := range fields {
		if _, err := h.receive(field); err == nil {
			b.Fatal("a broken tag was taken")
		}
	}
}

// BenchmarkCookiesSession is what every request of a signed-in person costs.
func BenchmarkCookiesSession(b *testing.B) {
	h := newHouse(b, idp.Settings{})
	cookies := session.NewCookies(h.manager, true)
	r := carrying(&http.Cookie{Name: "__Host-sallyport", Value: h.mustReceive(h.respond(testidp.Response{})).Token})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := cookies.Session(r); err != nil {
			b.Fatal(err)
		}
	}
}
