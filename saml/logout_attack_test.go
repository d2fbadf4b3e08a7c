package saml_test

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"sallyport/internal/testidp"
	"sallyport/saml"
)

// logoutPlaces are where something can hide in a logout message: each puts x
// into raw.
var logoutPlaces = map[string]func(raw, x string) string{
	"before the issuer": func(raw, x string) string { return strings.Replace(raw, "<saml:Issuer", x+"<saml:Issuer", 1) },
	"behind the issuer": func(raw, x string) string { return strings.Replace(raw, "</saml:Issuer>", "</saml:Issuer>"+x, 1) },
	"at the end": func(raw, x string) string {
		at := strings.LastIndex(raw, "</")
		return raw[:at] + x + raw[at:]
	},
	"in Extensions": func(raw, x string) string {
		return strings.Replace(raw, "</saml:Issuer>", "</saml:Issuer><samlp:Extensions>"+x+"</samlp:Extensions>", 1)
	},
	"deep in Extensions": func(raw, x string) string {
		return strings.Replace(raw, "</saml:Issuer>", `</saml:Issuer><samlp:Extensions><x:y xmlns:x="urn:x">`+x+"</x:y></samlp:Extensions>", 1)
	},
	"in Issuer":      func(raw, x string) string { return strings.Replace(raw, "</saml:Issuer>", x+"</saml:Issuer>", 1) },
	"behind the end": func(raw, x string) string { return raw + x },
	"in front":       func(raw, x string) string { return x + raw },
}

// moreLogoutPlaces are places that not every message has.
var moreLogoutPlaces = map[string][2]string{
	"in NameID":       {"</saml:NameID>", "[[x]]</saml:NameID>"},
	"in SessionIndex": {"</samlp:SessionIndex>", "[[x]]</samlp:SessionIndex>"},
	"in Status":       {"</samlp:Status>", "[[x]]</samlp:Status>"},
	"in StatusDetail": {"</samlp:Status>", "<samlp:StatusDetail>[[x]]</samlp:StatusDetail></samlp:Status>"},
	"in Signature":    {"</ds:Signature>", "[[x]]</ds:Signature>"},
	"in Object":       {"</ds:Signature>", "<ds:Object>[[x]]</ds:Object></ds:Signature>"},
	"in KeyInfo":      {"</ds:KeyInfo>", "[[x]]</ds:KeyInfo>"},
	"in SignedInfo":   {"</ds:SignedInfo>", "[[x]]</ds:SignedInfo>"},
}

// everywhere puts x into each place that raw has.
func everywhere(raw, x string, do func(place, doc string)) {
	for place, put := range logoutPlaces {
		do(place, put(raw, x))
	}
	for place, how := range moreLogoutPlaces {
		if strings.Contains(raw, how[0]) {
			do(place, strings.Replace(raw, how[0], strings.Replace(how[1], "[[x]]", x, 1), 1))
		}
	}
}

func postedTargets(t *testing.T) []*logoutTarget {
	var out []*logoutTarget
	for _, g := range logoutTargets(t) {
		if g.posted() {
			out = append(out, g)
		}
	}
	return out
}

// What the identity provider signed for a sign-in says nothing about ending
// one: a captured Assertion or Response in a forged logout message, whole, or
// its signature alone in the seat of the message's.
func TestLogoutWithCapturedAssertion(t *testing.T) {
	t.Parallel()
	all := postedTargets(t)
	for _, signed := range []testidp.Response{{SignAssertion: true}, {SignResponse: true}, {SignAssertion: true, SignResponse: true}} {
		response, assertion, signature := captured(t, signed)
		id := strings.TrimSuffix(strings.TrimPrefix(between(signature, `URI="#`, `"`), `URI="#`), `"`)
		if id == "" {
			t.Fatal("no reference in the captured signature")
		}
		for _, g := range all {
			for _, own := range []string{"same", "none", "_evil", id} {
				evil := g.evil(own)
				withSignature := strings.Replace(evil, "</saml:Issuer>", "</saml:Issuer>"+signature, 1)
				g.refuse(t, "signature alone, ID "+own, withSignature)
				for _, x := range []string{response, assertion, strings.Replace(assertion, signature, "", 1), signature} {
					everywhere(evil, x, func(place, doc string) { g.refuse(t, "captured "+place, doc) })
					everywhere(withSignature, x, func(place, doc string) { g.refuse(t, "captured with its signature in the seat "+place, doc) })
					everywhere(g.raw, x, func(place, doc string) { g.refuse(t, "captured in the good one "+place, doc) })
				}
			}
		}
	}
	logLogoutTried(t, all)
}

// Forged messages around, beside and inside the signed one.
func TestWrappedLogout(t *testing.T) {
	t.Parallel()
	all := postedTargets(t)
	for _, g := range all {
		bare := strings.Replace(g.raw, g.signature(), "", 1)
		for _, id := range []string{"same", "none", "_evil"} {
			evil := g.evil(id)
			seated := strings.Replace(evil, "</saml:Issuer>", "</saml:Issuer>"+g.signature(), 1)
			g.refuse(t, "forged, the signature in its seat", seated)
			for _, outer := range []string{evil, seated} {
				for _, inner := range []string{g.raw, bare} {
					everywhere(outer, inner, func(place, doc string) { g.refuse(t, "original "+place+" of the forged, ID "+id, doc) })
				}
			}
			for _, inner := range []string{evil, seated} {
				everywhere(g.raw, inner, func(place, doc string) { g.refuse(t, "forged "+place+" of the original, ID "+id, doc) })
			}
			everywhere(bare, g.signature(), func(place, doc string) { g.try(t, "signature moved "+place, doc) })
			everywhere(evil, g.signature(), func(place, doc string) { g.refuse(t, "forged, signature "+place, doc) })
			everywhere(g.raw, g.signature(), func(place, doc string) { g.refuse(t, "signature again "+place, doc) })
			decoy := strings.Replace(g.signature(), dsSpace, "urn:decoy", 1)
			everywhere(bare, decoy, func(place, doc string) { g.refuse(t, "decoy "+place, doc) })
		}
		g.refuse(t, "unsigned", bare)
		for _, root := range []string{"LogoutRequest", "LogoutResponse", "Response", "AuthnRequest", "ManageNameIDRequest", "logoutrequest"} {
			if root != g.kind {
				g.refuse(t, "as "+root, strings.ReplaceAll(g.raw, "samlp:"+g.kind, "samlp:"+root))
			}
			g.refuse(t, "inside "+root, `<samlp:`+root+` xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol">`+g.raw+`</samlp:`+root+`>`)
		}
	}
	logLogoutTried(t, all)
}

// What readers of XML disagree about, at every place, and what is too much.
func TestLogoutXML(t *testing.T) {
	t.Parallel()
	all := postedTargets(t)
	for _, g := range all {
		for name, x := range map[string]string{"comment": "<!-- x -->", "instruction": "<?x y?>", "CDATA": "<![CDATA[x]]>", "text": "x", "entity": "&x;", "control": "\x01", "element": "<x/>", "broken": "<x"} {
			everywhere(g.raw, x, func(place, doc string) {
				if place == "in KeyInfo" && (name == "text" || name == "element") {
					g.try(t, name+" "+place, doc) // nothing that stands there is believed
					return
				}
				g.refuse(t, name+" "+place, doc)
			})
		}
		for name, doc := range map[string]string{
			"doctype":            "<!DOCTYPE x>" + g.raw,
			"entities":           `<!DOCTYPE x [<!ENTITY a "b">]>` + g.raw,
			"twice":              g.raw + g.raw,
			"nothing":            "",
			"cut":                g.raw[:len(g.raw)-1],
			"UTF-16":             `<?xml version="1.0" encoding="UTF-16"?>` + g.raw,
			"byte order mark":    "\ufeff" + g.raw,
			"ID twice":           strings.Replace(g.raw, ` ID="_l1"`, ` ID="_l1" ID="_l2"`, 1),
			"prefixed ID":        strings.Replace(g.raw, ` ID="_l1"`, ` ID="_l1" samlp:ID="_l2"`, 1),
			"Id beside ID":       strings.Replace(g.raw, ` ID="_l1"`, ` ID="_l1" Id="_l1"`, 1),
			"another namespace":  strings.Replace(g.raw, "SAML:2.0:protocol", "SAML:1.1:protocol", 1),
			"destination added":  strings.Replace(g.raw, ` Destination=`, ` x:Destination="https://sp.example.com/" xmlns:x="urn:x" Destination=`, 1),
			"deep":               strings.Replace(g.raw, "</saml:Issuer>", "</saml:Issuer><samlp:Extensions>"+strings.Repeat("<x>", 40)+strings.Repeat("</x>", 40)+"</samlp:Extensions>", 1),
			"many elements":      strings.Replace(g.raw, "</saml:Issuer>", "</saml:Issuer><samlp:Extensions>"+strings.Repeat("<x/>", 5000)+"</samlp:Extensions>", 1),
			"large":              strings.Replace(g.raw, "</saml:Issuer>", "</saml:Issuer>"+strings.Repeat(" ", 300<<10), 1),
			"a thousand indexes": strings.Replace(g.raw, "</saml:Issuer>", "</saml:Issuer>"+strings.Repeat("<samlp:SessionIndex>_s</samlp:SessionIndex>", 1000), 1),
		} {
			g.refuse(t, name, doc)
		}
		m := g.message
		m.Field = strings.Repeat("*", 1<<20) // its length is seen before it is decoded
		_, err := verifyLogout(g.kind, m, g.options)
		wantReason(t, err, saml.TooLarge)
	}
	logLogoutTried(t, all)
}

// The names of algorithms are changed, and the key that signs.
func TestLogoutAlgorithms(t *testing.T) {
	t.Parallel()
	all := postedTargets(t)
	others := []string{"", "none", dsSpace + "hmac-sha1", dsMore + "hmac-sha256", dsSpace + "rsa-sha1", dsMore + "rsa-md5", dsMore + "ecdsa-sha256", dsMore + "rsa-sha512",
		dsSpace + "sha1", excC14N + "WithComments", "http://www.w3.org/TR/2001/REC-xml-c14n-20010315", "http://www.w3.org/TR/1999/REC-xslt-19991116"}
	for _, g := range all {
		for _, part := range strings.Split(g.signature(), `Algorithm="`)[1:] {
			old, _, _ := strings.Cut(part, `"`)
			for _, other := range others {
				g.refuse(t, old+" to "+other, strings.Replace(g.raw, `Algorithm="`+old+`"`, `Algorithm="`+other+`"`, 1))
				g.refuse(t, old+" to "+other+", forged", strings.ReplaceAll(strings.Replace(g.raw, `Algorithm="`+old+`"`, `Algorithm="`+other+`"`, 1), victim, attacker))
			}
		}
	}
	_, trust := serviceTrust(t)
	for _, g := range logoutTargetsOf(t, otherSigner(t, rsaKey()), selfTrust(trust, otherSigner(t, rsaKey()))) {
		g.options.Trust = trust // the message of another identity provider that claims to be ours
		if g.tryMessage(t, "foreign key", g.message) {
			t.Errorf("%s: accepted by a foreign key", g.name)
		}
	}
	logLogoutTried(t, all)
}

// selfTrust trusts another signer under the same name.
func selfTrust(trust *saml.Trust, signer *saml.Signer) *saml.Trust {
	out := *trust
	out.Certificates = append(out.Certificates[:0:0], signer.Certificate)
	return &out
}

// A good message under other circumstances.
func TestLogoutCircumstances(t *testing.T) {
	for _, g := range logoutTargets(t) {
		for name, tc := range map[string]struct {
			change func(*saml.LogoutOptions)
			want   saml.Reason
		}{
			"another connection's issuer": {func(o *saml.LogoutOptions) {
				trust := *o.Trust
				trust.IDPEntityID = "https://other.example.org"
				o.Trust = &trust
			}, saml.WrongIssuer},
			"another logout address": {func(o *saml.LogoutOptions) { o.SLOURLs = []string{"https://sp.example.com/saml/other/slo"} }, saml.WrongDestination},
			"a longer address":       {func(o *saml.LogoutOptions) { o.SLOURLs = []string{logoutAt + "/"} }, saml.WrongDestination},
			"before its time":        {func(o *saml.LogoutOptions) { o.Now = o.Now.Add(-2 * time.Minute) }, saml.NotYetValid},
			"long after":             {func(o *saml.LogoutOptions) { o.Now = o.Now.Add(12 * time.Minute) }, saml.TooOld},
		} {
			o := g.options
			tc.change(&o)
			_, err := verifyLogout(g.kind, g.message, o)
			t.Run(g.name+", "+name, func(t *testing.T) { wantReason(t, err, tc.want) })
		}
	}
}

// A request that ends is refused from then on, whatever its age.
func TestLogoutRequestEnds(t *testing.T) {
	for _, g := range logoutTargets(t) {
		if g.kind != "LogoutRequest" {
			continue
		}
		o := g.options
		for after, want := range map[time.Duration]saml.Reason{119 * time.Second: "", 121 * time.Second: saml.Expired} {
			o.Now = g.options.Now.Add(after)
			_, err := saml.VerifyLogoutRequest(g.message, o)
			if want != "" {
				wantReason(t, err, want)
			} else if err != nil {
				t.Errorf("%s after %s: %v", g.name, after, err)
			}
		}
	}
}

// Expires outlives every moment at which the request could pass again.
func TestLogoutRequestIsRememberedLongEnough(t *testing.T) {
	idp, trust := serviceTrust(t)
	wide := *trust
	wide.ClockSkew = 3 * time.Minute
	now := time.Now()
	for _, until := range []time.Time{{}, now.Add(time.Minute), now.Add(time.Hour)} {
		asked := &saml.NewLogoutRequest{ID: "_l1", IssueInstant: now, NotOnOrAfter: until, Issuer: trust.IDPEntityID, NameID: saml.NameID{Value: victim},
			Endpoint: saml.Endpoint{Binding: saml.BindingRedirect, Location: logoutAt}, Signer: &saml.Signer{Key: idp.Signer(), Certificate: idp.Certificates()[0]}}
		m, err := asked.Message()
		if err != nil {
			t.Fatal(err)
		}
		o := saml.LogoutOptions{Trust: &wide, SLOURLs: []string{logoutAt}, Now: now}
		q, err := saml.VerifyLogoutRequest(arrived(m), o)
		if err != nil {
			t.Fatal(err)
		}
		last := now
		for o.Now = now; o.Now.Before(now.Add(20 * time.Minute)); o.Now = o.Now.Add(5 * time.Second) {
			if _, err := saml.VerifyLogoutRequest(arrived(m), o); err == nil {
				last = o.Now
			}
		}
		if !last.Before(q.Expires()) || q.Expires().After(last.Add(10*time.Second)) {
			t.Errorf("until %s: passes last at %s and is to be forgotten at %s", until, last, q.Expires())
		}
	}
}

// Each message belongs to its binding: the signature of the one is no
// signature of the other.
func TestLogoutBindingSwap(t *testing.T) {
	for _, g := range logoutTargets(t) {
		var m saml.LogoutMessage
		parameter := strings.Replace(g.kind, "Logout", "SAML", 1)
		if g.posted() {
			packed := base64.StdEncoding.EncodeToString(deflated(g.raw))
			m = saml.LogoutMessage{Binding: saml.BindingRedirect, Query: parameter + "=" + strings.NewReplacer("+", "%2B", "/", "%2F", "=", "%3D").Replace(packed)}
		} else {
			m = saml.LogoutMessage{Binding: saml.BindingPOST, Field: base64.StdEncoding.EncodeToString(requestXML(t, &saml.RequestMessage{URL: "https://x.example.com/?" + strings.Replace(g.message.Query, parameter+"=", "SAMLRequest=", 1)}))}
		}
		_, err := verifyLogout(g.kind, m, g.options)
		wantReason(t, err, saml.Unsigned)
		m = g.message
		if g.posted() {
			m.Query = "RelayState=x&SAMLResponse=y"
		} else {
			m.Field = "x"
		}
		_, err = verifyLogout(g.kind, m, g.options)
		wantReason(t, err, saml.Malformed)
	}
}

// A connection without trust, or a binding that is none of the two, is our
// mistake and no refusal; nothing is accepted by it.
func TestLogoutWithoutTrust(t *testing.T) {
	for _, g := range logoutTargets(t) {
		for name, change := range map[string]func(*saml.LogoutMessage, *saml.LogoutOptions){
			"no trust":   func(_ *saml.LogoutMessage, o *saml.LogoutOptions) { o.Trust = nil },
			"no address": func(_ *saml.LogoutMessage, o *saml.LogoutOptions) { o.SLOURLs = nil },
			"no issuer": func(_ *saml.LogoutMessage, o *saml.LogoutOptions) {
				o.Trust = &saml.Trust{Certificates: o.Trust.Certificates}
			},
			"no certificates": func(_ *saml.LogoutMessage, o *saml.LogoutOptions) {
				o.Trust = &saml.Trust{IDPEntityID: o.Trust.IDPEntityID}
			},
			"no binding": func(m *saml.LogoutMessage, _ *saml.LogoutOptions) { m.Binding = "" },
			"SOAP": func(m *saml.LogoutMessage, _ *saml.LogoutOptions) {
				m.Binding = "urn:oasis:names:tc:SAML:2.0:bindings:SOAP"
			},
		} {
			m, o := g.message, g.options
			change(&m, &o)
			if said, err := verifyLogout(g.kind, m, o); err == nil {
				t.Errorf("%s: %s: accepted as %s", g.name, name, said)
			}
		}
	}
	if (&saml.LogoutRequest{}).Valid() || (&saml.LogoutResponse{}).Valid() || (*saml.LogoutRequest)(nil).Valid() || (*saml.LogoutResponse)(nil).Valid() {
		t.Error("a message that nobody verified is valid")
	}
}

// Where a genuine request is refused, the administrator learns whom it named;
// where it is not genuine, nothing is believed of it.
func TestRefusedLogoutNamesThePerson(t *testing.T) {
	for _, g := range logoutTargets(t) {
		if g.kind != "LogoutRequest" {
			continue
		}
		o := g.options
		o.SLOURLs = []string{"https://sp.example.com/elsewhere"}
		_, err := saml.VerifyLogoutRequest(g.message, o)
		if refusal, ok := err.(*saml.Error); !ok || refusal.NameID != victim {
			t.Errorf("%s: got %+v", g.name, err)
		}
		o = g.options
		o.Trust = selfTrust(o.Trust, otherSigner(t, rsaKey()))
		_, err = saml.VerifyLogoutRequest(g.message, o)
		if refusal, ok := err.(*saml.Error); !ok || refusal.NameID != "" {
			t.Errorf("%s: got %+v", g.name, err)
		}
	}
}
