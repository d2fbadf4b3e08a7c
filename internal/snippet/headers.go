package snippet

import (
	"slices"
	"strings"

	"sallyport/access"
)

// Headers that proxies set, or that make applications read another address or
// method than the one that was asked about. Those that every snippet sets anew
// come first.
var (
	setAnew = []string{"X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"}
	routing = []string{
		"Forwarded", "X-Forwarded-Method", "X-Forwarded-Port", "X-Forwarded-Prefix", "X-Forwarded-Scheme", "X-Forwarded-Server", "X-Forwarded-Uri",
		"X-Original-Host", "X-Original-Method", "X-Original-Uri", "X-Original-Url", "X-Real-Ip", "X-Rewrite-Url",
	}
)

// copied are the headers that pass from the answer to the application.
func copied(p access.Preset) []string {
	names := p.Names()
	all := []string{names.User, names.Groups, names.Email, names.Name, access.HeaderPermissionSet, access.HeaderTags, access.HeaderAssertion}
	return slices.DeleteFunc(all, func(name string) bool { return name == "" })
}

// taken is every spelling of what no client may say. Applications that were
// made for CGI or WSGI read a dash and an underscore as the same.
func taken() []string {
	var all []string
	for _, name := range slices.Concat(access.IdentityHeaders(), routing, setAnew) {
		all = append(all, spellings(name)...)
	}
	return slices.DeleteFunc(all, func(name string) bool { return slices.Contains(setAnew, name) })
}

// spellings are those of a name in which each dash is one or an underscore.
func spellings(name string) []string {
	before, after, found := strings.Cut(name, "-")
	if !found {
		return []string{name}
	}
	var all []string
	for _, rest := range spellings(after) {
		all = append(all, before+"-"+rest, before+"_"+rest)
	}
	return all
}

// families are regular expressions that match taken, and setAnew, in lower
// case, each short enough for a line of configuration.
func families() []string {
	byFirst := map[string][]string{}
	for _, name := range slices.Concat(access.IdentityHeaders(), routing, setAnew) {
		name = strings.ToLower(name)
		words := strings.SplitN(name, "-", 3)
		first := strings.Join(words[:len(words)-1], "-")
		byFirst[first] = append(byFirst[first], words[len(words)-1])
	}
	var all []string
	for first, rest := range byFirst {
		slices.Sort(rest)
		one := strings.Join(slices.Compact(rest), "|")
		if first != "" {
			one = first + "-(" + one + ")"
		}
		all = append(all, "^"+strings.ReplaceAll(one, "-", "[-_]")+"$")
	}
	slices.Sort(all)
	return all
}
