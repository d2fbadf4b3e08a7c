package saml

import (
	"slices"
	"strings"
)

// maxEndpoints is far above what any identity provider has.
const maxEndpoints = 20

// singleSignOn reads where requests go. A URL that a browser must not be sent
// to refuses the whole document: nobody writes one there by mistake.
func (r *reader) singleSignOn(role int32) error {
	for c := range r.t.elements(role) {
		e, ok := r.endpoint(c, "SingleSignOnService")
		if !ok {
			continue
		}
		if err := checkLocation(e.Location); err != nil {
			return refuse("The single sign-on address %q cannot be used: %s. Correct it at the identity provider and export the metadata again.", clip(e.Location), err)
		}
		if strings.HasPrefix(strings.ToLower(e.Location), "http:") {
			r.warn("The single sign-on address %s is not encrypted (http). Use https, or anyone on the way can read and redirect sign-ins.", clip(e.Location))
		}
		e.ResponseLocation = "" // has no meaning here
		r.m.SSO = addUnique(r.m.SSO, e)
	}
	if len(r.m.SSO) == 0 {
		return refuse("The identity provider offers no single sign-on service by HTTP-Redirect or HTTP-POST. Switch one of them on at the identity provider, and export the metadata again.")
	}
	return nil
}

// singleLogout reads where logout messages go; sign-in works without.
func (r *reader) singleLogout(role int32) {
	for c := range r.t.elements(role) {
		e, ok := r.endpoint(c, "SingleLogoutService")
		if !ok {
			continue
		}
		if err := checkLocation(e.Location); err != nil {
			r.warn("A single logout address is left out: %s.", err)
			continue
		}
		if e.ResponseLocation != "" && checkLocation(e.ResponseLocation) != nil {
			r.warn("The response address of a single logout service is left out: it is no URL that can be used.")
			e.ResponseLocation = ""
		}
		r.m.SLO = addUnique(r.m.SLO, e)
	}
}

// endpoint reads c where it is an endpoint of this kind by a binding we speak.
func (r *reader) endpoint(c int32, local string) (Endpoint, bool) {
	if !r.t.is(c, nsMetadata, local) {
		return Endpoint{}, false
	}
	value := func(name string) string {
		v, _ := r.t.attr(c, name)
		return strings.Trim(v, xmlSpace)
	}
	e := Endpoint{Binding: value("Binding"), Location: value("Location"), ResponseLocation: value("ResponseLocation")}
	return e, e.Binding == BindingRedirect || e.Binding == BindingPOST
}

func addUnique(all []Endpoint, e Endpoint) []Endpoint {
	if len(all) >= maxEndpoints || slices.Contains(all, e) {
		return all
	}
	return append(all, e)
}
