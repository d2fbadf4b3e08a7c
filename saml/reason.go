package saml

// Reason says why a response or a metadata document was refused. The list is
// closed; every reason has at least one case under testdata/saml/reject.
type Reason string

// Reasons of guard: the document itself.
const (
	TooLarge          Reason = "TooLarge"     // over a limit of size, depth or number
	NotBase64         Reason = "NotBase64"    // the form field is not base64
	Malformed         Reason = "Malformed"    // not the XML, or not the shape, that SAML allows
	ForbiddenXML      Reason = "ForbiddenXML" // DOCTYPE, processing instruction, comment, CDATA, foreign encoding
	DuplicateID       Reason = "DuplicateID"  // an ID twice, empty, or in a form that readers disagree about
	NotAResponse      Reason = "NotAResponse" // another SAML message, or none
	SeveralAssertions Reason = "SeveralAssertions"
	NoAssertion       Reason = "NoAssertion"
)

// Reasons of verify: who said it.
const (
	Unsigned             Reason = "Unsigned"             // neither Response nor Assertion is signed
	BadSignature         Reason = "BadSignature"         // the bytes are not those that were signed
	MalformedSignature   Reason = "MalformedSignature"   // not the shape of section 5.4 of SAML Core
	WeakAlgorithm        Reason = "WeakAlgorithm"        // SHA-1, or a transform or algorithm off the list
	UntrustedCertificate Reason = "UntrustedCertificate" // signed, but by no certificate of the connection
	ExpiredCertificate   Reason = "ExpiredCertificate"   // by a certificate outside its dates
	DecryptionFailed     Reason = "DecryptionFailed"     // one word for every cause, on purpose
	NoDecryptionKey      Reason = "NoDecryptionKey"      // encrypted, and we have no key at all
)

// Reasons of judge: for us, now, in answer to our question.
const (
	StatusNotSuccess     Reason = "StatusNotSuccess"
	WrongVersion         Reason = "WrongVersion"
	WrongIssuer          Reason = "WrongIssuer"
	WrongDestination     Reason = "WrongDestination"
	WrongRecipient       Reason = "WrongRecipient"
	WrongAudience        Reason = "WrongAudience"
	NoBearerConfirmation Reason = "NoBearerConfirmation"
	UnknownCondition     Reason = "UnknownCondition"
	UnknownRequest       Reason = "UnknownRequest" // InResponseTo names no pending request of this connection
	Unsolicited          Reason = "Unsolicited"    // no InResponseTo, and the connection does not take such responses
	NotYetValid          Reason = "NotYetValid"    // a clock is wrong
	Expired              Reason = "Expired"
	TooOld               Reason = "TooOld" // IssueInstant older than our limit
	NoAuthnStatement     Reason = "NoAuthnStatement"
	SessionExpired       Reason = "SessionExpired" // SessionNotOnOrAfter is past
	WrongAuthnContext    Reason = "WrongAuthnContext"
	StaleAuthentication  Reason = "StaleAuthentication" // ForceAuthn was asked, and AuthnInstant is older
	WrongNameIDFormat    Reason = "WrongNameIDFormat"
	InvalidNameID        Reason = "InvalidNameID" // missing, empty, or not an e-mail address
	WrongSPNameQualifier Reason = "WrongSPNameQualifier"
	DuplicateAttribute   Reason = "DuplicateAttribute"
)

// Reasons of the rooms behind saml, listed here so that one table explains
// them all.
const (
	Replayed           Reason = "Replayed"           // this assertion was used before
	WrongBrowser       Reason = "WrongBrowser"       // another browser began this sign-in
	InvalidTag         Reason = "InvalidTag"         // a session tag breaks a rule
	ConnectionDisabled Reason = "ConnectionDisabled" // or still a draft
	UserInactive       Reason = "UserInactive"
	UserUnknown        Reason = "UserUnknown"      // and the connection creates nobody
	UserNameCase       Reason = "UserNameCase"     // differs from the userName in case alone
	DomainNotAllowed   Reason = "DomainNotAllowed" // the connection may not speak for this e-mail domain
)

// Fixer is who must act on a refusal.
type Fixer string

const (
	FixIDP     Fixer = "idp"     // the identity provider's administrator
	FixService Fixer = "service" // our administrator
	FixClock   Fixer = "clock"   // whoever keeps the clocks
	FixPerson  Fixer = "person"  // the person: start again
	FixAttack  Fixer = "attack"  // nobody sends this by mistake: look who did
)
