package scim

import "sallyport/directory"

// list begins a member that is an array.
func (o *object) list(name string) {
	o.key(name)
	o.b = append(o.b, '[')
}

// element begins an object in the list, done takes it back.
func (o *object) element(first bool) object {
	if !first {
		o.b = append(o.b, ',')
	}
	return open(o.b)
}

func (o *object) endList() { o.b = append(o.b, ']') }

func (o *object) values(a *attribute, list []directory.MultiValue, p *projection) {
	if len(list) == 0 {
		return
	}
	o.list(a.Name)
	for i := range list {
		m := &list[i]
		e := o.element(i == 0)
		for _, sub := range a.Sub {
			if !p.has(sub) {
				continue
			}
			switch sub.Name {
			case "value":
				e.text("value", m.Value)
			case "display":
				e.text("display", m.Display)
			case "type":
				e.text("type", m.Type)
			case "primary":
				e.primary(m.Primary)
			}
		}
		o.b = e.close()
	}
	o.endList()
}

func (o *object) addresses(a *attribute, list []directory.Address, p *projection) {
	if len(list) == 0 {
		return
	}
	o.list(a.Name)
	for i := range list {
		m := &list[i]
		e := o.element(i == 0)
		for _, sub := range a.Sub {
			if !p.has(sub) {
				continue
			}
			if f := addressField(m, sub.Name); f != nil {
				e.text(sub.Name, *f)
			} else {
				e.primary(m.Primary)
			}
		}
		o.b = e.close()
	}
	o.endList()
}

// primary is written where it is so (RFC 7643 section 2.4: false is what its
// absence means).
func (o *object) primary(primary bool) {
	if primary {
		o.truth("primary", true)
	}
}

// groupsOf writes the groups of a person, which are those in scope.
func (s *Server) groupsOf(o *object, a *attribute, groups []directory.GroupRef, p *projection) {
	if len(groups) == 0 {
		return
	}
	o.list(a.Name)
	for i := range groups {
		g := &groups[i]
		e := o.element(i == 0)
		for _, sub := range a.Sub {
			if !p.has(sub) {
				continue
			}
			switch sub.Name {
			case "value":
				e.text("value", g.ID)
			case "$ref":
				e.text("$ref", s.location(groupType, g.ID))
			case "display":
				e.text("display", g.DisplayName)
			case "type":
				kind := "indirect"
				if g.Direct {
					kind = "direct"
				}
				e.text("type", kind)
			}
		}
		o.b = e.close()
	}
	o.endList()
}

// appendGroup writes g as p wants to see it. AWS's answers have an empty list
// for members whatever they are.
func (s *Server) appendGroup(b []byte, c *call, g *directory.Group, members []directory.Member, p *projection) []byte {
	o := open(b)
	for _, a := range groupType.Attributes {
		if !p.has(a) {
			continue
		}
		switch a.Path {
		case "schemas":
			o.key("schemas")
			o.b = append(o.b, `["`+groupSchema+`"]`...)
		case "id":
			o.text("id", g.ID)
		case "externalId":
			o.text("externalId", g.ExternalID)
		case "meta":
			s.meta(&o, c, a, groupType, g.ID, g.CreatedAt, g.UpdatedAt, g.Version, p)
		case "displayName":
			o.text("displayName", g.DisplayName)
		case "members":
			s.members(&o, c, a, members, p)
		}
	}
	return o.close()
}

func (s *Server) members(o *object, c *call, a *attribute, members []directory.Member, p *projection) {
	if len(members) == 0 && !c.AWS {
		return
	}
	o.list(a.Name)
	for i := range members {
		m := &members[i]
		e := o.element(i == 0)
		for _, sub := range a.Sub {
			if !p.has(sub) {
				continue
			}
			switch sub.Name {
			case "value":
				e.text("value", m.ID)
			case "$ref":
				of := userType
				if m.Kind == directory.GroupMember {
					of = groupType
				}
				e.key("$ref")
				e.b = append(s.appendLocation(append(e.b, '"'), of, m.ID), '"')
			case "type":
				e.text("type", string(m.Kind))
			case "display":
				if c.seesMember(m) {
					e.text("display", m.Display)
				}
			}
		}
		o.b = e.close()
	}
	o.endList()
}

// seesMember reports whether the robot of c may know what m is called. It put
// in the IDs of its groups' members itself, but a person can have become
// another connection's since, and have another name there. The ID stays in the
// list: without it, the robot would put the member in again and again.
func (c *call) seesMember(m *directory.Member) bool {
	return m.IDP == string(c.Scope) || m.IDP == "" && m.Kind == directory.UserMember
}
