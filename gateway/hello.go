package gateway

import (
	"encoding/json"
	"net/http"
)

// helloView is what a caller is told of their own request. Its names are a
// promise to the doctor.
type helloView struct {
	Service     string `json:"service"`
	Scheme      string `json:"scheme"`
	Host        string `json:"host"`
	Address     string `json:"address"`
	Application bool   `json:"application"` // one is registered at this host
}

// hello tells anybody how their own request looks from here: for which host
// it is taken, and from which address it seems to come. Who sets up a proxy
// sees whether it tells the truth.
func (g *Gateway) hello(w http.ResponseWriter, r *http.Request) error {
	p, err := g.saidPlace(r)
	if err != nil {
		return err
	}
	body, err := json.Marshal(helloView{
		Service: "sallyport", Scheme: p.scheme(), Host: p.host, Address: g.clientIP(r),
		Application: g.o.Applications.AtHost(p.scheme(), p.host),
	})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(append(body, '\n')) // the caller has gone: nobody is left to tell
	return nil
}
