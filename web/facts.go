package web

import (
	"context"
	"fmt"
	"net/netip"
	"reflect"
	"sync"
	"time"

	"sallyport/access"
	"sallyport/internal/reqctx"
	"sallyport/session"
)

// Facts gathers what decisions about the person of a session ask for, but for
// their address.
func (s *Server) Facts(ctx context.Context, ses *session.Session) (*access.Facts, error) {
	p, err := s.person(ctx, ses)
	if err != nil {
		return nil, err
	}
	return access.NewFacts(p), nil
}

// facts are those of the person who asks, with the address they ask from. What
// decides about them is brought up to date with them.
func (s *Server) facts(ctx context.Context, ses *session.Session) (*access.Facts, error) {
	if err := s.o.Applications.CatchUp(ctx); err != nil {
		return nil, err
	}
	p, err := s.person(ctx, ses)
	if err != nil {
		return nil, err
	}
	p.Address = addressOf(ctx)
	return s.known.of(ses.ID, p), nil
}

// person tells what is known of the person of a session: the groups as the
// directory has them now and as the assertion claims them, tags, how and when
// they signed in, but not where they come from. Groups of other
// connections, and claims to local groups, do not count, as in
// session.Manager.Groups. A stranger (session.Stranger) has no UserID, and of
// the groups those that are claimed.
func (s *Server) person(ctx context.Context, ses *session.Session) (access.Person, error) {
	var p access.Person
	stranger, err := s.console.Stranger(ctx, ses)
	if err != nil {
		return p, fmt.Errorf("find the person of session %s: %w", ses.ID, err)
	}
	claimed, err := s.o.Sessions.Claimed(ctx, ses)
	if err != nil {
		return p, err
	}
	p = access.Person{
		UserID:       ses.UserID,
		UserName:     ses.UserName,
		IDP:          ses.IDP,
		Claimed:      claimed,
		Tags:         tagsOf(ses),
		AuthnContext: ses.AuthnContext,
		AuthnInstant: ses.AuthnInstant,
	}
	if stranger != nil {
		p.UserID = ""
		return p, nil
	}
	of, err := s.o.Directory.GroupsOf(ctx, ses.UserID)
	if err != nil {
		return p, fmt.Errorf("find the groups of session %s: %w", ses.ID, err)
	}
	for _, g := range of[ses.UserID] {
		if g.IDP == "" || g.IDP == ses.IDP {
			p.Groups = append(p.Groups, g)
		}
	}
	return p, nil
}

func tagsOf(ses *session.Session) []access.Tag {
	tags := make([]access.Tag, len(ses.Tags))
	for i, t := range ses.Tags {
		tags[i] = access.Tag{Key: t.Key, Value: t.Value}
	}
	return tags
}

// addressOf is where the person comes from; one that cannot be read is not
// known, and no rule about networks matches then.
func addressOf(ctx context.Context) netip.Addr {
	address, err := netip.ParseAddr(reqctx.ClientIP(ctx))
	if err != nil {
		return netip.Addr{}
	}
	return address
}

// Bounds of what is kept of people who have asked lately.
const (
	keepFacts = time.Minute
	maxFacts  = 100
)

// knownFacts keeps the facts of a session for its next requests: who searches
// as they type asks for the same person again and again, and what reaches
// somebody in many groups takes longer to gather than to decide. They are
// used only while everything that is known of the person is the same.
type knownFacts struct {
	mu        sync.Mutex
	bySession map[string]keptFacts
}

type keptFacts struct {
	facts *access.Facts
	until time.Time
}

func newKnownFacts() *knownFacts { return &knownFacts{bySession: map[string]keptFacts{}} }

func (k *knownFacts) of(session string, p access.Person) *access.Facts {
	k.mu.Lock()
	defer k.mu.Unlock()
	now := time.Now()
	for id, kept := range k.bySession { // old ones hold on to applications as they were
		if now.After(kept.until) {
			delete(k.bySession, id)
		}
	}
	kept, ok := k.bySession[session]
	if ok && reflect.DeepEqual(kept.facts.Person(), p) {
		return kept.facts
	}
	if !ok && len(k.bySession) >= maxFacts {
		clear(k.bySession)
	}
	facts := access.NewFacts(p)
	k.bySession[session] = keptFacts{facts, now.Add(keepFacts)}
	return facts
}
