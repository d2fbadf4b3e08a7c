package saml

import (
	"bytes"
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

var decryptionKeys = sync.OnceValue(func() []*rsa.PrivateKey {
	var keys []*rsa.PrivateKey
	for range 2 {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		keys = append(keys, key)
	}
	return keys
})

const secret = `<Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion" ID="_1">a secret of some length, more than one block</Assertion>`

func needProgram(t *testing.T, name string) {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is not installed", name)
		}
		t.Skipf("%s is not installed", name)
	}
}

func run(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
}

func writeFile(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func publicPEM(t *testing.T, key *rsa.PrivateKey) string {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	return writeFile(t, "public.pem", pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

// Elements that xmlsec1 encrypted, by each content algorithm that it has.
func TestDecryptXMLSec(t *testing.T) {
	needProgram(t, "xmlsec1")
	for algorithm, session := range map[string]string{
		algAES128GCM: "aes-128", algAES192GCM: "aes-192", algAES256GCM: "aes-256",
		algAES128CBC: "aes-128", algAES192CBC: "aes-192", algAES256CBC: "aes-256",
	} {
		t.Run(algorithm, func(t *testing.T) {
			template := writeFile(t, "template.xml", []byte(`<EncryptedData xmlns="`+nsXMLEnc+`" Type="http://www.w3.org/2001/04/xmlenc#Element">`+
				`<EncryptionMethod Algorithm="`+algorithm+`"/><KeyInfo xmlns="`+nsDSig+`"><EncryptedKey xmlns="`+nsXMLEnc+`">`+
				`<EncryptionMethod Algorithm="`+algOAEPMGF1P+`"/><CipherData><CipherValue/></CipherData></EncryptedKey></KeyInfo>`+
				`<CipherData><CipherValue/></CipherData></EncryptedData>`))
			output := filepath.Join(t.TempDir(), "encrypted.xml")
			run(t, "xmlsec1", "--encrypt", "--pubkey-pem", publicPEM(t, decryptionKeys()[0]), "--session-key", session,
				"--xml-data", writeFile(t, "plain.xml", []byte(secret)), "--output", output, template)
			raw, err := os.ReadFile(output)
			if err != nil {
				t.Fatal(err)
			}
			// xmlsec1 writes an XML declaration and the EncryptedData; the
			// wrapper is what SAML puts around it.
			_, element, _ := strings.Cut(string(raw), "?>")
			tree, refusal := scan(`<EncryptedAssertion xmlns="`+nsAssertion+`">`+strings.TrimSpace(element)+`</EncryptedAssertion>`, &responseLimits, nil)
			if refusal != nil {
				t.Fatal(refusal)
			}
			enc, refusal := readEncrypted(tree, root)
			if refusal != nil {
				t.Fatal(refusal)
			}
			plain, err := decryptElement(enc, decryptionKeys(), true)
			if err != nil || string(plain) != secret {
				t.Errorf("got %q, %v", plain, err)
			}
			_, err = decryptElement(enc, decryptionKeys(), false)
			if gcm := strings.HasSuffix(algorithm, "gcm"); gcm != (err == nil) {
				t.Errorf("without leave for CBC: %v", err)
			}
		})
	}
}

// Content keys that OpenSSL wrapped, by each pair of digest and mask.
func TestUnwrapOpenSSL(t *testing.T) {
	needProgram(t, "openssl")
	key := decryptionKeys()[0]
	public := publicPEM(t, key)
	content := bytes.Repeat([]byte{7}, 32)
	input := writeFile(t, "content.key", content)
	digests := map[string]string{"sha1": nsDSig + "sha1", "sha256": nsXMLEnc + "sha256", "sha384": nsXMLEnc + "sha384", "sha512": nsXMLEnc + "sha512"}
	for digest, digestURI := range digests {
		for _, mgf := range []string{"sha1", "sha224", "sha256", "sha384", "sha512"} {
			for _, label := range []string{"", "label"} {
				output := filepath.Join(t.TempDir(), "wrapped")
				args := []string{"pkeyutl", "-encrypt", "-pubin", "-inkey", public, "-in", input, "-out", output, "-pkeyopt", "rsa_padding_mode:oaep",
					"-pkeyopt", "rsa_oaep_md:" + digest, "-pkeyopt", "rsa_mgf1_md:" + mgf}
				if label != "" {
					args = append(args, "-pkeyopt", "rsa_oaep_label:"+hex.EncodeToString([]byte(label)))
				}
				run(t, "openssl", args...)
				wrapped, err := os.ReadFile(output)
				if err != nil {
					t.Fatal(err)
				}
				k := encryptedKey{algorithm: algOAEP11, digest: digestURI, mgf: nsXMLEnc11 + "mgf1" + mgf, oaepParams: []byte(label), ciphertext: wrapped}
				if got, err := unwrap(&k, key); err != nil || !bytes.Equal(got, content) {
					t.Errorf("%s with %s: %v", digest, mgf, err)
				}
				k.mgf, k.algorithm = "", algOAEPMGF1P // MGF1 with SHA-1 by definition
				if _, err := unwrap(&k, key); (err == nil) != (mgf == "sha1") {
					t.Errorf("%s with %s as rsa-oaep-mgf1p: %v", digest, mgf, err)
				}
			}
		}
	}
}

// seal encrypts plain as an identity provider would.
func seal(t testing.TB, algorithm, plain string, to *rsa.PublicKey) *encryptedData {
	t.Helper()
	how := contentCiphers[algorithm]
	key := make([]byte, how.keySize)
	rand.Read(key)
	return &encryptedData{algorithm: algorithm, ciphertext: sealContent(t, algorithm, key, plain), keys: []encryptedKey{wrap(t, key, to)}}
}

func wrap(t testing.TB, key []byte, to *rsa.PublicKey) encryptedKey {
	t.Helper()
	wrapped, err := rsa.EncryptOAEP(crypto.SHA1.New(), rand.Reader, to, key, nil)
	if err != nil {
		t.Fatal(err)
	}
	return encryptedKey{algorithm: algOAEPMGF1P, ciphertext: wrapped}
}

func sealContent(t testing.TB, algorithm string, key []byte, plain string) []byte {
	t.Helper()
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	if contentCiphers[algorithm].gcm {
		gcm, err := cipher.NewGCM(block)
		if err != nil {
			t.Fatal(err)
		}
		nonce := make([]byte, gcmNonce)
		rand.Read(nonce)
		return gcm.Seal(nonce, nonce, []byte(plain), nil)
	}
	padding := aes.BlockSize - len(plain)%aes.BlockSize
	padded := append([]byte(plain), make([]byte, padding)...)
	rand.Read(padded[len(plain):])
	padded[len(padded)-1] = byte(padding)
	return sealPadded(t, block, padded)
}

func sealPadded(t testing.TB, block cipher.Block, padded []byte) []byte {
	t.Helper()
	out := make([]byte, aes.BlockSize+len(padded))
	rand.Read(out[:aes.BlockSize])
	cipher.NewCBCEncrypter(block, out[:aes.BlockSize]).CryptBlocks(out[aes.BlockSize:], padded)
	return out
}

func TestDecryptKeyRollover(t *testing.T) {
	keys := decryptionKeys()
	for algorithm := range contentCiphers {
		for i, key := range keys {
			enc := seal(t, algorithm, secret, &key.PublicKey)
			if plain, err := decryptElement(enc, keys, true); err != nil || string(plain) != secret {
				t.Errorf("%s for key %d: %v", algorithm, i, err)
			}
		}
	}
}

// Keys for other recipients, before and behind ours, do no harm.
func TestDecryptSeveralRecipients(t *testing.T) {
	ours, theirs := decryptionKeys()[0], decryptionKeys()[1]
	enc := seal(t, algAES256GCM, secret, &ours.PublicKey)
	foreign := wrap(t, make([]byte, 32), &theirs.PublicKey)
	short := wrap(t, make([]byte, 16), &ours.PublicKey)
	enc.keys = []encryptedKey{foreign, short, enc.keys[0], foreign}
	if plain, err := decryptElement(enc, []*rsa.PrivateKey{nil, ours}, false); err != nil || string(plain) != secret {
		t.Errorf("got %q, %v", plain, err)
	}
}

func TestDecryptPaddingOfAllLengths(t *testing.T) {
	key := decryptionKeys()[0]
	for n := range 40 {
		plain := strings.Repeat("x", n)
		for _, algorithm := range []string{algAES128CBC, algAES128GCM} {
			if got, err := decryptElement(seal(t, algorithm, plain, &key.PublicKey), []*rsa.PrivateKey{key}, true); err != nil || string(got) != plain {
				t.Errorf("%s, %d bytes: got %q, %v", algorithm, n, got, err)
			}
		}
	}
}

// Every failure is the same value, so that nothing tells its cause.
func TestDecryptFailsInOneWay(t *testing.T) {
	ours, theirs := decryptionKeys()[0], decryptionKeys()[1]
	padded := func(last byte) func(*encryptedData) {
		return func(enc *encryptedData) {
			key := make([]byte, 32)
			block, err := aes.NewCipher(key)
			if err != nil {
				t.Fatal(err)
			}
			enc.algorithm = algAES256CBC
			enc.ciphertext = sealPadded(t, block, append(make([]byte, 31), last))
			enc.keys = []encryptedKey{wrap(t, key, &ours.PublicKey)}
		}
	}
	for name, change := range map[string]func(*encryptedData){
		"wrong key":           func(enc *encryptedData) { *enc = *seal(t, algAES256GCM, secret, &theirs.PublicKey) },
		"wrong tag":           func(enc *encryptedData) { enc.ciphertext[len(enc.ciphertext)-1] ^= 1 },
		"wrong content":       func(enc *encryptedData) { enc.ciphertext[20] ^= 1 },
		"wrong nonce":         func(enc *encryptedData) { enc.ciphertext[0] ^= 1 },
		"wrong wrapping":      func(enc *encryptedData) { enc.keys[0].ciphertext[100] ^= 1 },
		"short wrapping":      func(enc *encryptedData) { enc.keys[0].ciphertext = enc.keys[0].ciphertext[1:] },
		"long wrapping":       func(enc *encryptedData) { enc.keys[0].ciphertext = append(enc.keys[0].ciphertext, 0) },
		"empty wrapping":      func(enc *encryptedData) { enc.keys[0].ciphertext = nil },
		"huge wrapping":       func(enc *encryptedData) { enc.keys[0].ciphertext = bytes.Repeat([]byte{0xff}, 256) },
		"PKCS 1 1.5":          func(enc *encryptedData) { enc.keys[0].algorithm = nsXMLEnc + "rsa-1_5" },
		"no wrapping method":  func(enc *encryptedData) { enc.keys[0].algorithm = "" },
		"unknown digest":      func(enc *encryptedData) { enc.keys[0].digest = "http://www.w3.org/2001/04/xmldsig-more#md5" },
		"other digest":        func(enc *encryptedData) { enc.keys[0].digest = nsXMLEnc + "sha256" },
		"unknown mask":        func(enc *encryptedData) { enc.keys[0].mgf = nsXMLEnc11 + "mgf1md5" },
		"mask of another":     func(enc *encryptedData) { enc.keys[0].mgf = nsXMLEnc11 + "mgf1sha256" },
		"other label":         func(enc *encryptedData) { enc.keys[0].oaepParams = []byte("x") },
		"key of another size": func(enc *encryptedData) { enc.keys[0] = wrap(t, make([]byte, 16), &ours.PublicKey) },
		"no keys":             func(enc *encryptedData) { enc.keys = nil },
		"too many keys":       func(enc *encryptedData) { enc.keys = append(enc.keys, make([]encryptedKey, 4)...) },
		"unknown algorithm":   func(enc *encryptedData) { enc.algorithm = nsXMLEnc + "tripledes-cbc" },
		"no algorithm":        func(enc *encryptedData) { enc.algorithm = "" },
		"GCM read as CBC":     func(enc *encryptedData) { enc.algorithm = algAES256CBC },
		"padding of none":     padded(0),
		"padding of 17":       padded(17),
		"padding of 255":      padded(255),
	} {
		t.Run(name, func(t *testing.T) {
			enc := seal(t, algAES256GCM, secret, &ours.PublicKey)
			change(enc)
			if plain, err := decryptElement(enc, []*rsa.PrivateKey{ours}, true); err != errDecrypt || plain != nil {
				t.Errorf("got %q, %v", plain, err)
			}
		})
	}
}

func TestDecryptCBCOnlyByLeave(t *testing.T) {
	key := decryptionKeys()[0]
	for _, algorithm := range []string{algAES128CBC, algAES192CBC, algAES256CBC} {
		if _, err := decryptElement(seal(t, algorithm, secret, &key.PublicKey), []*rsa.PrivateKey{key}, false); err != errDecrypt {
			t.Errorf("%s: %v", algorithm, err)
		}
	}
}

func TestDecryptWithoutKeys(t *testing.T) {
	enc := seal(t, algAES128GCM, secret, &decryptionKeys()[0].PublicKey)
	for _, keys := range [][]*rsa.PrivateKey{nil, {nil}, make([]*rsa.PrivateKey, 5)} {
		if _, err := decryptElement(enc, keys, true); err != errDecrypt {
			t.Errorf("%d keys: %v", len(keys), err)
		}
	}
}

// A ciphertext cut anywhere is refused; a panic here was remote once.
func TestDecryptTruncated(t *testing.T) {
	key := decryptionKeys()[0]
	for algorithm, how := range contentCiphers {
		enc := seal(t, algorithm, secret, &key.PublicKey)
		whole := enc.ciphertext
		for n := range len(whole) {
			enc.ciphertext = whole[:n]
			plain, err := decryptElement(enc, []*rsa.PrivateKey{key}, true)
			// CBC cut at a block can end in what looks like padding.
			if err != errDecrypt && (how.gcm || n%aes.BlockSize != 0 || n < 2*aes.BlockSize) {
				t.Fatalf("%s cut to %d bytes: got %q, %v", algorithm, n, plain, err)
			}
		}
		wrapped := enc.keys[0].ciphertext
		enc.ciphertext = whole
		for n := range len(wrapped) {
			k := encryptedKey{algorithm: algOAEPMGF1P, ciphertext: wrapped[:n]}
			if _, err := unwrap(&k, key); err != errDecrypt {
				t.Fatalf("wrapping cut to %d bytes: %v", n, err)
			}
		}
	}
}

func FuzzDecrypt(f *testing.F) {
	key := decryptionKeys()[0]
	for algorithm := range contentCiphers {
		enc := seal(f, algorithm, secret, &key.PublicKey)
		f.Add(algorithm, enc.ciphertext, algOAEPMGF1P, "", "", []byte(nil), enc.keys[0].ciphertext)
	}
	f.Add(algAES256GCM, make([]byte, 28), algOAEP11, nsXMLEnc+"sha256", nsXMLEnc11+"mgf1sha256", []byte("label"), make([]byte, 256))
	f.Fuzz(func(t *testing.T, algorithm string, ciphertext []byte, method, digest, mgf string, label, wrapped []byte) {
		enc := &encryptedData{algorithm: algorithm, ciphertext: ciphertext, keys: []encryptedKey{{method, digest, mgf, label, wrapped}}}
		plain, err := decryptElement(enc, []*rsa.PrivateKey{key}, true)
		if err != nil && (err != errDecrypt || plain != nil) {
			t.Fatalf("got %q, %v", plain, err)
		}
		if err == nil && len(plain) >= len(ciphertext) {
			t.Fatalf("%d bytes out of %d", len(plain), len(ciphertext))
		}
	})
}

func BenchmarkDecrypt(b *testing.B) {
	keys := decryptionKeys()
	enc := seal(b, algAES256GCM, strings.Repeat(secret, 40), &keys[0].PublicKey)
	for n := 1; n <= len(keys); n++ {
		b.Run(fmt.Sprintf("%d keys", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := decryptElement(enc, keys[:n], false); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
