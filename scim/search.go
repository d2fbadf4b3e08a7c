package scim

import (
	"context"
	"encoding/json"
	"strings"
)

// A search is a query whose parameters stand in the body of a POST, where they
// don't end up in logs (RFC 7644 section 3.4.3).

func (s *Server) searchUsers(ctx context.Context, c *call) (*answer, error) {
	c.about("User", "", "")
	l, err := readSearch(c, userType)
	if err != nil {
		return nil, err
	}
	return list(c, l, s.users(ctx, c))
}

func (s *Server) searchGroups(ctx context.Context, c *call) (*answer, error) {
	c.about("Group", "", "")
	l, err := readSearch(c, groupType)
	if err != nil {
		return nil, err
	}
	return list(c, l, s.groups(ctx, c))
}

// readSearch reads a SearchRequest.
func readSearch(c *call, of *resourceType) (l listing, err error) {
	if err := c.checkBody(); err != nil {
		return l, err
	}
	l = listing{startIndex: 1, count: defaultCount}
	var only, except []string
	err = eachMember(c.Body, func(name string, v json.RawMessage) (err error) {
		if isNull(v) {
			return nil
		}
		said := &attribute{Name: name}
		text := ""
		switch name = strings.ToLower(name); name {
		case "attributes":
			only, err = readNames(said, v)
			return err
		case "excludedattributes":
			except, err = readNames(said, v)
			return err
		case "filter", "sortby", "sortorder", "startindex", "count", "cursor":
			if text, err = readText(said, v); err != nil {
				return err
			}
		}
		switch name {
		case "filter":
			l.filter, l.filtered = text, true
		case "sortby":
			l.sortBy = text
		case "sortorder":
			l.descending = strings.EqualFold(text, "descending")
		case "startindex":
			l.startIndex, err = readNumber("startIndex", text, 1)
		case "count":
			l.count, err = readNumber("count", text, defaultCount)
		case "cursor":
			l.cursor, l.byCursor = text, true
		}
		return err
	})
	if err != nil {
		return l, err
	}
	l.shown, err = newProjection(of, only, except)
	return l, err
}

// readNames reads a list of names, or names with commas between them.
func readNames(said *attribute, v json.RawMessage) (names []string, err error) {
	err = eachValue(v, func(e json.RawMessage) error {
		text, err := readText(said, e)
		names = append(names, splitNames(text)...)
		return err
	})
	return names, err
}
