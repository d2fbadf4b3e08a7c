package idp_test

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport/audit"
	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/internal/testidp"
	"sallyport/saml"
)

// states of our keys of one use, newest first.
func states(t *testing.T, r *idp.Registry, use idp.KeyUse) (all []idp.KeyState) {
	t.Helper()
	keys, err := r.Keys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range keys {
		if k.Use == use {
			all = append(all, k.State)
		}
	}
	return all
}

// shown reports whether our metadata holds a certificate.
func shown(t *testing.T, r *idp.Registry, c *x509.Certificate) bool {
	t.Helper()
	raw, err := r.ServiceMetadata("corp")
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Contains(raw, []byte(base64.StdEncoding.EncodeToString(c.Raw)))
}

func TestSigningKeyRollsOver(t *testing.T) {
	r, db := registry(t)
	ctx := t.Context()
	importInto(t, r, "corp", metadata(entity, certificate(t, 400)))
	activate(t, r, "corp")
	first := r.Connection("corp").Signer.Certificate

	wantKind(t, "promote nothing", r.Promote(ctx, idp.KeySigning, "user:1"), fault.Conflict)
	if err := r.PublishNext(ctx, idp.KeySigning, "user:1"); err != nil {
		t.Fatal(err)
	}
	wantKind(t, "publish twice", r.PublishNext(ctx, idp.KeySigning, "user:1"), fault.Conflict)
	c := r.Connection("corp")
	if !c.Signer.Certificate.Equal(first) || len(c.SP.SigningCertificates) != 2 || !c.SP.SigningCertificates[0].Equal(first) {
		t.Errorf("the next key signs, or is not shown: %+v", c.SP.SigningCertificates)
	}
	next := c.SP.SigningCertificates[1]
	if !shown(t, r, first) || !shown(t, r, next) {
		t.Error("our metadata does not hold both keys")
	}
	keys, err := r.Keys(ctx)
	keys = slices.DeleteFunc(keys, func(k idp.KeyInfo) bool { return k.Use == idp.KeyToken })
	if err != nil || len(keys) != 3 || keys[0].State != idp.KeyNext || keys[0].Fingerprint != saml.Fingerprint(next.Raw) ||
		keys[0].Subject != "CN=sp.example.com" || !keys[0].NotAfter.Equal(next.NotAfter) || keys[0].CreatedAt.IsZero() {
		t.Fatalf("keys = %+v, %v", keys, err)
	}
	wantKind(t, "retire what is published", r.Retire(ctx, keys[0].ID, "user:1"), fault.Conflict)
	wantKind(t, "retire what is in use", r.Retire(ctx, keys[1].ID, "user:1"), fault.Conflict)

	if err := r.Promote(ctx, idp.KeySigning, "user:1"); err != nil {
		t.Fatal(err)
	}
	c = r.Connection("corp")
	if !c.Signer.Certificate.Equal(next) || len(c.SP.SigningCertificates) != 1 || shown(t, r, first) || !shown(t, r, next) {
		t.Error("the promoted key does not sign, or the retired one is shown")
	}
	if diff := cmp.Diff([]idp.KeyState{idp.KeyCurrent, idp.KeyRetired}, states(t, r, idp.KeySigning)); diff != "" {
		t.Error(diff)
	}
	var retired idp.KeyInfo
	if keys, err = r.Keys(ctx); err != nil {
		t.Fatal(err)
	}
	for _, k := range keys {
		if k.State == idp.KeyRetired {
			retired = k
		}
	}
	if err := r.Retire(ctx, retired.ID, "user:1"); err != nil {
		t.Fatal(err)
	}
	wantKind(t, "retire what is gone", r.Retire(ctx, retired.ID, "user:1"), fault.NotFound)
	wantKind(t, "publish for no use", r.PublishNext(ctx, "both", "user:1"), fault.Invalid)
	wantKind(t, "promote for no use", r.Promote(ctx, "both", "user:1"), fault.Invalid)

	// What was refused is not told.
	events, err := db.Events(ctx, audit.Filter{Actor: "user:1", Actions: []audit.Action{audit.KeyMade, audit.KeyRotated, audit.KeyRetired}})
	if err != nil {
		t.Fatal(err)
	}
	var told []audit.Action
	for _, e := range events {
		told = append(told, e.Action)
	}
	if diff := cmp.Diff([]audit.Action{audit.KeyRetired, audit.KeyRotated, audit.KeyMade}, told); diff != "" {
		t.Error(diff)
	}
	// A restart finds the same.
	if again := open(t, db, options(t)).Connection("corp"); !again.Signer.Certificate.Equal(next) {
		t.Error("after a restart another key signs")
	}
}

// An identity provider that has not noticed goes on encrypting for the old
// key.
func TestAnOldEncryptionKeyStillDecrypts(t *testing.T) {
	r, _ := registry(t)
	ctx := t.Context()
	p := twin(t)
	importInto(t, r, "corp", p.Metadata())
	activate(t, r, "corp")
	first := r.Connection("corp").SP.EncryptionCertificates[0]
	read := func(c *x509.Certificate) error {
		t.Helper()
		live := r.Connection("corp")
		raw, err := p.Respond(testidp.Response{ACS: live.SP.ACSURLs[0], Audience: live.SP.EntityID, SignResponse: true, Encrypt: "aes256-gcm", SPCertificate: c})
		if err != nil {
			t.Fatal(err)
		}
		_, err = saml.Verify(raw, saml.VerifyOptions{Trust: live.Trust, AllowUnsolicited: true})
		return err
	}
	if err := read(first); err != nil {
		t.Fatal(err)
	}
	if err := r.PublishNext(ctx, idp.KeyEncryption, "user:1"); err != nil {
		t.Fatal(err)
	}
	next := r.Connection("corp").SP.EncryptionCertificates[1]
	if !shown(t, r, first) || !shown(t, r, next) {
		t.Error("our metadata does not hold both keys")
	}
	if err := read(next); err != nil {
		t.Errorf("the next key, which is shown, does not decrypt: %v", err)
	}
	if err := r.Promote(ctx, idp.KeyEncryption, "user:1"); err != nil {
		t.Fatal(err)
	}
	if shown(t, r, first) || !shown(t, r, next) {
		t.Error("our metadata holds the retired key, or not the current one")
	}
	for what, c := range map[string]*x509.Certificate{"retired": first, "current": next} {
		if err := read(c); err != nil {
			t.Errorf("the %s key does not decrypt: %v", what, err)
		}
	}
	keys, err := r.Keys(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range keys {
		if k.State != idp.KeyRetired {
			continue
		}
		if err := r.Retire(ctx, k.ID, "user:1"); err != nil {
			t.Fatal(err)
		}
	}
	if read(first) == nil {
		t.Error("a deleted key still decrypts")
	}
}

// saml.Verify tries four keys: one more would silently put another out.
func TestEncryptionKeysDoNotPileUp(t *testing.T) {
	r, _ := registry(t)
	ctx := t.Context()
	for range 3 {
		if err := r.PublishNext(ctx, idp.KeyEncryption, "user:1"); err != nil {
			t.Fatal(err)
		}
		if err := r.Promote(ctx, idp.KeyEncryption, "user:1"); err != nil {
			t.Fatal(err)
		}
	}
	wantKind(t, "a fifth key", r.PublishNext(ctx, idp.KeyEncryption, "user:1"), fault.Conflict)
	if diff := cmp.Diff([]idp.KeyState{idp.KeyCurrent, idp.KeyRetired, idp.KeyRetired, idp.KeyRetired}, states(t, r, idp.KeyEncryption)); diff != "" {
		t.Error(diff)
	}
}
