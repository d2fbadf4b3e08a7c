package web

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"sallyport/access"
	"sallyport/internal/fault"
	"sallyport/session"
)

// entry is the answer to somebody who wants to go on to an application: the
// address, or what there is to choose first, or why not.
type entry struct {
	to    destination
	shelf string                  // user ID of whose portal remembers it; "": nobody's, of a stranger
	url   string                  // where to; "" where something is to be chosen, or nobody is let in
	set   *access.PermissionSet   // with which; nil: without one
	sets  []*access.PermissionSet // to choose from
	later []*access.PermissionSet // of sets: those for which one has to sign in again first
	asked *access.PermissionSet   // of sets: that which a link of another site asks for
	roles []assumable             // to choose from
	no    *denial
}

// denial is why somebody may not enter.
type denial struct {
	refusal access.Refusal
	stepUp  access.StepUp // of StepUpNeeded
	why     string        // in a person's words, where the refusal alone does not give them
	detail  access.DenialDetail
	ended   time.Time               // of AssignmentEnded: when
	others  []*access.PermissionSet // with which they may enter, where they asked for another one
}

// decide asks whether a person may go to a place in an application. It is the
// one way from a session to an address outside.
func (s *Server) decide(ctx context.Context, ses *session.Session, to destination) (*entry, error) {
	facts, err := s.facts(ctx, ses)
	if err != nil {
		return nil, err
	}
	e := &entry{to: to, shelf: facts.Person().UserID}
	app := to.target.Application
	q := access.Question{Application: app.Name, PermissionSet: to.set, At: time.Now()}
	d := s.o.Applications.Decide(facts, q)
	if !d.Allowed {
		further := s.strangerSays(ctx, ses, facts)
		if d.Refusal == access.StepUpNeeded {
			further = append(further, stepUpSays(d.StepUp, ses))
		}
		e.no = deny(q, d, further...)
		if to.set != "" {
			q.PermissionSet = ""
			e.no.others = s.o.Applications.Decide(facts, q).Sets
		}
		return e, nil
	}
	if len(s.o.Applications.EntryRoles(app)) > 0 {
		roles, why, refusal := s.assumableRoles(ctx, ses, app, to.role, q.At)
		if len(roles) == 0 {
			e.no = &denial{refusal: refusal, detail: access.NewDenialDetail(q, &access.Decision{}, why...)}
			return e, nil
		}
		if len(roles) > 1 {
			e.roles = roles
		}
	}
	if to.set == "" && len(d.Sets) > 0 {
		e.later = s.laterSets(facts, q, d)
	}
	switch {
	case len(d.Sets)+len(e.later) > 1:
		e.sets = slices.Concat(d.Sets, e.later)
		return e, nil
	case len(d.Sets) == 1:
		e.set = d.Sets[0]
	}
	if len(e.roles) == 0 {
		e.url = s.placeWith(to, e.set)
	}
	return e, nil
}

// laterSets are the assigned permission sets that stay shut now, and open once
// the person has signed in again as they demand.
func (s *Server) laterSets(facts *access.Facts, q access.Question, d *access.Decision) []*access.PermissionSet {
	var later []*access.PermissionSet
	for _, step := range d.Steps {
		if step.What != access.StepAssignment || !step.Matched || step.Assignment == nil {
			continue
		}
		set := s.o.Applications.PermissionSet(step.Assignment.PermissionSetID)
		if set == nil || slices.Contains(d.Sets, set) || slices.Contains(later, set) {
			continue
		}
		q.PermissionSet = set.Name
		if s.o.Applications.Decide(facts, q).Refusal == access.StepUpNeeded {
			later = append(later, set)
		}
	}
	slices.SortFunc(later, func(a, b *access.PermissionSet) int { return strings.Compare(a.Name, b.Name) })
	return later
}

// strangerSays tells the administrator of a stranger that they are one. Where
// it cannot be found out any more, the rest is told.
func (s *Server) strangerSays(ctx context.Context, ses *session.Session, facts *access.Facts) []string {
	if facts.Person().UserID != "" {
		return nil
	}
	user, err := s.console.Stranger(ctx, ses)
	if err != nil || user == nil {
		return nil
	}
	return []string{session.StrangerSays(ses.IDP, user)}
}

func deny(q access.Question, d *access.Decision, further ...string) *denial {
	no := &denial{refusal: d.Refusal, stepUp: d.StepUp, detail: access.NewDenialDetail(q, d, further...)}
	for _, step := range d.Steps {
		if step.What == access.StepAssignment && step.Assignment != nil && !step.Matched && step.Assignment.EndsAt.After(no.ended) {
			no.ended = step.Assignment.EndsAt
		}
	}
	return no
}

// placeWith is where one lands with a permission set: its own relay state
// counts where the link names no page of the application, and only within that.
// Who comes from a page of the application goes back to that very page.
func (s *Server) placeWith(to destination, set *access.PermissionSet) string {
	app := to.target.Application
	if to.step != nil || set == nil || set.RelayState == "" || to.target.URL != s.o.Applications.Resolve(app.Name).URL {
		return to.target.URL
	}
	place := set.RelayState
	if folded := strings.ToLower(place); !strings.HasPrefix(folded, "https://") && !strings.HasPrefix(folded, "http://") {
		if !strings.ContainsAny(place[:1], "/?#") {
			place = "/" + place
		}
		place = app.Name + place
	}
	if t := s.o.Applications.Resolve(place); t.Application != nil && t.Application.ID == app.ID {
		return t.URL
	}
	return to.target.URL
}

// enter sends a person on, lets them choose, or says why not.
func (s *Server) enter(w http.ResponseWriter, r *http.Request, ses *session.Session, to destination) error {
	if to.local != "" {
		return redirect(to.local)
	}
	e, err := s.decideAgain(r.Context(), ses, to)
	if err == nil {
		e, err = s.unlessAsked(r, ses, e)
	}
	switch {
	case err != nil:
		return err
	case e.no != nil && e.no.refusal == access.NoApplication: // removed this very moment
		return redirect(unknownTarget)
	case e.no != nil && e.no.refusal == access.StepUpNeeded:
		return s.stepUp(w, r, ses, e)
	case e.no != nil:
		return s.denied(w, r, ses, e)
	case e.url == "":
		return s.choose(w, r, ses, e)
	case e.to.missed(whyStepUp):
		return s.stepUpThere(w, r, ses, e)
	}
	address, err := s.wayIn(r, ses, e)
	if err != nil {
		return err
	}
	return redirect(address)
}

// wayIn writes down that somebody enters, and as what, and gives the address
// that takes them in.
func (s *Server) wayIn(r *http.Request, ses *session.Session, e *entry) (string, error) {
	if e.set != nil && (e.to.set != "" || e.to.missed(whyChoose)) {
		// Chosen, or nothing else to choose here: the proxy in front of the
		// application asks by this from now on.
		if err := s.o.Sessions.Choose(r.Context(), ses, e.to.target.Application.ID, e.set.ID); err != nil {
			return "", err
		}
	}
	s.remember(r, e)
	if e.to.step == nil {
		return e.url, nil
	}
	return s.handOver(r.Context(), ses, e.to)
}

// landing is where a browser goes that has just got its session: straight on
// where there is nothing to choose and nobody to turn away, and else to the
// page that says so. A proxy that asked for another sign-in says itself whether
// this one was enough.
func (s *Server) landing(r *http.Request, ses *session.Session) string {
	to := s.destination(ses.Target)
	if to.local != "" {
		return to.local
	}
	e, err := s.decideAgain(r.Context(), ses, to)
	if err != nil || e.url == "" {
		return to.link() // where the same question is asked again, failures and all
	}
	address, err := s.wayIn(r, ses, e)
	if err != nil {
		return to.link()
	}
	return address
}

// remember puts the application on the person's shelf. Nobody is kept out
// where that fails: the log says so.
func (s *Server) remember(r *http.Request, e *entry) {
	if e.shelf == "" {
		return
	}
	set := ""
	if e.set != nil {
		set = e.set.ID
	}
	app := e.to.target.Application.ID
	if s.entries.known(e.shelf, app, set) {
		return
	}
	if err := s.o.Applications.Entered(r.Context(), e.shelf, app, set); err != nil {
		if fault.KindOf(err) != fault.NotFound {
			s.logFailure(r, err)
		}
		return
	}
	s.entries.keep(e.shelf, app, set)
}
