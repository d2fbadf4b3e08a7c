package saml

import (
	"encoding/base64"
	"fmt"
	"net/url"

	"github.com/beevik/etree"
)

// afterIssuer is where the schema wants the Signature of a message.
const afterIssuer = 1

// post renders the message for HTTP-POST, with an enveloped signature (SAML
// Bindings section 3.5.4).
func (o *outgoing) post() (*RequestMessage, error) {
	if o.signer != nil {
		if err := signElement(o.root, afterIssuer, o.signer); err != nil {
			return nil, err
		}
	}
	raw, err := etree.NewDocumentWithRoot(o.root).WriteToBytes()
	if err != nil {
		return nil, fmt.Errorf("write: %w", err)
	}
	form := url.Values{o.parameter: {base64.StdEncoding.EncodeToString(raw)}}
	if o.relayState != "" {
		form.Set("RelayState", o.relayState)
	}
	return &RequestMessage{Binding: BindingPOST, URL: o.location, Form: form}, nil
}
