package testidp_test

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/xml"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"sallyport/internal/htmlcheck"
	"sallyport/internal/testidp"
)

const authnRequest = `<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"
 ID="_question" Version="2.0" AssertionConsumerServiceURL="` + acs + `"><saml:Issuer>` + entityID + `</saml:Issuer></samlp:AuthnRequest>`

func serve(t *testing.T, method, target string, form url.Values) *httptest.ResponseRecorder {
	t.Helper()
	idp, err := testidp.New(testidp.Options{
		BaseURL: "https://idp.example.com",
		SPs:     []testidp.SP{{EntityID: entityID, ACS: acs}},
		Apps:    []testidp.App{{Title: "Grafana", RelayState: "grafana"}, {Title: "Wiki", RelayState: "wiki/start"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	request := httptest.NewRequest(method, target, strings.NewReader(form.Encode()))
	if method == http.MethodPost {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	recorder := httptest.NewRecorder()
	idp.ServeHTTP(recorder, request)
	return recorder
}

// form gives the first form of a page: where it goes and its hidden fields.
func form(t *testing.T, page io.Reader) (action string, fields url.Values) {
	t.Helper()
	root, err := html.Parse(page)
	if err != nil {
		t.Fatal(err)
	}
	fields = url.Values{}
	for n := range root.Descendants() {
		attributes := map[string]string{}
		for _, a := range n.Attr {
			attributes[a.Key] = a.Val
		}
		switch {
		case n.Data == "form":
			action = attributes["action"]
		case n.Data == "input" && attributes["type"] == "hidden":
			fields.Set(attributes["name"], attributes["value"])
		}
	}
	return action, fields
}

func response(t *testing.T, fields url.Values) (document string) {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(fields.Get("SAMLResponse"))
	if err != nil || len(raw) == 0 {
		t.Fatalf("SAMLResponse is not base64: %v", err)
	}
	return string(raw)
}

func TestTileSendsUnsolicitedResponse(t *testing.T) {
	page := serve(t, "POST", "/tile", url.Values{"person": {"ben"}, "tile": {"1"}, "application": {"0"}})
	action, fields := form(t, page.Body)
	if action != acs || fields.Get("RelayState") != "wiki/start" {
		t.Errorf("goes to %q with relay state %q", action, fields.Get("RelayState"))
	}
	document := response(t, fields)
	if !strings.Contains(document, ">ben@example.com<") || strings.Contains(document, "InResponseTo") {
		t.Errorf("want an unsolicited response for Ben, got %s", document)
	}
}

func TestPortalBreaksThings(t *testing.T) {
	page := serve(t, "POST", "/tile", url.Values{"person": {"ann"}, "application": {"1"}, "misbehave": {"wrong-audience"}})
	_, fields := form(t, page.Body)
	if fields.Get("RelayState") != "wiki/start" {
		t.Errorf("relay state %q, want that of the chosen application", fields.Get("RelayState"))
	}
	if document := response(t, fields); strings.Contains(document, entityID) {
		t.Errorf("the audience is right: %s", document)
	}
}

func TestPortalNamesEveryMisbehaviour(t *testing.T) {
	page := serve(t, "GET", "/", nil).Body.String()
	for _, m := range testidp.Misbehaviours() {
		if !strings.Contains(page, `value="`+m.Name+`"`) {
			t.Errorf("the portal doesn't offer %s", m.Name)
		}
	}
}

func deflated(t *testing.T, message string) string {
	t.Helper()
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(w, message)
	w.Close()
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

func TestSignInByEitherBinding(t *testing.T) {
	query := url.Values{"SAMLRequest": {deflated(t, authnRequest)}, "RelayState": {"opaque"}}
	for name, page := range map[string]*httptest.ResponseRecorder{
		"redirect": serve(t, "GET", "/trust/enter/?realm=odd+realm&v=2&"+query.Encode(), nil),
		"post": serve(t, "POST", "/trust/enter/by-post", url.Values{
			"SAMLRequest": {base64.StdEncoding.EncodeToString([]byte(authnRequest))}, "RelayState": {"opaque"}}),
	} {
		t.Run(name, func(t *testing.T) {
			if page.Code != http.StatusOK {
				t.Fatalf("status %d: %s", page.Code, page.Body)
			}
			action, fields := form(t, page.Body)
			fields.Set("person", "chloe")
			sent := serve(t, "POST", action, fields)
			action, fields = form(t, sent.Body)
			if action != acs || fields.Get("RelayState") != "opaque" {
				t.Errorf("goes to %q with relay state %q", action, fields.Get("RelayState"))
			}
			document := response(t, fields)
			if strings.Count(document, `InResponseTo="_question"`) != 2 || !strings.Contains(document, ">chloe@example.com<") {
				t.Errorf("want an answer to the question for Chloe, got %s", document)
			}
		})
	}
}

func TestSignInRefuses(t *testing.T) {
	const address = "/trust/enter/?realm=odd+realm&v=2&"
	request := func(message string) string { return url.Values{"SAMLRequest": {deflated(t, message)}}.Encode() }
	for name, target := range map[string]string{
		"a query that got lost":     "/trust/enter/?" + request(authnRequest),
		"no request":                address,
		"another message":           address + request(`<LogoutRequest/>`),
		"an unknown issuer":         address + request(strings.ReplaceAll(authnRequest, entityID, "https://other.example.org")),
		"an unknown address for it": address + request(strings.ReplaceAll(authnRequest, acs, "https://other.example.org/acs")),
	} {
		t.Run(name, func(t *testing.T) {
			if page := serve(t, "GET", target, nil); page.Code != http.StatusBadRequest {
				t.Errorf("status %d, want 400", page.Code)
			}
		})
	}
}

func TestMetadata(t *testing.T) {
	page := serve(t, "GET", testidp.MetadataPath, nil)
	var entity struct {
		XMLName  xml.Name `xml:"urn:oasis:names:tc:SAML:2.0:metadata EntityDescriptor"`
		Services []struct {
			Location string `xml:"Location,attr"`
		} `xml:"IDPSSODescriptor>SingleSignOnService"`
	}
	if err := xml.Unmarshal(page.Body.Bytes(), &entity); err != nil {
		t.Fatal(err)
	}
	if len(entity.Services) != 2 || entity.Services[0].Location != "https://idp.example.com/trust/enter/?realm=odd+realm&v=2" {
		t.Errorf("sign-in addresses %v", entity.Services)
	}
}

func TestServiceProviderFromItsMetadata(t *testing.T) {
	_, certificate := serviceKey(t)
	ready := false
	metadata := `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="` + entityID + `"><md:SPSSODescriptor>` +
		`<md:KeyDescriptor use="encryption"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>` +
		base64.StdEncoding.EncodeToString(certificate.Raw) + `</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>` +
		`<md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="` + acs + `" index="0"/>` +
		`</md:SPSSODescriptor></md:EntityDescriptor>`
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if !ready {
			http.Error(w, "not yet", http.StatusServiceUnavailable)
			return
		}
		io.WriteString(w, metadata)
	}))
	defer service.Close()
	idp, err := testidp.New(testidp.Options{
		BaseURL: "https://idp.example.com", SPMetadataURL: service.URL,
		SPs: []testidp.SP{{EntityID: entityID, ACS: "https://sp.example.com/old"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	tile := func() *httptest.ResponseRecorder {
		request := httptest.NewRequest("POST", "/tile", strings.NewReader("person=ann&misbehave=encrypted"))
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		recorder := httptest.NewRecorder()
		idp.ServeHTTP(recorder, request)
		return recorder
	}
	if page := tile(); page.Code != http.StatusBadRequest {
		t.Fatalf("status %d before the service provider is there, want 400", page.Code)
	}
	ready = true
	action, fields := form(t, tile().Body)
	if action != acs || !strings.Contains(response(t, fields), "EncryptedAssertion") {
		t.Errorf("want an encrypted assertion to %s, got one to %s", acs, action)
	}
}

func TestPagesAreSound(t *testing.T) {
	query := url.Values{"SAMLRequest": {deflated(t, authnRequest)}}
	for name, page := range map[string]*httptest.ResponseRecorder{
		"portal":  serve(t, "GET", "/", nil),
		"sign-in": serve(t, "GET", "/trust/enter/?realm=odd+realm&v=2&"+query.Encode(), nil),
		"sending": serve(t, "POST", "/tile", url.Values{"person": {"ann"}, "misbehave": {"expired"}}),
		"problem": serve(t, "POST", "/tile", url.Values{"person": {"nobody"}}),
	} {
		t.Run(name, func(t *testing.T) {
			for _, err := range htmlcheck.Sound(page.Body) {
				t.Error(err)
			}
		})
	}
}
