package idp

// GuideValue says which of our values belongs into a field of theirs.
type GuideValue string

const (
	ValueNone         GuideValue = ""                       // nothing to copy
	ValueEntityID     GuideValue = "entity_id"              // ours, the audience
	ValueACSURL       GuideValue = "acs_url"                // where responses go
	ValueLoginURL     GuideValue = "login_url"              // where a sign-in begins
	ValueMetadataURL  GuideValue = "metadata_url"           // our metadata, for fetching
	ValueMetadataFile GuideValue = "metadata_file"          // our metadata, to be downloaded as a file
	ValueSLOURL       GuideValue = "slo_url"                //
	ValueACSPattern   GuideValue = "acs_pattern"            // the ACS URL as a regular expression
	ValueCertificate  GuideValue = "encryption_certificate" // ours, PEM
	ValueLiteral      GuideValue = "literal"                // Step.Literal as it stands
)

// Guide tells an administrator of one vendor's identity provider what to do
// there so that people can sign in here.
type Guide struct {
	Vendor        string // "entra", "onelogin", ...
	Name          string // "Microsoft Entra ID"
	Source        string // whose documentation it follows, and whether it was tried
	Steps         []Step
	Claims        []Claim
	RelayState    string  // the field for the relay state in their console, or what to do instead
	TheirMetadata string  // where to find it
	Checks        []Check // what to look at when a sign-in fails
}

// Step is one thing to do in their console.
type Step struct {
	Text    string
	Field   string     // its name in their console; "" where there is none
	Value   GuideValue // what belongs into Field
	Literal string     // that very text, where Value is ValueLiteral
}

// Claim is one thing that they shall send.
type Claim struct {
	Name      string // as typed into their console
	Namespace string // where their console wants it apart from Name; or ""
	Source    string // where its value comes from, in their words
	Note      string
	Rule      string // to paste as a whole, where their console takes rules; or ""
}

// Check is one thing that goes wrong there, as this service calls it.
type Check struct {
	Reason string // a saml.Reason, or a message of theirs
	Text   string // what to look at
}

// GuideValues are the values of one connection.
type GuideValues struct {
	EntityID, ACSURL, LoginURL, MetadataURL, SLOURL string
}

// Guides gives all, in the order in which to offer them; the last one is for
// identity providers that have no guide of their own.
func Guides() []Guide { panic("unwritten") }

// GuideFor gives the guide for a vendor as Trust.Vendor says it; the general
// one where there is none.
func GuideFor(vendor string) Guide { panic("unwritten") }

// Of gives the text to copy for s; "" where there is none.
func (v GuideValues) Of(s Step) string { panic("unwritten") }
