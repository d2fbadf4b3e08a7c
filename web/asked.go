package web

import (
	"context"
	"net/http"

	"sallyport/access"
	"sallyport/session"
)

// decideAgain is decide for somebody who may have chosen before: who waits at an
// application's host, since its proxy knows them no more, is not asked again as
// what they enter, unless it is that which the proxy asks.
func (s *Server) decideAgain(ctx context.Context, ses *session.Session, to destination) (*entry, error) {
	e, err := s.decide(ctx, ses, to)
	if err != nil || len(e.sets) == 0 || to.step == nil || to.missed(whyChoose) {
		return e, err
	}
	chosen, err := s.o.Sessions.Choice(ctx, ses, to.target.Application.ID)
	if err != nil {
		return nil, err
	}
	set := s.o.Applications.PermissionSet(chosen)
	if set == nil {
		return e, nil
	}
	as, err := s.decide(ctx, ses, to.with(set.Name))
	if err != nil || as.no != nil && as.no.refusal != access.StepUpNeeded {
		return e, err // not theirs any more: they choose
	}
	return as, nil
}

// unlessAsked lets nobody else change as what somebody enters: where a link of
// another site asks for a permission set, and another one was chosen before,
// the person chooses. Where nothing was chosen the link counts: tiles at the
// identity provider are links of another site.
func (s *Server) unlessAsked(r *http.Request, ses *session.Session, e *entry) (*entry, error) {
	if e.to.set == "" || r.Header.Get("Sec-Fetch-Site") != "cross-site" {
		return e, nil
	}
	if e.no != nil && e.no.refusal != access.StepUpNeeded {
		return e, nil // nothing will be chosen
	}
	asked := s.o.Applications.PermissionSetNamed(e.to.set)
	if asked == nil {
		return e, nil
	}
	chosen, err := s.o.Sessions.Choice(r.Context(), ses, e.to.target.Application.ID)
	if err != nil || chosen == "" || chosen == asked.ID {
		return e, err
	}
	open, err := s.decide(r.Context(), ses, e.to.with(""))
	if err != nil || len(open.sets) == 0 {
		return e, err // nothing else to choose from any more
	}
	open.asked = asked
	return open, nil
}
