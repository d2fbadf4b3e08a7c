package session

import (
	"fmt"
	"strings"

	"sallyport/directory"
	"sallyport/idp"
	"sallyport/saml"
)

// attributePrefix is the exact, case-sensitive beginning of every attribute
// that speaks to this room.
const attributePrefix = "https://aws.amazon.com/SAML/Attributes/"

// Sources of tags, strongest last. A configured mapping is stronger than both
// and is its own source: "${path:enterprise.costCenter}".
const (
	fromPrincipalTag  = "PrincipalTag"
	fromAccessControl = "AccessControl"
)

// maxTags is the number of session tags that one session can have.
const maxTags = 50

// tagResult is what becomes of everything that could be a session tag.
type tagResult struct {
	tags    []Tag
	broken  []DroppedTag // breaks a rule: refuses the sign-in, or is dropped by setting
	dropped []DroppedTag // gives way without breaking one
}

// claim is one tag before it meets the others of its key.
type claim struct {
	key    string
	value  string
	source string
	broken string // the rule that it breaks, in a sentence; "" where none
	absent bool   // claims the key without having a value
}

// readTags makes session tags of an assertion's attributes and of what the
// connection reads from the directory. user is nil where nobody is known.
//
// For each key, case aside, the strongest source decides: a configured
// mapping, then AccessControl, then PrincipalTag. The strongest decides also
// where it breaks a rule or has no value: then there is no tag of that key,
// rather than one that a weaker source would have made.
func readTags(attributes []saml.Attribute, mappings []idp.TagMapping, user *directory.User) tagResult {
	var said []saml.Attribute
	for _, a := range attributes {
		if strings.HasPrefix(a.Name, attributePrefix) {
			said = append(said, a)
		}
	}
	principal := assertionClaims(said, fromPrincipalTag)
	claims := mappedClaims(mappings, user)
	claims = append(claims, assertionClaims(said, fromAccessControl)...)
	claims = append(claims, principal...)

	r := settle(claims)
	r.markTransitive(said, principal)
	return r
}

// mappedClaims reads the configured attributes for access control. One whose
// directory value is empty claims its key all the same.
func mappedClaims(mappings []idp.TagMapping, user *directory.User) []claim {
	var claims []claim
	for _, m := range mappings {
		c := claim{key: m.Key, source: m.Path}
		if user != nil {
			value, _ := user.Value(m.Path)
			c.value = strings.TrimSpace(value)
		}
		c.absent = c.value == ""
		c.broken = brokenTag(c.key, c.value)
		claims = append(claims, c)
	}
	return claims
}

// assertionClaims reads the attributes of one source, in document order.
func assertionClaims(said []saml.Attribute, source string) []claim {
	var claims []claim
	for _, a := range said {
		key, ok := strings.CutPrefix(a.Name, attributePrefix+source+":")
		if !ok {
			continue
		}
		c := claim{key: key, source: source}
		if len(a.Values) > 0 {
			c.value = a.Values[0]
		}
		// Identity providers lay AccessControl values out on lines of their
		// own; PrincipalTag values are taken to the letter.
		if source == fromAccessControl {
			c.value = strings.TrimSpace(c.value)
		}
		c.absent = len(a.Values) == 0
		c.broken = brokenAttribute(a)
		if c.broken == "" && source == fromPrincipalTag && strings.TrimSpace(c.value) != c.value {
			c.broken = "the value begins or ends with a blank"
		}
		if c.broken == "" {
			c.broken = brokenTag(c.key, c.value)
		}
		claims = append(claims, c)
	}
	return claims
}

// settle lets claims of one key meet, strongest first.
func settle(claims []claim) tagResult {
	var r tagResult
	winner := map[string]int{} // folded key: index in claims of the strongest
	twice := twiceClaimed(claims)
	tagOf := map[string]int{} // folded key: index in r.tags
	for i, c := range claims {
		k := foldKey(c.key)
		if twice[claimID{c.source, k}] && c.broken == "" {
			c.broken = "the key is there more than once, case aside"
		}
		strongest, taken := winner[k]
		switch {
		case taken && claims[strongest].source != c.source && !sameRank(claims[strongest], c):
			r.lose(c, tagOf, k, claims[strongest].source)
		case c.broken != "":
			winner[k] = i
			r.broken = append(r.broken, c.drop(c.broken))
		case c.absent:
			winner[k] = i
			r.dropped = append(r.dropped, c.drop("there is no value"))
		case len(r.tags) == maxTags:
			winner[k] = i
			r.broken = append(r.broken, c.drop(fmt.Sprintf("there are more than %d session tags", maxTags)))
		default:
			winner[k] = i
			tagOf[k] = len(r.tags)
			r.tags = append(r.tags, Tag{Key: c.key, Value: c.value, Source: c.source})
		}
	}
	return r
}

// claimID is one key within one source.
type claimID struct{ source, key string }

func sameRank(a, b claim) bool { return rank(a.source) == rank(b.source) }

// rank puts all mappings into one source: two of one key are a contradiction
// in the settings, not a matter of strength.
func rank(source string) string {
	if source == fromAccessControl || source == fromPrincipalTag {
		return source
	}
	return "mapping"
}

// twiceClaimed finds the keys that one source claims more than once.
func twiceClaimed(claims []claim) map[claimID]bool {
	seen, twice := map[claimID]bool{}, map[claimID]bool{}
	for _, c := range claims {
		id := claimID{rank(c.source), foldKey(c.key)}
		twice[id] = twice[id] || seen[id]
		seen[id] = true
	}
	return twice
}

// lose notes a claim that a stronger source beat: at the tag, or in the event
// where the stronger one made none.
func (r *tagResult) lose(c claim, tagOf map[string]int, key, to string) {
	i, ok := tagOf[key]
	if !ok {
		r.dropped = append(r.dropped, c.drop("the key belongs to "+to))
		return
	}
	if !c.absent {
		r.tags[i].Lost = append(r.tags[i].Lost, Loser{Value: clip(c.value, maxTagValue), Source: c.source})
	}
}

// markTransitive reads TransitiveTagKeys, each value of which must name a key
// that was passed as a PrincipalTag.
func (r *tagResult) markTransitive(said []saml.Attribute, principal []claim) {
	passed := map[string]bool{}
	for _, c := range principal {
		passed[foldKey(c.key)] = true
	}
	const name = "TransitiveTagKeys"
	for _, a := range said {
		if a.Name != attributePrefix+name {
			continue
		}
		if why := brokenList(a); why != "" {
			r.broken = append(r.broken, claim{key: name, source: name}.drop(why))
			continue
		}
		for _, value := range a.Values {
			k := foldKey(strings.TrimSpace(value))
			if k == "" {
				continue
			}
			if !passed[k] {
				r.broken = append(r.broken, claim{key: name, source: name, value: value}.drop("it names no PrincipalTag that was passed"))
				continue
			}
			for i := range r.tags {
				r.tags[i].Transitive = r.tags[i].Transitive || foldKey(r.tags[i].Key) == k
			}
		}
	}
}

func (c claim) drop(why string) DroppedTag {
	return DroppedTag{Name: clip(c.key, maxTagKey), Source: clip(c.source, maxTagValue), Value: clip(c.value, maxTagValue), Why: why}
}
