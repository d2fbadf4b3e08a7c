package access_test

import (
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sallyport/access"
)

const (
	roleARN       = "arn:aws:iam::123456789012:role/WorkSpaces"
	providerARN   = "arn:aws:iam::123456789012:saml-provider/Example"
	otherProvider = "arn:aws:iam::123456789012:saml-provider/Other"
)

var midday = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

// many runs a property over hundreds of draws; rapid alone stops at one hundred.
func many(t *testing.T, hundreds int, property func(*rapid.T)) {
	t.Helper()
	for range hundreds {
		rapid.Check(t, property)
	}
}

func TestTrustAgreesWithTheReference(t *testing.T) {
	verdicts := map[bool]int{}
	many(t, 25, func(t *rapid.T) {
		doc := drawDocument(t, true)
		role := &access.Role{ARN: roleARN, Trust: doc.json()}
		if err := access.CheckRole(role); err != nil {
			t.Fatalf("refused: %v\n%s", err, doc.json())
		}
		a := drawAssertion(t)
		want := true
		for _, action := range trustActions(a) {
			want = want && refAllows([]refDocument{doc}, trustReference(a, action))
		}
		got := role.Assume(a, midday)
		if got.Allowed != want {
			t.Fatalf("got %v (%s), the reference says %v\n%s\n%+v", got.Allowed, got.Because, want, doc.json(), a)
		}
		if got.Because == "" || got.Allowed == (got.Code != "") {
			t.Fatalf("a decision without its words: %+v", got)
		}
		verdicts[got.Allowed]++
	})
	enough(t, verdicts)
}

func TestInlineAgreesWithTheReference(t *testing.T) {
	verdicts := map[bool]int{}
	many(t, 25, func(t *rapid.T) {
		docs := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) refDocument { return drawDocument(t, false) }), 1, 2).Draw(t, "documents")
		role := inlineRole(docs...)
		if err := access.CheckRole(role); err != nil {
			t.Fatalf("refused: %v\n%s", err, docs[0].json())
		}
		a := drawAssertion(t)
		r := sessionReference(a, rapid.SampledFrom(requestActions).Draw(t, "action"), rapid.SampledFrom(requestResources).Draw(t, "resource"))
		extra := map[string]string{}
		for _, key := range []string{"workspaces:userId", "workspaces:when", "workspaces:from", "workspaces:managed"} {
			if rapid.IntRange(0, 3).Draw(t, "has "+key) > 0 {
				extra[key] = rapid.SampledFrom(requestValues).Draw(t, key)
				r.keys[key] = []string{extra[key]}
			}
		}
		want := refAllows(docs, r)
		got := role.Permits(a, r.action, r.resource, extra, midday)
		if got.Allowed != want || got.Because == "" {
			t.Fatalf("got %v (%s), the reference says %v\n%+v\n%+v %v", got.Allowed, got.Because, want, role.Inline, r, extra)
		}
		verdicts[got.Allowed]++
	})
	enough(t, verdicts)
}

func TestDenyAlwaysWins(t *testing.T) {
	many(t, 10, func(t *rapid.T) {
		a := drawAssertion(t)
		action, resource := rapid.SampledFrom(requestActions).Draw(t, "action"), rapid.SampledFrom(requestResources).Draw(t, "resource")
		doc := drawDocument(t, false)
		before := inlineRole(doc).Permits(a, action, resource, nil, midday)

		denial := drawStatement(t, false)
		denial.deny = true
		at := rapid.IntRange(0, len(doc)).Draw(t, "place")
		with := append(append(append(refDocument{}, doc[:at]...), denial), doc[at:]...)
		if after := inlineRole(with).Permits(a, action, resource, nil, midday); after.Allowed && !before.Allowed {
			t.Fatalf("a Deny opened a door: %s\n%s", after.Because, with.json())
		}

		all := refStatement{deny: true, actions: []refValue{{{'*', ""}}}, resources: []refValue{{{'*', ""}}}}
		allow := refStatement{actions: all.actions, resources: all.resources}
		with = append(append(refDocument{}, doc...), all, allow)
		if got := inlineRole(with).Permits(a, action, resource, nil, midday); got.Allowed {
			t.Fatalf("a Deny of everything lost: %s\n%s", got.Because, with.json())
		}
		if got := inlineRole(refDocument{allow}, refDocument{all}).Permits(a, action, resource, nil, midday); got.Allowed || !strings.Contains(got.Because, "denies") {
			t.Fatalf("a Deny of another document lost: %s", got.Because)
		}
	})
}

func enough(t *testing.T, verdicts map[bool]int) {
	t.Helper()
	if total := verdicts[true] + verdicts[false]; verdicts[true] < total/20 || verdicts[false] < total/20 {
		t.Errorf("the documents are too much alike to show anything: %v", verdicts)
	}
	t.Logf("%d allowed, %d refused", verdicts[true], verdicts[false])
}

func inlineRole(docs ...refDocument) *access.Role {
	role := &access.Role{ARN: roleARN, Trust: trustOf(providerARN, "")}
	for i, d := range docs {
		role.Inline = append(role.Inline, access.InlinePolicy{Name: fmt.Sprintf("p%d", i), Document: d.json()})
	}
	return role
}

func trustActions(a access.Assertion) []string {
	actions := []string{"sts:AssumeRoleWithSAML"}
	if len(a.Tags) > 0 {
		actions = append(actions, "sts:TagSession")
	}
	if a.SourceIdentity != "" {
		actions = append(actions, "sts:SetSourceIdentity")
	}
	return actions
}

func reference(a access.Assertion, action string) refRequest {
	r := refRequest{principal: a.ProviderARN, action: action, keys: map[string][]string{
		"saml:sub":        {a.Subject},
		"saml:sub_type":   {a.SubjectType},
		"aws:CurrentTime": {midday.Format("2006-01-02T15:04:05.000Z")},
		"aws:EpochTime":   {strconv.FormatInt(midday.Unix(), 10)},
	}}
	for _, tag := range a.Tags {
		r.keys["aws:PrincipalTag/"+tag.Key] = []string{tag.Value}
	}
	if a.Address.IsValid() {
		r.keys["aws:SourceIp"] = []string{a.Address.String()}
	}
	name := a.ProviderARN[strings.LastIndex(a.ProviderARN, "/")+1:]
	sum := sha1.Sum([]byte(a.Issuer + "123456789012/" + name))
	r.keys["saml:namequalifier"] = []string{base64.StdEncoding.EncodeToString(sum[:])}
	return r
}

func trustReference(a access.Assertion, action string) refRequest {
	r := reference(a, action)
	r.keys["saml:iss"] = []string{a.Issuer}
	r.keys["saml:doc"] = []string{"123456789012/" + a.ProviderARN[strings.LastIndex(a.ProviderARN, "/")+1:]}
	r.keys["sts:RoleSessionName"] = []string{a.RoleSessionName}
	for key, value := range map[string]string{"saml:aud": a.Audience, "sts:SourceIdentity": a.SourceIdentity} {
		if value != "" {
			r.keys[key] = []string{value}
		}
	}
	for _, tag := range a.Tags {
		r.keys["aws:RequestTag/"+tag.Key] = []string{tag.Value}
		r.keys["aws:TagKeys"] = append(r.keys["aws:TagKeys"], tag.Key)
	}
	r.keys["sts:TransitiveTagKeys"] = a.TransitiveTags
	return r
}

func sessionReference(a access.Assertion, action, resource string) refRequest {
	r := reference(a, action)
	r.resource = resource
	r.keys["aws:FederatedProvider"] = []string{a.ProviderARN}
	if a.SourceIdentity != "" {
		r.keys["aws:SourceIdentity"] = []string{a.SourceIdentity}
	}
	return r
}

func drawAssertion(t *rapid.T) access.Assertion {
	text := func(name string, from ...string) string { return rapid.SampledFrom(from).Draw(t, name) }
	a := access.Assertion{
		RoleARN:         roleARN,
		ProviderARN:     text("provider", providerARN, providerARN, providerARN, otherProvider),
		Subject:         rapid.SampledFrom(requestValues[1:]).Draw(t, "sub"),
		SubjectType:     text("sub_type", "persistent", "transient"),
		Audience:        text("aud", "https://sp.example.com/acs", "blue", ""),
		Issuer:          text("iss", "https://idp.example.com", "Blue"),
		RoleSessionName: text("session", "ann", "blue"),
		SourceIdentity:  text("source", "", "", "blue", "ann"),
	}
	for _, key := range []string{"Color", "size", "Dept/Unit"} {
		if rapid.IntRange(0, 2).Draw(t, "has "+key) == 0 {
			a.Tags = append(a.Tags, access.Tag{Key: key, Value: rapid.SampledFrom(requestValues).Draw(t, key)})
			if rapid.Bool().Draw(t, "transitive "+key) {
				a.TransitiveTags = append(a.TransitiveTags, key)
			}
		}
	}
	if rapid.Bool().Draw(t, "has address") {
		a.Address = netip.MustParseAddr(text("address", "203.0.113.7", "198.51.100.1", "2001:db8::1"))
	}
	return a
}
