package admin

import "sallyport/saml"

// Spots in this console.
var (
	hereConnection  = &spot{"The connection's page: compare it with our values", ""}
	hereImport      = &spot{"The connection's page › Theirs, for us: import, review, activate", ""}
	hereUnsolicited = &spot{"Settings › Sign-ins that begin in the app portal", "/settings#unsolicited"}
	hereFirst       = &spot{"Settings › At a person's first sign-in", "/settings#first_sign_in"}
	hereDomains     = &spot{"Settings › E-mail domains", "/settings#email_domains"}
	hereSkew        = &spot{"Settings › Clock difference", "/settings#clock_skew"}
	hereSettings    = &spot{"Settings of the connection", "/settings"}
	hereActivate    = &spot{"The connection's page › activate it", ""}
	herePeople      = &spot{"People › the person › Reactivate", "/admin/people"}
)

// What comes after.
const (
	nextTheirs  = "Correct it there and save. Nothing has to change here: ask the person to sign in once more."
	nextImport  = "Download the metadata there, import it here, compare the fingerprints, and activate. Sign-ins that were refused can be repeated at once."
	nextOurs    = "Hand our current metadata to the identity provider once more, then ask the person to sign in again."
	nextHere    = "Change it here; it applies from the next sign-in on."
	nextAgain   = "Ask the person to start again from the application or from the app portal. If it goes on, look at this person's other attempts."
	nextClock   = "Compare both clocks with NTP. When they agree and it still happens, allow a little more difference here (at most 180 seconds), or a longer validity there."
	nextAttack  = "Do not relax any setting. Look at the address it came from and for more of its kind, and keep the reference. If it came from your own identity provider, ask its maker."
	nextBetween = "Ask for the same sign-in without the proxy, the browser's extensions or the program in between. If it stays, ask the identity provider's maker, with the reference."
	nextUpdate  = "Look at the check that failed below."
)

const (
	whyAttack  = "No field of any identity provider makes a message like this."
	whyPerson  = "Nothing is set wrong at the identity provider: this one attempt cannot be used."
	whyHere    = "The identity provider did its part: this is decided here."
	whyNoField = "No identity provider that we know has a field for it: it is how its software writes messages, or something in between changed this one."
)

// remedies has one for each reason there is.
var remedies = map[saml.Reason]remedy{
	saml.TooLarge:          {theirs: groups, next: nextTheirs},
	saml.NotBase64:         {why: whyNoField, next: nextBetween},
	saml.Malformed:         {why: whyNoField, next: nextBetween},
	saml.ForbiddenXML:      {why: whyAttack, next: nextAttack},
	saml.DuplicateID:       {why: whyAttack, next: nextAttack},
	saml.NotAResponse:      {theirs: acsURL, here: hereConnection, next: nextTheirs},
	saml.SeveralAssertions: {why: whyAttack, next: nextAttack},
	saml.NoAssertion:       {theirs: assignment, next: "Look into the identity provider's own log at the time below: it says why it sent no assertion."},

	saml.Unsigned:             {theirs: signing, next: nextTheirs},
	saml.BadSignature:         {theirs: theirMetadata, here: hereImport, next: nextImport},
	saml.MalformedSignature:   {why: whyAttack, next: nextAttack},
	saml.WeakAlgorithm:        {theirs: algorithm, next: nextTheirs},
	saml.UntrustedCertificate: {theirs: theirMetadata, here: hereImport, next: nextImport},
	saml.ExpiredCertificate:   {theirs: theirMetadata, here: hereImport, next: "Renew the signing certificate there first. " + nextImport},
	saml.DecryptionFailed:     {theirs: encryption, here: hereConnection, next: nextOurs},
	saml.NoDecryptionKey:      {theirs: encryption, here: hereConnection, next: "Switch encryption off there, or hand it our current metadata, which holds our encryption certificate."},

	saml.StatusNotSuccess:     {theirs: assignment, next: "Assign the person (or a group of theirs) to the application there, then ask them to sign in once more."},
	saml.WrongVersion:         {why: "No field changes this: the application was made for SAML 1.1 or WS-Federation. Make it anew there as a SAML 2.0 application.", next: nextTheirs},
	saml.WrongIssuer:          {theirs: issuer, here: hereImport, next: "If the identity provider was replaced or renamed, import its metadata here. If the response belongs to another connection, correct the ACS URL there."},
	saml.WrongDestination:     {theirs: acsURL, here: hereConnection, next: nextTheirs},
	saml.WrongRecipient:       {theirs: acsURL, here: hereConnection, next: nextTheirs},
	saml.WrongAudience:        {theirs: audience, here: hereConnection, next: nextTheirs},
	saml.NoBearerConfirmation: {theirs: acsURL, here: hereConnection, next: nextTheirs},
	saml.UnknownCondition:     {why: whyNoField, next: nextBetween},
	saml.UnknownRequest:       {why: whyPerson, next: nextAgain},
	saml.Unsolicited:          {why: whyHere, here: hereUnsolicited, next: nextHere},
	saml.NotYetValid:          {theirs: lifetime, here: hereSkew, next: nextClock},
	saml.Expired:              {theirs: lifetime, here: hereSkew, next: nextClock},
	saml.TooOld:               {theirs: lifetime, here: hereSkew, next: nextClock},
	saml.NoAuthnStatement:     {theirs: statement, here: hereSettings, next: nextTheirs},
	saml.SessionExpired:       {why: whyPerson, next: "Ask the person to sign out at the identity provider, and to sign in there again."},
	saml.WrongAuthnContext:    {theirs: method, here: hereSettings, next: nextTheirs},
	saml.StaleAuthentication:  {theirs: method, here: hereSettings, next: nextTheirs},
	saml.WrongNameIDFormat:    {theirs: nameID, here: hereSettings, next: nextTheirs},
	saml.InvalidNameID:        {theirs: nameID, here: hereSettings, next: nextTheirs},
	saml.WrongSPNameQualifier: {theirs: audience, here: hereConnection, next: nextTheirs},
	saml.DuplicateAttribute:   {theirs: attributes, here: hereSettings, next: nextTheirs},

	saml.Replayed:           {why: whyPerson, next: nextAgain},
	saml.WrongBrowser:       {why: whyPerson, next: "Ask the person to begin and end the sign-in in the same browser, with cookies allowed for this service."},
	saml.InvalidTag:         {theirs: attributes, here: hereSettings, next: nextTheirs},
	saml.ConnectionDisabled: {why: whyHere, here: hereActivate, next: nextHere},
	saml.UserInactive:       {why: whyHere, here: herePeople, next: "Reactivate the person if they should come in again. Where people are provisioned, change it at the source: it would be undone here."},
	saml.UserUnknown:        {theirs: assignment, here: hereFirst, next: "Provision the person first, or let this connection create people at their first sign-in."},
	saml.UserNameCase:       {theirs: nameID, next: nextTheirs},
	saml.DomainNotAllowed:   {theirs: nameID, here: hereDomains, next: "Add the domain if this connection may speak for it. If it may not, the person signs in with another address, or came through the wrong tile."},
}
