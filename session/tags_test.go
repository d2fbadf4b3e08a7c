package session

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sallyport/directory"
	"sallyport/idp"
	"sallyport/saml"
)

const uriFormat = "urn:oasis:names:tc:SAML:2.0:attrname-format:uri"

// said is an attribute as most identity providers write it.
func said(name string, values ...string) saml.Attribute {
	return saml.Attribute{Name: attributePrefix + name, NameFormat: uriFormat, Values: values}
}

func TestReadTags(t *testing.T) {
	user := &directory.User{UserName: "ann@example.com", Profile: directory.Profile{
		Title:      " Lead ",
		Enterprise: directory.Enterprise{CostCenter: "4711", Department: "R&D"},
	}}
	costCenter := idp.TagMapping{Key: "CostCenter", Path: "${path:enterprise.costCenter}"}
	long := strings.Repeat("ä", 256)

	cases := map[string]struct {
		attributes []saml.Attribute
		mappings   []idp.TagMapping
		user       *directory.User
		tags       []Tag
		broken     string // of the first broken tag
		dropped    []DroppedTag
	}{
		"none": {},
		"AccessControl": {
			attributes: []saml.Attribute{said("AccessControl:Department", "Sales")},
			tags:       []Tag{{Key: "Department", Value: "Sales", Source: "AccessControl"}},
		},
		"PrincipalTag": {
			attributes: []saml.Attribute{said("PrincipalTag:Department", "Sales")},
			tags:       []Tag{{Key: "Department", Value: "Sales", Source: "PrincipalTag"}},
		},
		"the prefix is exact": {
			attributes: []saml.Attribute{
				{Name: "https://aws.amazon.com/saml/attributes/AccessControl:A", Values: []string{"x"}},
				{Name: "http://aws.amazon.com/SAML/Attributes/AccessControl:B", Values: []string{"x"}},
				said("accesscontrol:C", "x"),
				said("AccessControl", "x"),
				{Name: "AccessControl:D", Values: []string{"x"}},
			},
		},
		"FriendlyName makes no tag": {
			attributes: []saml.Attribute{{Name: "x", FriendlyName: attributePrefix + "AccessControl:A", Values: []string{"x"}}},
		},
		"NameFormat absent":      {attributes: []saml.Attribute{{Name: attributePrefix + "PrincipalTag:A", Values: []string{"x"}}}, tags: []Tag{{Key: "A", Value: "x", Source: "PrincipalTag"}}},
		"NameFormat basic":       {attributes: []saml.Attribute{{Name: attributePrefix + "PrincipalTag:A", NameFormat: "urn:oasis:names:tc:SAML:2.0:attrname-format:basic", Values: []string{"x"}}}, tags: []Tag{{Key: "A", Value: "x", Source: "PrincipalTag"}}},
		"NameFormat unspecified": {attributes: []saml.Attribute{{Name: attributePrefix + "PrincipalTag:A", NameFormat: "urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified", Values: []string{"x"}}}, tags: []Tag{{Key: "A", Value: "x", Source: "PrincipalTag"}}},
		"NameFormat of nobody": {
			attributes: []saml.Attribute{{Name: attributePrefix + "AccessControl:A", NameFormat: "urn:example:mine", Values: []string{"x"}}},
			broken:     "the NameFormat is none that SAML defines",
		},
		"structured value": {
			attributes: []saml.Attribute{{Name: attributePrefix + "AccessControl:A", Structured: true}},
			broken:     "the value is XML, and must be text",
		},
		"attribute twice": {
			attributes: []saml.Attribute{{Name: attributePrefix + "AccessControl:A", Values: []string{"x"}, Repeated: true}},
			broken:     "the attribute is there more than once",
		},
		"two values":      {attributes: []saml.Attribute{said("AccessControl:A", "x", "y")}, broken: "there are 2 values, and there may be one"},
		"same value, two": {attributes: []saml.Attribute{said("PrincipalTag:A", "x", "x")}, broken: "there are 2 values, and there may be one"},
		"no value": {
			attributes: []saml.Attribute{said("AccessControl:A")},
			dropped:    []DroppedTag{{Name: "A", Source: "AccessControl", Why: "there is no value"}},
		},
		"empty value": {attributes: []saml.Attribute{said("PrincipalTag:A", "")}, tags: []Tag{{Key: "A", Value: "", Source: "PrincipalTag"}}},

		"empty key":            {attributes: []saml.Attribute{said("AccessControl:", "x")}, broken: "the key is empty"},
		"key of 128":           {attributes: []saml.Attribute{said("AccessControl:"+long[:256], "x")}, tags: []Tag{{Key: long[:256], Value: "x", Source: "AccessControl"}}},
		"key of 129":           {attributes: []saml.Attribute{said("AccessControl:"+long[:258], "x")}, broken: "the key is 129 characters long, and may be 128"},
		"value of 256":         {attributes: []saml.Attribute{said("PrincipalTag:A", long)}, tags: []Tag{{Key: "A", Value: long, Source: "PrincipalTag"}}},
		"value of 257":         {attributes: []saml.Attribute{said("PrincipalTag:A", long+"x")}, broken: "the value is 257 characters long, and may be 256"},
		"every legal sign":     {attributes: []saml.Attribute{said("AccessControl:Zürich_.:/=+-@ 1", "東京 ٣_.:/=+-@\u00a0x")}, tags: []Tag{{Key: "Zürich_.:/=+-@ 1", Value: "東京 ٣_.:/=+-@\u00a0x", Source: "AccessControl"}}},
		"ampersand in a value": {attributes: []saml.Attribute{said("AccessControl:A", "R&D")}, broken: "the value has a character that is no letter, digit, space or one of _ . : / = + - @"},
		"newline in a value":   {attributes: []saml.Attribute{said("AccessControl:A", "R\nD")}, broken: "the value has a character that is no letter, digit, space or one of _ . : / = + - @"},
		"zero-width space":     {attributes: []saml.Attribute{said("PrincipalTag:A", "x\u200by")}, broken: "the value has a character that is no letter, digit, space or one of _ . : / = + - @"},
		"no UTF-8":             {attributes: []saml.Attribute{said("PrincipalTag:A", "x\xff")}, broken: "the value has a character that is no letter, digit, space or one of _ . : / = + - @"},
		"backslash in a key":   {attributes: []saml.Attribute{said(`PrincipalTag:A\B`, "x")}, broken: "the key has a character that is no letter, digit, space or one of _ . : / = + - @"},
		"reserved key":         {attributes: []saml.Attribute{said("AccessControl:AWS:userid", "x")}, broken: "keys that begin with aws: are reserved"},
		"reserved value":       {attributes: []saml.Attribute{said("PrincipalTag:A", "aWs:x")}, broken: "values that begin with aws: are reserved"},
		"aws without a colon":  {attributes: []saml.Attribute{said("PrincipalTag:aws-team", "aws")}, tags: []Tag{{Key: "aws-team", Value: "aws", Source: "PrincipalTag"}}},

		"AccessControl is trimmed": {attributes: []saml.Attribute{said("AccessControl:A", "\n    Sales\n  ")}, tags: []Tag{{Key: "A", Value: "Sales", Source: "AccessControl"}}},
		"PrincipalTag is not":      {attributes: []saml.Attribute{said("PrincipalTag:A", " Sales")}, broken: "the value begins or ends with a blank"},
		"a trimmed reserved value": {attributes: []saml.Attribute{said("AccessControl:A", " aws:x")}, broken: "values that begin with aws: are reserved"},

		"one key in two cases": {
			attributes: []saml.Attribute{said("PrincipalTag:Department", "a"), said("PrincipalTag:department", "b")},
			broken:     "the key is there more than once, case aside",
		},
		"one name in two NameFormats": {
			attributes: []saml.Attribute{said("AccessControl:A", "a"), {Name: attributePrefix + "AccessControl:A", Values: []string{"b"}}},
			broken:     "the key is there more than once, case aside",
		},
		"AccessControl beats PrincipalTag": {
			attributes: []saml.Attribute{said("PrincipalTag:department", "Sales"), said("AccessControl:Department", "Finance")},
			tags: []Tag{{Key: "Department", Value: "Finance", Source: "AccessControl",
				Lost: []Loser{{Value: "Sales", Source: "PrincipalTag"}}}},
		},
		"a broken AccessControl lets no PrincipalTag in": {
			attributes: []saml.Attribute{said("AccessControl:A", "a", "b"), said("PrincipalTag:A", "c")},
			broken:     "there are 2 values, and there may be one",
			dropped:    []DroppedTag{{Name: "A", Source: "PrincipalTag", Value: "c", Why: "the key belongs to AccessControl"}},
		},
		"a broken PrincipalTag is broken beside AccessControl too": {
			attributes: []saml.Attribute{said("AccessControl:A", "a"), said("PrincipalTag:A", "b&c")},
			tags:       []Tag{{Key: "A", Value: "a", Source: "AccessControl"}},
			broken:     "the value has a character that is no letter, digit, space or one of _ . : / = + - @",
		},

		"mapping": {
			mappings: []idp.TagMapping{costCenter, {Key: "Title", Path: "${path:title}"}}, user: user,
			tags: []Tag{
				{Key: "CostCenter", Value: "4711", Source: "${path:enterprise.costCenter}"},
				{Key: "Title", Value: "Lead", Source: "${path:title}"},
			},
		},
		"a mapping beats the assertion": {
			attributes: []saml.Attribute{said("PrincipalTag:COSTCENTER", "1"), said("AccessControl:costcenter", "2")},
			mappings:   []idp.TagMapping{costCenter}, user: user,
			tags: []Tag{{Key: "CostCenter", Value: "4711", Source: "${path:enterprise.costCenter}",
				Lost: []Loser{{Value: "2", Source: "AccessControl"}, {Value: "1", Source: "PrincipalTag"}}}},
		},
		"a mapping forgives what it beats": {
			attributes: []saml.Attribute{said("AccessControl:CostCenter", "a&b")},
			mappings:   []idp.TagMapping{costCenter}, user: user,
			tags: []Tag{{Key: "CostCenter", Value: "4711", Source: "${path:enterprise.costCenter}",
				Lost: []Loser{{Value: "a&b", Source: "AccessControl"}}}},
		},
		"an empty mapping makes no tag": {
			attributes: []saml.Attribute{said("AccessControl:Division", "North")},
			mappings:   []idp.TagMapping{{Key: "Division", Path: "${path:enterprise.division}"}}, user: user,
			dropped: []DroppedTag{
				{Name: "Division", Source: "${path:enterprise.division}", Why: "there is no value"},
				{Name: "Division", Source: "AccessControl", Value: "North", Why: "the key belongs to ${path:enterprise.division}"},
			},
		},
		"a mapping without a user makes no tag": {
			attributes: []saml.Attribute{said("AccessControl:CostCenter", "1")},
			mappings:   []idp.TagMapping{costCenter},
			dropped: []DroppedTag{
				{Name: "CostCenter", Source: "${path:enterprise.costCenter}", Why: "there is no value"},
				{Name: "CostCenter", Source: "AccessControl", Value: "1", Why: "the key belongs to ${path:enterprise.costCenter}"},
			},
		},
		"a mapping's value keeps the rules": {
			mappings: []idp.TagMapping{{Key: "Department", Path: "${path:enterprise.department}"}}, user: user,
			broken: "the value has a character that is no letter, digit, space or one of _ . : / = + - @",
		},
		"two mappings of one key": {
			mappings: []idp.TagMapping{costCenter, {Key: "costCenter", Path: "${path:title}"}}, user: user,
			broken: "the key is there more than once, case aside",
		},

		"transitive": {
			attributes: []saml.Attribute{said("PrincipalTag:A", "x"), said("PrincipalTag:B", "y"), said("TransitiveTagKeys", "a", " B\n", "")},
			tags:       []Tag{{Key: "A", Value: "x", Source: "PrincipalTag", Transitive: true}, {Key: "B", Value: "y", Source: "PrincipalTag", Transitive: true}},
		},
		"transitive of a tag that was not passed": {
			attributes: []saml.Attribute{said("PrincipalTag:A", "x"), said("TransitiveTagKeys", "C")},
			tags:       []Tag{{Key: "A", Value: "x", Source: "PrincipalTag"}},
			broken:     "it names no PrincipalTag that was passed",
		},
		"transitive of an AccessControl": {
			attributes: []saml.Attribute{said("AccessControl:A", "x"), said("TransitiveTagKeys", "A")},
			tags:       []Tag{{Key: "A", Value: "x", Source: "AccessControl"}},
			broken:     "it names no PrincipalTag that was passed",
		},
		"transitive in a foreign NameFormat": {
			attributes: []saml.Attribute{said("PrincipalTag:A", "x"), {Name: attributePrefix + "TransitiveTagKeys", NameFormat: "x", Values: []string{"A"}}},
			tags:       []Tag{{Key: "A", Value: "x", Source: "PrincipalTag"}},
			broken:     "the NameFormat is none that SAML defines",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := readTags(c.attributes, c.mappings, c.user)
			if diff := cmp.Diff(c.tags, r.tags); diff != "" {
				t.Errorf("tags (-want +got):\n%s", diff)
			}
			broken := ""
			if len(r.broken) > 0 {
				broken = r.broken[0].Why
			}
			if broken != c.broken {
				t.Errorf("broken: want %q, got %q", c.broken, broken)
			}
			if diff := cmp.Diff(c.dropped, r.dropped); diff != "" {
				t.Errorf("dropped (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadTagsAtMostFifty(t *testing.T) {
	var attributes []saml.Attribute
	for i := range 51 {
		attributes = append(attributes, said(fmt.Sprintf("AccessControl:Key%d", i), "x"))
	}
	if r := readTags(attributes[:50], nil, nil); len(r.tags) != 50 || len(r.broken) != 0 {
		t.Errorf("50 tags: got %d, broken %v", len(r.tags), r.broken)
	}
	r := readTags(attributes, nil, nil)
	want := []DroppedTag{{Name: "Key50", Source: "AccessControl", Value: "x", Why: "there are more than 50 session tags"}}
	if diff := cmp.Diff(want, r.broken); diff != "" || len(r.tags) != 50 {
		t.Errorf("51 tags: got %d, broken (-want +got):\n%s", len(r.tags), diff)
	}
}

// What comes out keeps the rules whatever goes in, also where broken tags are
// dropped. The rules are written anew here, as AWS writes them.
func TestReadTagsNeverGivesAnInvalidTag(t *testing.T) {
	text := regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`)
	key := rapid.OneOf(rapid.SampledFrom([]string{"A", "a", "ſ", "S", "s", "K", "\u212a", "aws:x", ""}), rapid.StringN(0, 140, -1))
	value := rapid.OneOf(rapid.SampledFrom([]string{"", "x", " x ", "aws:", "AWS:x", "a\nb"}), rapid.String(), rapid.StringN(250, 260, -1))
	attribute := rapid.Custom(func(t *rapid.T) saml.Attribute {
		return saml.Attribute{
			Name:       attributePrefix + rapid.SampledFrom([]string{"AccessControl:", "PrincipalTag:", "TransitiveTagKeys", "Other:"}).Draw(t, "kind") + key.Draw(t, "key"),
			NameFormat: rapid.SampledFrom([]string{"", uriFormat, "odd"}).Draw(t, "format"),
			Values:     rapid.SliceOfN(value, 0, 3).Draw(t, "values"),
			Structured: rapid.IntRange(0, 9).Draw(t, "structured") == 0,
			Repeated:   rapid.IntRange(0, 9).Draw(t, "repeated") == 0,
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		attributes := rapid.SliceOfN(attribute, 0, 70).Draw(t, "attributes")
		user := &directory.User{Profile: directory.Profile{Title: value.Draw(t, "title")}}
		mappings := []idp.TagMapping{{Key: key.Draw(t, "mapped"), Path: "${path:title}"}}

		r := readTags(attributes, mappings, user)
		if len(r.tags) > 50 {
			t.Fatalf("%d tags", len(r.tags))
		}
		for i, tag := range r.tags {
			if n := utf8.RuneCountInString(tag.Key); n < 1 || n > 128 || !text.MatchString(tag.Key) || !utf8.ValidString(tag.Key) {
				t.Errorf("key %q", tag.Key)
			}
			if n := utf8.RuneCountInString(tag.Value); n > 256 || !text.MatchString(tag.Value) || !utf8.ValidString(tag.Value) {
				t.Errorf("value %q", tag.Value)
			}
			if strings.HasPrefix(strings.ToLower(tag.Key), "aws:") || strings.HasPrefix(strings.ToLower(tag.Value), "aws:") {
				t.Errorf("reserved: %q=%q", tag.Key, tag.Value)
			}
			for _, other := range r.tags[:i] {
				if strings.EqualFold(other.Key, tag.Key) {
					t.Errorf("keys %q and %q", other.Key, tag.Key)
				}
			}
		}
	})
}
