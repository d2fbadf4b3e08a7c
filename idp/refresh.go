package idp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"sallyport/audit"
	"sallyport/internal/fault"
	"sallyport/saml"
)

// Refresh fetches the metadata of a connection that is kept fresh by URL.
// Certificates that came on top are trusted at once, where what is live came
// from this very URL and the settings don't hold them; any other change waits
// as a draft, and a certificate that went is trusted until that is activated.
// Where the fetch or the document fails, what is known stays, and the sentence
// stands in RefreshFailed: that is no error of Refresh. Where nothing is new,
// the Provider.Version stays.
func (r *Registry) Refresh(ctx context.Context, slug, actor string) (*Provider, error) {
	p, err := r.provider(ctx, slug)
	if err != nil {
		return nil, err
	}
	if p.MetadataURL == "" {
		return nil, fault.New(fault.Invalid, "This connection has no metadata URL. Import one first.")
	}
	t, err := r.fetchTrust(ctx, p, actor)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return r.refreshFailed(ctx, p, fault.Public(err), actor)
	}
	return r.refreshed(ctx, p, t, actor)
}

func (r *Registry) fetchTrust(ctx context.Context, p *Provider, actor string) (*Trust, error) {
	raw, err := r.fetch.get(ctx, p.MetadataURL)
	if err != nil {
		return nil, err
	}
	in := Import{Slug: p.Slug, Raw: raw, Source: FromURL, SourceName: p.MetadataURL, Actor: actor}
	t, _, err := readMetadata(in)
	var refusal *saml.MetadataError
	if errors.As(err, &refusal) && len(refusal.EntityIDs) > 0 {
		// An aggregate: the one that the connection is about.
		if known := firstTrust(p.Live, p.Draft); known != nil {
			in.EntityID = known.EntityID
			t, _, err = readMetadata(in)
		}
	}
	return t, err
}

func (r *Registry) refreshFailed(ctx context.Context, p *Provider, sentence, actor string) (*Provider, error) {
	if p.RefreshFailed == sentence {
		return p, nil // said already
	}
	e := audit.New(audit.IDPRefreshFailed, actor)
	var err error
	if e.Detail, err = json.Marshal(map[string]string{"failure": sentence}); err != nil {
		return nil, fmt.Errorf("describe failure: %w", err)
	}
	return r.markRefreshed(ctx, p, time.Time{}, sentence, e)
}

func (r *Registry) markRefreshed(ctx context.Context, p *Provider, at time.Time, failed string, e audit.Event) (*Provider, error) {
	e.IDP, e.Object = p.Slug, "idp:"+p.ID
	if err := r.store.MarkRefreshed(ctx, p.Slug, p.MetadataURL, at, failed, e); err != nil {
		return nil, fmt.Errorf("note the refresh of connection %s: %w", p.Slug, err)
	}
	if err := r.Reload(ctx); err != nil {
		return nil, err
	}
	return r.provider(ctx, p.Slug)
}

func (r *Registry) refreshed(ctx context.Context, p *Provider, t *Trust, actor string) (*Provider, error) {
	n := outcome(p, t)
	if n == nothing {
		return r.markRefreshed(ctx, p, t.CreatedAt, "", audit.Event{})
	}
	e := audit.New(n.action(), actor)
	var err error
	if e.Detail, err = json.Marshal(map[string]any{
		"entity_id": t.EntityID, "source": FromURL, "source_name": t.SourceName, "certificates": len(t.Certificates),
	}); err != nil {
		return nil, fmt.Errorf("describe refresh: %w", err)
	}
	// The version ties event and outcome to what was compared.
	return r.update(ctx, p, p.Version, func(p *Provider) error {
		p.RefreshedAt, p.RefreshFailed = t.CreatedAt, ""
		if n == added {
			p.Live = withAdded(p.Live, t)
		}
		if left := outcome(p, t); left == held || left == differs {
			draft := *t
			p.Draft = &draft
		}
		return nil
	}, e)
}

// news is what a fetched document says beyond what is known.
type news int

const (
	nothing news = iota
	added        // certificates on top of those that are live, to be trusted at once
	held         // certificates on top, to be approved
	differs      // something for an administrator's eyes
)

func (n news) action() audit.Action {
	switch n {
	case added:
		return audit.IDPActivated
	case held:
		return audit.IDPHeld
	default:
		return audit.IDPImported
	}
}

func outcome(p *Provider, t *Trust) news {
	live, draft := p.Live, p.Draft
	if live != nil && sameTrust(live, t) {
		return nothing
	}
	fresh := live != nil && live.Source == FromURL && live.SourceName == t.SourceName && adds(live, t)
	if fresh && p.Settings.AddedCertificates != AddedCertificatesHold {
		return added
	}
	if draft != nil && (draft.Source != FromURL || draft.SourceName != t.SourceName || sameTrust(draft, t)) {
		return nothing // waits already, or something else does that must not be lost
	}
	if fresh && containsAll(t.Certificates, live.Certificates) {
		return held
	}
	return differs
}

func sameTrust(a, b *Trust) bool {
	return sameEndpoints(a, b) && len(a.Certificates) == len(b.Certificates) && containsAll(b.Certificates, a.Certificates)
}

// adds reports whether t is live with certificates on top, and speaks for
// itself by still having one of those that are live.
func adds(live, t *Trust) bool {
	return sameEndpoints(live, t) && !containsAll(live.Certificates, t.Certificates) &&
		slices.ContainsFunc(t.Certificates, func(c Certificate) bool { return holds(live.Certificates, c) }) &&
		activatable(withAdded(live, t)) == nil
}

func sameEndpoints(a, b *Trust) bool {
	return a.EntityID == b.EntityID && slices.Equal(a.SSO, b.SSO) && slices.Equal(a.SLO, b.SLO)
}

func containsAll(all, some []Certificate) bool {
	return !slices.ContainsFunc(some, func(c Certificate) bool { return !holds(all, c) })
}

// withAdded is the next version of live, with the certificates of t on top.
// Those that t has no more stay: they go by an administrator's hand.
func withAdded(live, t *Trust) *Trust {
	next := *live
	next.Number = 0
	next.Certificates = slices.Clone(t.Certificates)
	for _, c := range live.Certificates {
		if !holds(next.Certificates, c) {
			next.Certificates = append(next.Certificates, c)
		}
	}
	next.Warnings = slices.Clone(t.Warnings)
	next.ValidUntil = t.ValidUntil
	next.CreatedAt, next.CreatedBy, next.ActivatedAt = t.CreatedAt, t.CreatedBy, t.CreatedAt
	return &next
}
