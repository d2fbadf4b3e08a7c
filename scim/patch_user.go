package scim

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"sallyport/directory"
)

// applyUserPatch does the operations of a PATCH to u, all of them or, where
// one fails, none. It takes the odd forms in which robots send them: see
// parsePath, assign and patchElements. It fails where they cost more than w
// has left.
func applyUserPatch(u *directory.User, ops []operation, w *work) error {
	draft := *u
	draft.Profile.Emails = slices.Clone(u.Profile.Emails)
	draft.Profile.PhoneNumbers = slices.Clone(u.Profile.PhoneNumbers)
	draft.Profile.Addresses = slices.Clone(u.Profile.Addresses)
	for i, op := range ops {
		if err := patchUser(w, &draft, op); err != nil {
			return inOperation(err, i, len(ops))
		}
	}
	if draft.UserName == "" {
		return bad(mutability, "userName cannot be taken away.")
	}
	dropEmpty(&draft)
	*u = draft
	return nil
}

// inOperation says which of several operations was refused.
func inOperation(err error, i, of int) error {
	var r *refusal
	if of < 2 || !errors.As(err, &r) {
		return err
	}
	named := *r
	named.Detail = fmt.Sprintf("Operation %d: %s", i+1, r.Detail)
	return &named
}

func patchUser(w *work, u *directory.User, op operation) error {
	p, err := w.path(op.Path)
	if err != nil {
		return err
	}
	switch op.Op {
	case "add":
		if op.Value == nil {
			return bad(invalidValue, "An add operation needs a value.")
		}
	case "replace":
	case "remove":
		return removeFromUser(w, u, p, op.Value)
	default:
		return unknownOp()
	}
	if p.whole {
		return patchWholeUser(w, u, op.Op, op.Value)
	}
	if p.readOnly() {
		return bad(mutability, "%s is kept by this service and cannot be changed.", p.attr.name())
	}
	return setInUser(w, u, p, op.Op, op.Value)
}

func unknownOp() error {
	return bad(invalidSyntax, "op must be add, replace or remove.")
}

// readOnly: sub-attributes that are read-only, such as $ref, are ignored as
// everywhere; it is another thing to aim at an attribute that is.
func (p path) readOnly() bool {
	if p.attr == nil {
		return false
	}
	root := p.attr
	for root.Parent != nil {
		root = root.Parent
	}
	return root.ReadOnly
}

// patchWholeUser does an operation without a path. Names of attributes may be
// whole paths: with dots, with a URN, with brackets. What is unknown or
// read-only is ignored, as in a POST.
func patchWholeUser(w *work, u *directory.User, op string, v json.RawMessage) error {
	return eachObject(v, func(written string, value json.RawMessage) error {
		p, err := w.path(written)
		if err != nil {
			if w.people < 0 || strings.Contains(written, "[") {
				return err
			}
			return nil
		}
		if p.whole {
			return patchWholeUser(w, u, op, value) // the schema's URN as a name
		}
		if p.readOnly() {
			return nil
		}
		return setInUser(w, u, p, op, value)
	})
}

// eachObject calls do for each member of v, an object or a list of objects.
func eachObject(v json.RawMessage, do func(name string, value json.RawMessage) error) error {
	switch kindOf(v) {
	case '{':
		return eachMember(v, do)
	case '[':
		return eachElement(v, func(e json.RawMessage) error {
			if kindOf(e) != '{' {
				return bad(invalidValue, "An operation without a path needs an object as its value.")
			}
			return eachMember(e, do)
		})
	}
	return bad(invalidValue, "An operation without a path needs an object as its value.")
}

// setInUser adds or replaces what p aims at.
func setInUser(w *work, u *directory.User, p path, op string, v json.RawMessage) error {
	if p.attr == nil {
		return nil
	}
	switch p.attr.Path {
	case "emails":
		return patchElements(w, &u.Profile.Emails, valueElements, p, op, v)
	case "phoneNumbers":
		return patchElements(w, &u.Profile.PhoneNumbers, valueElements, p, op, v)
	case "addresses":
		return patchElements(w, &u.Profile.Addresses, addressElements, p, op, v)
	}
	return assign(u, p.attr, v)
}

// removeFromUser takes away what p aims at. Taking away what is not there
// changes nothing.
func removeFromUser(w *work, u *directory.User, p path, v json.RawMessage) error {
	switch {
	case p.whole:
		return bad(noTarget, "A remove operation needs a path.")
	case p.attr == nil:
		return nil
	case p.readOnly(), p.attr.Path == directory.AttrUserName, p.attr.Path == directory.AttrActive:
		return bad(mutability, "%s cannot be taken away.", p.attr.name())
	case p.attr.MultiValued:
		return setInUser(w, u, p, "remove", v)
	}
	return assign(u, p.attr, nil)
}

// dropEmpty leaves out elements that have come to say nothing. That is done
// when all operations are, since Entra sends the type of an element in one and
// its value in the next.
func dropEmpty(u *directory.User) {
	p := &u.Profile
	p.Emails = withoutEmpty(p.Emails, valueElements)
	p.PhoneNumbers = withoutEmpty(p.PhoneNumbers, valueElements)
	p.Addresses = withoutEmpty(p.Addresses, addressElements)
}

func withoutEmpty[T comparable](list []T, kind elementKind[T]) []T {
	list = slices.DeleteFunc(list, kind.empty)
	if len(list) == 0 {
		return nil
	}
	return list
}
