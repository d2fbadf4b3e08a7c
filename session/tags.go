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

// Sources of tags in an assertion. A configured mapping is its own source:
// "${path:enterprise.costCenter}".
const (
	fromAccessControl = "AccessControl"
	fromPrincipalTag  = "PrincipalTag"
)

// rank is how strong a source is: of two claims to one key the lower wins.
type rank int

const (
	mapped rank = iota
	accessControl
	principalTag
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
	rank   rank
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
	principal := assertionClaims(said, fromPrincipalTag, principalTag)
	claims := mappedClaims(mappings, user)
	claims = append(claims, assertionClaims(said, fromAccessControl, accessControl)...)
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
		c := claim{key: m.Key, source: m.Path, rank: mapped}
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
func assertionClaims(said []saml.Attribute, source string, rank rank) []claim {
	var claims []claim
	for _, a := range said {
		key, ok := strings.CutPrefix(a.Name, attributePrefix+source+":")
		if !ok {
			continue
		}
		c := claim{key: key, source: source, rank: rank}
		if len(a.Values) > 0 {
			c.value = a.Values[0]
		}
		// Identity providers lay AccessControl values out on lines of their
		// own; PrincipalTag values are taken to the letter.
		if rank == accessControl {
			c.value = strings.TrimSpace(c.value)
		}
		c.absent = len(a.Values) == 0
		c.broken = brokenAttribute(a)
		if c.broken == "" && rank == principalTag && strings.TrimSpace(c.value) != c.value {
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
	twice := claimedTwice(claims)
	winners := map[string]claim{}
	tagOf := map[string]int{} // folded key: index in r.tags
	for _, c := range claims {
		k := foldKey(c.key)
		if twice[claimID{c.rank, k}] && c.broken == "" {
			c.broken = "the key is there more than once, case aside"
		}
		winner, taken := winners[k]
		if !taken {
			winners[k] = c
		}
		beaten := taken && winner.rank != c.rank
		switch {
		// What the settings take out of the assertion's hands is not held
		// against it.
		case c.broken != "" && !(beaten && winner.rank == mapped):
			r.broken = append(r.broken, c.drop(c.broken))
		case beaten:
			r.lose(c, winner.source, tagOf, k)
		case c.absent:
			r.dropped = append(r.dropped, c.drop("there is no value"))
		case len(r.tags) == maxTags:
			r.broken = append(r.broken, c.drop(fmt.Sprintf("there are more than %d session tags", maxTags)))
		default:
			tagOf[k] = len(r.tags)
			r.tags = append(r.tags, Tag{Key: c.key, Value: c.value, Source: c.source})
		}
	}
	return r
}

// claimID is one key within one rank.
type claimID struct {
	rank rank
	key  string
}

// claimedTwice finds the keys that are claimed more than once in one rank. Two
// of them contradict each other, and neither is stronger.
func claimedTwice(claims []claim) map[claimID]bool {
	twice := map[claimID]bool{} // present: seen once
	for _, c := range claims {
		id := claimID{c.rank, foldKey(c.key)}
		_, seen := twice[id]
		twice[id] = seen
	}
	return twice
}

// lose notes a claim that a stronger source beat: at the tag, or in the event
// where the stronger one made none.
func (r *tagResult) lose(c claim, to string, tagOf map[string]int, key string) {
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
