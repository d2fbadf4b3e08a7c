package access_test

import (
	"strings"
	"testing"
	"time"

	"sallyport/access"
	"sallyport/internal/fault"
)

func TestCheckRole(t *testing.T) {
	inline := func(names ...string) (all []access.InlinePolicy) {
		for _, n := range names {
			all = append(all, access.InlinePolicy{Name: n, Document: inlineWith("")})
		}
		return all
	}
	for _, c := range []struct {
		name   string
		change func(*access.Role)
		want   string
	}{
		{"no ARN", func(r *access.Role) { r.ARN = "WorkSpaces" }, `"WorkSpaces" is not the ARN of a role`},
		{"a short account", func(r *access.Role) { r.ARN = "arn:aws:iam::1234:role/WorkSpaces" }, "is not the ARN of a role"},
		{"a provider's ARN", func(r *access.Role) { r.ARN = providerARN }, "is not the ARN of a role"},
		{"a role of IAM Identity Center", func(r *access.Role) { r.ARN = "arn:aws:iam::123456789012:role/AWSReservedSSO_Ops_0123456789abcdef" }, "IAM Identity Center"},
		{"too short", func(r *access.Role) { r.MaxSessionDuration = 59 * time.Minute }, "from an hour to twelve hours"},
		{"too long", func(r *access.Role) { r.MaxSessionDuration = 13 * time.Hour }, "from an hour to twelve hours"},
		{"two lines", func(r *access.Role) { r.Description = "a\nb" }, "in one line"},
		{"a name with a blank", func(r *access.Role) { r.Inline = inline("a b") }, `"a b"`},
		{"a name twice", func(r *access.Role) { r.Inline = inline("Stream", "stream") }, "Two inline policies"},
		{"too many", func(r *access.Role) { r.Inline = make([]access.InlinePolicy, 21) }, "up to 20"},
	} {
		t.Run(c.name, func(t *testing.T) {
			role := guideRole("aws", "eu-west-1")
			c.change(role)
			err := access.CheckRole(role)
			if fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.Public(err), c.want) {
				t.Errorf("got %v", err)
			}
		})
	}
	for _, arn := range []string{roleARN, "arn:aws-us-gov:iam::123456789012:role/service/team/WorkSpaces", "arn:aws-cn:iam::123456789012:role/W"} {
		if err := access.CheckRole(&access.Role{ARN: arn, Trust: trustWith(""), MaxSessionDuration: 12 * time.Hour}); err != nil {
			t.Errorf("%s: %v", arn, err)
		}
	}
}
