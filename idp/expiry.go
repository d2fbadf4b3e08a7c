package idp

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"sallyport/audit"
)

// Words of Expiry.State.
const (
	ExpiryExpired = "expired"
	ExpirySoon    = "soon" // 90 days and less are left
	ExpiryGood    = "good"
)

const soonExpiry = 90 * 24 * time.Hour

// remindAt are the days before a certificate's end at which it is told.
var remindAt = []int{90, 30, 14, 7, 1, 0}

// Expiry is the end of one certificate that matters now: one that an active
// connection trusts, or one that we show.
type Expiry struct {
	What        string // "signing certificate of Okta", "our encryption certificate"
	IDP         string // slug; "" where it is ours
	Fingerprint string
	Subject     string
	NotAfter    time.Time
	State       string
}

// Expiries gives the ends of all certificates in use, soonest first.
func (r *Registry) Expiries() []Expiry {
	s, at := r.snapshot.Load(), time.Now()
	var all []Expiry
	add := func(what, slug string, c Certificate) {
		all = append(all, Expiry{
			What: what, IDP: slug, Fingerprint: c.Fingerprint, Subject: c.Subject, NotAfter: c.NotAfter, State: expiryState(c.NotAfter, at),
		})
	}
	for _, c := range s.byName {
		if c.Provider.State != Active || c.Provider.Live == nil {
			continue
		}
		for _, one := range c.Provider.Live.Certificates {
			add("signing certificate of "+c.Provider.Name, c.Provider.Slug, one)
		}
	}
	for i, c := range s.keys.signingCertificates {
		add(ourCertificate(KeySigning, i), "", facts(c, ""))
	}
	for i, c := range s.keys.encryptionCertificates {
		add(ourCertificate(KeyEncryption, i), "", facts(c, ""))
	}
	slices.SortStableFunc(all, func(a, b Expiry) int {
		return cmp.Or(a.NotAfter.Compare(b.NotAfter), strings.Compare(a.Fingerprint, b.Fingerprint))
	})
	return all
}

// ourCertificate names one of ours: the current comes first, then the next.
func ourCertificate(use KeyUse, place int) string {
	if place == 0 {
		return fmt.Sprintf("our %s certificate", use)
	}
	return fmt.Sprintf("our next %s certificate", use)
}

func expiryState(notAfter, at time.Time) string {
	switch left := notAfter.Sub(at); {
	case left <= 0:
		return ExpiryExpired
	case left <= soonExpiry:
		return ExpirySoon
	default:
		return ExpiryGood
	}
}

// remind writes an event for each certificate that has come to one of its last
// days, once over all instances. said holds what is known to be written.
func (r *Registry) remind(ctx context.Context, said map[string]bool) error {
	var failed error
	for _, x := range r.Expiries() {
		days, due := reminderDue(x.NotAfter, time.Now())
		name := fmt.Sprintf("certificate:%s:%s:%d", x.IDP, x.Fingerprint, days)
		if !due || said[name] {
			continue
		}
		e := audit.New(audit.CertificateExpiring, "system")
		e.IDP, e.Object = x.IDP, "certificate:"+x.Fingerprint
		var err error
		if e.Detail, err = json.Marshal(map[string]any{
			"what": x.What, "subject": x.Subject, "not_after": x.NotAfter, "days": days,
		}); err == nil {
			err = r.store.Remind(ctx, name, e)
		}
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("remind of %s: %w", x.What, err))
			continue
		}
		said[name] = true
	}
	return failed
}

// reminderDue gives the last day of remindAt that has come: who starts late is
// told once, not once for each day that went by.
func reminderDue(notAfter, at time.Time) (days int, due bool) {
	for _, d := range remindAt {
		if notAfter.Sub(at) > time.Duration(d)*24*time.Hour {
			break
		}
		days, due = d, true
	}
	return days, due
}
