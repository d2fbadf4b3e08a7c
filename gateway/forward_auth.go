package gateway

import "net/http"

// forwardAuth answers Traefik and Caddy, and whatever proxy shows the answer
// to the browser as it is. They say what they were asked in X-Forwarded-Method,
// -Proto, -Host, -Uri and -For.
func (g *Gateway) forwardAuth(w http.ResponseWriter, r *http.Request) error {
	if !g.trusts(r) {
		return untrusted(r)
	}
	if ownAddress(r) {
		return notFound(w, r)
	}
	p, err := forwardedPlace(r.Header)
	if err != nil {
		return err
	}
	return g.answer(w, r, &p)
}

func forwardedPlace(h http.Header) (place, error) {
	method, err := once(h, headerMethod)
	if err != nil {
		return place{}, err
	}
	scheme, err := once(h, headerProto)
	if err != nil {
		return place{}, err
	}
	host, err := once(h, headerHost)
	if err != nil {
		return place{}, err
	}
	path, err := once(h, headerURI)
	if err != nil {
		return place{}, err
	}
	p, err := newPlace(scheme, host, path, method)
	if err != nil {
		return place{}, err
	}
	// A browser may have sent the header of the other dialect, and nobody took
	// it out. Of two stories none is believed.
	if other := h[headerOriginalURL]; len(other) > 0 && !p.isAt(other) {
		return place{}, contradicted(headerOriginalURL)
	}
	return p, nil
}

// ownAddress reports whether a browser asked for this very address, as its
// proxy says, instead of a proxy for the address of an application: identity is
// told to no browser.
func ownAddress(r *http.Request) bool {
	said := r.Header[headerURI]
	return r.URL.RawPath != "" || len(said) == 1 && said[0] == r.RequestURI
}
