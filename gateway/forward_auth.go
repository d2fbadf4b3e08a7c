package gateway

import "net/http"

func (g *Gateway) forwardAuth(w http.ResponseWriter, r *http.Request) error { return notFound(w, r) }
func (g *Gateway) authRequest(w http.ResponseWriter, r *http.Request) error { return notFound(w, r) }
func (g *Gateway) extAuthz(w http.ResponseWriter, r *http.Request) error    { return notFound(w, r) }
