package session

import (
	"fmt"

	"sallyport/directory"
	"sallyport/idp"
)

// Stranger reports whether the connection slug, whoever it says has signed in,
// speaks of a person who is another one's: one that is active, while the person's
// address is at none of this one's e-mail domains. Whatever this house gives to
// the person themselves (assignments, local groups, what their portal
// remembers) is not for whoever another identity provider calls by their name.
// A person of no connection, or of one that is not in use, is nobody's.
func Stranger(r *idp.Registry, slug string, u *directory.User) bool {
	if u.IDP == "" || u.IDP == slug {
		return false
	}
	if own := r.Connection(u.IDP); own == nil || !own.Active() {
		return false
	}
	c := r.Connection(slug)
	return c == nil || len(c.Provider.Settings.EmailDomains) == 0 || !DomainAllowed(u.UserName, c.Provider.Settings.EmailDomains)
}

// StrangerSays is that in a sentence, for an administrator.
func StrangerSays(slug string, u *directory.User) string {
	return fmt.Sprintf("They are a person of the connection %s, and the e-mail domains of %s do not cover their name: through it, what is assigned to them and the directory's groups do not count.", u.IDP, slug)
}
