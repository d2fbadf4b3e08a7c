package gateway

import (
	"strings"

	"sallyport/access"
	"sallyport/session"
)

// Claims are what an app token says (RFC 7519). Times are in seconds.
type Claims struct {
	Issuer        string            `json:"iss"` // the base URL
	Audience      string            `json:"aud"` // the application's name
	Subject       string            `json:"sub"` // the person's ID in the directory; of somebody who is not in it "idp:", the connection's slug, ":" and the NameID
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
	TagsOmitted   bool              `json:"tags_omitted,omitempty"` // they would not fit a header either
	SessionID     string            `json:"sid"`                    // the public handle
	IDP           string            `json:"idp"`
	AuthnContext  string            `json:"acr,omitempty"` // AuthnContextClassRef
	AuthTime      int64             `json:"auth_time,omitempty"`
}

// AWSTags is the claim that AWS STS reads session tags from.
type AWSTags struct {
	PrincipalTags     map[string][]string `json:"principal_tags"`
	TransitiveTagKeys []string            `json:"transitive_tag_keys,omitempty"`
}

// claimsOf says who enters app, and as what. groups are those that app is told;
// set is nil where it is entered without one. Times and ID are the minter's.
func claimsOf(baseURL string, app *access.Application, s *session.Session, p Person, groups []string, set *access.PermissionSet) Claims {
	c := Claims{
		Issuer: strings.TrimRight(baseURL, "/"), Audience: app.Name, Subject: s.UserID,
		UserName: s.UserName, Email: p.Email, Name: p.Name, Groups: groups,
		SessionID: s.ID, IDP: s.IDP, AuthnContext: s.AuthnContext,
	}
	if c.Subject == "" {
		c.Subject = "idp:" + s.IDP + ":" + s.NameID.Value
	}
	if set != nil {
		c.PermissionSet = set.Name
	}
	if !s.AuthnInstant.IsZero() {
		c.AuthTime = s.AuthnInstant.Unix()
	}
	if len(s.Tags) == 0 {
		return c
	}
	c.Tags, c.AWSTags = make(map[string]string, len(s.Tags)), &AWSTags{PrincipalTags: make(map[string][]string, len(s.Tags))}
	for _, t := range s.Tags {
		c.Tags[t.Key] = t.Value
		c.AWSTags.PrincipalTags[t.Key] = []string{t.Value}
		if t.Transitive {
			c.AWSTags.TransitiveTagKeys = append(c.AWSTags.TransitiveTagKeys, t.Key)
		}
	}
	return c
}
