package saml_test

import (
	"regexp"
	"strings"
)

// lowerCase writes escapes as .NET does.
func lowerCase(query string) string {
	return regexp.MustCompile(`%[0-9A-F]{2}`).ReplaceAllStringFunc(query, strings.ToLower)
}

// acceptLogoutRecipes are what honest identity providers send.
func acceptLogoutRecipes() []logoutRecipe {
	lines := func(pairs ...string) map[string]string {
		out := map[string]string{}
		for i := 0; i < len(pairs); i += 2 {
			out[pairs[i]] = pairs[i+1]
		}
		return out
	}
	one := lines("sessions", "_s1")
	email := "1.1:nameid-format:emailAddress"
	post := func(name string, before ...string) logoutRecipe {
		return logoutRecipe{recipe: recipe{name: name, expect: alice, before: before, lines: one}}
	}
	redirect := func(name string) logoutRecipe {
		return logoutRecipe{recipe: recipe{name: name, expect: alice, lines: one}, redirect: true}
	}
	algorithm := func(r logoutRecipe, key, method, digest string) logoutRecipe {
		r.key, r.template = key, []string{dsMore + "rsa-sha256", method, encNS + "sha256", digest}
		return r
	}
	answer := func(name, expect string, redirect bool, before ...string) logoutRecipe {
		return logoutRecipe{recipe: recipe{name: name, expect: expect, before: before}, response: true, redirect: redirect}
	}
	with := func(r logoutRecipe, change func(*logoutRecipe)) logoutRecipe { change(&r); return r }
	failed := []string{`<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/>`,
		`<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Responder"><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:RequestDenied"/></samlp:StatusCode><samlp:StatusMessage>not today</samlp:StatusMessage>`}
	partial := []string{`status:Success"/>`, `status:Success"><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:PartialLogout"/></samlp:StatusCode>`}
	return []logoutRecipe{
		post("post"),
		algorithm(post("post-rsa-sha512"), "", dsMore+"rsa-sha512", encNS+"sha512"),
		algorithm(post("post-ecdsa-sha256"), "p256", dsMore+"ecdsa-sha256", encNS+"sha256"),
		algorithm(post("post-ecdsa-sha384"), "p384", dsMore+"ecdsa-sha384", dsMore+"sha384"),
		with(algorithm(post("post-sha1-allowed"), "", dsSpace+"rsa-sha1", dsSpace+"sha1"), func(r *logoutRecipe) { r.lines = lines("sessions", "_s1", "switch", "allow_sha1") }),
		with(post("post-no-key-info"), func(r *logoutRecipe) {
			r.template = []string{`<ds:KeyInfo><ds:X509Data><ds:X509Certificate>[[certificate]]</ds:X509Certificate></ds:X509Data></ds:KeyInfo>`, ""}
		}),
		with(post("post-expired-certificate-allowed"), func(r *logoutRecipe) {
			r.key, r.lines = "old", lines("sessions", "_s1", "switch", "allow_expired_certificates")
		}),
		post("post-signature-last", "[[l]]", "", "</samlp:LogoutRequest>", "[[l]]</samlp:LogoutRequest>"),
		with(post("post-relay-state"), func(r *logoutRecipe) { r.lines = lines("sessions", "_s1", "relay_state", "a b+c/d") }),
		with(post("post-other-query"), func(r *logoutRecipe) { r.lines = lines("sessions", "_s1", "query", "client-request-id=7&x") }),
		with(post("several-sessions", "<samlp:SessionIndex>", "<samlp:SessionIndex>_s0</samlp:SessionIndex><samlp:SessionIndex>"), func(r *logoutRecipe) { r.lines = lines("sessions", "_s0, _s1") }),
		with(post("no-session-index", "\n  <samlp:SessionIndex>_s1</samlp:SessionIndex>", ""), func(r *logoutRecipe) { r.lines = nil }),
		post("no-end", ` NotOnOrAfter="2026-03-01T12:05:00Z"`, ""),
		post("no-reason", ` Reason="urn:oasis:names:tc:SAML:2.0:logout:user"`, ""),
		post("consent", ` Version=`, ` Consent="urn:oasis:names:tc:SAML:2.0:consent:unspecified" Version=`),
		with(post("transient", email, "2.0:nameid-format:transient", alice, "_4711"), func(r *logoutRecipe) { r.expect = "_4711" }),
		post("qualifiers", `<saml:NameID Format="urn:oasis:names:tc:SAML:`+email, `<saml:NameID NameQualifier="`+madeIDP+`" SPNameQualifier="`+madeSP+`" Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent`),
		post("extensions", "\n  <saml:NameID", `<samlp:Extensions><aslo:Asynchronous xmlns:aslo="urn:oasis:names:tc:SAML:2.0:protocol:ext:async-slo"/></samlp:Extensions><saml:NameID`),
		with(post("clock-at-the-edge"), func(r *logoutRecipe) { r.lines = lines("sessions", "_s1", "now", "2026-03-01T12:05:59Z") }),
		with(post("clock-behind"), func(r *logoutRecipe) { r.lines = lines("sessions", "_s1", "now", "2026-03-01T11:59:00Z") }),

		redirect("redirect"),
		with(redirect("redirect-relay-state"), func(r *logoutRecipe) {
			r.state, r.lines = "&RelayState=a+b%2Bc%2Fd", lines("sessions", "_s1", "relay_state", "a b+c/d")
		}),
		with(redirect("redirect-empty-relay-state"), func(r *logoutRecipe) { r.state = "&RelayState=" }),
		with(redirect("redirect-lower-case-escapes"), func(r *logoutRecipe) {
			r.state, r.lines = "&RelayState=a%20b%2bc/d", lines("sessions", "_s1", "relay_state", "a b+c/d")
			r.octets = []string{"%2F", "%2f", "%3D", "%3d", "%3A", "%3a"}
		}),
		with(redirect("redirect-bare-slashes"), func(r *logoutRecipe) { r.octets = []string{"%2F", "/", "%3A", ":"} }),
		with(redirect("redirect-rsa-sha512"), func(r *logoutRecipe) { r.hash, r.sigAlg = "sha512", dsMore+"rsa-sha512" }),
		with(redirect("redirect-sha1-allowed"), func(r *logoutRecipe) {
			r.hash, r.sigAlg, r.lines = "sha1", dsSpace+"rsa-sha1", lines("sessions", "_s1", "switch", "allow_sha1")
		}),
		with(redirect("redirect-ecdsa-asn1"), func(r *logoutRecipe) { r.key, r.sigAlg = "p256", dsMore+"ecdsa-sha256" }),
		with(redirect("redirect-ecdsa-side-by-side"), func(r *logoutRecipe) { r.key, r.sigAlg, r.sideways = "p256", dsMore+"ecdsa-sha256", true }),
		with(redirect("redirect-ecdsa-sha384"), func(r *logoutRecipe) {
			r.key, r.hash, r.sigAlg, r.sideways = "p384", "sha384", dsMore+"ecdsa-sha384", true
		}),
		with(redirect("redirect-encoding-named"), func(r *logoutRecipe) {
			r.query = []string{"&SigAlg=", "&SAMLEncoding=urn%3Aoasis%3Anames%3Atc%3ASAML%3A2.0%3Abindings%3AURL-Encoding%3ADEFLATE&SigAlg="}
		}),
		with(redirect("redirect-other-parameters"), func(r *logoutRecipe) { r.query = []string{"&SigAlg=", "&x=1&x=2&&y&SigAlg="} }),
		with(redirect("redirect-other-order"), func(r *logoutRecipe) {
			r.state = "&RelayState=s"
			r.query = []string{"SAMLRequest=", "RelayState=s&SAMLRequest=", "&RelayState=s", ""}
			r.lines = lines("sessions", "_s1", "relay_state", "s")
		}),
		with(redirect("redirect-broken-lines"), func(r *logoutRecipe) { r.query = []string{"&Signature=", "&Signature=%0D%0A"} }),

		answer("response-post", "success", false),
		answer("response-redirect", "success", true),
		answer("response-partial", "partial", false, partial...),
		answer("response-partial-redirect", "partial", true, partial...),
		answer("response-partial-on-top", "partial", false, "status:Success", "status:PartialLogout"),
		answer("response-failed", "failed", false, failed...),
		answer("response-with-detail", "success", false, "</samlp:Status>", `<samlp:StatusDetail><x:y xmlns:x="urn:x"/></samlp:StatusDetail></samlp:Status>`),
	}
}
