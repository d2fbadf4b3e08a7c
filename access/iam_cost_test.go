package access_test

import (
	"fmt"
	"strings"
	"testing"

	"sallyport/access"
)

// quoted is a JSON list of n values.
func quoted(n int, value func(i int) string) string {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf("%q", value(i)))
	}
	return "[" + strings.Join(all, ",") + "]"
}

func numbered(i int) string { return fmt.Sprintf("key%d", i) }

// costlyRole asks for as much as a document may: a thousand patterns, near to
// 32 KiB, each against each of fifty tags. None of them covers one.
func costlyRole(operator string) (*access.Role, access.Assertion) {
	statement := `{"Effect":"Allow","Principal":{"Federated":"` + providerARN + `"},"Action":["sts:AssumeRoleWithSAML","sts:TagSession"],"Condition":{"` + operator + `":{"aws:TagKeys":` +
		quoted(197, func(i int) string { return fmt.Sprintf("*xxxxxxxxxxxxxxxxxx-%d?", i) }) + `}}}`
	role := &access.Role{ARN: roleARN, Trust: `{"Version":"2012-10-17","Statement":[` + strings.Repeat(statement+",", 4) + statement + `]}`}
	a := guideAssertion("aws")
	a.Tags = nil
	for i := range 50 {
		a.Tags = append(a.Tags, access.Tag{Key: fmt.Sprintf("tag%d-%s", i, strings.Repeat("x", 100)), Value: strings.Repeat("v", 256)})
	}
	return role, a
}

func TestADecisionOfTheLargestDocumentIsCheap(t *testing.T) {
	for _, operator := range []string{"ForAnyValue:StringLike", "ForAllValues:StringLike"} {
		role, a := costlyRole(operator)
		if err := access.CheckRole(role); err != nil {
			t.Fatal(err)
		}
		if len(role.Trust) < 25_000 {
			t.Fatalf("a document of %d bytes shows nothing", len(role.Trust))
		}
		access.ReadRole(role)
		// Fifty tags times a thousand values would be fifty thousand at the least.
		if allocated := testing.AllocsPerRun(1, func() {
			if role.Assume(a, midday).Allowed {
				t.Error("allowed")
			}
		}); allocated > 10_000 {
			t.Errorf("%s: %.0f allocations", operator, allocated)
		}
	}
}

func TestADocumentTakesSoManyValues(t *testing.T) {
	block := func(key string, n int) string { return `"` + key + `":` + quoted(n, numbered) }
	five := func(last int) string {
		return trustWith(`,"Condition":{"StringEquals":{` + strings.Join([]string{
			block("saml:sub", 200), block("saml:iss", 200), block("saml:aud", 200), block("saml:doc", 200), block("saml:sub_type", last),
		}, ",") + `}}`)
	}
	for name, trust := range map[string]string{
		"200 in a condition":  trustWith(`,"Condition":{"StringEquals":{` + block("saml:sub", 200) + `}}`),
		"1000 in a document":  five(198), // and an action, and a principal
		"many actions at all": strings.Replace(trustWith(""), `"sts:AssumeRoleWithSAML"`, quoted(999, func(i int) string { return fmt.Sprintf("sts:A%d", i) }), 1),
	} {
		if err := access.CheckRole(&access.Role{ARN: roleARN, Trust: trust}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	refusedWith(t, &access.Role{ARN: roleARN, Trust: trustWith(`,"Condition":{"StringEquals":{` + block("saml:sub", 201) + `}}`)},
		`Condition.StringEquals["saml:sub"]: a condition takes up to 200 values, and this one has 201`)
	refusedWith(t, &access.Role{ARN: roleARN, Trust: five(199)}, `["saml:sub_type"]: a document takes up to 1000 values`)
	refusedWith(t, &access.Role{ARN: roleARN, Trust: strings.Replace(trustWith(""), `"sts:AssumeRoleWithSAML"`, quoted(1000, func(i int) string { return fmt.Sprintf("sts:A%d", i) }), 1)},
		`.Action: a document takes up to 1000 values`)
}

// What a catalog has read is not read again, and counts for no other text.
func TestDocumentsAreReadOnce(t *testing.T) {
	unread, a := guideRole("aws", "eu-west-1"), guideAssertion("aws")
	read := guideRole("aws", "eu-west-1")
	access.ReadRole(read)
	permits := func(r *access.Role) bool {
		return r.Permits(a, "workspaces:Stream", "arn:aws:workspaces:eu-west-1:123456789012:directory/d-1234567890", map[string]string{"workspaces:userId": a.Subject}, midday).Allowed
	}
	for name, ask := range map[string]func(*access.Role) bool{
		"trust":  func(r *access.Role) bool { return r.Assume(a, midday).Allowed },
		"inline": permits,
	} {
		if !ask(read) || !ask(unread) {
			t.Fatalf("%s: refused", name)
		}
		first, again := testing.AllocsPerRun(5, func() { ask(unread) }), testing.AllocsPerRun(5, func() { ask(read) })
		if again > first-100 {
			t.Errorf("%s: %.0f allocations where it was read, %.0f where not", name, again, first)
		}
	}
	changed := *read
	changed.Trust, changed.Inline = trustOf(otherProvider, ""), []access.InlinePolicy{{Name: "Stream", Document: inlineWith(condition("StringEquals", "saml:sub", `"bob"`))}}
	if changed.Assume(a, midday).Allowed || permits(&changed) {
		t.Error("a copy that says something else is decided as the role was")
	}
	changed = *read
	changed.Inline = append(changed.Inline[:1:1], access.InlinePolicy{Name: "No", Document: strings.Replace(inlineWith(""), "Allow", "Deny", 1)})
	if permits(&changed) {
		t.Error("a policy that was added to a copy is not looked at")
	}
}

func BenchmarkAssume(b *testing.B) {
	costly, many := costlyRole("ForAnyValue:StringLike")
	statement := `{"Effect":"Allow","Principal":{"Federated":"` + providerARN + `"},"Action":"sts:*","Condition":{"StringLike":{"saml:sub":"*b*"},"ForAllValues:StringLike":{"aws:TagKeys":"t*"}}}`
	statements := &access.Role{ARN: roleARN, Trust: `{"Version":"2012-10-17","Statement":[` + strings.Repeat(statement+",", 149) + statement + `]}`}
	for _, bench := range []struct {
		name string
		role *access.Role
		a    access.Assertion
	}{{"the guide's", guideRole("aws", "eu-west-1"), guideAssertion("aws")}, {"largest", costly, many}, {"150 statements", statements, many}} {
		b.Run(bench.name, func(b *testing.B) {
			access.ReadRole(bench.role)
			b.ReportAllocs()
			for b.Loop() {
				bench.role.Assume(bench.a, midday)
			}
		})
	}
}
