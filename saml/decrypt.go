package saml

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/rsa"
	"crypto/subtle"
	"errors"
)

// Algorithms of XML Encryption 1.1.
const (
	algAES128GCM = nsXMLEnc11 + "aes128-gcm"
	algAES192GCM = nsXMLEnc11 + "aes192-gcm"
	algAES256GCM = nsXMLEnc11 + "aes256-gcm"
	algAES128CBC = nsXMLEnc + "aes128-cbc"
	algAES192CBC = nsXMLEnc + "aes192-cbc"
	algAES256CBC = nsXMLEnc + "aes256-cbc"
	algOAEPMGF1P = nsXMLEnc + "rsa-oaep-mgf1p"
	algOAEP11    = nsXMLEnc11 + "rsa-oaep"
)

// Bounds of the work that one encrypted element can ask for: each pair of a
// wrapped key and a key of ours costs one RSA operation.
const (
	maxEncryptedKeys  = 4
	maxDecryptionKeys = 4
)

// encryptedData is what one EncryptedData says, taken out of its XML.
type encryptedData struct {
	algorithm  string // of EncryptionMethod
	ciphertext []byte // of CipherValue, the initialisation vector first
	keys       []encryptedKey
}

// encryptedKey is one EncryptedKey: the content key for one recipient.
type encryptedKey struct {
	algorithm  string
	digest     string // of DigestMethod; "": SHA-1
	mgf        string // of MGF; "": MGF1 with SHA-1
	oaepParams []byte
	ciphertext []byte
}

// errDecrypt stands for every way in which a decryption can fail: whoever
// could tell them apart could read the message (XML Encryption section 6.1.4).
var errDecrypt = errors.New("the element cannot be decrypted")

// contentCipher says how a content algorithm is used.
type contentCipher struct {
	keySize int
	gcm     bool
}

var contentCiphers = map[string]contentCipher{
	algAES128GCM: {16, true},
	algAES192GCM: {24, true},
	algAES256GCM: {32, true},
	algAES128CBC: {16, false},
	algAES192CBC: {24, false},
	algAES256CBC: {32, false},
}

// decryptElement opens enc with whichever of keys fits. AES-CBC, which does
// not notice changes, is read only where allowCBC says that something else
// does. Every error is errDecrypt; what comes back may still be no XML, which
// the caller must report in the same way.
func decryptElement(enc *encryptedData, keys []*rsa.PrivateKey, allowCBC bool) ([]byte, error) {
	how, ok := contentCiphers[enc.algorithm]
	if !ok || !how.gcm && !allowCBC {
		return nil, errDecrypt
	}
	if len(enc.keys) == 0 || len(enc.keys) > maxEncryptedKeys || len(keys) > maxDecryptionKeys {
		return nil, errDecrypt
	}
	if !how.plausible(len(enc.ciphertext)) {
		return nil, errDecrypt
	}
	block, err := aes.NewCipher(contentKey(enc.keys, keys, how.keySize))
	if err != nil {
		return nil, errDecrypt
	}
	if how.gcm {
		return openGCM(block, enc.ciphertext)
	}
	return openCBC(block, enc.ciphertext)
}

// contentKey finds the content key. Where no pair fits it is a random one, so
// that a wrong wrapping and a wrong content fail at the same place; and each
// pair is tried whether one fitted before or not.
func contentKey(wrapped []encryptedKey, keys []*rsa.PrivateKey, size int) []byte {
	chosen := make([]byte, size)
	rand.Read(chosen) // never fails: it ends the process instead
	found := 0
	candidate := make([]byte, size)
	for i := range wrapped {
		for _, key := range keys {
			clear(candidate)
			plain, err := unwrap(&wrapped[i], key)
			fits := 0
			if err == nil && len(plain) == size {
				copy(candidate, plain)
				fits = 1
			}
			subtle.ConstantTimeCopy(fits&(found^1), chosen, candidate)
			found |= fits
		}
	}
	return chosen
}

// plausible checks a content's length before anything is computed.
func (c contentCipher) plausible(n int) bool {
	if c.gcm {
		return n >= gcmNonce+gcmTag
	}
	return n >= 2*aes.BlockSize && n%aes.BlockSize == 0
}

const (
	gcmNonce = 12 // XML Encryption section 5.2.4
	gcmTag   = 16
)

func openGCM(block cipher.Block, data []byte) ([]byte, error) {
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, errDecrypt
	}
	plain, err := gcm.Open(nil, data[:gcmNonce], data[gcmNonce:], nil)
	if err != nil {
		return nil, errDecrypt
	}
	return plain, nil
}

// openCBC takes off the padding of XML Encryption section 5.2.1: the last byte
// counts the padding, and the others may hold anything.
func openCBC(block cipher.Block, data []byte) ([]byte, error) {
	plain := make([]byte, len(data)-aes.BlockSize)
	cipher.NewCBCDecrypter(block, data[:aes.BlockSize]).CryptBlocks(plain, data[aes.BlockSize:])
	padding := int(plain[len(plain)-1])
	if subtle.ConstantTimeLessOrEq(1, padding)&subtle.ConstantTimeLessOrEq(padding, aes.BlockSize) != 1 {
		return nil, errDecrypt
	}
	return plain[:len(plain)-padding], nil
}
