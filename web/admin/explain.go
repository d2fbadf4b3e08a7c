package admin

import (
	"strings"

	"sallyport/idp"
	"sallyport/saml"
	"sallyport/web/ui"
)

// fixers says who must act.
var fixers = map[saml.Fixer]string{
	saml.FixIDP:     "The identity provider's administrator",
	saml.FixService: "You, in this console",
	saml.FixClock:   "Whoever keeps the clocks of both machines",
	saml.FixPerson:  "The person: start again",
	saml.FixAttack:  "Nobody sends this by mistake: find out who did",
}

// remedy is what is done about a reason: where at the identity provider, where
// in this console, or why nowhere; and what comes after.
type remedy struct {
	theirs *place
	here   *spot
	why    string // why there is no field of theirs
	next   string
}

// spot is a place in this console. Its path is below the connection's page,
// or whole where it begins with /admin.
type spot struct{ label, path string }

// explain tells what to do about a reason, with the vendor's own fields before
// those of all others. A vendor that we do not know is any other.
func explain(reason saml.Reason, vendor, slug string) ui.Remedy {
	r, ok := remedies[reason]
	if !ok {
		r = remedy{why: "This reason is not known here.", next: nextUpdate}
	}
	return r.told(reason, vendor, slug)
}

// told puts a remedy into what the page shows.
func (r remedy) told(reason saml.Reason, vendor, slug string) ui.Remedy {
	out := ui.Remedy{Fixer: fixers[reason.Fixer()], Why: r.why, Next: r.next}
	if r.here != nil {
		out.Here, out.HerePath = r.here.label, r.here.at(slug)
	}
	if r.theirs == nil {
		return out
	}
	vendor = known(vendor)
	for i, where := range r.theirs.fields {
		field := ui.VendorField{ID: vendors[i].id, Vendor: vendors[i].name, Where: where}
		if where == "" {
			field.None = vendors[i].name + " " + r.theirs.none
		}
		if field.ID == vendor {
			out.Field = field
			continue
		}
		out.Others = append(out.Others, field)
	}
	return out
}

func (s *spot) at(slug string) string {
	switch {
	case strings.HasPrefix(s.path, "/admin"):
		return s.path
	case slug == "":
		return ""
	}
	return pathOf(slug) + s.path
}

// known is a vendor that we have names of fields for.
func known(vendor string) string {
	for _, v := range vendors {
		if v.id == vendor {
			return vendor
		}
	}
	return other
}

// vendorOf is the vendor behind a connection: that of what is live, or of
// what waits for review where nothing was ever live.
func vendorOf(p *idp.Provider) string {
	switch {
	case p == nil:
		return ""
	case p.Live != nil:
		return p.Live.Vendor
	case p.Draft != nil:
		return p.Draft.Vendor
	}
	return ""
}

// vendorChoices are all vendors, for a list to choose from.
func vendorChoices() []ui.VendorField {
	var out []ui.VendorField
	for _, v := range vendors {
		out = append(out, ui.VendorField{ID: v.id, Vendor: v.name})
	}
	return out
}
