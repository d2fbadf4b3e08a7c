package saml

import (
	"crypto"
	"crypto/rsa"
	_ "crypto/sha1" // registers the hashes that digests and MGFs name
	_ "crypto/sha256"
	_ "crypto/sha512"
)

// oaepDigests are the values of DigestMethod. SHA-1 does no harm in OAEP, and
// is what most identity providers use.
var oaepDigests = map[string]crypto.Hash{
	"":                  crypto.SHA1,
	nsDSig + "sha1":     crypto.SHA1,
	nsXMLEnc + "sha256": crypto.SHA256,
	nsXMLEnc + "sha384": crypto.SHA384,
	nsXMLEnc + "sha512": crypto.SHA512,
	"http://www.w3.org/2001/04/xmldsig-more#sha384": crypto.SHA384,
}

// oaepMGFs are the values of MGF (XML Encryption section 5.5.2).
var oaepMGFs = map[string]crypto.Hash{
	"":                        crypto.SHA1,
	nsXMLEnc11 + "mgf1sha1":   crypto.SHA1,
	nsXMLEnc11 + "mgf1sha224": crypto.SHA224,
	nsXMLEnc11 + "mgf1sha256": crypto.SHA256,
	nsXMLEnc11 + "mgf1sha384": crypto.SHA384,
	nsXMLEnc11 + "mgf1sha512": crypto.SHA512,
}

// unwrap opens a content key with one key of ours: RSA-OAEP alone, for
// PKCS #1 1.5 lets the wrapping be guessed.
func unwrap(k *encryptedKey, key *rsa.PrivateKey) ([]byte, error) {
	opts := oaepOptions(k)
	if opts == nil || key == nil || len(k.ciphertext) != key.Size() {
		return nil, errDecrypt
	}
	plain, err := key.Decrypt(nil, k.ciphertext, opts)
	if err != nil {
		return nil, errDecrypt
	}
	return plain, nil
}

// oaepOptions reads the parameters of one EncryptionMethod; nil where they
// name what we do not do.
func oaepOptions(k *encryptedKey) *rsa.OAEPOptions {
	digest, knownDigest := oaepDigests[k.digest]
	mgf, knownMGF := oaepMGFs[k.mgf]
	switch {
	case !knownDigest || !knownMGF:
		return nil
	case k.algorithm == algOAEPMGF1P && mgf != crypto.SHA1: // fixed by section 5.5.2
		return nil
	case k.algorithm != algOAEPMGF1P && k.algorithm != algOAEP11:
		return nil
	}
	return &rsa.OAEPOptions{Hash: digest, MGFHash: mgf, Label: k.oaepParams}
}
