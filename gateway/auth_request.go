package gateway

import (
	"net/http"
	"strings"

	"sallyport/internal/fault"
)

// headerSignIn is where nginx finds the address of the sign-in.
const headerSignIn = "X-Sallyport-Sign-In"

// authRequest answers the module auth_request of nginx, which understands 200,
// 401 and 403 and shows none of them. It says what it was asked in X-Original-URL
// and X-Original-Method.
func (g *Gateway) authRequest(w http.ResponseWriter, r *http.Request) error {
	if !g.trusts(r) {
		return untrusted(r)
	}
	if ownAddress(r) {
		return notFound(w, r)
	}
	p, err := originalPlace(r.Header)
	if err != nil {
		return err
	}
	v, err := g.check(r, &p)
	if err != nil {
		return err
	}
	if v.pass != nil {
		v.pass.write(w.Header())
		return nil
	}
	if v.signIn == "" {
		return g.deny(w, r, &p, v, true)
	}
	return g.sayUnauthorized(w, r, &p, v)
}

func originalPlace(h http.Header) (place, error) {
	method, err := once(h, headerOriginalMethod)
	if err != nil {
		return place{}, err
	}
	address, err := once(h, headerOriginalURL)
	if err != nil {
		return place{}, err
	}
	p, ok := placeOfURL(address, method)
	if !ok && len(address) > maxURL {
		return place{}, tooLong()
	}
	if !ok {
		return place{}, malformed("the address")
	}
	if other := h[headerURI]; len(other) > 1 || len(other) == 1 && other[0] != p.path {
		return place{}, contradicted(headerURI)
	}
	return p, nil
}

// placeOfURL takes an absolute URL apart. Host and path are cut where browsers
// cut them, and what is left is held against what they can be.
func placeOfURL(address, method string) (place, bool) {
	scheme, rest, ok := strings.Cut(address, "://")
	if !ok {
		return place{}, false
	}
	end := strings.IndexByte(rest, '/')
	if end < 0 {
		return place{}, false
	}
	p, err := newPlace(scheme, rest[:end], rest[end:], method)
	return p, err == nil
}

// isAt reports whether the values of a header, which should be one, say the
// same address.
func (p *place) isAt(said []string) bool {
	if len(said) != 1 {
		return false
	}
	other, ok := placeOfURL(said[0], p.method)
	return ok && other.origin == p.origin && other.path == p.path
}

func contradicted(header string) error {
	return fault.New(fault.Invalid, "The proxy says one address and the header "+header+" another. It must take that header out of what browsers send.")
}
