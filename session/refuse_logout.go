package session

import (
	"context"

	"sallyport/saml"
)

// RefuseLogout records a message of single logout that was refused before
// there was one to verify (none, several, an oversized form) and gives its
// reference.
func (m *Manager) RefuseLogout(ctx context.Context, slug, clientIP string, err *saml.Error) *Refused {
	return m.refuse(ctx, refusedSignIn{logout: true, idp: slug, clientIP: clientIP}, err)
}
