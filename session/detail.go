package session

import (
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"

	"sallyport/saml"
)

// Flows of a sign-in.
const (
	Solicited   = "solicited"   // an answer to a request of ours
	Unsolicited = "unsolicited" // from an app portal
)

// Flows of single logout.
const (
	LogoutAsked = "logout_request"  // the identity provider asks
	LogoutReply = "logout_response" // it answers a request of ours
)

// BeganDetail is the Detail of an audit.SessionBegan event.
type BeganDetail struct {
	Flow    string       `json:"flow"`
	Tags    []TagSource  `json:"tags,omitempty"`
	Dropped []DroppedTag `json:"dropped,omitempty"`
}

// TagSource names a session tag and where it came from. Values stay with the
// session.
type TagSource struct {
	Key    string `json:"key"`
	Source string `json:"source"`
}

// RefusalDetail is the Detail of an audit.SignInRefused event, of an
// audit.SignInTested and of an audit.LogoutRefused one. Want, Got and Checks are as in saml.Error.
type RefusalDetail struct {
	Flow    string       `json:"flow,omitempty"` // "" where it is not known
	Want    string       `json:"want,omitempty"`
	Got     string       `json:"got,omitempty"`
	Checks  []saml.Check `json:"checks,omitempty"`
	Dropped []DroppedTag `json:"dropped,omitempty"`
}

// DroppedTag is something that an assertion said and that no session tag was
// made of, with the reason in a sentence.
type DroppedTag struct {
	Name   string `json:"name"` // the tag's key, or the attribute where it is not about a tag
	Source string `json:"source"`
	Value  string `json:"value,omitempty"`
	Why    string `json:"why"`
}

const (
	maxSlug    = 63  // characters of a connection's name in addresses
	maxDetail  = 500 // characters of one value in an event
	maxDropped = 100 // entries of BeganDetail.Dropped
)

// encode makes JSON of a detail. Its types cannot fail to marshal.
func encode(detail any) json.RawMessage {
	b, err := json.Marshal(detail)
	if err != nil {
		return nil
	}
	return b
}

// clip makes s fit to be stored and shown: valid UTF-8 without control
// characters, at most limit characters.
func clip(s string, limit int) string {
	if most := (limit + 1) * utf8.UTFMax; len(s) > most {
		s = s[:most] // what a rune cut in half leaves is beyond limit
	}
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	return string([]rune(s)[:limit-1]) + "…"
}

func clipChecks(checks []saml.Check) []saml.Check {
	out := make([]saml.Check, len(checks))
	for i, c := range checks {
		c.Want, c.Got = clip(c.Want, maxDetail), clip(c.Got, maxDetail)
		out[i] = c
	}
	return out
}
