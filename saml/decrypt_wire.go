package saml

import "slices"

// decrypt opens an EncryptedAssertion or EncryptedID and scans what was in it,
// within the same limits as any document. Every failure that depends on keys
// or plaintext is the same DecryptionFailed.
func (v *verifier) decrypt(t *tree, at int32) (*tree, *Error) {
	trust := v.opts.Trust
	if len(trust.DecryptionKeys) == 0 {
		return nil, &Error{Reason: NoDecryptionKey, Want: "an Assertion in the clear: this service has no decryption key", Got: "an encrypted one"}
	}
	enc, err := readEncrypted(t, at)
	if err != nil {
		return nil, err
	}
	failed := &Error{Reason: DecryptionFailed, Want: "an element encrypted for one of our keys, by RSA-OAEP and AES-GCM", Got: clip(enc.algorithm)}
	keys := trust.DecryptionKeys[:min(len(trust.DecryptionKeys), maxDecryptionKeys)]
	plain, fault := decryptElement(enc, keys, v.signed || trust.AllowUnsignedCBC)
	if fault != nil {
		return nil, failed
	}
	inner, err := scan(string(plain), &responseLimits, t.bindings(at))
	if err != nil || !inner.is(root, nsAssertion, "Assertion") && !inner.is(root, nsAssertion, "NameID") {
		return nil, failed
	}
	if err := inner.census(root); err != nil {
		if unauthenticated := !contentCiphers[enc.algorithm].gcm && !v.signed; unauthenticated {
			return nil, failed // the difference would tell of the plaintext
		}
		return nil, err
	}
	return v.keep(inner), nil
}

// bindings are the namespace declarations in scope at i, innermost last: a
// decrypted fragment may lean on them (XML Encryption section 4.5).
func (t *tree) bindings(i int32) []binding {
	var out []binding
	for ; i >= 0; i = t.nodes[i].parent {
		n := &t.nodes[i]
		for k := n.decl; k < n.declEnd; k++ {
			out = append(out, binding{t.decls[k].prefix, t.spaces[t.decls[k].ns]})
		}
	}
	slices.Reverse(out)
	return out
}

// readEncrypted takes one EncryptedData out of its wrapper, with its
// EncryptedKeys: inside KeyInfo, or beside it.
func readEncrypted(t *tree, at int32) (*encryptedData, *Error) {
	data := t.child(at, nsXMLEnc, "EncryptedData")
	if data < 0 {
		return nil, malformed("one EncryptedData", "none or several")
	}
	enc := &encryptedData{}
	if method := t.child(data, nsXMLEnc, "EncryptionMethod"); method >= 0 {
		enc.algorithm, _ = t.attr(method, "Algorithm")
	}
	var ok bool
	if enc.ciphertext, ok = cipherValue(t, data); !ok {
		return nil, malformed("a CipherValue in base64", "another form")
	}
	for c := range t.elements(at) {
		if t.is(c, nsXMLEnc, "EncryptedKey") {
			enc.keys = append(enc.keys, readEncryptedKey(t, c))
		}
	}
	if info := t.child(data, nsDSig, "KeyInfo"); info >= 0 {
		for c := range t.elements(info) {
			if t.is(c, nsXMLEnc, "EncryptedKey") {
				enc.keys = append(enc.keys, readEncryptedKey(t, c))
			}
		}
	}
	if len(enc.keys) == 0 || len(enc.keys) > maxEncryptedKeys {
		return nil, malformed("one to four EncryptedKeys", "another number")
	}
	return enc, nil
}

// readEncryptedKey never fails: a key that is no key opens nothing.
func readEncryptedKey(t *tree, at int32) encryptedKey {
	var k encryptedKey
	if method := t.child(at, nsXMLEnc, "EncryptionMethod"); method >= 0 {
		k.algorithm, _ = t.attr(method, "Algorithm")
		if c := t.child(method, nsDSig, "DigestMethod"); c >= 0 {
			k.digest, _ = t.attr(c, "Algorithm")
		}
		if c := t.child(method, nsXMLEnc11, "MGF"); c >= 0 {
			k.mgf, _ = t.attr(c, "Algorithm")
		}
		if c := t.child(method, nsXMLEnc, "OAEPparams"); c >= 0 {
			text, ok := t.text(c)
			k.oaepParams, _ = decodeBase64(text, ok)
		}
	}
	k.ciphertext, _ = cipherValue(t, at)
	return k
}

func cipherValue(t *tree, at int32) ([]byte, bool) {
	data := t.child(at, nsXMLEnc, "CipherData")
	if data < 0 {
		return nil, false
	}
	value := t.child(data, nsXMLEnc, "CipherValue")
	if value < 0 {
		return nil, false
	}
	return decodeBase64(t.text(value))
}
