package testidp

import (
	"fmt"
	"strings"
	"time"

	"sallyport/saml"
)

// personFaults are about who it is and what is said of them.
var personFaults = []Misbehaviour{
	{
		Name: "transient", Reason: saml.WrongNameIDFormat,
		Description: "The NameID is a new random name at each sign-in.",
		plan:        change(func(p *plan) { p.NameID, p.Format = newID(), formatTransient }),
	},
	{
		Name: "no-email", Reason: saml.InvalidNameID,
		Description: "The NameID is no e-mail address, though its format says so.",
		plan:        change(func(p *plan) { p.NameID, _, _ = strings.Cut(p.NameID, "@") }),
	},
	{
		Name: "empty-nameid", Reason: saml.InvalidNameID,
		Description: "The NameID is empty.",
		plan:        change(func(p *plan) { p.NameID = "" }),
	},
	{
		Name: "wrong-spnamequalifier", Reason: saml.WrongSPNameQualifier,
		Description: "The NameID belongs to another service's name space.",
		plan:        change(func(p *plan) { p.spQualifier = "https://other.example.org/saml/metadata" }),
	},
	{
		Name: "duplicate-attribute", Reason: saml.DuplicateAttribute,
		Description: "The same attribute stands in the assertion twice.",
		plan: change(func(p *plan) {
			tag := Attribute{Name: AccessControlPrefix + "Twice", Values: []string{"one"}}
			p.attributes = append(p.attributes, tag, tag)
		}),
	},
	{
		Name: "tag-two-values", Reason: saml.InvalidTag,
		Description: "A session tag has two values.",
		plan:        change(func(p *plan) { p.tag("Project", "Drawbridge", "Portcullis") }),
	},
	{
		Name: "tag-too-long", Reason: saml.InvalidTag,
		Description: "A session tag's value has 257 characters.",
		plan:        change(func(p *plan) { p.tag("Motto", strings.Repeat("x", 257)) }),
	},
	{
		Name: "tag-bad-character", Reason: saml.InvalidTag,
		Description: "A session tag's value has a character that tags don't allow.",
		plan:        change(func(p *plan) { p.tag("Project", "Draw<bridge>") }),
	},
	{
		Name: "tag-reserved", Reason: saml.InvalidTag,
		Description: "A session tag's key begins with aws:, which is reserved.",
		plan:        change(func(p *plan) { p.tag("aws:PrincipalName", "root") }),
	},
	{
		Name: "51-tags", Reason: saml.InvalidTag,
		Description: "The assertion carries 51 session tags and more.",
		plan: change(func(p *plan) {
			for i := range 51 {
				p.tag(fmt.Sprintf("Tag%02d", i), "value")
			}
		}),
	},
}

// oddities look wrong to a hasty reader and must be accepted.
var oddities = []Misbehaviour{
	{
		Name:        "many-groups",
		Description: "The person is in 4000 groups. This must work.",
		plan: change(func(p *plan) {
			groups := make([]string, 4000)
			for i := range groups {
				groups[i] = fmt.Sprintf("group-%04d", i)
			}
			p.attributes = append(p.attributes, Attribute{Name: "memberOf", Format: nameFormatBasic, Values: groups})
		}),
	},
	{
		Name:        "skewed-clock",
		Description: "The provider's clock is 45 seconds ahead. This must work.",
		plan:        change(func(p *plan) { p.shift(45 * time.Second); p.notBefore = p.issueInstant }),
	},
	{
		Name:        "signed-response",
		Description: "The response is signed and the assertion is not. This must work.",
		plan:        change(func(p *plan) { p.SignAssertion, p.SignResponse = false, true }),
	},
	{
		Name:        "signed-twice",
		Description: "Response and assertion are both signed. This must work.",
		plan:        change(func(p *plan) { p.SignAssertion, p.SignResponse = true, true }),
	},
	{
		Name:        "encrypted",
		Description: "The assertion is encrypted with AES-256-GCM. This must work.",
		plan: change(func(p *plan) {
			p.Encrypt, p.OAEP = "aes256-gcm", OAEPSHA256
		}),
	},
	{
		Name:        "signature-last",
		Description: "The signature is the assertion's last child. This must work.",
		plan:        change(func(p *plan) { p.SignaturePosition = SignatureLast }),
	},
	{
		Name:        "no-keyinfo",
		Description: "The signature doesn't show its certificate. This must work.",
		plan:        change(func(p *plan) { p.signing.certificate = nil }),
	},
	{
		Name:        "typed-values",
		Description: "Attribute values carry an XML Schema type. This must work.",
		plan:        change(func(p *plan) { p.Typed, p.signing.prefixes = true, "xs" }),
	},
}

func (p *plan) tag(key string, values ...string) {
	p.attributes = append(p.attributes, Attribute{Name: AccessControlPrefix + key, Values: values})
}
