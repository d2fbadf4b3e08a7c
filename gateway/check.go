package gateway

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"time"

	"sallyport/access"
	"sallyport/internal/fault"
	"sallyport/session"
)

// verdict is the answer to one question of a proxy. Where neither is set,
// somebody is signed in and is not let in.
type verdict struct {
	pass   *told  // what the application is told of who enters
	signIn reason // what for
	token  string // of the door
}

// check decides whether a request may pass to the application at p, which it
// fills in. Whatever had been committed when the request came counts.
func (g *Gateway) check(r *http.Request, p *place) (verdict, error) {
	ctx := r.Context()
	at, err := g.memory.catchUp()
	if err != nil {
		return verdict{}, err
	}
	if p.app = g.o.Applications.At(p.url()); p.app == nil {
		return verdict{}, g.nobodysPlace(p)
	}
	now := time.Now()
	g.memory.sweep(now, at)
	token, clash := onlyCookie(r.Header, g.cookies.TokenName(p.secure))
	if clash {
		return verdict{}, ambiguous()
	}
	hash := session.BrowserHash(token) // and nothing for what is no token
	if hash == nil {
		return verdict{signIn: signedOut}, nil
	}
	d, err := g.open(ctx, key(hash), token, p.host, at)
	if err != nil {
		return verdict{}, err
	}
	if d == nil || now.UnixMilli() >= d.expires {
		return verdict{signIn: signedOut}, nil
	}
	passage := g.o.Applications.Pass(d.facts, p.app, access.Passing{
		Chosen: d.choices[p.app.ID], At: now, Address: g.address(r),
	})
	switch {
	case passage.Refusal == access.StepUpNeeded:
		return verdict{signIn: stepUp, token: token}, nil
	case passage.Refusal != "":
		return verdict{token: token}, nil
	case passage.Choose:
		return verdict{signIn: choose, token: token}, nil
	}
	t, err := g.tell(ctx, d, token, p, passage.Set, now, at)
	if err != nil {
		return verdict{}, err
	}
	if t == nil {
		return verdict{signIn: signedOut}, nil
	}
	return verdict{pass: t, token: token}, nil
}

// nobodysPlace says why an address belongs to no application.
func (g *Gateway) nobodysPlace(p *place) error {
	if !g.o.Applications.AtHost(p.scheme(), p.host) {
		return &shown{status: http.StatusNotFound, page: unknownHostPage(p.host)}
	}
	return fault.New(fault.Forbidden, "No application has this address, or it could be taken for the address of another one.")
}

// open gives the door of a token: from memory where that is true at the
// revisions, else from the store. nil where the token opens nothing (any more).
func (g *Gateway) open(ctx context.Context, k key, token, host string, at mark) (*door, error) {
	old := g.memory.doors.find(k)
	if old != nil && old.host != host {
		return nil, nil // the cookie of another host
	}
	if old != nil && g.memory.holds(old, at) {
		return old, nil
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	opened, err := g.o.Sessions.Door(ctx, token, host)
	if fault.KindOf(err) == fault.Unauthenticated {
		if old != nil {
			g.memory.doors.drop(k)
		}
		return nil, nil
	}
	if err != nil {
		return nil, unreadable(err)
	}
	facts, err := g.o.Front.Facts(ctx, opened.Session)
	if err != nil {
		return nil, unreadable(err)
	}
	d := g.remembered(opened, facts, at)
	// What was told of them is as it was, where only the house has changed.
	if old != nil && old.era == at.era && g.memory.unchanged(old) && reflect.DeepEqual(old.facts.Person(), d.facts.Person()) {
		d.facts = old.facts
		d.told.Store(old.told.Load())
	}
	g.memory.doors.keep(k, d)
	return d, nil
}

// remembered keeps what is needed of a door, and no text that is part of a
// longer one.
func (g *Gateway) remembered(opened *session.Door, facts *access.Facts, at mark) *door {
	s, names := opened.Session, &g.memory.names
	p := facts.Person()
	p.UserID, p.UserName = strings.Clone(p.UserID), strings.Clone(p.UserName)
	p.IDP, p.AuthnContext = names.one(p.IDP), names.one(p.AuthnContext)
	p.Groups, p.Claimed, p.Tags = slices.Clone(p.Groups), slices.Clone(p.Claimed), slices.Clone(p.Tags)
	for i, group := range p.Groups {
		p.Groups[i].ID, p.Groups[i].DisplayName, p.Groups[i].IDP = names.one(group.ID), names.one(group.DisplayName), names.one(group.IDP)
	}
	for i, name := range p.Claimed {
		p.Claimed[i] = names.one(name)
	}
	for i, t := range p.Tags {
		p.Tags[i] = access.Tag{Key: names.one(t.Key), Value: names.one(t.Value)}
	}
	d := &door{
		host: names.one(opened.Host), session: strings.Clone(s.ID), user: p.UserID,
		expires: s.ExpiresAt.UnixMilli(), facts: access.NewFacts(p), era: at.era,
	}
	if d.user != s.UserID {
		d.user = strings.Clone(s.UserID) // a stranger
	}
	for app, set := range opened.Choices {
		if d.choices == nil {
			d.choices = make(map[string]string, len(opened.Choices))
		}
		d.choices[names.one(app)] = names.one(set)
	}
	d.stamp.Store(at.Sessions)
	d.house.Store(at.House)
	return d
}

// unreadable lets nobody pass while the store does not answer.
func unreadable(err error) error {
	if fault.KindOf(err) != fault.Internal {
		return err
	}
	return fault.Wrap(fault.Unavailable, unknownSession, err)
}

// address is where the person comes from; one that cannot be read is not
// known, and no rule about networks matches then.
func (g *Gateway) address(r *http.Request) netip.Addr {
	// The usual case, without taking lists apart: one proxy, which is trusted.
	if said := r.Header[headerFor]; len(said) == 1 {
		if addr, err := netip.ParseAddr(said[0]); err == nil {
			return addr.Unmap().WithZone("")
		}
	}
	addr, err := netip.ParseAddr(g.clientIP(r))
	if err != nil {
		return netip.Addr{}
	}
	return addr
}

// tell gives what the application is told: what was told lately, or else what
// stands in the store now, with a new token. nil where the session is over.
func (g *Gateway) tell(ctx context.Context, d *door, token string, p *place, set *access.PermissionSet, now time.Time, at mark) (*told, error) {
	for _, t := range d.tolds() {
		if t.holds(g, p.app, set, now, at) {
			return t, nil
		}
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	opened, err := g.o.Sessions.Door(ctx, token, p.host)
	if fault.KindOf(err) == fault.Unauthenticated {
		return nil, nil
	}
	if err != nil {
		return nil, unreadable(err)
	}
	var person Person
	if d.facts.Person().UserID != "" {
		if person, err = g.o.People.Person(ctx, d.user); err != nil {
			return nil, unreadable(fmt.Errorf("find the person of session %s: %w", d.session, err))
		}
	}
	t, err := g.rendered(d.facts, opened.Session, p.app, set, person, at)
	if errors.Is(err, errUnspeakable) {
		return nil, fault.New(fault.Forbidden, "Your user name can't be told to the application. Please tell your administrator.")
	}
	if err != nil {
		return nil, fmt.Errorf("tell %s of session %s: %w", p.app.Name, d.session, err)
	}
	d.remember(t)
	return t, nil
}

// remember keeps what an application is told beside what others at the same
// host are. Of two who do this at once one may be forgotten: it is made again.
func (d *door) remember(t *told) {
	all := []*told{t}
	for _, one := range d.tolds() {
		if one.app != t.app {
			all = append(all, one)
		}
	}
	d.told.Store(&all)
}

func (d *door) tolds() []*told {
	if all := d.told.Load(); all != nil {
		return *all
	}
	return nil
}

// forget drops what is told where a new token is due for all of it: who is
// away does not need the old ones kept.
func (d *door) forget(now time.Time) {
	for _, t := range d.tolds() {
		if now.UnixMilli() < t.renew {
			return
		}
	}
	d.told.Store(nil)
}
