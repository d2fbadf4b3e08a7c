package web

import (
	"context"
	"io"
	"net/http"
	"time"

	"sallyport/internal/fault"
)

// healthz says that the process answers.
func (s *Server) healthz(w http.ResponseWriter, _ *http.Request) error {
	return sayOK(w)
}

// readyz says that it can serve people: the database answers too.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) error {
	if s.o.Ready == nil {
		return sayOK(w)
	}
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	if err := s.o.Ready(ctx); err != nil {
		return fault.Wrap(fault.Unavailable, "Not ready.", err)
	}
	return sayOK(w)
}

func sayOK(w http.ResponseWriter) error {
	noStore(w)
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, "ok\n") // the prober has gone: nobody is left to tell
	return nil
}

func (s *Server) static(w http.ResponseWriter, r *http.Request) error {
	if !s.ui.Static.ServeFile(w, r) {
		return fault.New(fault.NotFound, "There is no such file in this version. Reload the page.")
	}
	return nil
}
