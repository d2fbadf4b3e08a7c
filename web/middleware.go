package web

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"sallyport/internal/fault"
	"sallyport/internal/reqctx"
)

// observe numbers the request, finds the person's address and writes one line
// about it. The line names the route and never the address asked for: queries
// and links hold tokens.
func (s *Server) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		q := reqctx.Request{ID: reqctx.NewID(), ClientIP: reqctx.AddressOf(r, s.o.TrustedProxies)}
		line := &line{}
		ctx := context.WithValue(reqctx.With(r.Context(), q), lineKey{}, line)
		w.Header().Set("X-Request-Id", q.ID)
		rec := reqctx.Remember(w)
		next.ServeHTTP(&rec, r.WithContext(ctx))
		took := time.Since(began)
		if s.o.Served != nil {
			s.o.Served(reqctx.Method(r.Method), line.route, rec.Status(), took)
		}
		s.o.Logger.LogAttrs(ctx, slog.LevelInfo, "request",
			slog.String("method", reqctx.Method(r.Method)),
			slog.String("route", line.route),
			slog.Int("status", rec.Status()),
			slog.Duration("duration", took),
			slog.String("request_id", q.ID),
			slog.String("client_ip", q.ClientIP))
	})
}

// line is what a handler adds to the request's log line.
type line struct{ route string }

type lineKey struct{}

func setRoute(r *http.Request, pattern string) {
	l, ok := r.Context().Value(lineKey{}).(*line)
	if !ok {
		return
	}
	l.route = pattern
	if _, path, ok := strings.Cut(pattern, " "); ok {
		l.route = path
	}
}

// recover turns a panic into a 500 page. The panic's value may hold anything,
// so the log gets its type and where it happened.
func (s *Server) recover(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if p == http.ErrAbortHandler {
				panic(p)
			}
			s.o.Logger.LogAttrs(r.Context(), slog.LevelError, "panic",
				slog.String("request_id", reqctx.From(r.Context()).ID),
				slog.String("type", fmt.Sprintf("%T", p)),
				slog.String("stack", string(debug.Stack())))
			if rec, ok := w.(*reqctx.Sent); ok && rec.Begun() {
				panic(http.ErrAbortHandler) // half a page is out: cut the connection
			}
			s.fail(w, r, fault.New(fault.Internal, ""))
		}()
		next.ServeHTTP(w, r)
	})
}

// policy is the content security policy of every page. formAction follows
// 'self' in the list of where forms may go.
func policy(formAction string) string { return framedPolicy(formAction, "'none'") }

// framedPolicy is that of a page that may stand in a frame of ancestors.
func framedPolicy(formAction, ancestors string) string {
	return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'self'" + formAction + "; frame-ancestors " + ancestors + "; base-uri 'none'"
}

func (s *Server) secureHeaders(next http.Handler) http.Handler {
	ours := policy("")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", ours)
		// Not no-referrer: it would make browsers send "Origin: null" with our
		// own forms, which cross-origin protection could not tell from a
		// stranger's.
		h.Set("Referrer-Policy", "same-origin")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
		if s.secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// allowForm lets the page's form go to an identity provider, and on from there
// by redirects: browsers hold form-action against each of them, and where they
// lead is not known here (another host of its own, the next service of a
// logout). The page must have one form, with fixed fields.
func allowForm(w http.ResponseWriter, to *url.URL) {
	w.Header().Set("Content-Security-Policy", policy(formSchemes(to)))
	w.Header().Set("Referrer-Policy", "strict-origin")
}

// allowFramedForm is allowForm for a page that the form's own target shows in
// a frame, as identity providers do with everybody whom they sign out.
func allowFramedForm(w http.ResponseWriter, to *url.URL) {
	allowForm(w, to)
	if !plainHost(to.Host) {
		return // it could say more than a host within the policy
	}
	w.Header().Set("Content-Security-Policy", framedPolicy(formSchemes(to), to.Scheme+"://"+to.Host))
	w.Header().Del("X-Frame-Options") // it knows no list
}

func formSchemes(to *url.URL) string {
	if to.Scheme == "http" {
		return " http: https:"
	}
	return " https:"
}

func plainHost(host string) bool {
	return host != "" && strings.Trim(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.:[]") == ""
}

// allowFetch lets the page's script ask this service for more of the page.
func allowFetch(w http.ResponseWriter) {
	w.Header().Set("Content-Security-Policy", policy("")+"; connect-src 'self'")
}

func noStore(w http.ResponseWriter) { w.Header().Set("Cache-Control", "no-store") }
