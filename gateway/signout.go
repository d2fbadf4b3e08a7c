package gateway

import "net/http"

// hostSignOut takes this host's cookie back and goes to where the session
// itself is ended, by a button: a mere link of another site ends nothing.
func (g *Gateway) hostSignOut(w http.ResponseWriter, r *http.Request) error {
	p, err := g.hostPlace(r)
	if err != nil {
		return err
	}
	g.cookies.ClearToken(w, p.secure)
	return seeOther(w, g.o.BaseURL+"/signout")
}
