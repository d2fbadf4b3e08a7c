package gateway

import "testing"

func TestPlainPathTakesWhatBrowsersSay(t *testing.T) {
	for _, to := range []string{
		"/", "/d/abc", "/d/abc?orgId=1&x=%2F%2Fevil.example", "/a%20b", "/wiki/100%25", "/%C3%A9", "/d//x", "/?to=https://evil.example/", "/a:b@c",
		"/.sallyport-docs", "/o(1)/'x'", "/?x=1", "/?q=/../.sallyport/callback",
	} {
		if !plainPath(to) {
			t.Errorf("%q: refused", to)
		}
	}
}

// Every way that is known to make an address of another host, a header more,
// or one of our own addresses.
func TestPlainPathRefusesEveryOtherPlace(t *testing.T) {
	for _, to := range []string{
		"", "d/abc", "//evil.example", "///evil.example", `/\evil.example`, `\/evil.example`, `\\evil.example`, "/\t/evil.example", "\t//evil.example", " //evil.example",
		"https://evil.example/", "http:evil.example", "https:/evil.example", "javascript:alert(1)", "@evil.example", ".evil.example", ":8443/", "?x", "#x",
		"/%2fevil.example", "/%2Fevil.example", "/%5cevil.example", "/%5Cevil.example", "/%252fevil.example", "/%255cevil.example", "/%25252fevil.example",
		"/x\r\nSet-Cookie: a=b", "/x%0d%0aSet-Cookie:%20a=b", "/x%250d%250aa", "/x\x00", "/x%00", "/x\x7f", "/é", "/x y", "/x#y", "/%", "/%zz", "/%2",
		"/.sallyport/callback?code=x", "/.sallyport/sign-out", "/.sallyport", "/a/../.sallyport/sign-out", "/%2e%2e/.sallyport/sign-out", "/%2esallyport/sign-out", "/%252esallyport/sign-out", "/.SALLYPORT/sign-out", "/.sallyport%2fsign-out", "/./.sallyport//sign-out",
		"/" + string(make([]byte, maxURL)),
	} {
		if plainPath(to) {
			t.Errorf("%q: taken", to)
		}
	}
}
