package gateway

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"sallyport/internal/fault"
)

// shown is an error that has a page of its own.
type shown struct {
	status int
	page   *page
}

func (e *shown) Error() string { return e.page.Title }

// problem is what scripts get instead of a page.
type problem struct {
	Error     string `json:"error"`
	Message   string `json:"message"`
	SignIn    string `json:"sign_in,omitempty"`
	Reason    string `json:"reason,omitempty"`
	Reference string `json:"reference,omitempty"`
	RequestID string `json:"request_id,omitempty"`
}

// fail shows an error: a page to people, JSON to scripts. What went wrong
// inside goes to the log, and the request's identifier leads there.
func (g *Gateway) fail(w *recorder, r *http.Request, err error) {
	var own *shown
	if !errors.As(err, &own) {
		own = &shown{status: statusOf(err), page: plainPage(titleOf(err), fault.Public(err))}
	}
	id := ""
	if own.status >= http.StatusInternalServerError {
		id = w.requestID()
		w.Header().Set("X-Request-Id", id)
		g.o.Logger.LogAttrs(r.Context(), slog.LevelError, "request failed",
			slog.String("request_id", id), slog.Any("error", err))
	}
	if r.URL.Path == authRequestPath && own.status != http.StatusUnauthorized {
		own = &shown{status: http.StatusForbidden, page: own.page} // all that nginx understands
	}
	if script(askedMethod(r), r.Header) {
		says := strings.Join(append(append([]string(nil), own.page.Says...), own.page.Fix...), " ")
		writeJSON(w, own.status, problem{Error: http.StatusText(own.status), Message: says, RequestID: id})
		return
	}
	own.page.RequestID = id
	if err := own.page.write(w, own.status); err != nil {
		g.o.Logger.LogAttrs(r.Context(), slog.LevelError, "an error page could not be shown", slog.Any("error", err))
		http.Error(w, http.StatusText(own.status), own.status)
	}
}

func statusOf(err error) int {
	switch fault.KindOf(err) {
	case fault.Invalid:
		return http.StatusBadRequest
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Conflict:
		return http.StatusConflict
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.Unauthenticated:
		return http.StatusUnauthorized
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

func titleOf(err error) string {
	switch fault.KindOf(err) {
	case fault.Invalid:
		return "This request can’t be read"
	case fault.NotFound:
		return "Not found"
	case fault.Forbidden:
		return "Not allowed"
	case fault.Unauthenticated:
		return "Please sign in"
	case fault.Unavailable:
		return "Please try again in a moment"
	}
	return "Something went wrong on our side"
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	h := w.Header()
	private(h)
	h.Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // who went away needs no answer
}
