package store

import (
	"context"
	"fmt"
	"math"
	"strconv"

	"sallyport/directory"
	"sallyport/internal/fault"
)

// QueryUsers finds the people in scope that q selects. It never reads all of
// them to answer for a few: what is asked for most has indexes (the house's
// migrations name them), the rest reads narrow rows.
func (d *DB) QueryUsers(ctx context.Context, scope directory.Scope, q directory.Query) (*directory.Page[*directory.User], error) {
	p, err := ask(ctx, d, userResource, scope, q, scanUser)
	return p, wrap(err, "query users")
}

// QueryGroups finds the groups in scope that q selects.
func (d *DB) QueryGroups(ctx context.Context, scope directory.Scope, q directory.Query) (*directory.Page[*directory.Group], error) {
	p, err := ask(ctx, d, groupResource, scope, q, scanGroup)
	return p, wrap(err, "query groups")
}

func ask[T any](ctx context.Context, d *DB, r *resource, scope directory.Scope, q directory.Query, scan func(scanner) (T, error)) (*directory.Page[T], error) {
	p := &directory.Page[T]{}
	if q.Limit < 0 || q.Limit > math.MaxInt32 || q.Offset < 0 || q.Offset > math.MaxInt32 || q.After != "" && (q.SortBy != "" || q.Offset > 0) {
		return nil, fault.New(fault.Invalid, "That page cannot be asked for.")
	}
	if !storable(q.After) {
		return p, nil
	}
	costs := newCompiler(d.engine, r, scope).costs(q)
	err := d.costly.limited(ctx, costs, func(ctx context.Context) error {
		return askWithin(ctx, d, r, scope, q, scan, p, simple(q) && !costs)
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}

// askWithin fills p; prepared says that there are few such texts, and that each
// reads little.
func askWithin[T any](ctx context.Context, d *DB, r *resource, scope directory.Scope, q directory.Query, scan func(scanner) (T, error), p *directory.Page[T], prepared bool) error {
	if q.Limit > 0 {
		c := newCompiler(d.engine, r, scope)
		query, err := c.page(q)
		if err != nil {
			return err
		}
		find := d.read(ctx).rows
		if prepared {
			find = d.read(ctx).prepared
		}
		rows, err := find(query, c.args...)
		if p.Found, err = collect(rows, err, scan); err != nil {
			return err
		}
		p.More = len(p.Found) > q.Limit
		p.Found = p.Found[:min(len(p.Found), q.Limit)]
	}
	if !q.Total {
		return nil
	}
	if last := q.Limit > 0 && !p.More && q.After == "" && (len(p.Found) > 0 || q.Offset == 0); last {
		p.Total = q.Offset + len(p.Found)
		return nil
	}
	c := newCompiler(d.engine, r, scope)
	query, err := c.count(q)
	if err != nil {
		return err
	}
	err = d.pool.QueryRowContext(ctx, query, c.args...).Scan(&p.Total)
	if q.Limit == 0 {
		p.More = p.Total > q.Offset
	}
	return err
}

// simple queries have few texts, and so are worth being kept prepared.
func simple(q directory.Query) bool {
	if q.SortBy != "" {
		return false
	}
	path, ok := q.Where.(directory.Element)
	if both, and := path.Where.(directory.And); ok && and {
		return equality(both.Left) && equality(both.Right)
	}
	return q.Where == nil || equality(q.Where)
}

func equality(e directory.Expr) bool {
	one, ok := e.(directory.Compare)
	return ok && one.Op == directory.EQ
}

// page is the text of the query for one page and one more.
func (c *compiler) page(q directory.Query) (string, error) {
	sort, err := c.sort(q)
	if err != nil {
		return "", err
	}
	rest, err := c.where(q.Where)
	if err != nil {
		return "", err
	}
	if q.After != "" && q.Descending {
		rest += " AND " + c.r.id + " < " + c.arg(q.After)
	} else if q.After != "" {
		rest += " AND " + c.r.id + " > " + c.arg(q.After)
	}
	one := func(scope string) string {
		return fmt.Sprintf("SELECT %s AS id%s FROM %s WHERE %s AND %s", c.r.id, sort.column, c.r.rows, scope, rest)
	}
	var ids string
	if c.scope != "" && c.r.scopes > 1 && q.SortBy == "" && !c.driven(q.Where) {
		// By connection and ID there is an index: two ways through it, each as
		// far as the page can reach, merged.
		first := fmt.Sprintf(") w ORDER BY %s LIMIT %s", sort.inner, c.limit(q.Offset+q.Limit+1, q.Offset == 0))
		ids = "SELECT id FROM (SELECT id FROM (" + one(c.r.idp+" = "+c.arg(string(c.scope))) + first +
			") a UNION ALL SELECT id FROM (SELECT id FROM (" + one(c.r.idp+" = ''") + first + ") b"
	} else {
		ids = one(c.within(c.driven(q.Where) || q.SortBy != ""))
	}
	limits := fmt.Sprintf(" LIMIT %s OFFSET %s", c.limit(q.Limit+1, true), c.arg(q.Offset))
	return fmt.Sprintf("SELECT %s FROM (%s ORDER BY %s%s) p CROSS JOIN %s WHERE t.id = p.id ORDER BY %s",
		c.r.selected, ids, sort.inner, limits, c.r.table, sort.outer), nil
}

// limit writes a number of rows into the text where literal says so: SQLite
// prepares a statement anew each time that a LIMIT is bound, to plan for it.
// There are few page sizes, and so few texts.
func (c *compiler) limit(rows int, literal bool) string {
	if literal {
		return strconv.Itoa(rows)
	}
	return c.arg(rows)
}

func (c *compiler) count(q directory.Query) (string, error) {
	where, err := c.where(q.Where)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("SELECT COUNT(*) FROM %s WHERE %s AND %s", c.r.rows, c.within(q.Where != nil), where), nil
}

// sorting is a column that the inner query gives beside the id, and both
// queries' orders.
type sorting struct{ column, inner, outer string }

// sort puts what has no value last, or first where Descending (RFC 7644
// section 3.4.2.3), and what is equal by ID.
func (c *compiler) sort(q directory.Query) (sorting, error) {
	direction, nulls := "ASC", " NULLS LAST"
	if q.Descending {
		direction, nulls = "DESC", " NULLS FIRST"
	}
	if q.SortBy == "" || q.SortBy == directory.AttrID {
		return sorting{inner: "id " + direction, outer: "p.id " + direction}, nil
	}
	key, nullable, err := c.sortKey(q.SortBy)
	if err != nil {
		return sorting{}, err
	}
	if !nullable {
		nulls = ""
	}
	return sorting{
		column: ", " + key + " AS sort_key",
		inner:  fmt.Sprintf("sort_key %s%s, id %s", direction, nulls, direction),
		outer:  fmt.Sprintf("p.sort_key %s%s, p.id %s", direction, nulls, direction),
	}, nil
}
