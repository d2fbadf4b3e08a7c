package saml_test

import "strings"

const alice = "alice@example.com"

// acceptRecipes are what honest identity providers send.
func acceptRecipes() []recipe {
	unprefixed := []string{"<saml:", "<", "</saml:", "</", ` xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"`, "", "<Assertion ", `<Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion" `,
		"<Issuer>", `<Issuer xmlns="urn:oasis:names:tc:SAML:2.0:assertion">`}
	unsolicited := map[string]string{"request": "none", "unsolicited": "yes"}
	algorithm := func(name, key, method, digest string) recipe {
		return recipe{name: name, expect: alice, key: key, template: []string{dsMore + "rsa-sha256", method, encNS + "sha256", digest}}
	}
	sha1 := algorithm("rsa-sha1", "", dsSpace+"rsa-sha1", dsSpace+"sha1")
	sha1.lines = map[string]string{"switch": "allow_sha1"}
	return []recipe{
		{name: "assertion-signed", expect: alice, lines: map[string]string{"groups": "staff, on-call"}},
		{name: "response-signed", expect: alice, signs: "r"},
		{name: "both-signed", expect: alice, signs: "ar"},
		{name: "signed-response-required", expect: alice, signs: "ar", lines: map[string]string{"switch": "require_signed_response"}},
		{name: "unsolicited", expect: alice, before: []string{` InResponseTo="_q1"`, ""}, lines: unsolicited},
		algorithm("rsa-sha384", "", dsMore+"rsa-sha384", dsMore+"sha384"),
		algorithm("rsa-sha512", "", dsMore+"rsa-sha512", encNS+"sha512"),
		algorithm("ecdsa-sha256", "p256", dsMore+"ecdsa-sha256", encNS+"sha256"),
		algorithm("ecdsa-sha384", "p384", dsMore+"ecdsa-sha384", dsMore+"sha384"),
		algorithm("ecdsa-sha512", "p384", dsMore+"ecdsa-sha512", encNS+"sha512"),
		sha1,
		{name: "no-key-info", expect: alice, template: []string{`<ds:KeyInfo><ds:X509Data><ds:X509Certificate>[[certificate]]</ds:X509Certificate></ds:X509Data></ds:KeyInfo>`, ""}},
		{name: "foreign-key-info", expect: alice, after: []string{"<ds:X509Certificate>", "<ds:X509Certificate>AAAA"}},
		{name: "signature-first", expect: alice, before: []string{"[[a]]", "", `Z">` + "\n    <saml:Issuer>", `Z">[[a]]` + "\n    <saml:Issuer>"}},
		{name: "signature-last", expect: alice, before: []string{"[[a]]", "", "</saml:Assertion>", "[[a]]</saml:Assertion>"}},
		{name: "default-namespaces", expect: alice, before: unprefixed},
		{name: "default-namespaces-response", expect: alice, signs: "ar", before: append(append([]string(nil), unprefixed...),
			"<samlp:", "<", "</samlp:", "</", "xmlns:samlp=", "xmlns=", "<StatusCode", `<StatusCode xmlns="urn:oasis:names:tc:SAML:2.0:protocol"`)},
		{name: "default-namespace-signature", expect: alice, template: []string{"<ds:", "<", "</ds:", "</", "xmlns:ds=", "xmlns="}},
		{name: "prefix-list", expect: alice, before: []string{`<saml:Assertion `, `<saml:Assertion xmlns:xs="http://www.w3.org/2001/XMLSchema" `,
			"<saml:AttributeValue>", `<saml:AttributeValue xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="xs:string">`},
			template: []string{`"` + excC14N + `"/></ds:Transforms>`, `"` + excC14N + `"><ec:InclusiveNamespaces xmlns:ec="` + excC14N + `" PrefixList="xs"/></ds:Transform></ds:Transforms>`}},
		{name: "prefix-list-default", expect: alice, signs: "ar", before: append(append([]string(nil), unprefixed...),
			`xmlns:samlp=`, `xmlns:unused="urn:unused" xmlns:samlp=`),
			template: []string{`"` + excC14N + `"/></ds:Transforms>`, `"` + excC14N + `"><ec:InclusiveNamespaces xmlns:ec="` + excC14N + `" PrefixList="#default samlp saml unused"/></ds:Transform></ds:Transforms>`,
				`"` + excC14N + `"/><ds:SignatureMethod`, `"` + excC14N + `"><ec:InclusiveNamespaces xmlns:ec="` + excC14N + `" PrefixList="#default unused"/></ds:CanonicalizationMethod><ds:SignatureMethod`}},
		{name: "typed-values", expect: alice, lines: map[string]string{"groups": "staff, on-call"},
			before: []string{"<saml:AttributeValue>", `<saml:AttributeValue xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="xs:string">`}},
		{name: "single-quotes", expect: alice, signs: "ar", before: []string{`"`, `'`}, template: []string{`"`, `'`}},
		{name: "declaration", expect: alice, before: []string{"<samlp:Response", `<?xml version="1.0" encoding="utf-8" standalone="no"?>` + "\r\n<samlp:Response"}},
		{name: "line-ends", expect: alice, before: []string{"\n", "\r\n"}},
		{name: "entities", expect: alice, lines: map[string]string{"groups": "a & b < c > \"d\" 'e', Zürich"},
			before: []string{">staff<", ">a &amp; b &lt; c &gt; &quot;d&quot; &apos;e&apos;<", ">on-call<", ">Z&#xFC;rich<", `>alice@`, `>&#97;lice@`}},
		{name: "odd-attributes", expect: alice, before: []string{`<saml:Attribute Name="groups">`, `<saml:Attribute xmlns:z="urn:a" xmlns:a="urn:z" z:b="1" a:a="2"` + "\n\tName = 'groups' FriendlyName='\"a\"&#9;&#10;&gt; >' >"}},
		{name: "white-space-in-value", expect: alice, after: []string{"<ds:SignatureValue>", "<ds:SignatureValue>\n  \t"}},
		{name: "extensions-and-advice", expect: alice, before: []string{"\n  <samlp:Status>", "\n  <samlp:Extensions><x:y xmlns:x=\"urn:x\"/></samlp:Extensions><samlp:Status>",
			"\n    <saml:AuthnStatement", "<saml:Advice><x:y xmlns:x=\"urn:x\"/></saml:Advice><saml:AuthnStatement"}},
		{name: "second-confirmation-holds", expect: alice, before: []string{"<saml:SubjectConfirmation ", `<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:sender-vouches"/><saml:SubjectConfirmation `}},
		{name: "several-audiences", expect: alice, before: []string{"<saml:Audience>", "<saml:Audience>https://other.example.org</saml:Audience><saml:Audience>"}},
		{name: "known-conditions", expect: alice, before: []string{"</saml:Conditions>", `<saml:OneTimeUse/><saml:ProxyRestriction Count="0"/></saml:Conditions>`}},
		{name: "no-conditions-window", expect: alice, before: []string{` NotBefore="2026-03-01T11:59:00Z" NotOnOrAfter="2026-03-01T12:05:00Z"`, ""}},
		{name: "clock-at-the-edge", expect: alice, lines: map[string]string{"now": "2026-03-01T12:05:59Z"}},
		{name: "clock-behind", expect: alice, lines: map[string]string{"now": "2026-03-01T11:59:00Z"}},
		{name: "time-with-zone", expect: alice, before: []string{"2026-03-01T12:00:00Z", "2026-03-01T13:00:00.1234567+01:00"}},
		{name: "context-demanded", expect: alice, lines: map[string]string{"authn_context": "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport", "force_authn": "yes"}},
		{name: "no-authn-statement-allowed", expect: alice, before: dropAuthn(), lines: map[string]string{"switch": "allow_missing_authn_statement"}},
		{name: "repeated-attribute-merged", expect: alice, before: repeated(), lines: map[string]string{"switch": "merge_duplicate_attributes", "groups": "staff, on-call, more"}},
		{name: "persistent", expect: alice, before: []string{"1.1:nameid-format:emailAddress", "2.0:nameid-format:persistent"}},
		{name: "any-name-id", expect: "4711", before: []string{"1.1:nameid-format:emailAddress", "2.0:nameid-format:persistent", alice, "4711"}, lines: map[string]string{"switch": "any_name_id"}},
		{name: "sp-name-qualifier", expect: alice, before: []string{"<saml:NameID ", `<saml:NameID SPNameQualifier="` + madeSP + `" `}},
		{name: "expired-certificate-allowed", expect: alice, key: "old", lines: map[string]string{"switch": "allow_expired_certificates"}},
	}
}

func dropAuthn() []string {
	start, end := strings.Index(baseResponse, "<saml:AuthnStatement"), strings.Index(baseResponse, "</saml:AuthnStatement>")
	return []string{baseResponse[start : end+len("</saml:AuthnStatement>")], ""}
}

func repeated() []string {
	return []string{"</saml:AttributeStatement>", `<saml:Attribute Name="groups"><saml:AttributeValue>more</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>`}
}
