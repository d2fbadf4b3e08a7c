package admin

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
	"testing"

	"sallyport/saml"
)

// Where a reason is mended, beside who mends it.
const (
	field = "a field of theirs"
	both  = "a field of theirs and a place here"
	here  = "a place here"
	none  = "nowhere, and why"
)

// mended is what an administrator must be told about each reason. It is
// written apart from the remedies, so that each checks the other.
var mended = map[saml.Reason]struct {
	fixer saml.Fixer
	where string
}{
	saml.TooLarge: {saml.FixIDP, field}, saml.NotBase64: {saml.FixIDP, none}, saml.Malformed: {saml.FixIDP, none},
	saml.ForbiddenXML: {saml.FixAttack, none}, saml.DuplicateID: {saml.FixAttack, none}, saml.NotAResponse: {saml.FixIDP, both},
	saml.SeveralAssertions: {saml.FixAttack, none}, saml.NoAssertion: {saml.FixIDP, field},
	saml.Unsigned: {saml.FixIDP, field}, saml.BadSignature: {saml.FixIDP, both}, saml.MalformedSignature: {saml.FixAttack, none},
	saml.WeakAlgorithm: {saml.FixIDP, field}, saml.UntrustedCertificate: {saml.FixService, both}, saml.ExpiredCertificate: {saml.FixIDP, both},
	saml.DecryptionFailed: {saml.FixIDP, both}, saml.NoDecryptionKey: {saml.FixService, both},
	saml.StatusNotSuccess: {saml.FixIDP, field}, saml.WrongVersion: {saml.FixIDP, none}, saml.WrongIssuer: {saml.FixService, both},
	saml.WrongDestination: {saml.FixIDP, both}, saml.WrongRecipient: {saml.FixIDP, both}, saml.WrongAudience: {saml.FixIDP, both},
	saml.NoBearerConfirmation: {saml.FixIDP, both}, saml.UnknownCondition: {saml.FixIDP, none}, saml.UnknownRequest: {saml.FixPerson, none},
	saml.Unsolicited: {saml.FixService, here}, saml.NotYetValid: {saml.FixClock, both}, saml.Expired: {saml.FixClock, both}, saml.TooOld: {saml.FixClock, both},
	saml.NoAuthnStatement: {saml.FixIDP, both}, saml.SessionExpired: {saml.FixPerson, none}, saml.WrongAuthnContext: {saml.FixIDP, both},
	saml.StaleAuthentication: {saml.FixIDP, both}, saml.WrongNameIDFormat: {saml.FixIDP, both}, saml.InvalidNameID: {saml.FixIDP, both},
	saml.WrongSPNameQualifier: {saml.FixIDP, both}, saml.DuplicateAttribute: {saml.FixIDP, both},
	saml.Replayed: {saml.FixPerson, none}, saml.WrongBrowser: {saml.FixPerson, none}, saml.InvalidTag: {saml.FixIDP, both},
	saml.ConnectionDisabled: {saml.FixService, here}, saml.UserInactive: {saml.FixService, here}, saml.UserUnknown: {saml.FixService, both},
	saml.UserNameCase: {saml.FixIDP, field}, saml.DomainNotAllowed: {saml.FixService, both},
}

func TestEveryReasonAtEveryVendor(t *testing.T) {
	for _, reason := range saml.Reasons() {
		want, ok := mended[reason]
		if !ok {
			t.Errorf("%s: say who must mend it, and where", reason)
			continue
		}
		for i, vendor := range vendors {
			got := explain(reason, vendor.id, "default")
			if got.Fixer != fixers[want.fixer] || got.Fixer == "" {
				t.Errorf("%s at %s: fixed by %q, want %q", reason, vendor.id, got.Fixer, fixers[want.fixer])
			}
			if got.Next == "" {
				t.Errorf("%s at %s: what is done next?", reason, vendor.id)
			}
			if theirs := want.where == field || want.where == both; theirs != (got.Field.Vendor != "") || theirs == (got.Why != "") {
				t.Errorf("%s at %s: want %s, got field %+v, why %q", reason, vendor.id, want.where, got.Field, got.Why)
			}
			if ours := want.where == here || want.where == both; ours != (got.Here != "") || ours != (got.HerePath != "") {
				t.Errorf("%s at %s: want %s, got %q at %q", reason, vendor.id, want.where, got.Here, got.HerePath)
			}
			if got.Field.Vendor == "" {
				continue
			}
			if got.Field.Vendor != vendor.name || (got.Field.Where == "") == (got.Field.None == "") || len(got.Others) != len(vendors)-1 {
				t.Errorf("%s at %s: got field %+v and %d others", reason, vendor.id, got.Field, len(got.Others))
			}
			if i == len(vendors)-1 && got.Field.Where == "" {
				t.Errorf("%s: no words for an identity provider that we do not know", reason)
			}
		}
	}
	if len(mended) != len(remedies) || len(remedies) != len(saml.Reasons()) {
		t.Errorf("%d reasons, %d remedies, %d in this test", len(saml.Reasons()), len(remedies), len(mended))
	}
}

// TestSameWordsAreNotGivenToTwoVendors finds a line that slipped by one.
func TestSameWordsAreNotGivenToTwoVendors(t *testing.T) {
	for _, r := range remedies {
		if r.theirs == nil {
			continue
		}
		seen := map[string]string{}
		for i, where := range r.theirs.fields {
			if twin, ok := seen[where]; ok && where != "" {
				t.Errorf("%s and %s: %q", twin, vendors[i].id, where)
			}
			seen[where] = vendors[i].id
		}
	}
}

func TestVendorsThatNobodyKnows(t *testing.T) {
	for _, vendor := range []string{"", "shibboleth", "aws", "<script>"} {
		if got := explain(saml.WrongAudience, vendor, "default").Field; got.ID != other || got.Where == "" {
			t.Errorf("%q: got %+v", vendor, got)
		}
	}
	if got := explain(saml.WrongAudience, "okta", ""); got.HerePath != "" || got.Field.Vendor != "Okta" {
		t.Errorf("a connection that is gone: got %+v", got)
	}
	if got := explain(saml.UserInactive, "okta", ""); got.HerePath != "/admin/people" {
		t.Errorf("got %q", got.HerePath)
	}
}

// TestEveryActionHasWords reads the list of actions from the source, since
// package audit keeps none.
func TestEveryActionHasWords(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "../../audit/event.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	ast.Inspect(file, func(node ast.Node) bool {
		spec, ok := node.(*ast.ValueSpec)
		if !ok {
			return true
		}
		for _, v := range spec.Values {
			if lit, ok := v.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				n++
				action := strings.Trim(lit.Value, `"`)
				found := false
				for _, g := range actionGroups {
					for _, a := range g.actions {
						found = found || string(a.action) == action
					}
				}
				if !found {
					t.Errorf("%s has no words", action)
				}
			}
		}
		return true
	})
	if n < 30 {
		t.Errorf("found %d actions only", n)
	}
}
