package saml_test

import (
	"crypto/rand"
	"encoding/base64"
	"strings"
)

// rejectLogoutRecipes are defects and attacks, one each.
func rejectLogoutRecipes() []logoutRecipe {
	post := func(name, expect string, before ...string) logoutRecipe {
		return logoutRecipe{recipe: recipe{name: name, expect: expect, before: before}}
	}
	changed := func(name, expect string, after ...string) logoutRecipe {
		return logoutRecipe{recipe: recipe{name: name, expect: expect, after: after}}
	}
	redirect := func(name, expect string, change func(*logoutRecipe)) logoutRecipe {
		r := logoutRecipe{recipe: recipe{name: name, expect: expect}, redirect: true}
		change(&r)
		return r
	}
	query := func(name, expect string, pairs ...string) logoutRecipe {
		return redirect(name, expect, func(r *logoutRecipe) { r.query = pairs })
	}
	answer := func(name, expect string, before ...string) logoutRecipe {
		return logoutRecipe{recipe: recipe{name: name, expect: expect, before: before}, response: true}
	}
	with := func(r logoutRecipe, change func(*logoutRecipe)) logoutRecipe { change(&r); return r }
	lines := func(key, value string) func(*logoutRecipe) {
		return func(r *logoutRecipe) { r.lines = map[string]string{key: value} }
	}
	assertion := `<saml:Assertion ID="_a1" Version="2.0" IssueInstant="2026-03-01T12:00:00Z"><saml:Issuer>` + madeIDP + `</saml:Issuer>[[a]]<saml:Subject><saml:NameID>alice@example.com</saml:NameID></saml:Subject></saml:Assertion>`
	captured := func(name, expect string, before ...string) logoutRecipe {
		r := post(name, expect, before...)
		r.signs = "a"
		return r
	}
	forged := `<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_evil" Version="2.0" IssueInstant="2026-03-01T12:00:00Z" Destination="` + madeSLO + `"><saml:Issuer>` + madeIDP + `</saml:Issuer><samlp:Extensions>`
	forgedEnd := `</samlp:Extensions><saml:NameID>bob@example.com</saml:NameID></samlp:LogoutRequest>`
	name := `<saml:NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress">alice@example.com</saml:NameID>`

	return []logoutRecipe{
		// HTTP-POST: who said it.
		with(post("post-unsigned", "Unsigned"), func(r *logoutRecipe) { r.signs = "n" }),
		changed("post-changed-name-id", "BadSignature", ">alice@", ">bob@"),
		changed("post-changed-session-index", "BadSignature", ">_s1<", ">_s2<"),
		changed("post-changed-value", "BadSignature", "<ds:SignatureValue>", "<ds:SignatureValue>AAAA"),
		with(post("post-foreign-key", "UntrustedCertificate"), func(r *logoutRecipe) { r.key = "foreign" }),
		with(post("post-expired-certificate", "ExpiredCertificate"), func(r *logoutRecipe) { r.key = "old" }),
		with(post("post-sha1", "WeakAlgorithm"), func(r *logoutRecipe) {
			r.template = []string{dsMore + "rsa-sha256", dsSpace + "rsa-sha1", encNS + "sha256", dsSpace + "sha1"}
		}),
		with(post("post-reference-to-document", "MalformedSignature"), func(r *logoutRecipe) { r.after = []string{`URI="#_l1"`, `URI=""`} }),
		with(post("post-with-comments-method", "WeakAlgorithm"), func(r *logoutRecipe) { r.after = []string{excC14N + `"/>`, excC14N + `WithComments"/>`} }),
		captured("captured-assertion", "Malformed", "\n  <saml:NameID", assertion+"<saml:NameID"),
		captured("captured-assertion-in-extensions", "Malformed", "\n  <saml:NameID", "<samlp:Extensions>"+assertion+"</samlp:Extensions><saml:NameID"),
		captured("captured-assertion-signature", "Malformed", "[[l]]", "[[a]]", "\n  <saml:NameID", "<x:y xmlns:x=\"urn:x\">"+strings.Replace(assertion, "[[a]]", "", 1)+"</x:y><saml:NameID"),
		captured("captured-response", "Malformed", "\n  <saml:NameID", `<samlp:Extensions><samlp:Response ID="_r1" Version="2.0" IssueInstant="2026-03-01T12:00:00Z">`+assertion+`</samlp:Response></samlp:Extensions><saml:NameID`),
		post("unsigned-assertion-in-extensions", "Malformed", "\n  <saml:NameID", "<samlp:Extensions>"+strings.Replace(assertion, "[[a]]", "", 1)+"</samlp:Extensions><saml:NameID"),
		with(post("wrapped", "Malformed"), func(r *logoutRecipe) {
			r.after = []string{"<samlp:LogoutRequest ", forged + "<samlp:LogoutRequest ", "</samlp:LogoutRequest>", "</samlp:LogoutRequest>" + forgedEnd}
		}),
		with(post("second-root", "Malformed"), func(r *logoutRecipe) {
			r.after = []string{"</samlp:LogoutRequest>", "</samlp:LogoutRequest>" + forged + forgedEnd}
		}),
		changed("object-in-signature", "MalformedSignature", "</ds:Signature>", "<ds:Object/></ds:Signature>"),
		with(post("query-beside-form", "Malformed"), lines("query", "SAMLRequest=x")),
		with(post("half-a-query-beside-form", "Malformed"), lines("query", "SAMLRequest")),
		with(post("artifact-beside-form", "Malformed"), lines("query", "x=1&SAMLart=x")),
		with(post("post-long-relay-state", "TooLarge"), lines("relay_state", strings.Repeat("x", 1025))),
		changed("post-reference-to-another", "MalformedSignature", `URI="#_l1"`, `URI="#_l2"`),
		changed("post-no-id", "MalformedSignature", ` ID="_l1"`, ""),

		// HTTP-POST: what readers disagree about.
		changed("comment", "ForbiddenXML", ">alice@", ">alice<!-- -->@"),
		changed("comment-before", "ForbiddenXML", "<samlp:LogoutRequest", "<!-- --><samlp:LogoutRequest"),
		changed("doctype", "ForbiddenXML", "<samlp:LogoutRequest", "<!DOCTYPE x [<!ENTITY e \"x\">]><samlp:LogoutRequest"),
		changed("cdata", "ForbiddenXML", ">alice@example.com<", "><![CDATA[alice@example.com]]><"),
		changed("processing-instruction", "ForbiddenXML", ">alice@", ">alice<?x?>@"),
		changed("same-id", "DuplicateID", "<samlp:SessionIndex", `<samlp:SessionIndex ID="_l1"`),
		{recipe: recipe{name: "empty", expect: "NotBase64", whole: " "}},
		{recipe: recipe{name: "no-xml", expect: "Malformed", whole: "hello"}},
		{recipe: recipe{name: "post-too-large", expect: "TooLarge", whole: "<a>" + strings.Repeat("<b/>", 2001) + "</a>"}},

		// The signed message itself.
		post("wrong-version", "WrongVersion", `"2.0"`, `"1.1"`),
		post("wrong-issuer", "WrongIssuer", ">"+madeIDP+"<", ">https://other.example.org<"),
		post("no-issuer", "WrongIssuer", "<saml:Issuer>"+madeIDP+"</saml:Issuer>", ""),
		post("wrong-destination", "WrongDestination", madeSLO, "https://other.example.org/slo"),
		post("destination-of-the-acs", "WrongDestination", madeSLO, madeACS),
		post("no-destination", "WrongDestination", ` Destination="`+madeSLO+`"`, ""),
		with(post("from-the-future", "NotYetValid"), lines("now", "2026-03-01T11:58:59Z")),
		with(post("too-old", "TooOld", ` NotOnOrAfter="2026-03-01T12:05:00Z"`, ""), lines("now", "2026-03-01T12:11:01Z")),
		with(post("expired", "Expired"), lines("now", "2026-03-01T12:06:00Z")),
		post("no-issue-instant", "Malformed", ` IssueInstant="2026-03-01T12:00:00Z"`, ""),
		post("end-that-is-no-time", "Malformed", "2026-03-01T12:05:00Z", "soon"),
		post("no-name-id", "InvalidNameID", name, ""),
		post("empty-name-id", "InvalidNameID", ">alice@example.com<", "><"),
		post("name-id-with-element", "InvalidNameID", ">alice@", "><x:y xmlns:x=\"urn:x\"/>alice@"),
		post("base-id", "InvalidNameID", name, "<saml:BaseID/>"),
		post("two-name-ids", "Malformed", name, name+"<saml:NameID>bob@example.com</saml:NameID>"),
		post("name-id-of-no-namespace", "Malformed", name, name+"<NameID>bob@example.com</NameID>"),
		post("empty-session-index", "Malformed", ">_s1<", "><"),
		post("session-index-with-element", "Malformed", ">_s1<", "><x:y xmlns:x=\"urn:x\"/>_s1<"),
		post("too-many-sessions", "TooLarge", "<samlp:SessionIndex>_s1</samlp:SessionIndex>", strings.Repeat("<samlp:SessionIndex>_s1</samlp:SessionIndex>", 257)),
		post("long-reason", "Malformed", "urn:oasis:names:tc:SAML:2.0:logout:user", "urn:"+strings.Repeat("x", 1024)),
		post("text-between", "Malformed", "\n  <samlp:SessionIndex", "text<samlp:SessionIndex"),
		post("session-index-in-extensions", "Malformed", "\n  <saml:NameID", "<samlp:Extensions><samlp:SessionIndex>_s9</samlp:SessionIndex></samlp:Extensions><saml:NameID"),
		post("status-in-request", "Malformed", "\n  <saml:NameID", `<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status><saml:NameID`),
		post("unknown-element", "Malformed", "<samlp:SessionIndex", "<samlp:GetComplete/><samlp:SessionIndex"),
		post("no-decryption-key", "NoDecryptionKey", name, encryptedID()),
		with(post("decryption-failed", "DecryptionFailed", name, encryptedID()), lines("switch", "decryption_key")),

		// HTTP-Redirect: the query.
		query("redirect-unsigned", "Unsigned", "&Signature=", "&x="),
		redirect("redirect-signed-inside-alone", "Unsigned", func(r *logoutRecipe) { r.signs, r.query = "l", []string{"&Signature=", "&x="} }),
		redirect("redirect-signed-inside-too", "MalformedSignature", func(r *logoutRecipe) { r.signs = "l" }),
		query("redirect-no-sigalg", "MalformedSignature", "&SigAlg=", "&x="),
		query("redirect-both-messages", "Malformed", "SAMLRequest=", "SAMLResponse=x&SAMLRequest="),
		query("redirect-message-twice", "Malformed", "&SigAlg=", "&SAMLRequest=x&SigAlg="),
		query("redirect-relay-state-twice", "Malformed", "&SigAlg=", "&RelayState=a&RelayState=a&SigAlg="),
		query("redirect-sigalg-twice", "Malformed", "&SigAlg=", "&SigAlg=x&SigAlg="),
		query("redirect-signature-twice", "Malformed", "&Signature=", "&Signature=x&Signature="),
		query("redirect-artifact", "Malformed", "&SigAlg=", "&SAMLart=x&SigAlg="),
		query("redirect-escaped-name", "Malformed", "SAMLRequest=", "SAML%52equest="),
		query("redirect-second-escaped-name", "Malformed", "&SigAlg=", "&SAML%52equest=x&SigAlg="),
		query("redirect-name-in-other-letters", "Malformed", "&SigAlg=", "&samlrequest=x&SigAlg="),
		query("redirect-name-alone", "Malformed", "&SigAlg=", "&RelayState&SigAlg="),
		query("redirect-broken-escape", "Malformed", "&SigAlg=", "&%zz=1&SigAlg="),
		query("redirect-other-encoding", "Malformed", "&SigAlg=", "&SAMLEncoding=urn%3Aother&SigAlg="),
		query("redirect-no-message", "Malformed", "SAMLRequest=", "x="),
		query("redirect-long-relay-state", "TooLarge", "&SigAlg=", "&RelayState="+strings.Repeat("x", 1025)+"&SigAlg="),
		query("redirect-long", "TooLarge", "&SigAlg=", "&x="+strings.Repeat("x", 64<<10)+"&SigAlg="),
		query("redirect-relay-state-added", "BadSignature", "&SigAlg=", "&RelayState=evil&SigAlg="),
		redirect("redirect-relay-state-changed", "BadSignature", func(r *logoutRecipe) {
			r.state, r.query = "&RelayState=good", []string{"&RelayState=good", "&RelayState=evil"}
		}),
		redirect("redirect-relay-state-taken", "BadSignature", func(r *logoutRecipe) { r.state, r.query = "&RelayState=good", []string{"&RelayState=good", ""} }),
		query("redirect-escaped-anew", "BadSignature", "%2F", "%2f", "%2B", "%2b", "%3D", "%3d", "%3A", "%3a"),
		query("redirect-broken-signature", "MalformedSignature", "&Signature=", "&Signature=*"),
		query("redirect-plus-in-signature", "MalformedSignature", "&Signature=", "&Signature=+"),
		query("redirect-changed-signature", "BadSignature", "&Signature=", "&Signature=AAAA"),
		query("redirect-other-sigalg", "BadSignature", "rsa-sha256", "rsa-sha512"),
		query("redirect-hmac", "WeakAlgorithm", "rsa-sha256", "hmac-sha256"),
		redirect("redirect-sha1", "WeakAlgorithm", func(r *logoutRecipe) { r.hash, r.sigAlg = "sha1", dsSpace+"rsa-sha1" }),
		redirect("redirect-foreign-key", "BadSignature", func(r *logoutRecipe) { r.key = "foreign" }),
		redirect("redirect-expired-certificate", "ExpiredCertificate", func(r *logoutRecipe) { r.key = "old" }),
		redirect("redirect-bomb", "TooLarge", func(r *logoutRecipe) {
			r.packed = base64.StdEncoding.EncodeToString(deflated(strings.TrimSpace(strings.Replace(baseLogoutRequest, "[[l]]", "", 1)) + strings.Repeat(" ", 20<<20)))
		}),
		redirect("redirect-more-behind", "Malformed", func(r *logoutRecipe) { r.behind = "x" }),
		redirect("redirect-not-deflated", "Malformed", func(r *logoutRecipe) {
			r.packed = base64.StdEncoding.EncodeToString([]byte(strings.TrimSpace(baseLogoutRequest)))
		}),
		redirect("redirect-not-base64", "NotBase64", func(r *logoutRecipe) { r.packed = "*" }),
		redirect("redirect-wrong-destination", "WrongDestination", func(r *logoutRecipe) { r.before = []string{madeSLO, "https://other.example.org/slo"} }),
		redirect("redirect-no-id", "Malformed", func(r *logoutRecipe) { r.before = []string{` ID="_l1"`, ""} }),
		redirect("redirect-long-id", "Malformed", func(r *logoutRecipe) { r.before = []string{`"_l1"`, `"_l1` + strings.Repeat("x", 1024) + `"`} }),
		redirect("redirect-captured-assertion", "Malformed", func(r *logoutRecipe) {
			r.signs, r.before = "a", []string{"\n  <saml:NameID", "<samlp:Extensions>" + assertion + "</samlp:Extensions><saml:NameID"}
		}),
		redirect("redirect-comment", "ForbiddenXML", func(r *logoutRecipe) { r.before = []string{">alice@", ">alice<!-- -->@"} }),

		// LogoutResponse.
		with(answer("response-unsigned", "Unsigned"), func(r *logoutRecipe) { r.signs = "n" }),
		with(answer("response-redirect-unsigned", "Unsigned"), func(r *logoutRecipe) { r.redirect, r.query = true, []string{"&Signature=", "&x="} }),
		with(answer("response-to-another", "UnknownRequest"), lines("in_response_to", "_q2")),
		with(answer("response-to-nothing", "UnknownRequest"), lines("in_response_to", "none")),
		with(answer("response-unsolicited-to-nothing", "UnknownRequest", ` InResponseTo="_q1"`, ""), lines("in_response_to", "none")),
		answer("response-unsolicited", "UnknownRequest", ` InResponseTo="_q1"`, ""),
		answer("response-without-status", "Malformed", `<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>`, ""),
		answer("response-with-two-status", "Malformed", "<samlp:Status>", `<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Responder"/></samlp:Status><samlp:Status>`),
		answer("response-with-two-codes", "Malformed", "<samlp:StatusCode ", `<samlp:StatusCode Value="urn:x"/><samlp:StatusCode `),
		answer("response-with-two-second-codes", "Malformed", `status:Success"/>`, `status:Success"><samlp:StatusCode Value="urn:x"/><samlp:StatusCode Value="urn:y"/></samlp:StatusCode>`),
		answer("response-with-empty-code", "Malformed", "urn:oasis:names:tc:SAML:2.0:status:Success", ""),
		answer("response-of-another", "WrongIssuer", ">"+madeIDP+"<", ">https://other.example.org<"),
		answer("response-with-name-id", "Malformed", "</samlp:Status>", "</samlp:Status>"+name),
		with(answer("response-as-request", "NotAResponse"), lines("kind", "LogoutRequest")),
		with(post("request-as-response", "NotAResponse"), func(r *logoutRecipe) {
			r.lines = map[string]string{"kind": "LogoutResponse", "in_response_to": "_q1"}
		}),
		{recipe: recipe{name: "sign-in-response", expect: "NotAResponse", whole: strings.NewReplacer("[[a]]", "", "[[r]]", "").Replace(baseResponse)}},
	}
}

// encryptedID is a well-formed one that no key opens.
func encryptedID() string {
	noise := func(n int) string {
		b := make([]byte, n)
		rand.Read(b)
		return base64.StdEncoding.EncodeToString(b)
	}
	return `<saml:EncryptedID><xenc:EncryptedData xmlns:xenc="` + encNS + `" Type="` + encNS + `Element"><xenc:EncryptionMethod Algorithm="http://www.w3.org/2009/xmlenc11#aes128-gcm"/><ds:KeyInfo xmlns:ds="` + dsSpace +
		`"><xenc:EncryptedKey><xenc:EncryptionMethod Algorithm="` + encNS + `rsa-oaep-mgf1p"/><xenc:CipherData><xenc:CipherValue>` + noise(256) + `</xenc:CipherValue></xenc:CipherData></xenc:EncryptedKey></ds:KeyInfo><xenc:CipherData><xenc:CipherValue>` +
		noise(120) + `</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData></saml:EncryptedID>`
}
