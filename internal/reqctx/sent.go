package reqctx

import "net/http"

// Sent is a ResponseWriter that remembers the status that was sent.
type Sent struct {
	http.ResponseWriter
	status int
}

// Remember makes one over w.
func Remember(w http.ResponseWriter) Sent { return Sent{ResponseWriter: w} }

// WriteHeader sends the status; the first one counts.
func (w *Sent) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *Sent) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController and MaxBytesReader reach the connection.
func (w *Sent) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Begun reports whether anything of the answer is out.
func (w *Sent) Begun() bool { return w.status != 0 }

// Status is the one that was sent, or will be where nothing was.
func (w *Sent) Status() int {
	if w.status == 0 {
		return http.StatusOK
	}
	return w.status
}
