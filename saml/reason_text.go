package saml

// explanation is what an administrator is told about a reason.
type explanation struct {
	fixer    Fixer
	sentence string
}

// Fixer is who must act.
func (r Reason) Fixer() Fixer {
	if e, ok := explanations[r]; ok {
		return e.fixer
	}
	return FixService
}

// Sentence says, in plain words, what is wrong and what to do next.
func (r Reason) Sentence() string {
	if e, ok := explanations[r]; ok {
		return e.sentence
	}
	return "The sign-in was refused."
}

// Reasons are all reasons there are.
func Reasons() []Reason {
	out := make([]Reason, 0, len(explanations))
	for r := range explanations {
		out = append(out, r)
	}
	return out
}

var explanations = map[Reason]explanation{
	TooLarge:          {FixIDP, "The response is larger than we read. Send fewer groups or attributes."},
	NotBase64:         {FixIDP, "The SAMLResponse or SAMLRequest field is not base64. Something between the identity provider and us changed it, or it is no SAML message."},
	Malformed:         {FixIDP, "The response is not the XML that SAML asks for. Look at the check that failed; no well-known identity provider sends this by itself."},
	ForbiddenXML:      {FixAttack, "The response holds XML that SAML messages never need and that attacks live on: a DOCTYPE, a comment, a processing instruction, CDATA or a foreign encoding."},
	DuplicateID:       {FixAttack, "Two elements share an ID, or an ID is empty or prefixed. Signatures point at IDs, so this is how they are tricked."},
	NotAResponse:      {FixIDP, "This is another message than the one that belongs here. Set the ACS URL (Reply URL) and the logout URL at the identity provider each to the one this connection shows for it."},
	SeveralAssertions: {FixAttack, "The response holds more than one assertion. We read exactly one, so that nobody can hide a second."},
	NoAssertion:       {FixIDP, "The response holds no assertion, though it reports success. Look at the identity provider's own log."},

	Unsigned:             {FixIDP, "Nothing in the response is signed. Let the identity provider sign the assertion, the response or both, and its logout messages."},
	BadSignature:         {FixIDP, "The signature does not fit the content. Either the response was changed on its way, or it was signed with a key that is not in the metadata we have: import the current metadata."},
	MalformedSignature:   {FixAttack, "The signature is not built the way SAML prescribes."},
	WeakAlgorithm:        {FixIDP, "The response is signed with an algorithm that is no longer safe. Choose SHA-256 as signing algorithm at the identity provider."},
	UntrustedCertificate: {FixService, "The response is signed with a certificate that this connection does not know. If the identity provider has changed its certificate, import its current metadata, compare the fingerprint, and activate."},
	ExpiredCertificate:   {FixIDP, "The identity provider signs with a certificate outside its dates. Renew it there and import the metadata here."},
	DecryptionFailed:     {FixIDP, "The assertion could not be decrypted. Import our current metadata at the identity provider, and let it encrypt with AES-GCM and RSA-OAEP."},
	NoDecryptionKey:      {FixService, "The assertion is encrypted and this service has no key for it."},

	StatusNotSuccess:     {FixIDP, "The identity provider itself refused the sign-in. Its log says why; often the person is not assigned to the application there."},
	WrongVersion:         {FixIDP, "The response is not SAML 2.0."},
	WrongIssuer:          {FixService, "The response comes from another identity provider than this connection's. Compare the entity ID (issuer) in both places."},
	WrongDestination:     {FixIDP, "The message was addressed to another URL. Set the ACS URL (Reply URL) and the logout URL at the identity provider to those this connection shows."},
	WrongRecipient:       {FixIDP, "The assertion was addressed to another URL. Set the ACS URL (Recipient) at the identity provider to the one this connection shows."},
	WrongAudience:        {FixIDP, "The assertion was made for another service. Set the audience (Identifier, Entity ID) at the identity provider to the one this connection shows."},
	NoBearerConfirmation: {FixIDP, "The assertion has no bearer confirmation that we could accept."},
	UnknownCondition:     {FixIDP, "The assertion carries a condition that we do not know, and so cannot keep."},
	UnknownRequest:       {FixPerson, "The response answers nothing that is waiting: it took longer than ten minutes, was answered before, or began elsewhere. Start again."},
	Unsolicited:          {FixService, "Nobody asked for this response, and this connection does not take sign-ins that begin at the identity provider. Allow them, or start from here."},
	NotYetValid:          {FixClock, "The response is from the future: the clocks of the identity provider and this service differ. Set both by NTP."},
	Expired:              {FixClock, "The response came too late. If this happens always, the clocks differ; if once, start again."},
	TooOld:               {FixClock, "The response was made too long ago. If this happens always, the clocks differ; if once, start again."},
	NoAuthnStatement:     {FixIDP, "The assertion does not say how the person signed in. Let the identity provider include the AuthnStatement, or allow its absence for this connection."},
	SessionExpired:       {FixPerson, "The session at the identity provider is over. Sign in there again."},
	WrongAuthnContext:    {FixIDP, "The person did not sign in the way this service demanded, for instance without a second factor."},
	StaleAuthentication:  {FixIDP, "A fresh sign-in was demanded, and the identity provider answered with an old one. Let it honour ForceAuthn."},
	WrongNameIDFormat:    {FixIDP, "The NameID is of a format that this connection does not accept. Choose e-mail address or persistent at the identity provider."},
	InvalidNameID:        {FixIDP, "The NameID is missing or is not an e-mail address. Map the NameID to the person's e-mail address, or allow other values for this connection."},
	WrongSPNameQualifier: {FixIDP, "The NameID was made for another service."},
	DuplicateAttribute:   {FixIDP, "The assertion carries the same attribute twice. Send it once, or let this connection join the values."},

	Replayed:           {FixPerson, "This response was used before. Start again; do not use the browser's back or reload on a sign-in."},
	WrongBrowser:       {FixPerson, "The sign-in was begun in another browser, or this one does not keep our cookies. Start again here."},
	InvalidTag:         {FixIDP, "A session tag breaks a rule, for instance with several values or forbidden characters. Correct the attribute, or let this connection drop invalid tags."},
	ConnectionDisabled: {FixService, "The connection is not active."},
	UserInactive:       {FixService, "The person is deactivated here."},
	UserUnknown:        {FixService, "There is no such person here, and this connection creates nobody. Provision the person first."},
	UserNameCase:       {FixIDP, "The NameID differs from the person's userName in upper and lower case. Make them equal."},
	DomainNotAllowed:   {FixService, "This connection may not speak for the e-mail domain of the NameID."},
}
