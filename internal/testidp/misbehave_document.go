package testidp

import (
	"strings"

	"sallyport/saml"
)

// documentFaults are those of the XML itself. Where they change the message
// after it was signed, they do so where canonicalisation does not see it.
var documentFaults = []Misbehaviour{
	{
		Name: "comment-in-nameid", Reason: saml.ForbiddenXML,
		Description: "A comment splits the NameID, so that some parsers read only its first half. The signature still holds.",
		plan:        change(func(p *plan) { p.NameID = evilNameID + ".evil.example.org" }),
		inside:      true,
		raw: func(p *plan, m string) string {
			return strings.Replace(m, ">"+p.NameID+"<", ">"+evilNameID+"<!-- -->.evil.example.org<", 1)
		},
	},
	{
		Name: "doctype", Reason: saml.ForbiddenXML,
		Description: "A document type declaration with an entity stands before the response.",
		raw: func(_ *plan, m string) string {
			return `<!DOCTYPE samlp:Response [<!ENTITY who "` + evilNameID + `">]>` + m
		},
	},
	{
		Name: "processing-instruction", Reason: saml.ForbiddenXML,
		Description: "A processing instruction stands before the response.",
		raw:         func(_ *plan, m string) string { return `<?evil ` + evilNameID + `?>` + m },
	},
	{
		Name: "cdata", Reason: saml.ForbiddenXML,
		Description: "The NameID is a CDATA section. The signature still holds.",
		inside:      true,
		raw: func(p *plan, m string) string {
			return strings.Replace(m, ">"+text(p.NameID)+"<", "><![CDATA["+p.NameID+"]]><", 1)
		},
	},
	{
		Name: "two-roots", Reason: saml.Malformed,
		Description: "A second response follows the first one.",
		raw: func(p *plan, m string) string {
			return m + p.response(newID(), "", p.assertion(newID(), evilNameID).plain()).plain()
		},
	},
	{
		Name: "truncated", Reason: saml.Malformed,
		Description: "The last ten bytes are missing.",
		raw:         func(_ *plan, m string) string { return m[:len(m)-10] },
	},
	{
		Name: "too-large", Reason: saml.TooLarge,
		Description: "The response is padded with a megabyte of spaces.",
		raw:         func(_ *plan, m string) string { return m + strings.Repeat(" ", 1<<20) },
	},
	{
		Name: "duplicate-id", Reason: saml.DuplicateID,
		Description: "Response and assertion carry the same ID, so that a signature fits either.",
		plan:        change(func(p *plan) { p.responseID, p.Encrypt = p.assertionID, "" }),
	},
	{
		Name: "not-a-response", Reason: saml.NotAResponse,
		Description: "The message is an ArtifactResponse.",
		plan:        change(func(p *plan) { p.root = "ArtifactResponse" }),
	},
	{
		Name: "two-assertions", Reason: saml.SeveralAssertions,
		Description: "The response holds two assertions, both signed.",
		plan:        change(func(p *plan) { p.twice = true; p.Encrypt = "" }),
	},
	{
		Name: "no-assertion", Reason: saml.NoAssertion,
		Description: "The response reports success and holds no assertion.",
		plan:        change(func(p *plan) { p.noAssertion, p.SignResponse = true, true }),
	},
}
