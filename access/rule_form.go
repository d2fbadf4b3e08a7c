package access

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/cedar-policy/cedar-go"

	"sallyport/internal/fault"
)

// maxFormValues bounds each list of a form.
const maxFormValues = 100

// Cedar is the rule's text; fault.Invalid with what is wrong in the form.
func (f *RuleForm) Cedar() (string, error) {
	for _, list := range [][]string{f.Groups, f.TagValues, f.Connections, f.Networks, f.Contexts} {
		if len(list) > maxFormValues {
			return "", fault.New(fault.Invalid, fmt.Sprintf("A rule takes up to %d values of one kind.", maxFormValues))
		}
	}
	if (f.TagKey == "") != (len(f.TagValues) == 0) {
		return "", fault.New(fault.Invalid, "Give the session tag's key together with the values that it may have.")
	}
	if f.MaxAge < 0 || f.MaxAge%time.Second != 0 {
		return "", fault.New(fault.Invalid, "The age of the sign-in is a whole number of seconds.")
	}
	var all []string
	if len(f.Groups) > 0 {
		all = append(all, "principal.groups.containsAny("+setOf(f.Groups)+")")
	}
	if f.TagKey != "" {
		key := quoted(f.TagKey)
		all = append(all, "principal.hasTag("+key+") && "+setOf(f.TagValues)+".contains(principal.getTag("+key+"))")
	}
	if len(f.Connections) > 0 {
		all = append(all, setOf(f.Connections)+".contains(principal.connection)")
	}
	if len(f.Networks) > 0 {
		networks, err := networksOf(f.Networks)
		if err != nil {
			return "", err
		}
		all = append(all, "context has address && ("+networks+")")
	}
	if len(f.Contexts) > 0 {
		all = append(all, setOf(f.Contexts)+".contains(principal.authnContext)")
	}
	if f.MaxAge > 0 {
		all = append(all, fmt.Sprintf("context.authnAge <= duration(%q)", fmt.Sprintf("%ds", int64(f.MaxAge/time.Second))))
	}
	if len(all) == 0 {
		return "", fault.New(fault.Invalid, "Fill in at least one condition: groups, a session tag, a network, a connection, an authentication context or an age.")
	}
	effect := "permit"
	if f.Forbid {
		effect = "forbid"
	}
	text := effect + " (principal, action == Action::\"enter\", resource)\nwhen {\n\t(" + strings.Join(all, ") &&\n\t(") + ")\n};\n"
	return text, CheckRule(text)
}

func networksOf(list []string) (string, error) {
	var tests []string
	for _, n := range list {
		n = strings.TrimSpace(n)
		if _, err := netip.ParsePrefix(n); err != nil {
			if _, err := netip.ParseAddr(n); err != nil {
				return "", fault.New(fault.Invalid, "A network is written as 10.0.0.0/8 or 2001:db8::/32; "+quoted(n)+" is none.")
			}
		}
		tests = append(tests, "context.address.isInRange(ip("+quoted(n)+"))")
	}
	return strings.Join(tests, " || "), nil
}

func quoted(s string) string { return string(cedar.String(s).MarshalCedar()) }

func setOf(list []string) string {
	parts := make([]string, len(list))
	for i, s := range list {
		parts[i] = quoted(s)
	}
	return "[" + strings.Join(parts, ", ") + "]"
}
