package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"sallyport/directory"
	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/session"
)

// emailDomains are the e-mail domains of connections as they were at a
// revision of the house. A userName is the NameID of a sign-in: a robot that
// chose names of another connection's domains would choose what those people
// are here, and put them out.
type emailDomains struct {
	revision int64
	own      map[string][]string // by slug, as they were set
	owned    map[string]bool     // folded domains of active connections
}

// robotAct is act for what may make or name a person. What it learns of
// domains serves the next act as soon as it is known to be committed.
func (d *DB) robotAct(ctx context.Context, act directory.Act, run func(tx, *emailDomains) error) error {
	var e *emailDomains
	err := d.act(ctx, act, func(t tx) error {
		e = nil
		if act.Scope != "" {
			var err error
			if e, err = d.domainsNow(t); err != nil {
				return err
			}
		}
		return run(t, e)
	})
	if err == nil && e != nil && !act.DryRun {
		d.domains.Store(e)
	}
	return err
}

// domainsNow reads what connections there are only where any has changed.
func (d *DB) domainsNow(t tx) (*emailDomains, error) {
	var revision int64
	if err := t.row(selectRevision).Scan(&revision); err != nil {
		return nil, fmt.Errorf("read the revision: %w", err)
	}
	if e := d.domains.Load(); e != nil && e.revision == revision {
		return e, nil
	}
	e := &emailDomains{revision: revision, own: map[string][]string{}, owned: map[string]bool{}}
	rows, err := t.rows("SELECT slug, state, settings FROM idps ORDER BY slug")
	_, err = collect(rows, err, func(from scanner) (struct{}, error) {
		var slug, text string
		var state idp.State
		var settings idp.Settings
		if err := from.Scan(&slug, &state, &text); err != nil {
			return struct{}{}, err
		}
		if err := decode(text, &settings); err != nil {
			return struct{}{}, fmt.Errorf("settings of connection %s: %w", slug, err)
		}
		e.own[slug] = settings.EmailDomains
		for _, domain := range settings.EmailDomains {
			if state == idp.Active {
				e.owned[directory.Fold(domain)] = true
			}
		}
		return struct{}{}, nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the e-mail domains of connections: %w", err)
	}
	return e, nil
}

// mayName refuses a userName of another connection's domain, and one outside
// of the robot's own connection's.
func (e *emailDomains) mayName(scope directory.Scope, userName string) error {
	if e.others(scope, userName) {
		return fault.New(fault.Conflict, "Another connection speaks for the e-mail domain of this userName. Only its identity provider can provision this person.")
	}
	if own := e.own[string(scope)]; !session.DomainAllowed(userName, own) {
		return fault.New(fault.Invalid, "The userName must be an address at "+strings.Join(own, ", ")+", the e-mail domains of this connection.")
	}
	return nil
}

// mayTake refuses to let a robot have a person of no connection who has an
// address of another connection's domain.
func (e *emailDomains) mayTake(scope directory.Scope, u *directory.User) error {
	taken := e.others(scope, u.UserName)
	for _, m := range u.Profile.Emails {
		taken = taken || e.others(scope, m.Value)
	}
	if taken {
		return fault.New(fault.Conflict, "Another connection speaks for the e-mail domain of this person. Only its identity provider can provision them.")
	}
	return nil
}

// others reports whether address is, however it is spelled, at a domain of an
// active connection that the robot's own does not have too.
func (e *emailDomains) others(scope directory.Scope, address string) bool {
	if len(e.owned) == 0 {
		return false
	}
	address = directory.Fold(address)
	at := strings.LastIndexByte(address, '@')
	if at < 0 {
		return false
	}
	domain := address[at+1:]
	return e.owned[domain] && !slices.ContainsFunc(e.own[string(scope)], func(d string) bool { return directory.Fold(d) == domain })
}
