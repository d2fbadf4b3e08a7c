package testidp

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
)

// contentCipher is one block encryption of XML Encryption 1.1.
type contentCipher struct {
	uri     string
	keySize int
	gcm     bool
}

var contentCiphers = map[string]contentCipher{
	"aes128-cbc": {nsEncrypt + "aes128-cbc", 16, false},
	"aes192-cbc": {nsEncrypt + "aes192-cbc", 24, false},
	"aes256-cbc": {nsEncrypt + "aes256-cbc", 32, false},
	"aes128-gcm": {nsEncrypt11 + "aes128-gcm", 16, true},
	"aes192-gcm": {nsEncrypt11 + "aes192-gcm", 24, true},
	"aes256-gcm": {nsEncrypt11 + "aes256-gcm", 32, true},
}

// encrypt wraps an assertion in EncryptedAssertion (SAML Core section 2.3.4).
func (p *plan) encrypt(assertion string) (string, error) {
	if p.SPCertificate == nil {
		return "", errors.New("the service provider has shown no certificate for encryption")
	}
	public, ok := p.SPCertificate.PublicKey.(*rsa.PublicKey)
	if !ok {
		return "", errors.New("the service provider's key is not RSA")
	}
	method, ok := contentCiphers[p.Encrypt]
	if !ok {
		return "", fmt.Errorf("unknown encryption %q", p.Encrypt)
	}
	contentKey := make([]byte, method.keySize)
	rand.Read(contentKey)
	content, err := method.seal(contentKey, []byte(assertion))
	if err != nil {
		return "", err
	}
	if p.breakCipher {
		content[len(content)/2] ^= 1
	}
	keyMethod, sealedKey, err := sealKey(public, contentKey, p.OAEP)
	if err != nil {
		return "", err
	}
	return `<saml:EncryptedAssertion xmlns:saml="` + nsAssertion + `"><xenc:EncryptedData xmlns:xenc="` + nsEncrypt + `" Type="` + nsEncrypt + `Element">` +
		`<xenc:EncryptionMethod Algorithm="` + method.uri + `"></xenc:EncryptionMethod>` +
		`<ds:KeyInfo xmlns:ds="` + nsSignature + `"><xenc:EncryptedKey>` + keyMethod + cipherData(sealedKey) + `</xenc:EncryptedKey></ds:KeyInfo>` +
		cipherData(content) + `</xenc:EncryptedData></saml:EncryptedAssertion>`, nil
}

func cipherData(b []byte) string {
	return `<xenc:CipherData><xenc:CipherValue>` + base64.StdEncoding.EncodeToString(b) + `</xenc:CipherValue></xenc:CipherData>`
}

// seal gives nonce or initialisation vector and ciphertext, joined.
func (c contentCipher) seal(key, plain []byte) ([]byte, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("use content key: %w", err)
	}
	if c.gcm {
		gcm, err := cipher.NewGCMWithRandomNonce(block)
		if err != nil {
			return nil, fmt.Errorf("use content key: %w", err)
		}
		return gcm.Seal(nil, nil, plain, nil), nil
	}
	// XML Encryption pads with anything, the last byte being the length.
	padding := aes.BlockSize - len(plain)%aes.BlockSize
	padded := append(append([]byte(nil), plain...), make([]byte, padding)...)
	padded[len(padded)-1] = byte(padding)
	out := make([]byte, aes.BlockSize+len(padded))
	rand.Read(out[:aes.BlockSize])
	cipher.NewCBCEncrypter(block, out[:aes.BlockSize]).CryptBlocks(out[aes.BlockSize:], padded)
	return out, nil
}

// sealKey encrypts a content key and describes how.
func sealKey(public *rsa.PublicKey, key []byte, variant string) (method string, sealed []byte, err error) {
	switch variant {
	case OAEPSHA1:
		sealed, err = rsa.EncryptOAEP(sha1.New(), rand.Reader, public, key, nil)
		method = `<xenc:EncryptionMethod Algorithm="` + nsEncrypt + `rsa-oaep-mgf1p"><ds:DigestMethod Algorithm="` + nsSignature + `sha1"></ds:DigestMethod></xenc:EncryptionMethod>`
	case OAEPSHA256:
		sealed, err = rsa.EncryptOAEP(sha256.New(), rand.Reader, public, key, nil)
		method = `<xenc:EncryptionMethod Algorithm="` + nsEncrypt11 + `rsa-oaep"><ds:DigestMethod Algorithm="` + nsEncrypt + `sha256"></ds:DigestMethod>` +
			`<xenc11:MGF xmlns:xenc11="` + nsEncrypt11 + `" Algorithm="` + nsEncrypt11 + `mgf1sha256"></xenc11:MGF></xenc:EncryptionMethod>`
	default:
		return "", nil, fmt.Errorf("unknown OAEP variant %q", variant)
	}
	if err != nil {
		return "", nil, fmt.Errorf("encrypt content key: %w", err)
	}
	return method, sealed, nil
}
