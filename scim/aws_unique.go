package scim

import (
	"context"
	"net/http"

	"sallyport/directory"
)

// awsUnique refuses a new person whose externalId or primary address another
// one of the connection has: AWS keeps them unique, the RFCs don't. Of two
// requests at once both can get by; nothing here relies on it.
func (s *Server) awsUnique(ctx context.Context, c *call, u *directory.User) error {
	var same directory.Expr
	if u.ExternalID != "" {
		same = equals("externalId", u.ExternalID)
	}
	for _, m := range u.Profile.Emails {
		if !m.Primary {
			continue
		}
		var mail directory.Expr = directory.Element{Attr: "emails", Where: directory.And{
			Left:  equals("emails.value", m.Value),
			Right: directory.Compare{Attr: "emails.primary", Op: directory.EQ, Value: directory.Value{Bool: true}},
		}}
		if same != nil {
			mail = directory.Or{Left: same, Right: mail}
		}
		same = mail
	}
	if same == nil {
		return nil
	}
	page, err := s.o.Directory.Query(ctx, c.Scope, directory.Query{Where: same, Limit: 1})
	if err != nil {
		return err
	}
	if len(page.Found) > 0 {
		return &refusal{Status: http.StatusConflict, SCIMType: uniqueness, Detail: "Refused to create a new, duplicate resource"}
	}
	return nil
}

func equals(attr directory.Attribute, text string) directory.Expr {
	return directory.Compare{Attr: attr, Op: directory.EQ, Value: directory.Value{Text: text}}
}
