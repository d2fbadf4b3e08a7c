package gateway

import (
	"net/http"
	"net/netip"

	"sallyport/internal/fault"
	"sallyport/internal/reqctx"
)

// trusts reports whether the proxy that sent r may speak for others.
func (g *Gateway) trusts(r *http.Request) bool {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return false
	}
	addr := peer.Addr().Unmap().WithZone("")
	for _, p := range g.o.TrustedProxies {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}

// untrusted says what to configure.
func untrusted(r *http.Request) error {
	peer := r.RemoteAddr
	if addr, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
		peer = addr.Addr().Unmap().String()
	}
	return &shown{status: http.StatusForbidden, page: untrustedProxyPage(peer)}
}

// once is the value of a header that must be there, and there once.
func once(h http.Header, name string) (string, error) {
	values := h[name]
	if len(values) == 1 && values[0] != "" {
		return values[0], nil
	}
	if len(values) > 1 {
		return "", fault.New(fault.Invalid, "The proxy sent the header "+name+" more than once.")
	}
	return "", fault.New(fault.Invalid, "The proxy did not send the header "+name+".")
}

// Headers by which proxies say what they were asked.
const (
	headerMethod         = "X-Forwarded-Method"
	headerProto          = "X-Forwarded-Proto"
	headerHost           = "X-Forwarded-Host"
	headerURI            = "X-Forwarded-Uri"
	headerFor            = "X-Forwarded-For"
	headerOriginalURL    = "X-Original-Url"
	headerOriginalMethod = "X-Original-Method"
)

// hostPlace is the host at which a browser asks one of our own addresses, of
// which it knows by X-Forwarded-Host and -Proto of a trusted proxy, or else by
// the request itself. fault.Invalid; an error with a page of its own where no
// application lives there.
func (g *Gateway) hostPlace(r *http.Request) (*place, error) {
	p, err := g.saidPlace(r)
	if err != nil {
		return nil, err
	}
	if scheme, host := p.scheme(), p.host; !g.o.Applications.AtHost(scheme, host) {
		return nil, &shown{status: http.StatusNotFound, page: unknownHostPage(host)}
	}
	return &p, nil
}

// saidPlace is hostPlace before anybody asks which application lives there.
func (g *Gateway) saidPlace(r *http.Request) (place, error) {
	scheme, host := "http", r.Host
	if r.TLS != nil {
		scheme = "https"
	}
	if g.trusts(r) {
		var err error
		if len(r.Header[headerProto]) > 0 {
			if scheme, err = once(r.Header, headerProto); err != nil {
				return place{}, err
			}
		}
		if len(r.Header[headerHost]) > 0 {
			if host, err = once(r.Header, headerHost); err != nil {
				return place{}, err
			}
		}
	}
	return newPlace(scheme, host, r.URL.EscapedPath(), r.Method)
}

func (p *place) scheme() string {
	if p.secure {
		return "https"
	}
	return "http"
}

// askedMethod is the browser's method as far as it can be told.
func askedMethod(r *http.Request) string {
	if m := r.Header.Get(headerMethod); m != "" {
		return m
	}
	if m := r.Header.Get(headerOriginalMethod); m != "" {
		return m
	}
	return r.Method
}

// clientIP is the address of the person's browser.
func (g *Gateway) clientIP(r *http.Request) string {
	return reqctx.AddressOf(r, g.o.TrustedProxies)
}
