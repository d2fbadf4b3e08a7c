package main

import (
	"net/http"
	"net/netip"
	"strings"

	"sallyport/scim"
)

// scimPath is where robots come in.
const scimPath = "/scim/v2"

// robots answers what comes from identity providers' provisioning robots.
func (s *service) robots(proxies []netip.Prefix) (*scim.Server, error) {
	return scim.New(scim.Options{
		BaseURL:        s.config.BaseURL,
		Directory:      s.house.people,
		Logger:         s.logger,
		TrustedProxies: proxies,
		Served:         s.metrics.servedRobot,
	})
}

// divide leads robots and people each to their own edge. It is no ServeMux:
// that one would redirect the double slashes that some robots send.
func divide(robots, people http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if rest, ok := strings.CutPrefix(r.URL.Path, scimPath); ok && (rest == "" || rest[0] == '/') {
			robots.ServeHTTP(w, r)
			return
		}
		people.ServeHTTP(w, r)
	})
}
