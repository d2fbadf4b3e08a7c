package saml

import (
	"bytes"
	"compress/flate"
	"crypto"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
	"sync"

	"github.com/beevik/etree"
)

// deflaters are kept between requests: making one costs more than a whole
// request does.
var deflaters = sync.Pool{New: func() any {
	w, err := flate.NewWriter(nil, flate.DefaultCompression)
	if err != nil {
		panic(err) // the level is a constant that flate knows
	}
	return w
}}

// redirect renders the message for HTTP-Redirect. The XML carries no
// signature in this binding: the query does, over exactly the octets that
// travel (SAML Bindings section 3.4.4.1).
func (o *outgoing) redirect() (*RequestMessage, error) {
	deflated, err := deflate(o.root)
	if err != nil {
		return nil, fmt.Errorf("deflate: %w", err)
	}
	query := o.parameter + "=" + url.QueryEscape(base64.StdEncoding.EncodeToString(deflated))
	if o.relayState != "" {
		query += "&RelayState=" + url.QueryEscape(o.relayState)
	}
	if o.signer != nil {
		if query, err = signQuery(query, o.signer); err != nil {
			return nil, err
		}
	}
	return &RequestMessage{Binding: BindingRedirect, URL: appendQuery(o.location, query)}, nil
}

func deflate(root *etree.Element) ([]byte, error) {
	var out bytes.Buffer
	w := deflaters.Get().(*flate.Writer)
	defer deflaters.Put(w)
	w.Reset(&out)
	doc := etree.NewDocumentWithRoot(root)
	if _, err := doc.WriteTo(w); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// signQuery adds SigAlg and Signature. Parameters that the location brought
// along are not signed: only those of the binding are.
func signQuery(query string, s *Signer) (string, error) {
	if s.Key == nil {
		return "", errNoSigningKey
	}
	method, err := signatureMethod(s.Key.Public())
	if err != nil {
		return "", err
	}
	query += "&SigAlg=" + url.QueryEscape(method)
	digest := crypto.SHA256.New()
	digest.Write([]byte(query))
	signature, err := s.Key.Sign(rand.Reader, digest.Sum(nil), crypto.SHA256)
	if err != nil {
		return "", fmt.Errorf("sign: %w", err)
	}
	if signature, err = xmlSignatureValue(signature, s.Key.Public()); err != nil {
		return "", fmt.Errorf("sign: %w", err)
	}
	return query + "&Signature=" + url.QueryEscape(base64.StdEncoding.EncodeToString(signature)), nil
}

// appendQuery keeps what the location has as its query: Google's names the
// customer in it.
func appendQuery(location, query string) string {
	switch {
	case !strings.Contains(location, "?"):
		return location + "?" + query
	case strings.HasSuffix(location, "?"), strings.HasSuffix(location, "&"):
		return location + query
	default:
		return location + "&" + query
	}
}
