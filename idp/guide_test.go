package idp_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport/idp"
	"sallyport/saml"
)

var update = flag.Bool("update", false, "write docs/idp from the guides")

var guideVendors = []string{"entra", "onelogin", "okta", "adfs", "pingfederate", "pingone", "duo", "google", "keycloak", "jumpcloud", "other"}

// exampleValues are those of the connection that the pages in docs/idp show.
var exampleValues = idp.GuideValues{
	EntityID:    "https://sso.example.com/saml/default/metadata",
	ACSURL:      "https://sso.example.com/saml/default/acs",
	LoginURL:    "https://sso.example.com/saml/default/login",
	MetadataURL: "https://sso.example.com/saml/default/metadata",
	SLOURL:      "https://sso.example.com/saml/default/slo",
	SCIMURL:     "https://sso.example.com/scim/v2",
}

// TestGuidesAreWhole: each one leads from nothing to a sign-in.
func TestGuidesAreWhole(t *testing.T) {
	var vendors []string
	for _, g := range idp.Guides() {
		vendors = append(vendors, g.Vendor)
		t.Run(g.Vendor, func(t *testing.T) {
			if g.Name == "" || g.Source == "" || g.TheirMetadata == "" || len(g.Checks) < 5 {
				t.Errorf("something is missing: %+v", g)
			}
			if g.Vendor != "other" && !strings.Contains(g.Source, "not tried") {
				t.Error("it does not say what it was written from")
			}
			if !strings.Contains(g.RelayState, "application") || !strings.Contains(g.RelayState, "portal") {
				t.Errorf("RelayState = %q", g.RelayState)
			}
			values := map[idp.GuideValue]string{}
			for _, s := range slices.Concat(g.Steps, g.Provisioning) {
				values[s.Value] = s.Field
				if s.Text == "" && s.Field == "" || (s.Value != idp.ValueNone) && s.Field == "" || (s.Value == idp.ValueLiteral) != (s.Literal != "") {
					t.Errorf("half a step: %+v", s)
				}
				if s.Value != idp.ValueNone && s.Value != idp.ValueMetadataFile && exampleValues.Of(s) == "" {
					t.Errorf("nothing to copy: %+v", s)
				}
			}
			for _, v := range []idp.GuideValue{idp.ValueEntityID, idp.ValueACSURL} {
				if values[v] == "" {
					t.Errorf("no field for %s", v)
				}
			}
			if len(g.Provisioning) > 0 {
				whole := fmt.Sprint(g.Provisioning)
				if values[idp.ValueSCIMURL] == "" || !strings.Contains(whole, "shown once") || !strings.Contains(whole, "the very value that is sent as NameID") {
					t.Errorf("provisioning lacks the address, the token or the userName: %s", whole)
				}
			}
			whole := fmt.Sprintf("%#v", g)
			if g.Vendor != "onelogin" && !strings.Contains(strings.ToLower(whole), "email") {
				t.Error("nothing makes the NameID an e-mail address")
			}
			if strings.Contains(whole, `\t`) || strings.Contains(whole, "  ") {
				t.Error("odd spaces")
			}
		})
	}
	if diff := cmp.Diff(guideVendors, vendors); diff != "" {
		t.Errorf("vendors (-want +got)\n%s", diff)
	}
}

// TestGuidesNameTags: typed as the guide says, the attribute arrives under the
// name that makes a session tag.
func TestGuidesNameTags(t *testing.T) {
	const department = "https://aws.amazon.com/SAML/Attributes/AccessControl:Department"
	for _, g := range idp.Guides() {
		i := slices.IndexFunc(g.Claims, func(c idp.Claim) bool { return strings.HasSuffix(c.Name, "AccessControl:Department") })
		if i < 0 {
			t.Errorf("%s: no session tag", g.Vendor)
			continue
		}
		c := g.Claims[i]
		sent := c.Name
		if c.Namespace != "" {
			sent = c.Namespace + "/" + c.Name // as Entra joins them
		}
		if sent != department || (c.Namespace != "") != (g.Vendor == "entra") {
			t.Errorf("%s: %q arrives", g.Vendor, sent)
		}
		if (c.Rule != "") != (g.Vendor == "adfs") {
			t.Errorf("%s: rule %q", g.Vendor, c.Rule)
		}
		if !slices.ContainsFunc(g.Claims, func(c idp.Claim) bool { return strings.Contains(c.Name, "PrincipalTag:") }) {
			t.Errorf("%s: no word of PrincipalTag", g.Vendor)
		}
		for _, c := range g.Claims {
			isName := strings.Contains(c.Note, "The NameID is who the person is") || strings.HasPrefix(c.Note, "The first rule")
			if c.Needed != isName {
				t.Errorf("%s: %s is needed: %v", g.Vendor, c.Name, c.Needed)
			}
		}
		if !g.Claims[0].Needed {
			t.Errorf("%s: the NameID does not come first", g.Vendor)
		}
	}
}

// TestGuidesOfADFSHoldWholeRules: balanced, ended, and in an order in which a
// rule reads only what an earlier one issued.
func TestGuidesOfADFSHoldWholeRules(t *testing.T) {
	reads := regexp.MustCompile(`Type == "([^"]+)"`)
	issues := regexp.MustCompile(`(?:types = \(|issue\(Type = )"([^"]+)"`)
	const account = "http://schemas.microsoft.com/ws/2008/06/identity/claims/windowsaccountname"
	known := map[string]bool{account: true}
	for _, c := range idp.GuideFor("adfs").Claims {
		if c.Rule == "" {
			t.Errorf("%s has no rule", c.Name)
		}
		for statement := range strings.SplitAfterSeq(c.Rule, ";\n\n") {
			statement = strings.TrimSpace(statement)
			if !strings.HasSuffix(statement, ";") || strings.Count(statement, `"`)%2 != 0 || strings.Count(statement, "(") != strings.Count(statement, ")") || strings.Count(statement, "=>") != 1 {
				t.Errorf("no whole statement: %s", statement)
			}
			for _, m := range reads.FindAllStringSubmatch(statement, -1) {
				if !known[m[1]] {
					t.Errorf("%s is read before it is there", m[1])
				}
			}
			for _, m := range issues.FindAllStringSubmatch(statement, -1) {
				known[m[1]] = true
			}
		}
	}
	const nameID = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier"
	if !known[nameID] || !known["https://aws.amazon.com/SAML/Attributes/AccessControl:Department"] {
		t.Errorf("rules issue %v", known)
	}
}

// TestGuidesCallRefusalsByTheirNames: an administrator looks for what the page
// of the refused sign-in says.
func TestGuidesCallRefusalsByTheirNames(t *testing.T) {
	oneWord := regexp.MustCompile(`^[A-Z][a-z]+[A-Za-z]*$`)
	for _, g := range idp.Guides() {
		for _, c := range g.Checks {
			if oneWord.MatchString(c.Symptom) && !slices.Contains(saml.Reasons(), saml.Reason(c.Symptom)) {
				t.Errorf("%s: %s is no reason", g.Vendor, c.Symptom)
			}
		}
	}
}

func TestGuideForAnyVendor(t *testing.T) {
	for _, v := range guideVendors {
		if got := idp.GuideFor(v).Vendor; got != v {
			t.Errorf("GuideFor(%s) = %s", v, got)
		}
	}
	for in, want := range map[string]string{"ping": "pingone", "": "other", "shibboleth": "other", "Entra": "other"} {
		if got := idp.GuideFor(in).Vendor; got != want {
			t.Errorf("GuideFor(%q) = %s, want %s", in, got, want)
		}
	}
}

// TestGuidesGiveAPatternThatFits the ACS URL and no other.
func TestGuidesGiveAPatternThatFits(t *testing.T) {
	s := idp.Step{Value: idp.ValueACSPattern}
	pattern := exampleValues.Of(s)
	if pattern != `^https:\/\/sso\.example\.com\/saml\/default\/acs$` {
		t.Errorf("pattern = %s", pattern)
	}
	re := regexp.MustCompile(pattern)
	for in, want := range map[string]bool{
		exampleValues.ACSURL: true, exampleValues.ACSURL + "x": false, "x" + exampleValues.ACSURL: false,
		"https://sso-example.com/saml/default/acs": false, "https://evil.example/?" + exampleValues.ACSURL: false,
	} {
		if re.MatchString(in) != want {
			t.Errorf("%s fits: %v", in, !want)
		}
	}
}

// TestGuidesStandInDocs: docs/idp says what the guides say. Write it with
// go test ./idp -run TestGuidesStandInDocs -update
func TestGuidesStandInDocs(t *testing.T) {
	dir := filepath.Join("..", "docs", "idp")
	var want []string
	for _, g := range idp.Guides() {
		name := g.Vendor + ".md"
		want = append(want, name)
		page := guidePage(g)
		if *update {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(page), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		kept, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Error(err)
			continue
		}
		if diff := cmp.Diff(string(kept), page); diff != "" {
			t.Errorf("docs/idp/%s differs from the guide; run the test with -update (-docs +guide)\n%s", name, diff)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !slices.Contains(want, e.Name()) {
			t.Errorf("docs/idp/%s belongs to no guide", e.Name())
		}
	}
}

// guidePage is a guide as Markdown.
func guidePage(g idp.Guide) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("# %s\n", g.Name)
	line("How to let people sign in to Sallyport through %s. The addresses are those of the connection `default` of a Sallyport at `https://sso.example.com`: the page of your connection shows the same steps with yours, to copy. %s\n", name(g), g.Source)
	line("## What to do there\n")
	for i, s := range g.Steps {
		line("%d. %s", i+1, stepLine(s))
	}
	line("\n## What to send\n")
	for _, c := range g.Claims {
		where := ""
		if c.Namespace != "" {
			where = fmt.Sprintf(", namespace `%s`", c.Namespace)
		}
		line("- `%s`%s: %s. %s", c.Name, where, plain(c.Source), plain(c.Note))
		if c.Rule != "" {
			line("\n  ```\n  %s\n  ```\n", strings.ReplaceAll(strings.ReplaceAll(c.Rule, "\n", "\n  "), "\n  \n", "\n\n"))
		}
	}
	if len(g.Provisioning) > 0 {
		line("\n## People and groups by SCIM\n")
		line("Not needed for signing in: without it, people arrive at their first sign-in. What the token and the brake are for: [Operating](../operate.md#provisioning).\n")
		for i, s := range g.Provisioning {
			line("%d. %s", i+1, stepLine(s))
		}
	}
	line("\n## Relay state\n\n%s\n", plain(g.RelayState))
	line("## What we need from there\n\n%s\n", plain(g.TheirMetadata))
	line("## When it fails\n")
	line("The page of a refused sign-in says the word on the left, or %s says it.\n", name(g))
	line("| says | look at |\n|---|---|")
	for _, c := range g.Checks {
		line("| %s | %s |", c.Symptom, strings.ReplaceAll(plain(c.Text), "|", `\|`))
	}
	return strings.ReplaceAll(b.String(), "\n\n\n", "\n\n")
}

func name(g idp.Guide) string {
	if g.Vendor == "other" {
		return "an identity provider"
	}
	return g.Name
}

func stepLine(s idp.Step) string {
	text := plain(s.Text)
	if s.Field == "" {
		return text
	}
	value := exampleValues.Of(s)
	switch {
	case s.Value == idp.ValueMetadataFile:
		value = " our metadata, as a file."
	case value != "":
		value = " `" + value + "`"
		if text != "" {
			value += ";"
		}
	}
	return strings.TrimSuffix(fmt.Sprintf("**%s**:%s %s", plain(s.Field), value, text), " ")
}

// plain keeps Markdown from taking <...> for HTML.
func plain(s string) string { return strings.ReplaceAll(s, "<", `\<`) }
