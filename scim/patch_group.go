package scim

import (
	"encoding/json"
	"errors"
	"net/http"
	"sync"

	"sallyport/directory"
)

// groupPatch turns the operations of a PATCH into one change of a group, which
// says the same as doing them one after another. Members are removed by a list
// of values, by brackets, or all; OneLogin, Okta and Entra each do another.
// members lists those that the group has now; it is asked only where brackets
// choose by more than value, so that a change of few costs no more than few,
// and once. It fails where such brackets cost more than w has left.
func groupPatch(ops []operation, w *work, members func() ([]directory.Member, error)) (directory.GroupChange, error) {
	g := groupDraft{work: w, members: sync.OnceValues(members)}
	for i, op := range ops {
		if err := g.apply(op); err != nil {
			return directory.GroupChange{}, inOperation(err, i, len(ops))
		}
	}
	return g.change(), nil
}

// groupDraft is what the operations until now come to.
type groupDraft struct {
	work        *work
	members     func() ([]directory.Member, error)
	displayName *string
	externalID  *string
	replace     bool
	wanted      map[string]bool // by member: true in, false out; others stay as they are
	order       []string        // of wanted
	values      int             // how many members were named
}

func (g *groupDraft) apply(op operation) error {
	switch op.Op {
	case "add":
		if op.Value == nil {
			return bad(invalidValue, "An add operation needs a value.")
		}
	case "replace", "remove":
	default:
		return unknownOp()
	}
	p, err := parsePath(op.Path, groupType)
	if err != nil {
		return err
	}
	if p.whole {
		return g.pathless(op)
	}
	if p.readOnly() {
		return bad(mutability, "%s is kept by this service and cannot be changed.", p.attr.name())
	}
	return g.aim(p, op.Op, op.Value)
}

// pathless does an operation whose value names the attributes. Its id is
// ignored, which Okta sends along; a remove takes the members that it names.
func (g *groupDraft) pathless(op operation) error {
	if op.Op == "remove" && isNull(op.Value) {
		return bad(noTarget, "A remove operation needs a path.")
	}
	return eachObject(op.Value, func(written string, value json.RawMessage) error {
		p, err := parsePath(written, groupType)
		if err != nil || p.whole || p.readOnly() {
			return nil
		}
		if op.Op == "remove" && (p.attr == nil || p.attr.Path != "members" || isNull(value)) {
			return bad(noTarget, "A remove operation needs a path.")
		}
		return g.aim(p, op.Op, value)
	})
}

func (g *groupDraft) aim(p path, op string, v json.RawMessage) error {
	if p.attr == nil {
		return nil
	}
	switch p.attr.Path {
	case "displayName":
		name, err := groupText(p.attr, op, v)
		if err == nil && name == "" {
			return bad(mutability, "displayName cannot be taken away.")
		}
		g.displayName = &name
		return err
	case "externalId":
		id, err := groupText(p.attr, op, v)
		g.externalID = &id
		return err
	case "members":
		return g.setMembers(p, op, v)
	}
	return nil
}

func groupText(a *attribute, op string, v json.RawMessage) (string, error) {
	if op == "remove" {
		return "", nil
	}
	return readText(a, v)
}

func (g *groupDraft) setMembers(p path, op string, v json.RawMessage) error {
	if p.sub != nil && p.sub.Name != "value" {
		return nil // $ref, display and type follow from the member
	}
	if p.where != nil {
		return g.chosen(p, op, v)
	}
	if op == "remove" && isNull(v) {
		g.clear()
		return nil
	}
	ids, err := readMembers(v)
	if err != nil {
		return err
	}
	if len(ids) == 0 && namesSomething(v) {
		// To read it as an empty list could empty the group.
		return bad(invalidValue, "A member needs a value: the id of a user or group.")
	}
	if op == "replace" {
		g.clear()
	}
	return g.want(ids, op != "remove")
}

// namesSomething: v is not null, and no list of nulls.
func namesSomething(v json.RawMessage) bool {
	something := errors.New("")
	return eachValue(v, func(json.RawMessage) error { return something }) != nil
}

// chosen does an operation to the members that brackets choose. A value behind
// an add or replace takes their place.
func (g *groupDraft) chosen(p path, op string, v json.RawMessage) error {
	ids, byValue := chosenByValue(p.where, nil)
	if !byValue {
		var err error
		if ids, err = g.search(p); err != nil {
			return err
		}
	}
	if op == "remove" {
		return g.want(ids, false)
	}
	others, err := readMembers(v)
	if err != nil {
		return err
	}
	if len(others) == 0 && byValue {
		return g.want(ids, true)
	}
	if op == "replace" && len(others) > 0 {
		if err := g.want(ids, false); err != nil {
			return err
		}
	}
	return g.want(others, true)
}

// chosenByValue lists the ids of value eq "a" or value eq "b"; false for
// anything else.
func chosenByValue(where directory.Expr, ids []string) ([]string, bool) {
	switch w := where.(type) {
	case directory.Or:
		ids, ok := chosenByValue(w.Left, ids)
		if !ok {
			return nil, false
		}
		return chosenByValue(w.Right, ids)
	case directory.Compare:
		if w.Op == directory.EQ && w.Attr == "members.value" {
			return append(ids, w.Value.Text), true
		}
	}
	return nil, false
}

// search finds the members that the brackets of p choose, as they are now and
// after the operations before.
func (g *groupDraft) search(p path) ([]string, error) {
	var ids []string
	if g.replace {
		return ids, nil // those of this request have no more than a value yet
	}
	all, err := g.members()
	if err != nil {
		return nil, err
	}
	if err := g.work.search((1 + len(all)) * comparisons(p.where)); err != nil {
		return nil, err
	}
	for _, m := range all {
		if memberElements.meets(g.work, p.attr, m, p.where) {
			ids = append(ids, m.ID)
		}
	}
	return ids, nil
}

// memberElements is what brackets can ask of a member.
var memberElements = elementKind[directory.Member]{
	read: func(m directory.Member, sub *attribute) string {
		switch sub.Name {
		case "value":
			return m.ID
		case "type":
			return string(m.Kind)
		}
		return ""
	},
}

// clear makes the group empty, whatever was before.
func (g *groupDraft) clear() {
	g.replace, g.wanted, g.order = true, nil, nil
}

func (g *groupDraft) want(ids []string, in bool) error {
	if g.values += len(ids); g.values > maxMemberValues {
		return refuse(http.StatusRequestEntityTooLarge, "A request may hold at most %d members. Send them in several.", maxMemberValues)
	}
	if g.wanted == nil {
		g.wanted = make(map[string]bool, len(ids))
	}
	for _, id := range ids {
		if _, known := g.wanted[id]; !known {
			g.order = append(g.order, id)
		}
		g.wanted[id] = in
	}
	return nil
}

func (g *groupDraft) change() directory.GroupChange {
	c := directory.GroupChange{DisplayName: g.displayName, ExternalID: g.externalID, Replace: g.replace}
	for _, id := range g.order {
		switch {
		case g.wanted[id]:
			c.Add = append(c.Add, id)
		case !g.replace:
			c.Remove = append(c.Remove, id)
		}
	}
	return c
}
