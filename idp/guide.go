package idp

import (
	"regexp"
	"slices"
	"strings"
)

// GuideValue says which of our values belongs into a field of theirs.
type GuideValue string

const (
	ValueNone         GuideValue = ""              // nothing to copy: Step.Text says what to choose
	ValueEntityID     GuideValue = "entity_id"     // our entity ID, which is the audience
	ValueACSURL       GuideValue = "acs_url"       // where responses go
	ValueACSPattern   GuideValue = "acs_pattern"   // the ACS URL as a regular expression
	ValueLoginURL     GuideValue = "login_url"     // where a sign-in through this connection begins
	ValueMetadataURL  GuideValue = "metadata_url"  // our metadata, to be fetched
	ValueMetadataFile GuideValue = "metadata_file" // our metadata, to be downloaded: a link rather than a text
	ValueSLOURL       GuideValue = "slo_url"       // for single logout
	ValueSCIMURL      GuideValue = "scim_url"      // base URL for provisioning
	ValueLiteral      GuideValue = "literal"       // Step.Literal as it stands
)

// Guide tells an administrator of one vendor's identity provider, who need know
// nothing of this service, what to do there so that people can sign in here.
type Guide struct {
	Vendor        string // "entra", "onelogin", ...
	Name          string // "Microsoft Entra ID"
	Source        string // what it was written from, and that nobody here tried it on the live product
	Steps         []Step
	Claims        []Claim
	RelayState    string  // where the relay state goes, and what it does there
	TheirMetadata string  // where to find it, and what to mind
	Checks        []Check // what to look at when a sign-in fails
	Provisioning  []Step  // how people and groups follow by SCIM; nil where the product does not offer it
}

// Step is one thing to do in their console. At least one of Text and Field is
// there.
type Step struct {
	Text    string     // what to do, or what to mind about Field; plain text
	Field   string     // its name in their console; "" where the step fills in none
	Value   GuideValue // what belongs into Field
	Literal string     // that very text, where Value is ValueLiteral
}

// Claim is one thing that they shall send.
type Claim struct {
	Name      string // as typed into their console
	Namespace string // where their console wants it apart from Name; or ""
	Source    string // where its value comes from, in their words
	Needed    bool   // without it nobody can sign in; the others are for who wants tags or groups
	Note      string // plain text, or ""
	Rule      string // to paste as a whole, where their console takes rules; or ""
}

// Check is one thing that goes wrong there.
type Check struct {
	Symptom string // a saml.Reason, or a message of theirs
	Text    string // what to look at
}

// GuideValues are the addresses of one connection.
type GuideValues struct {
	EntityID    string
	ACSURL      string
	LoginURL    string
	MetadataURL string
	SLOURL      string
	SCIMURL     string // the same for every connection: the token tells them apart
}

// Of gives the text to copy into the field of s; "" where there is none.
func (v GuideValues) Of(s Step) string {
	switch s.Value {
	case ValueEntityID:
		return v.EntityID
	case ValueACSURL:
		return v.ACSURL
	case ValueACSPattern:
		return "^" + strings.ReplaceAll(regexp.QuoteMeta(v.ACSURL), "/", `\/`) + "$"
	case ValueLoginURL:
		return v.LoginURL
	case ValueMetadataURL:
		return v.MetadataURL
	case ValueSLOURL:
		return v.SLOURL
	case ValueSCIMURL:
		return v.SCIMURL
	case ValueLiteral:
		return s.Literal
	}
	return ""
}

// Guides gives all, in the order in which to offer them. The last one is for
// identity providers that have no guide of their own.
func Guides() []Guide {
	return []Guide{
		entraGuide(), oneLoginGuide(), oktaGuide(), adfsGuide(), pingFederateGuide(), pingOneGuide(),
		duoGuide(), googleGuide(), keycloakGuide(), jumpCloudGuide(), otherGuide(),
	}
}

// GuideFor gives the guide for a vendor as Guide.Vendor or Trust.Vendor says
// it; the general one where there is none.
func GuideFor(vendor string) Guide {
	if vendor == "ping" {
		vendor = "pingone" // Ping's own cloud, where metadata did not tell which
	}
	all := Guides()
	i := slices.IndexFunc(all, func(g Guide) bool { return g.Vendor == vendor })
	if i < 0 {
		i = len(all) - 1
	}
	return all[i]
}

// What the guides have in common.
const (
	// tagNamespace stands before the names of session tags.
	tagNamespace  = "https://aws.amazon.com/SAML/Attributes"
	tagName       = "AccessControl:Department"
	principalName = "PrincipalTag:CostCenter"
	groupsName    = "groups"

	nameIDNote = "The NameID is who the person is here: an e-mail address, and the same one every time."
	tagNote    = "A session tag with the key Department. Put any other key behind AccessControl: (letters, digits, spaces and _ . : / = + - @). One value of up to 256 characters; up to 50 tags."
	otherTag   = "PrincipalTag: is taken just like AccessControl:, for those who send it already."
	groupsNote = "Only where groups shall decide who administers or what people may enter. Names are compared exactly."

	fromDocumentation = "Written from the vendor's public documentation; not tried on the live product. Consoles change: where a name differs, take the nearest one, and tell us."

	relayStateText = "the name of an application here, such as grafana, with a path behind it where wanted, such as grafana/d/abc. The page of each application prints the very text. Empty leads to the portal."
)

// do is a step without a field.
func do(text string) Step { return Step{Text: text} }

// fill is a field that takes one of our values.
func fill(field string, value GuideValue, text string) Step {
	return Step{Field: field, Value: value, Text: text}
}

// set is a field that takes a text of its own.
func set(field, literal, text string) Step {
	return Step{Field: field, Value: ValueLiteral, Literal: literal, Text: text}
}

// choose is a field where there is something to pick.
func choose(field, text string) Step { return Step{Field: field, Text: text} }
