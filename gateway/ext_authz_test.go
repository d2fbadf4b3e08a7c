package gateway_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"sallyport/access"
)

// A proxy folds such a path to one below /.sallyport/, sends it on unasked and
// as it was said, and shows the answer to the browser.
func TestAPathThatIsFoldedElsewhereIsNoQuestion(t *testing.T) {
	h := newHouse(t, nil)
	h.app("wiki", wikiBase+"/", nil)
	ann := h.as("ann@example.com", nil).at(wikiHost)
	ask := func(path string, header http.Header) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.RemoteAddr, r.Host = proxyAddress, wikiHost
		for name, values := range header {
			r.Header[name] = values
		}
		r.Header.Set("X-Forwarded-Proto", "https")
		r.Header.Set("Cookie", appCookie+"="+ann.token)
		w := httptest.NewRecorder()
		h.handler.ServeHTTP(w, r)
		if w.Code != http.StatusOK && (w.Header().Get("Remote-User") != "" || w.Header().Get(access.HeaderAssertion) != "") {
			t.Errorf("%s: the answer tells who it is: %v", path, w.Header())
		}
		return w
	}
	const prefix = "/gateway/ext-authz"
	for _, path := range []string{
		"/../../.sallyport/x", "/../..//.sallyport/x", "/./../../.sallyport/x", "/a/../../../.sallyport/x", "/%2e%2e/%2e%2e/.sallyport/x", "/..%2f..%2f.sallyport/x",
		"/..%2F../.sallyport/x", "/%2e./.%2E/.sallyport/x", "/..%5c..%5c.sallyport/x", "/..;/..;x=1/.sallyport/x", "/%252e%252e/%252e%252e/.sallyport/x",
		"//../../../.sallyport/x", "/a%2fb/%2e%2e/%2e%2e/%2e%2e/.sallyport/x", "/..", "/a/%2e%2e/b", "/" + "%" + strings.Repeat("25", 9) + "2e",
	} {
		if w := ask(prefix+path, nil); w.Code != http.StatusNotFound {
			t.Errorf("%s: status %d", path, w.Code)
		}
	}
	for _, path := range []string{"/", "/a/../b", "/a/./b", "/a..b/..c/d..", "/x?to=/../../..", "/x%2Fy/%2e"} {
		if w := ask(prefix+path, nil); w.Code != http.StatusOK {
			t.Errorf("%s: status %d", path, w.Code)
		}
	}

	// What the proxy says of a browser's own request names our address, whatever
	// the proxy made of it.
	said := http.Header{"X-Forwarded-Method": {"GET"}, "X-Forwarded-Host": {wikiHost}, "X-Original-Method": {"GET"}}
	for _, path := range []string{"/gateway/forward-auth", "/gateway/forward-auth?x", "/gateway/auth-request", prefix + "/x"} {
		said["X-Forwarded-Uri"] = []string{path}
		said["X-Original-Url"] = nil
		if strings.HasPrefix(path, "/gateway/auth") {
			said["X-Original-Url"] = []string{wikiBase + path}
		}
		if w := ask(path, said); w.Code == http.StatusOK {
			t.Errorf("%s: a browser's own request is answered", path)
		}
	}
	for _, path := range []string{"/gateway/forward%2dauth", "/gateway%2fforward-auth", "/.sallyport/../gateway/forward-auth", "/.sallyport/%2e%2e/gateway/ext-authz/x"} {
		said["X-Forwarded-Uri"] = []string{"/"}
		said["X-Original-Url"] = nil
		if w := ask(path, said); w.Code != http.StatusNotFound {
			t.Errorf("%s: status %d", path, w.Code)
		}
	}
}
