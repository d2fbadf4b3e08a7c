package main

import (
	"context"
	"net/http"
	"net/netip"

	"sallyport/directory"
	"sallyport/gateway"
	"sallyport/internal/fault"
)

// proxies answers the reverse proxies in front of applications. front is the
// house's browser side.
func (s *service) proxies(front gateway.Front, trusted []netip.Prefix) (*gateway.Gateway, error) {
	return gateway.New(gateway.Options{
		BaseURL:        s.config.BaseURL,
		Sessions:       s.house.sessions,
		Changes:        s.house.db,
		Applications:   s.house.apps,
		Connections:    s.house.idps.Follow,
		Front:          front,
		People:         told{s.house.people},
		Keys:           tokenKeys{s.house.idps},
		TrustedProxies: trusted,
		Logger:         s.logger,
		Served:         s.metrics.served,
	})
}

// told is what applications learn of people from the directory.
type told struct{ people *directory.Directory }

// Person gives what is known; somebody who is not in the directory has
// neither a name nor an address there.
func (t told) Person(ctx context.Context, userID string) (gateway.Person, error) {
	u, err := t.people.User(ctx, userID)
	if fault.KindOf(err) == fault.NotFound {
		return gateway.Person{}, nil
	}
	if err != nil {
		return gateway.Person{}, err
	}
	email, _ := u.Value("${path:emails[primary eq true].value}")
	name, _ := u.Value("${path:displayName}")
	return gateway.Person{Email: email, Name: name}, nil
}

// split leads proxies, and people at applications' hosts on their way in, to
// the gateway, and everybody else on.
func split(g *gateway.Gateway, others http.Handler) http.Handler {
	inside := g.Handler()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if gateway.Serves(r.URL.Path) {
			inside.ServeHTTP(w, r)
			return
		}
		others.ServeHTTP(w, r)
	})
}
