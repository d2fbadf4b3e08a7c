package idp

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"sallyport/audit"
	"sallyport/internal/fault"
)

// How long a setup link may be valid.
const (
	minSetupLink     = time.Hour
	defaultSetupLink = 7 * 24 * time.Hour
	maxSetupLink     = 30 * 24 * time.Hour
)

const setupTokenSize = 32 // bytes

// SetupLinkInfo is a link with which the identity provider's administrator
// does the guided set-up of one connection, and nothing else.
type SetupLinkInfo struct {
	ID        string
	IDP       string // slug
	ExpiresAt time.Time
	CreatedAt time.Time
	CreatedBy string // actor
}

// MakeSetupLink makes a link for a connection and gives its token, which is
// kept nowhere. It is valid for 1 h to 30 days; 0 stands for 7 days.
// fault.Invalid, fault.NotFound.
func (r *Registry) MakeSetupLink(ctx context.Context, slug string, validFor time.Duration, actor string) (string, error) {
	if validFor == 0 {
		validFor = defaultSetupLink
	}
	if validFor < minSetupLink || validFor > maxSetupLink {
		return "", invalid("A setup link is valid for 1 hour to %d days.", int(maxSetupLink.Hours()/24))
	}
	p, err := r.provider(ctx, slug)
	if err != nil {
		return "", err
	}
	raw := make([]byte, setupTokenSize)
	rand.Read(raw) // never fails: crypto/rand
	link := SetupLinkInfo{
		ID: uuid.Must(uuid.NewV7()).String(), IDP: p.Slug, CreatedAt: now(), ExpiresAt: now().Add(validFor), CreatedBy: actor,
	}
	e := audit.New(audit.SetupLinkMade, actor)
	e.IDP, e.Object = p.Slug, "setup_link:"+link.ID
	if e.Detail, err = json.Marshal(map[string]any{"expires_at": link.ExpiresAt}); err != nil {
		return "", fmt.Errorf("describe setup link: %w", err)
	}
	token := base64.RawURLEncoding.EncodeToString(raw)
	if err := r.store.CreateSetupLink(ctx, link, setupHash(token), e); err != nil {
		return "", fmt.Errorf("save setup link: %w", err)
	}
	return token, nil
}

// OpenSetupLink finds what a token is good for; fault.NotFound where it was
// never made, has expired or was revoked.
func (r *Registry) OpenSetupLink(ctx context.Context, token string) (SetupLinkInfo, error) {
	if len(token) != base64.RawURLEncoding.EncodedLen(setupTokenSize) {
		return SetupLinkInfo{}, errNoSetupLink
	}
	link, err := r.store.SetupLink(ctx, setupHash(token), time.Now())
	if fault.KindOf(err) == fault.NotFound {
		return SetupLinkInfo{}, errNoSetupLink
	}
	if err != nil {
		return SetupLinkInfo{}, fmt.Errorf("find setup link: %w", err)
	}
	return link, nil
}

// SetupLink is OpenSetupLink for who needs the connection's slug alone.
func (r *Registry) SetupLink(ctx context.Context, token string) (string, error) {
	link, err := r.OpenSetupLink(ctx, token)
	return link.IDP, err
}

// SetupLinks gives those of one connection, newest first.
func (r *Registry) SetupLinks(ctx context.Context, slug string) ([]SetupLinkInfo, error) {
	all, err := r.store.SetupLinks(ctx, slug)
	if err != nil {
		return nil, fmt.Errorf("load setup links of %s: %w", slug, err)
	}
	return all, nil
}

// RevokeSetupLink ends a link at once; fault.NotFound.
func (r *Registry) RevokeSetupLink(ctx context.Context, id, actor string) error {
	e := audit.New(audit.SetupLinkRevoked, actor)
	e.Object = "setup_link:" + id
	if err := r.store.DeleteSetupLink(ctx, id, e); err != nil {
		return fmt.Errorf("revoke setup link %s: %w", id, err)
	}
	return nil
}

var errNoSetupLink = fault.New(fault.NotFound, "This setup link is not valid any more. Ask for a new one where you got it.")

func setupHash(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}
