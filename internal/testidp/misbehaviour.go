package testidp

import (
	"slices"

	"sallyport/saml"
)

// Misbehaviour is one thing that an identity provider, or somebody on the way,
// can do to a response.
type Misbehaviour struct {
	Name        string
	Description string      // one sentence for people
	Reason      saml.Reason // what a service provider owes it; "": it must be accepted

	plan func(*IDP, *plan) error              // changes what will be signed; may be nil
	raw  func(p *plan, message string) string // changes what was signed; may be nil

	inside bool // raw changes the assertion: where that is encrypted, before
}

// Misbehaviours are all of them: first what must be refused, by who notices
// it, then what looks odd and must be accepted.
func Misbehaviours() []Misbehaviour {
	return slices.Concat(documentFaults, signatureFaults, meaningFaults, personFaults, wrappingFaults, oddities)
}

func misbehaviour(name string) (Misbehaviour, bool) {
	for _, m := range Misbehaviours() {
		if m.Name == name {
			return m, true
		}
	}
	return Misbehaviour{}, false
}

// change is a misbehaviour that needs neither the provider nor can fail.
func change(f func(*plan)) func(*IDP, *plan) error {
	return func(_ *IDP, p *plan) error { f(p); return nil }
}
