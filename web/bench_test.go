package web_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"syscall"
	"testing"

	"sallyport/internal/testidp"
	"sallyport/web"
)

// BenchmarkSignIn is a whole unsolicited sign-in as the server sees it: the
// POST with verification, the durable record and the redirect, then the GET
// that puts the session into the browser. Requests are answered by the real
// handler over a real SQLite file; cpu-µs/op is this process's CPU time, the
// writer's included.
func BenchmarkSignIn(b *testing.B) {
	ten := make([]testidp.Attribute, 10)
	for i := range ten {
		ten[i] = testidp.Attribute{Name: "attribute" + string(rune('0'+i)), Values: []string{"value & more"}}
	}
	groups := make([]string, 150)
	for i := range groups {
		groups[i] = "cn=group-" + string(rune('a'+i%26)) + ",ou=groups,dc=example,dc=org"
	}
	for _, shape := range []struct {
		name     string
		response testidp.Response
	}{
		{"10attributes", testidp.Response{Attributes: ten}},
		{"150groups", testidp.Response{Attributes: ten, Groups: groups}},
		{"refused", testidp.Response{Attributes: ten, Misbehave: "wrong-audience"}},
	} {
		for _, callers := range []int{1, 8} {
			b.Run(shape.name+"/callers="+string(rune('0'+callers)), func(b *testing.B) { benchmarkSignIn(b, shape.response, callers) })
		}
	}
}

func benchmarkSignIn(b *testing.B, r testidp.Response, callers int) {
	h := newHouse(b, func(o *web.Options) { o.Verifications = 8 })
	h.connect("default", nil)
	handler := h.server.Handler()
	r.Person = "ann"
	forms := make(chan string, b.N)
	for range b.N {
		forms <- h.respond("default", r).Encode()
	}
	close(forms)
	done := make(chan error, callers)
	b.ReportAllocs()
	before := cpu(b)
	b.ResetTimer()
	for range callers {
		go func() {
			for form := range forms {
				signIn(b, handler, form, r.Misbehave == "")
			}
			done <- nil
		}()
	}
	for range callers {
		<-done
	}
	b.StopTimer()
	b.ReportMetric(float64(cpu(b)-before)/float64(b.N), "cpu-µs/op")
}

func signIn(b *testing.B, handler http.Handler, form string, good bool) {
	if good {
		cookiesOf(b, handler, form)
		return
	}
	if answer := postResponse(handler, form); answer.Code != http.StatusForbidden {
		b.Errorf("status %d", answer.Code)
	}
}

func postResponse(handler http.Handler, form string) *httptest.ResponseRecorder {
	post := httptest.NewRequest(http.MethodPost, "/saml/default/acs", strings.NewReader(form))
	post.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, post)
	return answer
}

// cookiesOf signs in and gives what the browser keeps then.
func cookiesOf(b *testing.B, handler http.Handler, form string) []*http.Cookie {
	answer := postResponse(handler, form)
	to, err := url.Parse(answer.Header().Get("Location"))
	if answer.Code != http.StatusSeeOther || err != nil {
		body, _ := io.ReadAll(answer.Body)
		b.Errorf("status %d: %s", answer.Code, body)
		return nil
	}
	get := httptest.NewRequest(http.MethodGet, to.String(), nil)
	for _, c := range answer.Result().Cookies() {
		get.AddCookie(c)
	}
	answer = httptest.NewRecorder()
	handler.ServeHTTP(answer, get)
	if answer.Code != http.StatusSeeOther {
		b.Errorf("completed with status %d", answer.Code)
	}
	return answer.Result().Cookies()
}

// cpu is this process's CPU time in microseconds.
func cpu(b *testing.B) int64 {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		b.Fatal(err)
	}
	return (r.Utime.Nano() + r.Stime.Nano()) / 1000
}
