package scim

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport/directory"
)

func TestParseFilter(t *testing.T) {
	text := func(attr directory.Attribute, op directory.Op, s string) directory.Expr {
		return directory.Compare{Attr: attr, Op: op, Value: directory.Value{Text: s}}
	}
	truth := func(attr directory.Attribute, op directory.Op, b bool) directory.Expr {
		return directory.Compare{Attr: attr, Op: op, Value: directory.Value{Bool: b}}
	}
	at, _ := instant("2011-05-13T04:42:34Z")
	is := func(attr directory.Attribute) directory.Expr { return directory.Present{Attr: attr} }
	work := text("emails.type", directory.EQ, "work")

	for _, c := range []struct {
		filter string
		of     *resourceType
		want   directory.Expr
	}{
		// RFC 7644 section 3.4.2.2, its examples.
		{`userName eq "bjensen"`, userType, text("userName", directory.EQ, "bjensen")},
		{`name.familyName co "O'Malley"`, userType, text("name.familyName", directory.CO, "O'Malley")},
		{`userName sw "J"`, userType, text("userName", directory.SW, "J")},
		{`urn:ietf:params:scim:schemas:core:2.0:User:userName sw "J"`, userType, text("userName", directory.SW, "J")},
		{`title pr`, userType, is("title")},
		{`meta.lastModified gt "2011-05-13T04:42:34Z"`, userType, directory.Compare{Attr: "meta.lastModified", Op: directory.GT, Value: directory.Value{Time: at}}},
		{`title pr and userType eq "Employee"`, userType, directory.And{Left: is("title"), Right: text("userType", directory.EQ, "Employee")}},
		{`title pr or userType eq "Intern"`, userType, directory.Or{Left: is("title"), Right: text("userType", directory.EQ, "Intern")}},
		{`schemas eq "urn:ietf:params:scim:schemas:core:2.0:User"`, userType, always},
		{`schemas eq "urn:other"`, userType, never},
		{`userType eq "Employee" and (emails co "example.com" or emails.value co "example.org")`, userType,
			directory.And{Left: text("userType", directory.EQ, "Employee"), Right: directory.Or{
				Left: text("emails.value", directory.CO, "example.com"), Right: text("emails.value", directory.CO, "example.org")}}},
		{`userType ne "Employee" and not (emails co "example.com")`, userType,
			directory.And{Left: text("userType", directory.NE, "Employee"), Right: directory.Not{Of: text("emails.value", directory.CO, "example.com")}}},
		{`userType eq "Employee" and emails[type eq "work" and value co "@example.com"]`, userType,
			directory.And{Left: text("userType", directory.EQ, "Employee"), Right: directory.Element{Attr: "emails",
				Where: directory.And{Left: work, Right: text("emails.value", directory.CO, "@example.com")}}}},

		// And binds closer than or, and both go from left to right.
		{`title pr or nickName pr and locale pr or active eq true`, userType,
			directory.Or{Left: directory.Or{Left: is("title"), Right: directory.And{Left: is("nickName"), Right: is("locale")}}, Right: truth("active", directory.EQ, true)}},

		// As robots write them.
		{`DisplayName Eq "x"`, groupType, text("displayName", directory.EQ, "x")},
		{`emails[type eq "work"].value eq "a@x"`, userType, directory.Element{Attr: "emails", Where: directory.And{Left: work, Right: text("emails.value", directory.EQ, "a@x")}}},
		{`emails[type eq "work"].value ne "a@x"`, userType, directory.Or{
			Left:  directory.Element{Attr: "emails", Where: directory.And{Left: work, Right: text("emails.value", directory.NE, "a@x")}},
			Right: directory.Not{Of: directory.Element{Attr: "emails", Where: work}}}},
		{`emails[type eq "work"].value pr`, userType, directory.Element{Attr: "emails", Where: directory.And{Left: work, Right: is("emails.value")}}},
		{`id eq "a" and manager eq "b"`, userType, directory.And{Left: text("id", directory.EQ, "a"), Right: text("enterprise.manager.value", directory.EQ, "b")}},
		{`urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq "b"`, userType, text("enterprise.manager.value", directory.EQ, "b")},
		{`urn:ietf:params:scim:schemas:extension:enterprise:2.0:user:Department eq "b"`, userType, text("enterprise.department", directory.EQ, "b")},
		{`id eq "g" and members eq "u"`, groupType, directory.And{Left: text("id", directory.EQ, "g"), Right: text("members.value", directory.EQ, "u")}},
		{`members[value eq "u"]`, groupType, directory.Element{Attr: "members", Where: text("members.value", directory.EQ, "u")}},
		{`active eq "False"`, userType, truth("active", directory.EQ, false)},
		{`active ne TRUE`, userType, truth("active", directory.NE, true)},
		{`urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber eq 701984`, userType, text("enterprise.employeeNumber", directory.EQ, "701984")},
		{`  userName   eq	"a\"b\u00e9\\" `, userType, text("userName", directory.EQ, `a"bé\`)},
		{`(((userName eq "a")))`, userType, text("userName", directory.EQ, "a")},
		{`not(title pr)`, userType, directory.Not{Of: is("title")}},

		// null is what is not present; what is not kept nobody has.
		{`title eq null`, userType, directory.Not{Of: is("title")}},
		{`emails ne null`, userType, is("emails.value")},
		{`roles[primary eq "True"].value eq "x"`, userType, never},
		{`photos.value pr`, userType, never},
		{`ims ne "x"`, userType, always},
		{`name[familyName eq "x"]`, userType, text("name.familyName", directory.EQ, "x")},
		{`manager pr`, userType, is("enterprise.manager.value")},
		{`meta.resourceType eq "user"`, userType, always},
		{`meta.resourceType eq "Group"`, userType, never},
	} {
		got, err := parseFilter(c.filter, c.of)
		if err != nil {
			t.Errorf("%s: %v", c.filter, err)
			continue
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.filter, d)
		}
	}
}

func TestParseFilterRefuses(t *testing.T) {
	deep := func(n int) string { return strings.Repeat("(", n) + "title pr" + strings.Repeat(")", n) }
	for _, c := range []struct{ filter, says string }{
		{``, "character 1"},
		{`userName`, "character 9: expected an operator"},
		{`userName eq`, "character 12: expected a string"},
		{`userName eq bjensen`, "expected a string"},
		{`userName eq 'bjensen'`, "expected a string"},
		{`userName is "x"`, "character 10: expected one of eq"},
		{`userName eq "x`, "no closing"},
		{`userName eq "\x"`, "not a JSON string"},
		{`userName eq "a\u0000b"`, "not a JSON string"},
		{`userName eq "x" and`, "expected the name"},
		{`userName eq "x" userName eq "y"`, "expected and, or"},
		{`userName eq "x")`, "expected and, or"},
		{`(userName eq "x"`, "expected )"},
		{`emails[type eq "work"`, "expected ]"},
		{`emails[type eq "work")`, "expected ]"},
		{`emails[emails[type pr]]`, "no such sub-attribute"},
		{`emails[type eq "work"].nothing eq "x"`, "no such sub-attribute"},
		{`userName[type eq "work"]`, "no sub-attributes to choose by"},
		{`not userName pr`, "expected ( after not"},
		{"userName eq \"\xff\"", "not UTF-8"},
		{`"x" eq userName`, "expected the name"},
		{`password eq "x"`, "no attribute of this name"},
		{`enterprise.department eq "x"`, "no attribute of this name"},
		{`urn:other:User:userName eq "x"`, "no attribute of this name"},
		{`members eq "x"`, "no attribute of this name"},
		{`name eq "x"`, "no value of its own"},
		{`emails.$ref eq "x"`, "no attribute of this name"},
		{`groups.display eq "x"`, "cannot be asked for"},
		{`active gt true`, "eq and ne only"},
		{`active eq "yes"`, "true or false"},
		{`userName eq true`, "in quotation marks"},
		{`userName gt null`, "eq and ne only"},
		{`meta.created eq "yesterday"`, "is a time"},
		{`meta.created co "2011-05-13T04:42:34Z"`, "no parts"},
		{`schemas gt "urn"`, "no order"},
		{deep(51), "more than 50 deep"},
		{strings.Repeat("not (", 51) + "title pr" + strings.Repeat(")", 51), "more than 50 deep"},
		{"title pr" + strings.Repeat(" or title pr", 100), "at most 100"},
		{`groups.value eq "a"` + strings.Repeat(` or not (groups.value eq "b")`, 10), "at most 100"},
		{"emails pr" + strings.Repeat(` and phoneNumbers.value co "1"`, 10), "at most 100"},
		{`emails[type eq "work"` + strings.Repeat(` or type eq "home"`, 10) + `]`, "at most 100"},
		{`userName eq "` + strings.Repeat("x", maxFilter) + `"`, "longer than"},
	} {
		_, err := parseFilter(c.filter, userType)
		var r *refusal
		if !errors.As(err, &r) || r.Status != 400 || r.SCIMType != invalidFilter || !strings.Contains(r.Detail, c.says) {
			t.Errorf("%.60s: %v, want invalidFilter that says %q", c.filter, err, c.says)
		}
	}
	for _, fine := range []string{deep(50), "title pr" + strings.Repeat(" or title pr", 99),
		`emails eq "a"` + strings.Repeat(` or emails.value eq "b"`, 99), "emails pr" + strings.Repeat(` and emails[type eq "work"]`, 9),
	} {
		if _, err := parseFilter(fine, userType); err != nil {
			t.Errorf("%.60s: %v", fine, err)
		}
	}
}
