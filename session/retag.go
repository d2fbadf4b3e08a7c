package session

import (
	"strings"

	"sallyport/directory"
	"sallyport/idp"
)

// Retag gives the tags of a live session as they are once its person stands in
// the directory as u: those that the connection reads from the directory are
// read again, those of the assertion stay. A configured key wins as it does at
// sign-in, also where it has no value or breaks a rule: there is no tag of
// that key then. tags itself is not changed.
func Retag(tags []Tag, mappings []idp.TagMapping, u *directory.User) []Tag {
	said := map[string]Tag{} // by folded key
	for _, t := range tags {
		said[foldKey(t.Key)] = t
	}
	var out []Tag
	configured := map[string]bool{}
	for _, c := range mappedClaims(mappings, u) {
		k := foldKey(c.key)
		if configured[k] {
			continue
		}
		configured[k] = true
		if c.absent || c.broken != "" || len(out) == maxTags {
			continue
		}
		before := said[k]
		out = append(out, Tag{Key: c.key, Value: c.value, Source: c.source, Transitive: before.Transitive, Lost: losers(before)})
	}
	for _, t := range tags {
		if len(out) == maxTags {
			break
		}
		if !configured[foldKey(t.Key)] && !fromDirectory(t) {
			out = append(out, t)
		}
	}
	return out
}

// losers are what a key would have been without the directory: the assertion's
// own tag has become one where the key was configured after it was made.
func losers(t Tag) []Loser {
	if t.Key == "" || fromDirectory(t) {
		return t.Lost
	}
	return append([]Loser{{Value: t.Value, Source: t.Source}}, t.Lost...)
}

func fromDirectory(t Tag) bool { return strings.HasPrefix(t.Source, "${path:") }
