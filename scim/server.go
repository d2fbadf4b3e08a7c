package scim

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"sallyport/directory"
	"sallyport/internal/reqctx"
)

// maxBody is how long a request may be, in bytes.
const maxBody = 1 << 20

// serve answers one request over HTTP: it numbers it, lets the robot in,
// reads the body, and writes the answer, the log line and the record.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	q := reqctx.From(r.Context())
	if q.ID == "" {
		q = reqctx.Request{ID: reqctx.NewID(), ClientIP: reqctx.AddressOf(r, s.o.TrustedProxies)}
	}
	ctx := reqctx.With(r.Context(), q)
	w.Header().Set("X-Request-Id", q.ID)
	a, c, token := s.attend(ctx, w, r)
	if a.Route == "" { // it did not get so far
		path, _ := address(r)
		a.Route = s.routeName(path)
	}
	s.write(w, r, a, c)
	took := time.Since(began)
	if token != nil {
		s.record(r, q, c, a, token, began, took)
	}
	if s.o.Served != nil {
		s.o.Served(reqctx.Method(r.Method), a.Route, a.Status, took)
	}
	s.logLine(ctx, q, r.Method, a, token, took)
}

// attend lets the robot in and gives what its call came to. token is nil
// where nobody was let in.
func (s *Server) attend(ctx context.Context, w http.ResponseWriter, r *http.Request) (*answer, *call, *directory.Token) {
	c := &call{Method: r.Method, Record: &directory.Record{}}
	if c.Method == http.MethodHead {
		c.Method = http.MethodGet
	}
	token, err := s.admit(ctx, r)
	if err != nil {
		return refused(c, err), c, nil
	}
	c.Scope, c.Actor, c.AWS = directory.Scope(token.IDP), "token:"+token.ID, token.Compatibility == directory.AWS
	c.IfMatch, c.IfNone = r.Header.Get("If-Match"), r.Header.Get("If-None-Match")
	path, query := address(r)
	c.Path = path
	if c.Query, err = readQuery(query); err != nil {
		return refused(c, err), c, token
	}
	if c.Body, err = readBody(w, r); err != nil {
		return refused(c, err), c, token
	}
	return s.answer(ctx, c), c, token
}

// admit finds the token that the robot shows. Who shows none costs nothing.
func (s *Server) admit(ctx context.Context, r *http.Request) (*directory.Token, error) {
	scheme, secret, _ := strings.Cut(strings.TrimSpace(r.Header.Get("Authorization")), " ")
	secret = strings.TrimSpace(secret)
	if !strings.EqualFold(scheme, "Bearer") || secret == "" {
		return nil, refuse(http.StatusUnauthorized, "Send a provisioning token: Authorization: Bearer <token>.")
	}
	return s.o.Directory.TokenBySecret(ctx, secret, clip(strings.ToValidUTF8(r.UserAgent(), "?"), 200))
}

// address is the path of a request below the base, without the slashes that
// some robots double or leave at its end, and its query. A base URL that was
// set up with Entra's flag (".../scim/v2?aadOptscim062020") can have the rest
// of the path behind it.
func address(r *http.Request) (path, query string) {
	path, query = strings.TrimPrefix(r.URL.Path, base), r.URL.RawQuery
	if flag, rest, ok := strings.Cut(query, "/"); ok && strings.Trim(path, "/") == "" && !strings.ContainsAny(flag, "=&") {
		path, query, _ = strings.Cut(rest, "?")
	}
	return cleanPath(path), query
}

// cleanPath leaves one slash before each part and none at the end.
func cleanPath(path string) string {
	if path != "" && path[0] == '/' && !strings.Contains(path, "//") && path[len(path)-1] != '/' {
		return path
	}
	clean := ""
	for part := range strings.SplitSeq(path, "/") {
		if part != "" {
			clean += "/" + part
		}
	}
	return clean
}

// readBody reads it whole, up to maxBody, without a byte order mark.
func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if e := r.Header.Get("Content-Encoding"); e != "" && !strings.EqualFold(e, "identity") {
		return nil, refuse(http.StatusUnsupportedMediaType, "Send the body as it is, without a Content-Encoding.")
	}
	tooLong := refuse(http.StatusRequestEntityTooLarge, "The body is longer than %d bytes. Send less in one request.", maxBody)
	if r.ContentLength > maxBody {
		return nil, tooLong
	}
	if r.Body == nil || r.Body == http.NoBody {
		return nil, nil
	}
	var body []byte
	var err error
	reader := http.MaxBytesReader(w, r.Body, maxBody)
	if r.ContentLength > 0 {
		body = make([]byte, r.ContentLength)
		_, err = io.ReadFull(reader, body)
	} else {
		body, err = io.ReadAll(reader)
	}
	var long *http.MaxBytesError
	switch {
	case errors.As(err, &long):
		return nil, tooLong
	case err != nil:
		return nil, &refusal{Status: http.StatusBadRequest, SCIMType: invalidSyntax, Detail: "The body ended too early.", Err: err}
	}
	if len(body) >= 3 && body[0] == 0xef && body[1] == 0xbb && body[2] == 0xbf {
		body = body[3:]
	}
	return body, nil
}

// write sends the answer.
func (s *Server) write(w http.ResponseWriter, r *http.Request, a *answer, c *call) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	if a.Location != "" {
		h.Set("Location", a.Location)
	}
	if a.ETag != "" {
		h.Set("ETag", a.ETag)
	}
	if a.Refusal != nil {
		s.refusalHeaders(h, a)
	}
	if a.Body == nil {
		w.WriteHeader(a.Status)
		return
	}
	media := "application/scim+json"
	if c.AWS {
		media = "application/json"
	}
	h.Set("Content-Type", media)
	h.Set("Content-Length", strconv.Itoa(len(a.Body)))
	w.WriteHeader(a.Status)
	_, _ = w.Write(a.Body) // who has gone needs no answer
}

func (s *Server) refusalHeaders(h http.Header, a *answer) {
	if a.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="SCIM"`)
	}
	if a.Refusal.RetryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(a.Refusal.RetryAfter))
	}
	if a.Refusal.Allow != "" {
		h.Set("Allow", a.Refusal.Allow)
	}
}

// logLine says which route was asked for and never the address: filters hold
// what people are called.
func (s *Server) logLine(ctx context.Context, q reqctx.Request, method string, a *answer, token *directory.Token, took time.Duration) {
	attrs := []slog.Attr{
		slog.String("method", reqctx.Method(method)),
		slog.String("route", a.Route),
		slog.Int("status", a.Status),
		slog.Duration("duration", took),
		slog.String("request_id", q.ID),
		slog.String("client_ip", q.ClientIP),
	}
	if token != nil {
		attrs = append(attrs, slog.String("idp", token.IDP), slog.String("token_id", token.ID))
	}
	s.o.Logger.LogAttrs(ctx, slog.LevelInfo, "request", attrs...)
	if a.Status == http.StatusInternalServerError && a.Refusal != nil && !errors.Is(a.Refusal.Err, context.Canceled) {
		s.o.Logger.LogAttrs(ctx, slog.LevelError, "request failed",
			slog.String("request_id", q.ID), slog.String("error", a.Refusal.Error()))
	}
}
