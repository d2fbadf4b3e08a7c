package web

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"sallyport/internal/fault"
	"sallyport/internal/reqctx"
	"sallyport/saml"
	"sallyport/session"
	"sallyport/web/admin"
	"sallyport/web/ui"
)

// redirect is an outcome that a door gives instead of the page: go there.
type redirect string

func (r redirect) Error() string { return "redirect" }

// methodError is a path called by a method that it does not have.
type methodError struct{ allow string }

func (*methodError) Error() string { return "method not allowed" }

// statusError is a fault with a status that its kind alone does not give.
type statusError struct {
	status     int
	retryAfter string // seconds, or ""
	err        *fault.Error
}

func (e *statusError) Error() string { return e.err.Error() }
func (e *statusError) Unwrap() error { return e.err }

// errLocked is a console page without an administrator's session.
var errLocked = fault.New(fault.Unauthenticated, "The console needs an administrator's link: run sallyport admin link.")

var statuses = map[fault.Kind]int{
	fault.Invalid:         http.StatusUnprocessableEntity,
	fault.NotFound:        http.StatusNotFound,
	fault.Conflict:        http.StatusConflict,
	fault.Forbidden:       http.StatusForbidden,
	fault.Unauthenticated: http.StatusUnauthorized,
	fault.Unavailable:     http.StatusServiceUnavailable,
	fault.Internal:        http.StatusInternalServerError,
}

var titles = map[int]string{
	http.StatusBadRequest:            "That request made no sense here",
	http.StatusUnauthorized:          "Please sign in",
	http.StatusForbidden:             "That is not allowed",
	http.StatusNotFound:              "Page not found",
	http.StatusMethodNotAllowed:      "That can't be done here",
	http.StatusConflict:              "Something changed meanwhile",
	http.StatusGone:                  "This link does not work any more",
	http.StatusRequestEntityTooLarge: "That was too large",
	http.StatusUnsupportedMediaType:  "That is not a form",
	http.StatusUnprocessableEntity:   "Please check what you entered",
	http.StatusTooManyRequests:       "Please wait a moment",
	http.StatusNotImplemented:        "Not here yet",
	http.StatusServiceUnavailable:    "Busy right now",
	http.StatusLoopDetected:          "You were sent in a circle",
}

// fail is the customs post: every error of every handler becomes an answer
// here, and what is not a fault keeps its text to itself.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	var to redirect
	if errors.As(err, &to) {
		http.Redirect(w, r, string(to), http.StatusSeeOther)
		return
	}
	noStore(w)
	var refused *session.Refused
	if errors.As(err, &refused) {
		s.refuse(w, r, refused)
		return
	}
	if (err == errLocked || err == admin.ErrNoAdministrator) && !wantsJSON(r) {
		s.locked(w, r, err)
		return
	}
	status, message := s.describe(w, err)
	if status == http.StatusInternalServerError {
		s.logFailure(r, err)
	}
	if wantsJSON(r) {
		writeJSON(w, status, problem{Error: http.StatusText(status), Message: message, RequestID: reqctx.From(r.Context()).ID})
		return
	}
	title := titles[status]
	if title == "" {
		title = "Something went wrong"
	}
	s.page(w, r, status, ui.Error{
		Status:    status,
		Title:     title,
		Message:   message,
		RequestID: reqctx.From(r.Context()).ID,
		Console:   strings.HasPrefix(r.URL.Path, "/admin"),
	})
}

// locked says to a stranger, or to a person whom no grant lets in, what would.
func (s *Server) locked(w http.ResponseWriter, r *http.Request, err error) {
	page := ui.Locked{SignIn: s.o.Administrators != nil && s.o.Administrators.Any()}
	if ses, failed := s.o.Cookies.Session(r); failed == nil {
		page.Viewer = ses.UserName
	}
	s.page(w, r, statuses[fault.KindOf(err)], page)
}

// describe gives status and sentence, and sets the headers that go with them.
func (s *Server) describe(w http.ResponseWriter, err error) (int, string) {
	var method *methodError
	if errors.As(err, &method) {
		w.Header().Set("Allow", method.allow)
		return http.StatusMethodNotAllowed, "This address does not take that kind of request. Start again from the page you came from."
	}
	var special *statusError
	if errors.As(err, &special) {
		if special.retryAfter != "" {
			w.Header().Set("Retry-After", special.retryAfter)
		}
		return special.status, fault.Public(err)
	}
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return http.StatusRequestEntityTooLarge, "What you sent is larger than this service takes."
	}
	status := statuses[fault.KindOf(err)]
	if status == http.StatusInternalServerError {
		return status, "Something went wrong on our side. Please try again, and tell your administrator the request number if it stays."
	}
	return status, fault.Public(err)
}

// logFailure keeps the cause of an internal failure. Rooms build such errors
// from acts and their own words; values of a sign-in are never among them.
func (s *Server) logFailure(r *http.Request, err error) {
	if errors.Is(err, context.Canceled) {
		return // the browser has gone
	}
	text := err.Error()
	var refusal *saml.Error
	if errors.As(err, &refusal) {
		text = string(refusal.Reason) // Got may hold what an assertion said
	}
	s.o.Logger.LogAttrs(r.Context(), slog.LevelError, "request failed",
		slog.String("request_id", reqctx.From(r.Context()).ID),
		slog.String("error", text))
}

// page renders p; where that fails too, plain words must do.
func (s *Server) page(w http.ResponseWriter, r *http.Request, status int, p ui.Page) {
	if err := s.ui.Render(w, status, "", p); err != nil {
		s.logFailure(r, err)
		http.Error(w, "Something went wrong on our side.", http.StatusInternalServerError)
	}
}

// refuse shows a refused sign-in, or logout: a reference for the administrator, and what
// to do next. Which check failed is not for strangers.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, refused *session.Refused) {
	status, what, next := explain(refused.Reason)
	page := ui.Refused{Reference: refused.Reference, When: time.Now(), Out: strings.HasSuffix(r.URL.Path, "/slo")}
	if page.Out {
		status, what, next = explainLogout(refused.Reason)
	} else {
		page.TryAgain = tryAgain(r, refused.Reason, refused.Target)
	}
	if wantsJSON(r) {
		writeJSON(w, status, problem{Error: http.StatusText(status), Message: page.Head().Title + ".", Reference: refused.Reference})
		return
	}
	page.What, page.Next = what, next
	s.page(w, r, status, page)
}

// problem is an error for programs.
type problem struct {
	Error     string `json:"error"`
	Message   string `json:"message"`
	RequestID string `json:"request_id,omitempty"`
	Reference string `json:"reference,omitempty"`
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the caller has gone: nobody is left to tell
}

// wantsJSON reports whether the caller asks for JSON and not for a page.
func wantsJSON(r *http.Request) bool {
	accept := r.Header.Get("Accept")
	return strings.Contains(accept, "application/json") && !strings.Contains(accept, "text/html")
}
