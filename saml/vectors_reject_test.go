package saml_test

import "strings"

const evilAssertion = `<saml:Assertion ID="_evil" Version="2.0" IssueInstant="2026-03-01T12:00:00Z"><saml:Issuer>` + madeIDP + `</saml:Issuer><saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress">admin@example.com</saml:NameID></saml:Subject></saml:Assertion>`

// rejectRecipes are what must be refused, and why.
func rejectRecipes() []recipe {
	weak := func(name string, template ...string) recipe {
		return recipe{name: name, expect: "WeakAlgorithm", template: template}
	}
	// These are signed well, and changed to what xmlsec1 would not even sign.
	afterwards := func(name, expect string, pairs ...string) recipe {
		return recipe{name: name, expect: expect, after: pairs}
	}
	said := func(name, expect string, pairs ...string) recipe {
		return recipe{name: name, expect: expect, before: pairs}
	}
	at := func(name, expect, now string) recipe {
		return recipe{name: name, expect: expect, lines: map[string]string{"now": now}}
	}
	return []recipe{
		// The document.
		{name: "nested-too-deep", expect: "TooLarge", before: []string{">staff<", ">" + strings.Repeat("<x>", 40) + strings.Repeat("</x>", 40) + "<"}},
		{name: "too-many-ids", expect: "TooLarge", after: []string{"</saml:Attribute>", ids(80) + "</saml:Attribute>"}},
		{name: "long-namespace", expect: "TooLarge", after: []string{"xmlns:saml=", `xmlns:l="urn:` + strings.Repeat("l", 2000) + `" xmlns:saml=`}},
		{name: "not-base64", expect: "NotBase64", whole: "%3Csamlp%3AResponse"},
		{name: "empty-field", expect: "NotBase64", whole: "\n"},
		{name: "two-roots", expect: "Malformed", after: []string{"</samlp:Response>", "</samlp:Response><samlp:Response/>"}},
		{name: "trailing-text", expect: "Malformed", after: []string{"</samlp:Response>", "</samlp:Response>text"}},
		{name: "cut-short", expect: "Malformed", after: []string{"</samlp:Response>", "</samlp:Resp"}},
		{name: "no-status", expect: "Malformed", before: []string{`<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>`, ""}},
		{name: "foreign-element", expect: "Malformed", before: []string{"<saml:Subject>", "<x:Subject xmlns:x=\"urn:x\"/><saml:Subject>"}},
		{name: "two-subjects", expect: "Malformed", before: []string{"<saml:Subject>", "<saml:Subject/><saml:Subject>"}},
		{name: "text-between", expect: "Malformed", before: []string{"</saml:Subject>", "</saml:Subject>text"}},
		{name: "attribute-twice", expect: "Malformed", after: []string{`Version="2.0" `, `Version="2.0" Version="2.0" `}},
		{name: "attribute-twice-by-namespace", expect: "Malformed", after: []string{`Name="groups"`, `Name="groups" xmlns:x="urn:x" xmlns:y="urn:x" x:a="1" y:a="2"`}},
		{name: "double-colon", expect: "Malformed", after: []string{"<samlp:Status>", "<samlp::Status>"}},
		{name: "rebound-xml-prefix", expect: "Malformed", after: []string{"xmlns:saml=", `xmlns:xml="urn:x" xmlns:saml=`}},
		{name: "unknown-entity", expect: "Malformed", after: []string{">alice@", ">&who;alice@"}},
		{name: "doctype", expect: "ForbiddenXML", after: []string{"<samlp:Response", `<!DOCTYPE r [<!ENTITY who "admin">]><samlp:Response`}},
		{name: "comment-in-name-id", expect: "ForbiddenXML", after: []string{">alice@", "><!-- -->alice@"}},
		{name: "instruction-in-name-id", expect: "ForbiddenXML", after: []string{">alice@", "><?x y?>alice@"}},
		{name: "cdata-in-name-id", expect: "ForbiddenXML", after: []string{">alice@example.com<", "><![CDATA[alice@example.com]]><"}},
		{name: "comment-before", expect: "ForbiddenXML", after: []string{"<samlp:Response", "<!-- --><samlp:Response"}},
		{name: "foreign-encoding", expect: "ForbiddenXML", after: []string{"<samlp:Response", `<?xml version="1.0" encoding="UTF-16"?><samlp:Response`}},
		{name: "broken-utf8", expect: "ForbiddenXML", after: []string{">staff<", ">st\xc3\x28ff<"}},
		{name: "control-character", expect: "ForbiddenXML", after: []string{">staff<", ">st&#1;aff<"}},
		{name: "same-id", expect: "DuplicateID", after: []string{`ID="_r1"`, `ID="_a1"`}},
		{name: "empty-id", expect: "DuplicateID", after: []string{`ID="_r1"`, `ID=""`}},
		{name: "prefixed-id", expect: "DuplicateID", after: []string{`ID="_r1"`, `samlp:ID="_a1" ID="_r1"`}},
		{name: "xml-id", expect: "DuplicateID", after: []string{`ID="_r1"`, `xml:id="_x" ID="_r1"`}},
		{name: "id-in-small-letters", expect: "DuplicateID", after: []string{`ID="_r1"`, `Id="_a1" ID="_r1"`}},
		{name: "logout-response", expect: "NotAResponse", after: []string{"samlp:Response", "samlp:LogoutResponse"}},
		{name: "wrong-namespace", expect: "NotAResponse", after: []string{"SAML:2.0:protocol", "SAML:1.0:protocol"}},
		{name: "two-assertions", expect: "SeveralAssertions", before: []string{"</samlp:Response>", evilAssertion + "</samlp:Response>"}},
		{name: "assertion-in-advice", expect: "SeveralAssertions", before: []string{"</saml:Conditions>", "</saml:Conditions><saml:Advice>" + evilAssertion + "</saml:Advice>"}},
		{name: "assertion-in-value", expect: "SeveralAssertions", before: []string{">staff<", ">" + evilAssertion + "<"}},
		{name: "assertion-beside-encrypted", expect: "SeveralAssertions", before: []string{"</samlp:Response>", "<saml:EncryptedAssertion/></samlp:Response>"}},
		{name: "no-assertion", expect: "NoAssertion", signs: "r", before: dropAssertion()},

		// The signature.
		{name: "unsigned", expect: "Unsigned", signs: "n"},
		{name: "response-signature-required", expect: "Unsigned", lines: map[string]string{"switch": "require_signed_response"}},
		afterwards("changed-name-id", "BadSignature", ">alice@", ">admin@"),
		afterwards("changed-attribute-order", "BadSignature", "<saml:AttributeValue>staff</saml:AttributeValue><saml:AttributeValue>on-call</saml:AttributeValue>", "<saml:AttributeValue>on-call</saml:AttributeValue><saml:AttributeValue>staff</saml:AttributeValue>"),
		afterwards("changed-white-space", "BadSignature", "</saml:Conditions>\n", "</saml:Conditions> \n"),
		{name: "changed-assertion-in-signed-response", expect: "BadSignature", signs: "r", after: []string{">alice@", ">admin@"}},
		{name: "broken-assertion-in-signed-response", expect: "BadSignature", signs: "r", before: []string{"[[a]]", brokenSignature("_a1")}},
		afterwards("reference-elsewhere", "MalformedSignature", `URI="#_a1"`, `URI="#_r1"`),
		afterwards("reference-to-everything", "MalformedSignature", `URI="#_a1"`, `URI=""`),
		afterwards("reference-without-hash", "MalformedSignature", `URI="#_a1"`, `URI="_a1"`),
		afterwards("two-references", "MalformedSignature", "</ds:Reference>", `</ds:Reference><ds:Reference URI="#_r1"/>`),
		afterwards("two-signed-infos", "MalformedSignature", "</ds:SignedInfo>", "</ds:SignedInfo><ds:SignedInfo/>"),
		afterwards("two-digest-values", "MalformedSignature", "</ds:DigestValue>", "</ds:DigestValue><ds:DigestValue/>"),
		afterwards("signature-object", "MalformedSignature", "</ds:Signature>", "<ds:Object/></ds:Signature>"),
		afterwards("digest-with-element", "MalformedSignature", "</ds:DigestValue>", "<x/></ds:DigestValue>"),
		afterwards("huge-signed-info", "MalformedSignature", "<ds:SignedInfo>", "<ds:SignedInfo>"+strings.Repeat("<x/>", 100)),
		{name: "signature-in-subject", expect: "MalformedSignature", before: []string{"[[a]]", "", "<saml:Subject>", "<saml:Subject>[[a]]"}},
		{name: "three-signatures", expect: "MalformedSignature", signs: "ar", before: []string{"<saml:Subject>", brokenSignature("_s1") + "<saml:Subject>"}},
		weak("sha1-signature", dsMore+"rsa-sha256", dsSpace+"rsa-sha1"),
		weak("sha1-digest", encNS+"sha256", dsSpace+"sha1"),
		afterwards("md5", "WeakAlgorithm", dsMore+"rsa-sha256", dsMore+"rsa-md5"),
		afterwards("hmac", "WeakAlgorithm", dsMore+"rsa-sha256", dsMore+"hmac-sha256"),
		afterwards("no-algorithm", "WeakAlgorithm", dsMore+"rsa-sha256", "none"),
		weak("with-comments", `"`+excC14N+`"/></ds:Transforms>`, `"`+excC14N+`WithComments"/></ds:Transforms>`),
		weak("signed-info-with-comments", `"`+excC14N+`"/><ds:SignatureMethod`, `"`+excC14N+`WithComments"/><ds:SignatureMethod`),
		weak("inclusive-canonicalisation", `"`+excC14N+`"/></ds:Transforms>`, `"http://www.w3.org/TR/2001/REC-xml-c14n-20010315"/></ds:Transforms>`),
		weak("enveloped-alone", `<ds:Transform Algorithm="`+excC14N+`"/></ds:Transforms>`, `</ds:Transforms>`),
		afterwards("xpath-transform", "WeakAlgorithm", "</ds:Transforms>", `<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"><ds:XPath>not(self::x)</ds:XPath></ds:Transform></ds:Transforms>`),
		afterwards("xslt-instead", "WeakAlgorithm", dsSpace+"enveloped-signature", "http://www.w3.org/TR/1999/REC-xslt-19991116"),
		{name: "other-key", expect: "UntrustedCertificate", key: "foreign"},
		{name: "expired-certificate", expect: "ExpiredCertificate", key: "old"},

		// What it says.
		{name: "status-denied", expect: "StatusNotSuccess", signs: "ar", before: []string{"status:Success", "status:AuthnFailed"}},
		{name: "status-denied-unsigned", expect: "StatusNotSuccess", before: []string{"status:Success", "status:Responder"}},
		{name: "version-1-1", expect: "WrongVersion", before: []string{`Version="2.0"`, `Version="1.1"`}},
		said("other-issuer", "WrongIssuer", madeIDP, "https://other.example.org"),
		said("other-assertion-issuer", "WrongIssuer", "\n    <saml:Issuer>", "\n    <saml:Issuer>x"),
		{name: "signed-response-without-issuer", expect: "WrongIssuer", signs: "r", before: []string{"\n  <saml:Issuer>" + madeIDP + "</saml:Issuer>", ""}},
		said("issuer-format", "WrongIssuer", "\n    <saml:Issuer>", "\n    <saml:Issuer Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:persistent\">"),
		said("other-destination", "WrongDestination", `Destination="`+madeACS, `Destination="https://other.example.org/acs`),
		{name: "signed-response-without-destination", expect: "WrongDestination", signs: "r", before: []string{` Destination="` + madeACS + `"`, ""}},
		said("other-recipient", "WrongRecipient", `Recipient="`+madeACS, `Recipient="https://other.example.org/acs`),
		said("other-audience", "WrongAudience", "<saml:Audience>"+madeSP, "<saml:Audience>https://other.example.org"),
		said("no-audience", "WrongAudience", "<saml:AudienceRestriction><saml:Audience>"+madeSP+"</saml:Audience></saml:AudienceRestriction>", ""),
		said("two-restrictions", "WrongAudience", "</saml:AudienceRestriction>", "</saml:AudienceRestriction><saml:AudienceRestriction><saml:Audience>https://other.example.org</saml:Audience></saml:AudienceRestriction>"),
		said("no-confirmation", "NoBearerConfirmation", confirmation(), ""),
		said("holder-of-key", "NoBearerConfirmation", "cm:bearer", "cm:holder-of-key"),
		said("confirmation-not-before", "NoBearerConfirmation", "<saml:SubjectConfirmationData ", `<saml:SubjectConfirmationData NotBefore="2026-03-01T11:59:00Z" `),
		said("confirmation-without-end", "NoBearerConfirmation", `NotOnOrAfter="2026-03-01T12:05:00Z" Recipient`, "Recipient"),
		said("unknown-condition", "UnknownCondition", "</saml:Conditions>", `<saml:Condition/></saml:Conditions>`),
		said("foreign-condition", "UnknownCondition", "</saml:Conditions>", `<x:AudienceRestriction xmlns:x="urn:x"/></saml:Conditions>`),
		{name: "unknown-request", expect: "UnknownRequest", lines: map[string]string{"request": "_other"}},
		said("two-requests", "UnknownRequest", `InResponseTo="_q1">`, `InResponseTo="_q2">`),
		{name: "request-in-response-alone", expect: "UnknownRequest", before: []string{`<saml:SubjectConfirmationData InResponseTo="_q1"`, "<saml:SubjectConfirmationData"}, lines: map[string]string{"unsolicited": "yes"}},
		{name: "unsolicited", expect: "Unsolicited", before: []string{` InResponseTo="_q1"`, ""}},
		{name: "stripped-request", expect: "UnknownRequest", after: []string{`" InResponseTo="_q1">`, `">`}, lines: map[string]string{"request": "none", "unsolicited": "yes"}},
		at("from-the-future", "NotYetValid", "2026-03-01T11:55:00Z"),
		said("issue-instant-ahead", "NotYetValid", `IssueInstant="2026-03-01T12:00:00Z"`, `IssueInstant="2026-03-01T12:30:00Z"`),
		said("conditions-not-yet", "NotYetValid", `NotBefore="2026-03-01T11:59:00Z"`, `NotBefore="2026-03-01T12:59:00Z"`),
		said("authn-instant-ahead", "NotYetValid", `AuthnInstant="2026-03-01T11:59:30Z"`, `AuthnInstant="2026-03-01T12:59:30Z"`),
		at("expired", "Expired", "2026-03-01T12:06:00Z"),
		said("conditions-expired", "Expired", `NotOnOrAfter="2026-03-01T12:05:00Z"><saml:Aud`, `NotOnOrAfter="2026-03-01T11:05:00Z"><saml:Aud`),
		said("confirmation-expired", "Expired", `NotOnOrAfter="2026-03-01T12:05:00Z" Rec`, `NotOnOrAfter="2026-03-01T11:05:00Z" Rec`),
		said("too-old", "TooOld", `IssueInstant="2026-03-01T12:00:00Z"`, `IssueInstant="2026-03-01T11:00:00Z"`),
		said("no-authn-statement", "NoAuthnStatement", dropAuthn()...),
		said("session-expired", "SessionExpired", "<saml:AuthnStatement ", `<saml:AuthnStatement SessionNotOnOrAfter="2026-03-01T12:00:00Z" `),
		{name: "weaker-context", expect: "WrongAuthnContext", lines: map[string]string{"authn_context": "https://refeds.org/profile/mfa"}},
		{name: "stale-authentication", expect: "StaleAuthentication", before: []string{`AuthnInstant="2026-03-01T11:59:30Z"`, `AuthnInstant="2026-03-01T08:00:00Z"`}, lines: map[string]string{"force_authn": "yes"}},
		said("transient", "WrongNameIDFormat", "1.1:nameid-format:emailAddress", "2.0:nameid-format:transient"),
		said("no-e-mail", "InvalidNameID", alice, "alice"),
		said("empty-name-id", "InvalidNameID", alice, ""),
		said("two-name-ids", "InvalidNameID", "</saml:NameID>", "</saml:NameID><saml:NameID>admin@example.com</saml:NameID>"),
		said("foreign-name-id", "InvalidNameID", "<saml:NameID ", `<x:NameID xmlns:x="urn:x" `, "</saml:NameID>", "</x:NameID>"),
		said("element-in-name-id", "InvalidNameID", ">alice@", "><x/>alice@"),
		said("look-alike-letters", "InvalidNameID", ">alice@", ">аlice@"),
		said("invisible-letters", "InvalidNameID", ">alice@", ">al\u200bice@"),
		said("other-sp-name-qualifier", "WrongSPNameQualifier", "<saml:NameID ", `<saml:NameID SPNameQualifier="https://other.example.org" `),
		said("repeated-attribute", "DuplicateAttribute", repeated()...),
	}
}

func ids(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(`<saml:AttributeValue ID="i` + strings.Repeat("i", i) + `"/>`)
	}
	return b.String()
}

func dropAssertion() []string {
	start, end := strings.Index(baseResponse, "<saml:Assertion"), strings.Index(baseResponse, "</saml:Assertion>")
	return []string{baseResponse[start : end+len("</saml:Assertion>")], ""}
}

func confirmation() string {
	start, end := strings.Index(baseResponse, "<saml:SubjectConfirmation "), strings.Index(baseResponse, "</saml:SubjectConfirmation>")
	return baseResponse[start : end+len("</saml:SubjectConfirmation>")]
}

// brokenSignature has the right shape and no meaning.
func brokenSignature(id string) string {
	return strings.NewReplacer("[[id]]", id, "<ds:KeyInfo><ds:X509Data><ds:X509Certificate>[[certificate]]</ds:X509Certificate></ds:X509Data></ds:KeyInfo>", "",
		"<ds:DigestValue></", "<ds:DigestValue>47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=</", "<ds:SignatureValue></", "<ds:SignatureValue>AAAA</").Replace(signatureTemplate)
}
