package saml

import (
	"encoding/base64"
	"fmt"
	"net/url"

	"github.com/beevik/etree"
)

// afterIssuer is where the schema wants the Signature of a request.
const afterIssuer = 1

// post renders the request for HTTP-POST, with an enveloped signature (SAML
// Bindings section 3.5.4).
func (q *AuthnRequest) post() (*RequestMessage, error) {
	root := q.element()
	if q.Signer != nil {
		if err := signElement(root, afterIssuer, q.Signer); err != nil {
			return nil, err
		}
	}
	raw, err := etree.NewDocumentWithRoot(root).WriteToBytes()
	if err != nil {
		return nil, fmt.Errorf("write: %w", err)
	}
	form := url.Values{"SAMLRequest": {base64.StdEncoding.EncodeToString(raw)}}
	if q.RelayState != "" {
		form.Set("RelayState", q.RelayState)
	}
	return &RequestMessage{Binding: BindingPOST, URL: q.Endpoint.Location, Form: form}, nil
}
