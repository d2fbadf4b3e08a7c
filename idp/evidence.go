package idp

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"sallyport/saml"
)

const (
	maxUserAgent = 200
	// Metadata is public. What strangers make us write down stays small.
	maxFetchesAnHour = 60 // per connection and instance
)

// Fetch is one fetch of our metadata: the evidence of who knows which of our
// keys.
type Fetch struct {
	ID        string // the same for all fetches that are alike within an hour
	At        time.Time
	IDP       string // slug
	ClientIP  string
	UserAgent string   // cut to 200 bytes
	Keys      []string // fingerprints of the certificates that the document held
}

// MetadataFetched notes that somebody fetched the metadata of a connection,
// and which of our keys they found there. Fetches by the same user agent that
// hold the same keys count once an hour, and at most 60 an hour are noted:
// they are evidence for a rollover, no log. fault.NotFound.
func (r *Registry) MetadataFetched(ctx context.Context, slug, clientIP, userAgent string) error {
	c := r.Connection(slug)
	if c == nil {
		return errNoConnection
	}
	f := Fetch{At: now(), IDP: slug, ClientIP: clientIP, UserAgent: oneLine(userAgent, maxUserAgent)}
	for _, certificate := range slices.Concat(c.SP.SigningCertificates, c.SP.EncryptionCertificates) {
		f.Keys = append(f.Keys, fingerprintOf(certificate))
	}
	f.ID = fetchID(f)
	if !r.fetched.first(slug, f.ID, f.At) {
		return nil
	}
	if err := r.store.SaveFetch(ctx, f); err != nil {
		r.fetched.forget(slug, f.ID)
		return fmt.Errorf("save a fetch of the metadata of %s: %w", slug, err)
	}
	return nil
}

// Fetches gives who fetched the metadata of a connection, newest first.
func (r *Registry) Fetches(ctx context.Context, slug string) ([]Fetch, error) {
	all, err := r.store.Fetches(ctx, slug)
	if err != nil {
		return nil, fmt.Errorf("load fetches of the metadata of %s: %w", slug, err)
	}
	return all, nil
}

func fingerprintOf(c *x509.Certificate) string { return saml.Fingerprint(c.Raw) }

func fetchID(f Fetch) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %d", f.IDP, f.UserAgent, f.Keys, f.At.Unix()/3600))
	return hex.EncodeToString(sum[:16])
}

// oneLine keeps what can be shown of s, up to size bytes.
func oneLine(s string, size int) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return strings.ToValidUTF8(s[:min(len(s), size)], "")
}

// recentFetches are those of the present hour that this instance has noted.
type recentFetches struct {
	mu   sync.Mutex
	hour int64
	seen map[string]map[string]bool // by slug
}

// first reports whether the fetch is new in its hour and there is room for it.
func (n *recentFetches) first(slug, id string, at time.Time) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if hour := at.Unix() / 3600; n.seen == nil || hour != n.hour {
		n.hour, n.seen = hour, map[string]map[string]bool{}
	}
	of := n.seen[slug]
	if of == nil {
		of = map[string]bool{}
		n.seen[slug] = of
	}
	if of[id] || len(of) >= maxFetchesAnHour {
		return false
	}
	of[id] = true
	return true
}

func (n *recentFetches) forget(slug, id string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.seen[slug], id)
}
