package idp_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sallyport/audit"
	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/internal/keyring"
	"sallyport/saml"
)

func TestFirstStartMakesDefaultAndKeys(t *testing.T) {
	r, db := registry(t)
	c := r.Connection(idp.Default)
	if c == nil || c.Provider.State != idp.Draft || c.Active() || c.Trust != nil {
		t.Fatalf("default = %+v", c)
	}
	if got, want := c.SP.EntityID, base+"/saml/default/metadata"; got != want {
		t.Errorf("entity ID = %s, want %s", got, want)
	}
	if diff := cmp.Diff([]string{base + "/saml/default/acs", base + "/saml/acs"}, c.SP.ACSURLs); diff != "" {
		t.Error(diff)
	}
	if c.Signer == nil || len(c.SP.SigningCertificates) != 1 || len(c.SP.EncryptionCertificates) != 1 {
		t.Fatalf("keys are missing: %+v", c.SP)
	}
	if c.SP.SigningCertificates[0].Equal(c.SP.EncryptionCertificates[0]) {
		t.Error("one key serves two uses")
	}
	if left := time.Until(c.SP.SigningCertificates[0].NotAfter); left < 9*365*24*time.Hour || c.SP.SigningCertificates[0].Subject.CommonName != "sp.example.com" {
		t.Errorf("certificate = %v for %v", c.SP.SigningCertificates[0].Subject, left)
	}
	keys, err := db.Keys(t.Context())
	if err != nil || len(keys) != 4 {
		t.Fatalf("%d keys, %v", len(keys), err)
	}
	for _, k := range keys {
		if bytes.Contains(k.Sealed, []byte{0x30, 0x82}) && len(k.Sealed) < 1000 {
			t.Error("a private key is stored in the clear")
		}
	}
	raw, err := r.ServiceMetadata(idp.Default)
	if err != nil || !bytes.Contains(raw, []byte(base+"/saml/default/acs")) || !bytes.Contains(raw, []byte(base+"/saml/acs")) {
		t.Errorf("metadata = %s, %v", raw, err)
	}
	_, err = r.ServiceMetadata("missing")
	wantKind(t, "metadata of a missing connection", err, fault.NotFound)

	if r.Connection("missing") != nil || r.Candidate(idp.Default) != nil {
		t.Error("there is a connection where there is none")
	}
	events, err := db.Events(t.Context(), audit.Filter{Actions: []audit.Action{audit.KeyMade, audit.IDPCreated}})
	if err != nil || len(events) != 2 {
		t.Errorf("events = %+v, %v", events, err)
	}
}

func TestSecondStartKeepsKeysAndConnections(t *testing.T) {
	db, o := database(t), options(t)
	first := open(t, db, o).Connection(idp.Default)
	second := open(t, db, o).Connection(idp.Default)
	if !first.Signer.Certificate.Equal(second.Signer.Certificate) || first.Provider.ID != second.Provider.ID {
		t.Error("a second start made other keys or another connection")
	}
	other, err := keyring.New(bytes.Repeat([]byte{7}, keyring.SecretSize))
	if err != nil {
		t.Fatal(err)
	}
	o.Sealer = other
	if _, err := idp.Open(t.Context(), db, o); err == nil {
		t.Error("opened with another secret")
	}
}

func TestCreate(t *testing.T) {
	r, db := registry(t)
	p, err := r.Create(t.Context(), "corp", "Corporate", "user:1")
	if err != nil || p.State != idp.Draft || r.Connection("corp") == nil {
		t.Fatalf("Create = %+v, %v", p, err)
	}
	_, err = r.Create(t.Context(), "corp", "", "user:1")
	wantKind(t, "the same again", err, fault.Conflict)
	for _, slug := range []string{"", "Corp", "a/b", "-a", "a b", "metadata", "acs", "login", "slo", "complete", "\u00fc", "a\n"} {
		_, err := r.Create(t.Context(), slug, "", "user:1")
		wantKind(t, "Create "+slug, err, fault.Invalid)
	}
	_, err = r.Create(t.Context(), "x", "a\nb", "user:1")
	wantKind(t, "a name of two lines", err, fault.Invalid)
	if diff := cmp.Diff([]string{"Corporate", "Identity provider"}, names(r)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]audit.Action{audit.IDPCreated}, actions(t, db, "corp")); diff != "" {
		t.Error(diff)
	}
}

func names(r *idp.Registry) (all []string) {
	for _, c := range r.Connections() {
		all = append(all, c.Provider.Name)
	}
	return all
}

func TestDraftReviewActivateDisable(t *testing.T) {
	r, db := registry(t)
	ctx := t.Context()
	first, second := certificate(t, 400), certificate(t, 400)

	_, err := r.Review("corp")
	wantKind(t, "review of a missing connection", err, fault.NotFound)
	_, err = r.Activate(ctx, idp.Default, 0, "user:1")
	wantKind(t, "activate nothing", err, fault.Invalid)
	_, err = r.Activate(ctx, "corp", 0, "user:1")
	wantKind(t, "activate a missing connection", err, fault.NotFound)

	p := importInto(t, r, "corp", metadata(entity, first))
	if p.State != idp.Draft || p.Live != nil || p.Draft == nil || p.Draft.Number != 1 || r.Connection("corp").Active() {
		t.Fatalf("after import: %+v", p)
	}
	candidate := r.Candidate("corp")
	if candidate == nil || !candidate.Active() || candidate.Trust.IDPEntityID != entity {
		t.Fatalf("candidate = %+v", candidate)
	}

	_, err = r.Activate(ctx, "corp", p.Version-1, "user:1")
	wantKind(t, "activate what was not reviewed", err, fault.Conflict)
	p, err = r.Activate(ctx, "corp", p.Version, "user:1")
	if err != nil || p.State != idp.Active || p.Draft != nil || p.Live.Number != 1 || p.Live.ActivatedAt.IsZero() {
		t.Fatalf("Activate = %+v, %v", p, err)
	}
	c := r.Connection("corp")
	if !c.Active() || len(c.Trust.Certificates) != 1 || len(c.Trust.DecryptionKeys) != 1 {
		t.Fatalf("live = %+v", c.Trust)
	}
	if diff := cmp.Diff([]string{base + "/saml/corp/metadata"}, c.Trust.EntityIDs); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{base + "/saml/corp/acs"}, c.Trust.ACSURLs); diff != "" {
		t.Error(diff)
	}
	_, err = r.Activate(ctx, "corp", 0, "user:1")
	wantKind(t, "activate twice", err, fault.Conflict)

	// A new version waits beside the live one.
	importInto(t, r, "corp", metadata("https://other.example.net/", second))
	if got := r.Connection("corp").Trust.IDPEntityID; got != entity {
		t.Errorf("an import changed what is trusted: %s", got)
	}
	review, err := r.Review("corp")
	if err != nil {
		t.Fatal(err)
	}
	var what []string
	for _, c := range review.Changes {
		what = append(what, c.What)
	}
	if diff := cmp.Diff([]string{"Entity ID", "Certificate", "Certificate"}, what); diff != "" {
		t.Error(diff)
	}
	wantWarning(t, review.Warnings, "entity ID changes")
	wantWarning(t, review.Warnings, "No certificate that is trusted now stays")
	if _, err := r.DiscardDraft(ctx, "corp", "user:1"); err != nil {
		t.Fatal(err)
	}
	_, err = r.DiscardDraft(ctx, "corp", "user:1")
	wantKind(t, "discard nothing", err, fault.NotFound)
	_, err = r.Review("corp")
	wantKind(t, "review nothing", err, fault.NotFound)

	if _, err := r.Disable(ctx, "corp", "user:1"); err != nil {
		t.Fatal(err)
	}
	if c := r.Connection("corp"); c.Active() || c.Trust != nil {
		t.Error("a disabled connection still works")
	}
	_, err = r.Disable(ctx, "corp", "user:1")
	wantKind(t, "disable twice", err, fault.Conflict)
	if p := activate(t, r, "corp"); p.State != idp.Active || p.Live.EntityID != entity {
		t.Errorf("active again = %+v", p)
	}

	want := []audit.Action{
		audit.IDPCreated, audit.IDPImported, audit.IDPActivated, audit.IDPImported, audit.IDPDraftDiscarded,
		audit.IDPDisabled, audit.IDPActivated,
	}
	if diff := cmp.Diff(want, actions(t, db, "corp")); diff != "" {
		t.Error(diff)
	}

	// All of it is still so after a restart.
	c = open(t, db, options(t)).Connection("corp")
	if !c.Active() || c.Trust.IDPEntityID != entity {
		t.Errorf("after a restart: %+v", c.Provider)
	}
}

func TestSameIdentityProviderTwiceIsSaid(t *testing.T) {
	r, _ := registry(t)
	raw := metadata(entity, certificate(t, 400))
	importInto(t, r, "one", raw)
	activate(t, r, "one")
	importInto(t, r, "two", raw)
	review, err := r.Review("two")
	if err != nil {
		t.Fatal(err)
	}
	wantWarning(t, review.Warnings, "already trusts this identity provider")
}

func TestSettings(t *testing.T) {
	r, db := registry(t, func(o *idp.Options) {
		o.KnownTagPath = func(p string) bool { return p == "${path:enterprise.costCenter}" }
	})
	importInto(t, r, "corp", metadata(entity, certificate(t, 400)))
	p := activate(t, r, "corp")
	p, err := r.UpdateSettings(t.Context(), "corp", p.Version, func(name *string, s *idp.Settings) {
		*name = " Corporate "
		s.EmailDomains = []string{" @Example.COM "}
		s.ClockSkewSeconds, s.SessionLifetimeMinutes = 180, 129600
		s.AllowSHA1, s.RequireSignedResponse, s.SignRequests, s.SignMetadata = true, true, true, true
		s.NameIDFormats = []string{saml.FormatUnspecified}
		s.TagMappings = []idp.TagMapping{{Key: "Cost Center", Path: "${path:enterprise.costCenter}"}}
	}, "user:1")
	if err != nil {
		t.Fatal(err)
	}
	if p.Name != "Corporate" || p.Settings.EmailDomains[0] != "example.com" {
		t.Errorf("not tidied: %+v", p)
	}
	c := r.Connection("corp")
	if c.Trust.ClockSkew != 180*time.Second || !c.Trust.AllowSHA1 || !c.Trust.RequireSignedResponse || c.Trust.NameIDFormats[0] != saml.FormatUnspecified || !c.SP.SignRequests {
		t.Errorf("not compiled: %+v", c.Trust)
	}
	raw, err := r.ServiceMetadata("corp")
	if err != nil || !bytes.Contains(raw, []byte("SignatureValue")) {
		t.Errorf("metadata is not signed: %v", err)
	}
	events, err := db.Events(t.Context(), audit.Filter{Actions: []audit.Action{audit.IDPSettingsChanged}})
	if err != nil || len(events) != 1 || string(events[0].Detail) != `{"changed":["name","email_domains","name_id_formats","sign_requests","clock_skew_seconds","session_lifetime_minutes","allow_sha1","require_signed_response","sign_metadata","tag_mappings"]}` {
		t.Errorf("event = %s, %v", events[0].Detail, err)
	}

	_, err = r.UpdateSettings(t.Context(), "corp", p.Version-1, func(*string, *idp.Settings) {}, "user:1")
	wantKind(t, "stale version", err, fault.Conflict)
	_, err = r.UpdateSettings(t.Context(), "missing", 0, func(*string, *idp.Settings) {}, "user:1")
	wantKind(t, "missing connection", err, fault.NotFound)

	for what, change := range map[string]func(*string, *idp.Settings){
		"no name":           func(n *string, _ *idp.Settings) { *n = " " },
		"a domain":          func(_ *string, s *idp.Settings) { s.EmailDomains = []string{"example"} },
		"two domains":       func(_ *string, s *idp.Settings) { s.EmailDomains = []string{"a.example b.example"} },
		"transient":         func(_ *string, s *idp.Settings) { s.NameIDFormats = []string{saml.FormatTransient} },
		"a format":          func(_ *string, s *idp.Settings) { s.NameIDFormats = []string{"email"} },
		"a context":         func(_ *string, s *idp.Settings) { s.RequestedAuthnContext = []string{"two words:x"} },
		"unsolicited":       func(_ *string, s *idp.Settings) { s.Unsolicited = "maybe" },
		"first sign-in":     func(_ *string, s *idp.Settings) { s.FirstSignIn = "maybe" },
		"invalid tags":      func(_ *string, s *idp.Settings) { s.InvalidTags = "maybe" },
		"binding":           func(_ *string, s *idp.Settings) { s.RequestBinding = "SOAP" },
		"negative skew":     func(_ *string, s *idp.Settings) { s.ClockSkewSeconds = -1 },
		"wide skew":         func(_ *string, s *idp.Settings) { s.ClockSkewSeconds = 181 },
		"short lifetime":    func(_ *string, s *idp.Settings) { s.SessionLifetimeMinutes = 14 },
		"long lifetime":     func(_ *string, s *idp.Settings) { s.SessionLifetimeMinutes = 129601 },
		"added":             func(_ *string, s *idp.Settings) { s.AddedCertificates = "maybe" },
		"negative days":     func(_ *string, s *idp.Settings) { s.RecordDays = -2 },
		"too many days":     func(_ *string, s *idp.Settings) { s.RecordDays = 91 },
		"tag without key":   tags(idp.TagMapping{Path: "${path:enterprise.costCenter}"}),
		"tag with bad key":  tags(idp.TagMapping{Key: "a*b", Path: "${path:enterprise.costCenter}"}),
		"reserved tag":      tags(idp.TagMapping{Key: "AWS:x", Path: "${path:enterprise.costCenter}"}),
		"unknown path":      tags(idp.TagMapping{Key: "x", Path: "${path:password}"}),
		"the same tag":      tags(idp.TagMapping{Key: "x", Path: "${path:enterprise.costCenter}"}, idp.TagMapping{Key: "X", Path: "${path:enterprise.costCenter}"}),
		"too many tags":     tags(make([]idp.TagMapping, 51)...),
		"too long a key":    tags(idp.TagMapping{Key: string(bytes.Repeat([]byte("a"), 129)), Path: "${path:enterprise.costCenter}"}),
		"too many contexts": func(_ *string, s *idp.Settings) { s.RequestedAuthnContext = make([]string, 101) },
	} {
		_, err := r.UpdateSettings(t.Context(), "corp", 0, change, "user:1")
		wantKind(t, what, err, fault.Invalid)
	}
	if got := r.Connection("corp").Provider; got.Version != p.Version {
		t.Errorf("a refused change was saved: version %d, want %d", got.Version, p.Version)
	}
}

func tags(mappings ...idp.TagMapping) func(*string, *idp.Settings) {
	return func(_ *string, s *idp.Settings) { s.TagMappings = mappings }
}

func TestAnotherProcessIsFollowed(t *testing.T) {
	db, o := database(t), options(t)
	server, command := open(t, db, o), open(t, db, o)
	importInto(t, command, "corp", metadata(entity, certificate(t, 400)))
	activate(t, command, "corp")
	if server.Connection("corp") != nil {
		t.Fatal("it is there already")
	}
	// An act on what the registry has not seen yet finds it.
	if _, err := server.Disable(t.Context(), "corp", "user:1"); err != nil {
		t.Fatal(err)
	}
	activate(t, command, "corp")
	if err := server.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !server.Connection("corp").Active() {
		t.Error("not followed")
	}
}
