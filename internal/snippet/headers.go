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
		refusal,
	}
)

// refusal is by which nginx says that it asks for the answer to show, and has
// been told already that nobody passes.
const refusal = "X-Sallyport-Refusal"

// copied are the headers that pass from the answer to the application.
func copied(p access.Preset) []string {
	names := p.Names()
	all := []string{names.User, names.Groups, names.Email, names.Name, access.HeaderPermissionSet, access.HeaderTags, access.HeaderAssertion}
	return slices.DeleteFunc(all, func(name string) bool { return name == "" })
}

// plain is what no client may say, spelled with dashes, for proxies that drop
// by its characters whatever is spelled otherwise.
func plain() []string {
	return slices.Concat(access.IdentityHeaders(), routing)
}

// taken is plain, and what applications could take for it, for proxies that
// cannot drop a header by its characters: marks may stand in place of dashes.
// Applications that were made for CGI or WSGI read a dash and an underscore as
// the same, PHP a dot as well.
func taken(marks ...string) []string {
	var all []string
	for _, name := range slices.Concat(plain(), setAnew) {
		all = append(all, spellings(name, marks)...)
	}
	return slices.DeleteFunc(all, func(name string) bool { return slices.Contains(setAnew, name) })
}

// spellings are those of a name in which each dash is one, or one of marks.
func spellings(name string, marks []string) []string {
	before, after, found := strings.Cut(name, "-")
	if !found {
		return []string{name}
	}
	var all []string
	for _, rest := range spellings(after, marks) {
		all = append(all, before+"-"+rest)
		for _, mark := range marks {
			all = append(all, before+mark+rest)
		}
	}
	return all
}

// families are regular expressions that match plain, and setAnew, in lower
// case, each short enough for a line of configuration.
func families() []string {
	byFirst := map[string][]string{}
	for _, name := range slices.Concat(plain(), setAnew) {
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
		all = append(all, "^"+one+"$")
	}
	slices.Sort(all)
	return all
}
