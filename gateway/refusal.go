package gateway

import "net/http"

// headerRefusal is what a proxy's configuration sets to 1 where it asks a second
// time, to show why somebody was refused: nginx's auth_request gives away the
// answer that it got.
const headerRefusal = "X-Sallyport-Refusal"

// refusalOnly reports whether the answer goes to the browser whatever it is, so
// that to let pass would be to show an empty page.
func refusalOnly(r *http.Request) bool {
	said := r.Header[headerRefusal]
	return len(said) > 0 && said[0] == "1"
}

// askAgain sends the browser to the very address that it asked for: somebody who
// was refused a moment ago may pass now. What was sent is sent again.
func askAgain(w http.ResponseWriter, p *place) error {
	if p.method == http.MethodGet || p.method == http.MethodHead {
		return redirect(w, http.StatusSeeOther, p.url())
	}
	return redirect(w, http.StatusTemporaryRedirect, p.url())
}
