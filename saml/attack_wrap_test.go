package saml_test

import (
	"strings"
	"testing"

	"sallyport/internal/testidp"
	"sallyport/saml"
)

// places are where a wrapped element can hide: each puts x into a response.
var places = map[string]func(raw, x string) string{
	"before the assertion": func(raw, x string) string {
		return strings.Replace(raw, "</samlp:Status>", "</samlp:Status>"+x, 1)
	},
	"at the end":   func(raw, x string) string { return strings.Replace(raw, "</samlp:Response>", x+"</samlp:Response>", 1) },
	"at the start": func(raw, x string) string { return strings.Replace(raw, "<saml:Issuer ", x+"<saml:Issuer ", 1) },
	"in Extensions": func(raw, x string) string {
		return strings.Replace(raw, "<samlp:Status>", "<samlp:Extensions>"+x+"</samlp:Extensions><samlp:Status>", 1)
	},
	"in Status": func(raw, x string) string {
		return strings.Replace(raw, "</samlp:Status>", "<samlp:StatusDetail>"+x+"</samlp:StatusDetail></samlp:Status>", 1)
	},
	"in Signature": func(raw, x string) string { return strings.Replace(raw, "</ds:Signature>", x+"</ds:Signature>", 1) },
	"in Object": func(raw, x string) string {
		return strings.Replace(raw, "</ds:Signature>", "<ds:Object>"+x+"</ds:Object></ds:Signature>", 1)
	},
	"in KeyInfo":    func(raw, x string) string { return strings.Replace(raw, "</ds:KeyInfo>", x+"</ds:KeyInfo>", 1) },
	"in SignedInfo": func(raw, x string) string { return strings.Replace(raw, "</ds:SignedInfo>", x+"</ds:SignedInfo>", 1) },
	"in Advice": func(raw, x string) string {
		return strings.Replace(raw, "<saml:AuthnStatement", "<saml:Advice>"+x+"</saml:Advice><saml:AuthnStatement", 1)
	},
	"in a value": func(raw, x string) string {
		return strings.Replace(raw, "<saml:AttributeValue>", "<saml:AttributeValue>"+x, 1)
	},
	"in Subject": func(raw, x string) string { return strings.Replace(raw, "</saml:Subject>", x+"</saml:Subject>", 1) },
	"in NameID":  func(raw, x string) string { return strings.Replace(raw, "</saml:NameID>", x+"</saml:NameID>", 1) },
	"in Conditions": func(raw, x string) string {
		return strings.Replace(raw, "</saml:Conditions>", x+"</saml:Conditions>", 1)
	},
	"in Data": func(raw, x string) string {
		return strings.Replace(raw, "</saml:SubjectConfirmationData>", x+"</saml:SubjectConfirmationData>", 1)
	},
	"behind the end": func(raw, x string) string { return raw + x },
	"in front":       func(raw, x string) string { return x + raw },
}

// Forged assertions beside, around and inside the signed one: every place,
// with the ID of the original, another and none, with and without its
// signature (Somorovsky et al., "On Breaking SAML", and its relatives).
func TestWrappedAssertions(t *testing.T) {
	t.Parallel()
	all := targets(t)
	for _, g := range all {
		bare := strings.Replace(g.assertion, between(g.assertion, "<ds:Signature ", "</ds:Signature>"), "", 1)
		for place, put := range places {
			for _, id := range []string{"same", "none", "_evil"} {
				evil := g.evil(id)
				withSignature := strings.Replace(evil, "</saml:Issuer>", "</saml:Issuer>"+g.signature, 1)
				name := place + ", ID " + id
				g.refuse(t, "evil "+name, put(g.raw, evil))
				g.refuse(t, "signed evil "+name, put(g.raw, withSignature))
				// The forged one takes the seat, and the original hides.
				for _, seat := range []string{evil, withSignature} {
					for _, hidden := range []string{g.assertion, bare} {
						hide := put(strings.Replace(g.raw, g.assertion, "[[seat]]", 1), hidden)
						g.refuse(t, "original "+name, strings.Replace(hide, "[[seat]]", seat, 1))
						// The hiding place is in the forged assertion itself.
						g.refuse(t, "original within evil "+name, strings.Replace(g.raw, g.assertion, put(seat, hidden), 1))
					}
				}
			}
		}
	}
	logTried(t, all)
}

// The same for whole responses.
func TestWrappedResponses(t *testing.T) {
	t.Parallel()
	all := targets(t)
	for _, g := range all {
		signature := g.signature
		bare := strings.Replace(g.raw, signature, "", 1)
		evil := strings.ReplaceAll(bare, victim, attacker)
		other := strings.ReplaceAll(evil, ` ID="_`, ` ID="_evil`)
		for place, put := range places {
			for _, outer := range []string{evil, other, strings.Replace(evil, "</saml:Issuer>", "</saml:Issuer>"+signature, 1), strings.Replace(other, "</saml:Issuer>", "</saml:Issuer>"+signature, 1)} {
				for _, inner := range []string{g.raw, bare} {
					g.refuse(t, "response "+place, put(outer, inner))
				}
			}
		}
	}
	logTried(t, all)
}

// A Signature that is moved signs nothing any more.
func TestRelocatedSignatures(t *testing.T) {
	t.Parallel()
	all := targets(t)
	for _, g := range all {
		for place, put := range places {
			g.try(t, "signature moved "+place, put(strings.Replace(g.raw, g.signature, "", 1), g.signature))
			g.refuse(t, "signature copied "+place, put(g.raw, g.signature))
			g.refuse(t, "forged with signature "+place, strings.ReplaceAll(put(strings.Replace(g.raw, g.signature, "", 1), g.signature), victim, attacker))
			decoy := strings.Replace(g.signature, "http://www.w3.org/2000/09/xmldsig#", "urn:decoy", 1)
			g.try(t, "decoy "+place, put(g.raw, decoy))
			g.refuse(t, "decoy instead "+place, put(strings.Replace(g.raw, g.signature, "", 1), decoy))
		}
	}
	logTried(t, all)
}

// A signed refusal of the identity provider is a good signature over a
// Response; nothing that is put into it may be believed.
func TestSignedRefusalCarriesNoAssertion(t *testing.T) {
	t.Parallel()
	g := newTarget(t, "signed refusal", testidp.Response{SignResponse: true})
	raw, err := g.twin.Respond(testidp.Response{ACS: benchACS, Audience: benchSP, Misbehave: "status-denied"})
	if err != nil {
		t.Fatal(err)
	}
	denied := string(raw)
	for place, put := range places {
		for _, id := range []string{"same", "none", "_evil"} {
			doc := put(denied, g.evil(id))
			g.try(t, place, doc)
			g.try(t, place+", success", strings.Replace(doc, "status:Responder", "status:Success", 1))
			g.try(t, place+", second status", strings.Replace(doc, "<samlp:Status>", `<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status><samlp:Status>`, 1))
		}
		g.refuse(t, "the whole "+place, put(strings.ReplaceAll(g.raw, victim, attacker), denied))
	}
	logTried(t, []*target{g})
}

// Other messages than a Response, each with the signed assertion in it.
func TestWrongRoots(t *testing.T) {
	t.Parallel()
	all := targets(t)
	for _, g := range all {
		for _, root := range []string{"LogoutResponse", "LogoutRequest", "ArtifactResponse", "AuthnRequest", "response", "Response2"} {
			g.refuse(t, root, strings.ReplaceAll(g.raw, "samlp:Response", "samlp:"+root))
			g.refuse(t, "inside "+root, `<samlp:`+root+` xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol">`+g.raw+`</samlp:`+root+`>`)
		}
		g.refuse(t, "assertion alone", g.assertion)
		g.refuse(t, "SOAP", `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>`+g.raw+`</s:Body></s:Envelope>`)
		g.refuse(t, "twice", g.raw+g.raw)
		g.refuse(t, "empty", "")
		g.refuse(t, "another protocol", strings.ReplaceAll(g.raw, "SAML:2.0:protocol", "SAML:1.1:protocol"))
	}
	logTried(t, all)
}

// The only assertion there is must stand where it belongs, and is not looked
// for anywhere else.
func TestAssertionOutOfPlace(t *testing.T) {
	for _, g := range targets(t) {
		for place, put := range places {
			if doc := put(strings.Replace(g.raw, g.assertion, "", 1), g.assertion); strings.Contains(place, "Extensions") || strings.Contains(place, "Status") {
				_, err := saml.Verify([]byte(doc), g.options)
				wantReason(t, err, saml.Malformed)
			}
		}
	}
}
