package scim

import (
	"context"
	"net/http"
	"strings"
	"time"

	"sallyport/directory"
	"sallyport/internal/fault"
)

// Replay answers a recorded request again without keeping anything: what
// would it do now? The record that it gives has Status, Detail and Changes of
// the dry run. fault.Invalid where the record cannot be replayed, such as one
// whose body was too long to keep.
func (s *Server) Replay(ctx context.Context, r *directory.Record) (*directory.Record, error) {
	began := time.Now()
	path, rawQuery, _ := strings.Cut(r.Path, "?")
	query, err := readQuery(rawQuery)
	if err != nil || len(r.Path) >= keptPath {
		return nil, fault.New(fault.Invalid, "This request cannot be replayed: its address was not kept whole.")
	}
	switch r.Method {
	case http.MethodPost, http.MethodPut, http.MethodPatch:
		if len(r.Body) == 0 {
			return nil, fault.New(fault.Invalid, "This request cannot be replayed: its body was too long, or not readable, and was not kept.")
		}
	case http.MethodGet, http.MethodHead, http.MethodDelete:
	default:
		return nil, fault.New(fault.Invalid, "This request cannot be replayed.")
	}
	aws, err := s.speaksAWS(ctx, r)
	if err != nil {
		return nil, err
	}
	c := &call{
		Method: r.Method, Path: cleanPath(path), Query: query, Body: r.Body,
		Scope: directory.Scope(r.IDP), Actor: "token:" + r.TokenID, AWS: aws, DryRun: true,
		Record: &directory.Record{IDP: r.IDP, TokenID: r.TokenID, At: began, Method: r.Method, Path: r.Path},
	}
	if c.Method == http.MethodHead {
		c.Method = http.MethodGet
	}
	a := s.answer(ctx, c)
	if a.Status == http.StatusInternalServerError && a.Refusal != nil {
		return nil, a.Refusal
	}
	tell(c.Record, a)
	c.Record.Took = time.Since(began)
	return c.Record, nil
}

// speaksAWS reports in whose ways the token of r was answered. One that is
// revoked by now was answered by the RFC, for all that is known.
func (s *Server) speaksAWS(ctx context.Context, r *directory.Record) (bool, error) {
	tokens, err := s.o.Directory.Tokens(ctx, r.IDP)
	if err != nil {
		return false, err
	}
	for _, t := range tokens {
		if t.ID == r.TokenID {
			return t.Compatibility == directory.AWS, nil
		}
	}
	return false, nil
}
