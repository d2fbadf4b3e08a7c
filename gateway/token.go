package gateway

import (
	"crypto/ecdsa"
	"time"

	_ "github.com/go-jose/go-jose/v4"
)

// Key signs app tokens, or did.
type Key struct {
	ID      string            // kid
	Private *ecdsa.PrivateKey // P-256; nil for a key whose tokens are only checked
	Public  *ecdsa.PublicKey
}

// tokenFor is how long an app token is good.
const tokenFor = 5 * time.Minute

// Claims are what an app token says (RFC 7519). Times are in seconds.
type Claims struct {
	Issuer        string            `json:"iss"` // the base URL
	Audience      string            `json:"aud"` // the application's name
	Subject       string            `json:"sub"` // the person's ID in the directory; of a stranger "idp:" and the NameID
	IssuedAt      int64             `json:"iat"`
	NotBefore     int64             `json:"nbf"`
	Expires       int64             `json:"exp"`
	ID            string            `json:"jti"`
	UserName      string            `json:"preferred_username"`
	Email         string            `json:"email,omitempty"`
	Name          string            `json:"name,omitempty"`
	Groups        []string          `json:"groups"`
	GroupsOmitted bool              `json:"groups_omitted,omitempty"` // they would not fit a header: ask another way
	PermissionSet string            `json:"permission_set,omitempty"`
	Tags          map[string]string `json:"tags,omitempty"`
	AWSTags       *AWSTags          `json:"https://aws.amazon.com/tags,omitempty"`
	SessionID     string            `json:"sid"` // the public handle
	IDP           string            `json:"idp"`
	AuthnContext  string            `json:"acr,omitempty"` // AuthnContextClassRef
	AuthTime      int64             `json:"auth_time,omitempty"`
}

// AWSTags is the claim that AWS STS reads session tags from.
type AWSTags struct {
	PrincipalTags     map[string][]string `json:"principal_tags"`
	TransitiveTagKeys []string            `json:"transitive_tag_keys,omitempty"`
}
