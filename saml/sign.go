package saml

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"encoding/asn1"
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
)

var errNoSigningKey = errors.New("sign: the signer has no key or no certificate")

// signElement puts an enveloped signature over root into root, as its child
// number at: exclusive canonicalisation, SHA-256, and our certificate beside
// it (XML Signature sections 6.4 and 6.6.4).
func signElement(root *etree.Element, at int, s *Signer) error {
	if s.Key == nil || s.Certificate == nil {
		return errNoSigningKey
	}
	if _, err := signatureMethod(s.Key.Public()); err != nil {
		return err
	}
	ctx, err := dsig.NewSigningContext(s.Key, [][]byte{s.Certificate.Raw})
	if err != nil {
		return fmt.Errorf("sign: %w", err)
	}
	ctx.Canonicalizer = dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("")
	signature, err := ctx.ConstructSignature(root, true)
	if err != nil {
		return fmt.Errorf("sign: %w", err)
	}
	if err := repairSignatureValue(signature, s.Key.Public()); err != nil {
		return fmt.Errorf("sign: %w", err)
	}
	root.InsertChildAt(at, signature)
	return nil
}

// signatureMethod names the algorithm for a key, always with SHA-256.
func signatureMethod(key crypto.PublicKey) (string, error) {
	switch key.(type) {
	case *rsa.PublicKey:
		return dsig.RSASHA256SignatureMethod, nil
	case *ecdsa.PublicKey:
		return dsig.ECDSASHA256SignatureMethod, nil
	default:
		return "", fmt.Errorf("sign: a key of type %T cannot sign XML; use RSA or ECDSA", key)
	}
}

// repairSignatureValue rewrites what goxmldsig wrote for an ECDSA key.
func repairSignatureValue(signature *etree.Element, key crypto.PublicKey) error {
	value := signature.SelectElement(dsig.SignatureValueTag)
	if value == nil {
		return errors.New("the signature has no value")
	}
	raw, err := base64.StdEncoding.DecodeString(value.Text())
	if err != nil {
		return fmt.Errorf("read signature value: %w", err)
	}
	raw, err = xmlSignatureValue(raw, key)
	if err != nil {
		return err
	}
	value.SetText(base64.StdEncoding.EncodeToString(raw))
	return nil
}

// xmlSignatureValue is a signature as XML Signature writes it: Go makes ECDSA
// signatures in ASN.1, the specification wants r and s side by side, each as
// long as the curve's order (RFC 4050 section 3.3).
func xmlSignatureValue(signature []byte, key crypto.PublicKey) ([]byte, error) {
	ec, ok := key.(*ecdsa.PublicKey)
	if !ok {
		return signature, nil
	}
	var pair struct{ R, S *big.Int }
	if rest, err := asn1.Unmarshal(signature, &pair); err != nil || len(rest) > 0 {
		return nil, errors.New("the key's signature is not ASN.1")
	}
	size := (ec.Curve.Params().N.BitLen() + 7) / 8
	if pair.R.Sign() < 0 || pair.S.Sign() < 0 || pair.R.BitLen() > 8*size || pair.S.BitLen() > 8*size {
		return nil, errors.New("the key's signature is out of range")
	}
	out := make([]byte, 2*size)
	pair.R.FillBytes(out[:size])
	pair.S.FillBytes(out[size:])
	return out, nil
}
