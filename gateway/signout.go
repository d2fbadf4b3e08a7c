package gateway

import "net/http"

// hostSignOut takes this host's cookie back, makes its token worthless, wherever
// else it may lie, and goes to where the session
// itself is ended, by a button: a mere link of another site ends nothing.
func (g *Gateway) hostSignOut(w http.ResponseWriter, r *http.Request) error {
	p, err := g.hostPlace(r)
	if err != nil {
		return err
	}
	if err := g.o.Sessions.CloseDoor(r.Context(), g.cookies.Token(r, p.secure), p.host); err != nil {
		return err
	}
	g.cookies.ClearToken(w, p.secure)
	return seeOther(w, g.o.BaseURL+"/signout")
}
