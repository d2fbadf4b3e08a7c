package scim

import (
	"context"
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"
)

// handler does what one call asks for.
type handler func(s *Server, ctx context.Context, c *call) (*answer, error)

// route is one address with what may be done there.
type route struct {
	pattern  string // as those who count see it; {id} stands for one part
	handlers map[string]handler
}

// routeTable is all there is, most asked for first.
func routeTable() []route {
	return []route{
		{"/Users", map[string]handler{"GET": (*Server).listUsers, "POST": (*Server).createUser}},
		{"/Users/{id}", map[string]handler{"GET": (*Server).user, "PUT": (*Server).replaceUser, "PATCH": (*Server).patchUser, "DELETE": (*Server).deleteUser}},
		{"/Groups", map[string]handler{"GET": (*Server).listGroups, "POST": (*Server).createGroup}},
		{"/Groups/{id}", map[string]handler{"GET": (*Server).group, "PUT": (*Server).replaceGroup, "PATCH": (*Server).patchGroup, "DELETE": (*Server).deleteGroup}},
		{"/Users/.search", map[string]handler{"POST": (*Server).searchUsers}},
		{"/Groups/.search", map[string]handler{"POST": (*Server).searchGroups}},
		{"/Bulk", map[string]handler{"POST": (*Server).bulk}},
		{"/ServiceProviderConfig", map[string]handler{"GET": (*Server).serviceProviderConfig}},
		{"/ResourceTypes", map[string]handler{"GET": (*Server).resourceTypes}},
		{"/ResourceTypes/{id}", map[string]handler{"GET": (*Server).resourceType}},
		{"/Schemas", map[string]handler{"GET": (*Server).schemas}},
		{"/Schemas/{id}", map[string]handler{"GET": (*Server).schema}},
	}
}

// answer finds the handler of a call, lets it act, and renders what went
// wrong. A Bulk's operations and replays come here too.
func (s *Server) answer(ctx context.Context, c *call) *answer {
	a, err := s.act(ctx, c)
	if err != nil {
		a = refused(c, err)
	}
	a.Route = s.routeName(c.Path)
	return a
}

// routeName is how those who count call a path.
func (s *Server) routeName(path string) string {
	if found, _ := s.find(path); found != nil {
		return found.pattern
	}
	return "other"
}

func (s *Server) act(ctx context.Context, c *call) (a *answer, err error) {
	defer func() {
		// What was panicked with may hold anything: its type and place must do.
		if p := recover(); p != nil {
			a, err = nil, fmt.Errorf("panic of %T at %s", p, debug.Stack())
		}
	}()
	found, id := s.find(c.Path)
	if c.AWS {
		if err := awsCall(c); err != nil {
			return nil, err
		}
	}
	if found == nil {
		return nil, missing(c.Path)
	}
	do, ok := found.handlers[c.Method]
	if !ok {
		return nil, &refusal{Status: http.StatusMethodNotAllowed, Allow: found.allow(), Detail: "This method does not work here."}
	}
	if !plausible(id) {
		return nil, refuse(http.StatusNotFound, "There is no resource with this id.")
	}
	c.ID = id
	return do(s, ctx, c)
}

// find gives the route of a path, and the id in it.
func (s *Server) find(path string) (*route, string) {
	first, rest := path, ""
	if len(path) > 1 {
		if i := strings.IndexByte(path[1:], '/'); i >= 0 {
			first, rest = path[:i+1], path[i+2:]
		}
	}
	for i := range s.routes {
		r := &s.routes[i]
		endpoint, below, nested := strings.Cut(r.pattern[1:], "/")
		if !strings.EqualFold(endpoint, strings.TrimPrefix(first, "/")) || nested != (rest != "") {
			continue
		}
		switch {
		case !nested:
			return r, ""
		case below == rest:
			return r, ""
		case below == "{id}" && rest != ".search" && !strings.Contains(rest, "/"):
			return r, rest
		}
	}
	return nil, ""
}

// plausible keeps what cannot be an id, or a schema's URN, from the database.
func plausible(id string) bool {
	for i := range len(id) {
		if id[i] <= ' ' || id[i] > '~' {
			return false
		}
	}
	return len(id) <= 200
}

// allow is the value of an Allow header.
func (r *route) allow() string {
	var list []string
	for _, m := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
		if _, ok := r.handlers[m]; ok {
			list = append(list, m)
		}
	}
	return strings.Join(list, ", ")
}

// missing is the answer where no route is.
func missing(path string) error {
	switch strings.ToLower(path) {
	case "/.search":
		return refuse(http.StatusNotImplemented, "People and groups are searched one kind at a time: use /Users or /Groups.")
	case "/me":
		return refuse(http.StatusNotImplemented, "A provisioning token is nobody's: there is no /Me.")
	}
	if strings.HasPrefix(strings.ToLower(path), "/me/") {
		return missing("/me")
	}
	return refuse(http.StatusNotFound, "There is nothing at this address. Check the SCIM base URL: it ends in %s.", base)
}

// refused renders err.
func refused(c *call, err error) *answer {
	r := refusalOf(err)
	a := &answer{Status: r.Status, Refusal: r}
	if c.AWS {
		a.Body = awsRefusal(nil, r)
	} else {
		a.Body = appendRefusal(nil, r)
	}
	return a
}
