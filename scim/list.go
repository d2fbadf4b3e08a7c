package scim

import (
	"context"
	"errors"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"sallyport/directory"
)

// Sizes of pages.
const (
	defaultCount = 100
	maxCount     = 1000
	maxCountAWS  = 100

	// maxPageMembers is how many members the groups of one page may have
	// together, beyond its first group: a page of large groups is short.
	maxPageMembers = 50000

	// maxGroups is how many of their groups one person is shown with, and
	// maxPageGroups how many the people of one page are together: a page of people in many groups is short.
	maxGroups     = 1000
	maxPageGroups = 50000
	groupsAtOnce  = 100 // people whose groups are read at once
)

// listing is what a query asks for (RFC 7644 section 3.4.2), whichever way it came.
type listing struct {
	filter     string
	filtered   bool // "filter" was there, be it empty
	sortBy     string
	descending bool
	startIndex int // from 1
	count      int
	cursor     string
	byCursor   bool // RFC 9865: "cursor" was there, be it empty
	shown      *projection
}

// readListing reads the parameters of a GET.
func readListing(c *call, of *resourceType) (l listing, err error) {
	q := c.Query
	l = listing{filter: q["filter"], filtered: q.has("filter"), sortBy: q["sortby"], cursor: q["cursor"], byCursor: q.has("cursor")}
	l.descending = strings.EqualFold(q["sortorder"], "descending")
	if l.startIndex, err = readNumber("startIndex", q["startindex"], 1); err != nil {
		return l, err
	}
	if l.count, err = readNumber("count", q["count"], defaultCount); err != nil {
		return l, err
	}
	l.shown, err = readProjection(of, q)
	return l, err
}

// readNumber reads a whole number; "" is instead. One that is beyond all is the
// largest there is.
func readNumber(name, text string, instead int) (int, error) {
	if text == "" {
		return instead, nil
	}
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return 0, bad(invalidValue, "%s must be a whole number.", name)
	}
	return min(n, math.MaxInt32), nil
}

// source is where the resources of one type come from and how they are written.
type source[T any] struct {
	of    *resourceType
	find  func(directory.Query) (*directory.Page[T], error)
	id    func(T) string
	write func(b []byte, found []T, shown *projection) (written []byte, n int, err error)
}

// list answers a listing from its source.
func list[T any](c *call, l listing, from source[T]) (*answer, error) {
	q, err := l.query(c, from.of)
	if err != nil {
		return nil, err
	}
	at := place{checksum: l.checksum(), total: -1}
	if l.byCursor && l.cursor != "" {
		if at, err = readCursor(l.cursor, l.checksum()); err != nil {
			return nil, err
		}
		q.Offset, q.After = at.offset, at.after
	}
	q.Total = at.total < 0 && !(l.byCursor && c.AWS)
	page, err := from.find(q)
	if err != nil {
		return nil, err
	}
	if q.Total {
		at.total = page.Total
	}
	resources, n, err := from.write(make([]byte, 0, 256+1024*len(page.Found)), page.Found, l.shown)
	if err != nil {
		return nil, err
	}
	next := ""
	if l.byCursor && n > 0 && (page.More || n < len(page.Found)) {
		if q.SortBy == "" {
			at.after, at.offset = from.id(page.Found[n-1]), 0
		} else {
			at.offset = q.Offset + n
		}
		next = at.cursor()
	}
	return &answer{Status: http.StatusOK, Body: l.envelope(c, at.total, n, next, resources)}, nil
}

// query is what the directory is asked.
func (l *listing) query(c *call, of *resourceType) (q directory.Query, err error) {
	if !utf8.ValidString(l.filter) {
		return q, bad(invalidFilter, "The filter is not UTF-8.")
	}
	if l.filtered && strings.TrimSpace(l.filter) == "" {
		return q, bad(invalidFilter, "The filter is empty. Leave it out to ask for all.")
	}
	if l.filtered {
		if q.Where, err = parseFilter(l.filter, of); err != nil {
			return q, err
		}
		if c.AWS {
			if err := awsFilter(of, q.Where); err != nil {
				return q, err
			}
		}
	}
	if by, ok := q.Where.(directory.Compare); ok && by.Attr == directory.AttrUserName && by.Op == directory.EQ {
		c.about(of.Name, "", by.Value.Text) // so that the log has it, found or not
	}
	if l.sortBy != "" {
		if q.SortBy, err = sortable(of, l.sortBy); err != nil {
			return q, err
		}
		q.Descending = l.descending
	}
	most := maxCount
	if c.AWS {
		most = maxCountAWS
	}
	q.Limit = min(max(l.count, 0), most)
	if !l.byCursor {
		l.startIndex = max(l.startIndex, 1)
		q.Offset = l.startIndex - 1
	}
	return q, nil
}

// sortable is the attribute that a list can be in the order of.
func sortable(of *resourceType, name string) (directory.Attribute, error) {
	a := of.resolve(strings.TrimSpace(name))
	if a == nil || a.MultiValued || a.Parent != nil && a.Parent.MultiValued {
		return "", bad(invalidPath, "Resources cannot be sorted by %q.", clip(name, 100))
	}
	path := a.Path
	if path == "enterprise.manager" {
		path = "enterprise.manager.value"
	}
	if _, ok := of.keeps(path); !ok {
		return "", bad(invalidPath, "Resources cannot be sorted by %q.", clip(name, 100))
	}
	return path, nil
}

// envelope is the ListResponse.
func (l *listing) envelope(c *call, total, n int, next string, resources []byte) []byte {
	b := make([]byte, 0, len(resources)+256)
	b = append(b, `{"schemas":["`+listSchema+`"]`...)
	if total >= 0 {
		b = strconv.AppendInt(append(b, `,"totalResults":`...), int64(total), 10)
	}
	b = strconv.AppendInt(append(b, `,"itemsPerPage":`...), int64(n), 10)
	if !l.byCursor {
		b = strconv.AppendInt(append(b, `,"startIndex":`...), int64(l.startIndex), 10)
	}
	if next != "" {
		b = appendString(append(b, `,"nextCursor":`...), next)
	}
	b = append(append(b, `,"Resources":[`...), resources...)
	return append(b, ']', '}')
}

func (s *Server) listUsers(ctx context.Context, c *call) (*answer, error) {
	c.about("User", "", "")
	l, err := readListing(c, userType)
	if err != nil {
		return nil, err
	}
	return list(c, l, s.users(ctx, c))
}

func (s *Server) listGroups(ctx context.Context, c *call) (*answer, error) {
	c.about("Group", "", "")
	l, err := readListing(c, groupType)
	if err != nil {
		return nil, err
	}
	return list(c, l, s.groups(ctx, c))
}

// users is the source of people.
func (s *Server) users(ctx context.Context, c *call) source[*directory.User] {
	return source[*directory.User]{
		of: userType,
		find: func(q directory.Query) (*directory.Page[*directory.User], error) {
			return s.o.Directory.Query(ctx, c.Scope, q)
		},
		id: func(u *directory.User) string { return u.ID },
		write: func(b []byte, found []*directory.User, shown *projection) ([]byte, int, error) {
			if len(found) == 1 {
				c.about("User", found[0].ID, found[0].UserName)
			}
			n, shownGroups := 0, 0
			for some := range slices.Chunk(found, groupsAtOnce) {
				if shownGroups >= maxPageGroups {
					break
				}
				groups, err := s.groupsSeen(ctx, c, some, shown)
				if err != nil {
					return nil, 0, err
				}
				for _, u := range some {
					of := groups[u.ID]
					if shownGroups += len(of); n > 0 && shownGroups > maxPageGroups {
						break
					}
					if n > 0 {
						b = append(b, ',')
					}
					b = s.appendUser(b, c, u, of, shown)
					n++
				}
			}
			return b, n, nil
		},
	}
}

// groupsSeen gives the groups of people where they are shown.
func (s *Server) groupsSeen(ctx context.Context, c *call, people []*directory.User, shown *projection) (map[string][]directory.GroupRef, error) {
	if !s.showsGroups(c, shown) {
		return nil, nil
	}
	ids := make([]string, len(people))
	for i, u := range people {
		ids[i] = u.ID
	}
	return s.o.Directory.GroupsSeen(ctx, c.Scope, maxGroups, ids...)
}

// groups is the source of groups.
func (s *Server) groups(ctx context.Context, c *call) source[*directory.Group] {
	return source[*directory.Group]{
		of: groupType,
		find: func(q directory.Query) (*directory.Page[*directory.Group], error) {
			return s.o.Directory.QueryGroups(ctx, c.Scope, q)
		},
		id: func(g *directory.Group) string { return g.ID },
		write: func(b []byte, found []*directory.Group, shown *projection) ([]byte, int, error) {
			n, shownMembers := 0, 0
			for _, g := range found {
				if n > 0 && shownMembers+g.Members > maxPageMembers && !c.AWS && shown.has(groupMembers) {
					break
				}
				members, err := s.membersOf(ctx, c, g, shown)
				if err != nil {
					return nil, 0, err
				}
				shownMembers += len(members)
				if n > 0 {
					b = append(b, ',')
				}
				b = s.appendGroup(b, c, g, members, shown)
				n++
			}
			return b, n, nil
		},
	}
}
