package scim

import (
	"strconv"
	"time"

	"sallyport/directory"
)

// Resources are written straight into bytes: a page of 100 people holds some
// 4,000 values, and a group may have 50,000 members.

// object writes the members of one JSON object, and nothing at all where
// there are none and it is not to be kept.
type object struct {
	b     []byte
	start int
	empty bool
}

func open(b []byte) object { return object{b: append(b, '{'), start: len(b), empty: true} }

// key begins a member.
func (o *object) key(name string) {
	if !o.empty {
		o.b = append(o.b, ',')
	}
	o.empty = false
	o.b = append(append(append(o.b, '"'), name...), '"', ':')
}

// text writes a member that has a value.
func (o *object) text(name, value string) {
	if value != "" {
		o.key(name)
		o.b = appendString(o.b, value)
	}
}

// truth writes a boolean.
func (o *object) truth(name string, value bool) {
	o.key(name)
	o.b = strconv.AppendBool(o.b, value)
}

func (o *object) close() []byte { return append(o.b, '}') }

// inner begins an object inside of o, to be finished by done.
func (o *object) inner(name string) object {
	in := object{start: len(o.b)}
	o.key(name)
	in.b, in.empty = append(o.b, '{'), true
	return in
}

// done takes what inner began; where it stayed empty, it leaves no trace.
func (o *object) done(in object, wasEmpty bool) {
	if in.empty {
		o.b, o.empty = in.b[:in.start], wasEmpty
		return
	}
	o.b = append(in.b, '}')
}

// appendUser writes u as p wants to see it.
func (s *Server) appendUser(b []byte, c *call, u *directory.User, groups []directory.GroupRef, p *projection) []byte {
	o := open(b)
	for _, a := range userType.Attributes {
		if !p.has(a) {
			continue
		}
		switch a.Path {
		case "schemas":
			o.key("schemas")
			o.b = append(o.b, `["`+userSchema+`"`...)
			if u.Profile.Enterprise != (directory.Enterprise{}) {
				o.b = append(o.b, `,"`+enterpriseSchema+`"`...)
			}
			o.b = append(o.b, ']')
		case "id":
			o.text("id", u.ID)
		case "meta":
			s.meta(&o, c, a, userType, u.ID, u.CreatedAt, u.UpdatedAt, u.Version, p)
		case "active":
			o.truth("active", u.Active)
		case "name":
			o.complex(u, a, p)
		case enterpriseName:
			s.enterprise(&o, u, a, p)
		case "emails":
			o.values(a, u.Profile.Emails, p)
		case "phoneNumbers":
			o.values(a, u.Profile.PhoneNumbers, p)
		case "addresses":
			o.addresses(a, u.Profile.Addresses, p)
		case "groups":
			s.groupsOf(&o, a, groups, p)
		default:
			if f := textField(u, a.Path); f != nil {
				o.text(a.Name, *f)
			}
		}
	}
	return o.close()
}

// complex writes the single-valued texts below a.
func (o *object) complex(u *directory.User, a *attribute, p *projection) {
	was := o.empty
	in := o.inner(a.Name)
	for _, sub := range a.Sub {
		if f := textField(u, sub.Path); f != nil && p.has(sub) {
			in.text(sub.Name, *f)
		}
	}
	o.done(in, was)
}

func (s *Server) enterprise(o *object, u *directory.User, a *attribute, p *projection) {
	if u.Profile.Enterprise == (directory.Enterprise{}) {
		return
	}
	was := o.empty
	in := o.inner(a.Name)
	for _, sub := range a.Sub {
		switch {
		case !p.has(sub):
		case sub.Name == "manager":
			s.manager(&in, u.Profile.Enterprise.Manager, sub, p)
		default:
			in.text(sub.Name, *textField(u, sub.Path))
		}
	}
	o.done(in, was)
}

func (s *Server) manager(o *object, m directory.Manager, a *attribute, p *projection) {
	was := o.empty
	in := o.inner(a.Name)
	for _, sub := range a.Sub {
		switch {
		case !p.has(sub):
		case sub.Name == "value":
			in.text("value", m.Value)
		case sub.Name == "displayName":
			in.text("displayName", m.DisplayName)
		case looksLikeID(m.Value):
			in.text("$ref", s.location(userType, m.Value))
		}
	}
	o.done(in, was)
}

// looksLikeID keeps names and addresses, which robots send for a manager too,
// out of references.
func looksLikeID(v string) bool {
	if len(v) != 36 {
		return false
	}
	for i := range len(v) {
		if c := v[i]; c != '-' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'f') {
			return false
		}
	}
	return true
}

// meta writes what is known of a resource itself. AWS's has neither location
// nor version, and whole seconds.
func (s *Server) meta(o *object, c *call, a *attribute, of *resourceType, id string, created, changed time.Time, version int64, p *projection) {
	was := o.empty
	in := o.inner(a.Name)
	for _, sub := range a.Sub {
		if !p.has(sub) {
			continue
		}
		switch sub.Name {
		case "resourceType":
			in.text("resourceType", of.Name)
		case "created":
			in.instant("created", created, c.AWS)
		case "lastModified":
			in.instant("lastModified", changed, c.AWS)
		case "location":
			if !c.AWS {
				in.key("location")
				in.b = s.appendLocation(append(in.b, '"'), of, id)
				in.b = append(in.b, '"')
			}
		case "version":
			if !c.AWS {
				in.key("version")
				in.b = strconv.AppendInt(append(in.b, `"W/\"`...), version, 10)
				in.b = append(in.b, `\""`...)
			}
		}
	}
	o.done(in, was)
}

func (o *object) instant(name string, t time.Time, wholeSeconds bool) {
	if t.IsZero() {
		return
	}
	layout := "2006-01-02T15:04:05.000Z"
	if wholeSeconds {
		layout = "2006-01-02T15:04:05Z"
	}
	o.key(name)
	o.b = append(t.UTC().AppendFormat(append(o.b, '"'), layout), '"')
}

func (s *Server) location(of *resourceType, id string) string {
	return string(s.appendLocation(nil, of, id))
}

// appendLocation is safe inside of a JSON string: ids are ours.
func (s *Server) appendLocation(b []byte, of *resourceType, id string) []byte {
	b = append(append(b, s.base...), of.Endpoint...)
	return append(append(b, '/'), id...)
}
