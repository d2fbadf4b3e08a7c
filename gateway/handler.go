package gateway

import (
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"sallyport/internal/fault"
	"sallyport/internal/reqctx"
)

// Handler serves /gateway/..., /.sallyport/... and /.well-known/jwks.json.
func (g *Gateway) Handler() http.Handler {
	routes := g.routes()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := r.URL.Path
		if strings.HasPrefix(path, extAuthzPrefix) {
			path = extAuthzPrefix
		}
		at, ok := routes[path]
		if !ok {
			path, at.handle = "", notFound
		} else if !allowed(at.methods, r.Method) {
			at.handle = wrongMethod(at.methods)
		}
		g.serve(w, r, path, at.handle)
	})
}

// serve runs a handler, shows its error, and tells of it. A check that lets
// pass is told to the counters alone: there are too many of them for a log.
func (g *Gateway) serve(w http.ResponseWriter, r *http.Request, route string, handle handler) {
	began := time.Now()
	answer := recorder{Sent: reqctx.Remember(w)}
	g.guarded(&answer, r, handle)
	status, took := answer.Status(), time.Since(began)
	if g.o.Served != nil {
		g.o.Served(reqctx.Method(r.Method), route, status, took)
	}
	if status == http.StatusOK {
		return
	}
	g.o.Logger.LogAttrs(r.Context(), slog.LevelInfo, "request",
		slog.String("method", reqctx.Method(r.Method)),
		slog.String("route", route),
		slog.Int("status", status),
		slog.Duration("duration", took),
		slog.String("request_id", answer.requestID()),
		slog.String("client_ip", g.clientIP(r)))
}

// guarded turns a panic into an answer. The panic's value may hold anything,
// so the log gets its type and where it happened.
func (g *Gateway) guarded(w *recorder, r *http.Request, handle handler) {
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		if p == http.ErrAbortHandler {
			panic(p)
		}
		g.o.Logger.LogAttrs(r.Context(), slog.LevelError, "panic",
			slog.String("request_id", w.requestID()),
			slog.String("type", fmt.Sprintf("%T", p)),
			slog.String("stack", string(debug.Stack())))
		if w.Begun() {
			panic(http.ErrAbortHandler) // half an answer is out: cut the connection
		}
		clear(w.Header()) // nobody's identity stands in an answer that is none
		g.fail(w, r, fault.New(fault.Internal, ""))
	}()
	if err := handle(w, r); err != nil {
		g.fail(w, r, err)
	}
}

func allowed(methods, method string) bool {
	if methods == "" {
		return true
	}
	for one := range strings.SplitSeq(methods, ", ") {
		if one == method {
			return true
		}
	}
	return false
}

func notFound(http.ResponseWriter, *http.Request) error {
	return fault.New(fault.NotFound, "There is nothing at this address.")
}

func wrongMethod(methods string) handler {
	return func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Allow", methods)
		return &shown{status: http.StatusMethodNotAllowed, page: plainPage("Not in this way", "This address answers "+methods+" alone.")}
	}
}

// recorder remembers what was sent, and by which number it is told of.
type recorder struct {
	reqctx.Sent
	id string
}

// requestID is made where something is told of the request: what passes
// silently needs none.
func (w *recorder) requestID() string {
	if w.id == "" {
		w.id = reqctx.NewID()
	}
	return w.id
}
