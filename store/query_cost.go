package store

import (
	"context"
	"errors"
	"time"

	"sallyport/directory"
	"sallyport/internal/fault"
)

const (
	queryTime     = 5 * time.Second // of one query; see Options.QueryTime
	costlyAtOnce  = 2               // queries that read a great part of the directory
	listCost      = 10              // comparisons that one of elements counts for
	cheapFilter   = 20              // comparisons, up to which a filter is not costly
	tooLongPublic = "This query takes too long. Ask for fewer things at a time, or by id, userName or externalId."
)

// costly lets few queries that no index serves run at a time, so that all
// others find a reader free.
type costly struct {
	slots chan struct{}
	most  time.Duration
}

func newCostly(o Options) costly {
	if o.QueryTime <= 0 {
		o.QueryTime = queryTime
	}
	return costly{slots: make(chan struct{}, costlyAtOnce), most: o.QueryTime}
}

// limited runs query, whose context ends when a query must. Where its caller
// would have waited longer, it fails with fault.Unavailable.
func (c costly) limited(ctx context.Context, alone bool, query func(context.Context) error) error {
	within, cancel := context.WithTimeout(ctx, c.most)
	defer cancel()
	if alone {
		select {
		case c.slots <- struct{}{}:
			defer func() { <-c.slots }()
		case <-within.Done():
			return overtime(ctx, within.Err())
		}
	}
	err := query(within)
	if err != nil && within.Err() != nil {
		// Drivers say in their own ways that they were interrupted.
		return overtime(ctx, errors.Join(err, within.Err()))
	}
	return err
}

func overtime(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return err // nobody waits any more
	}
	return fault.Wrap(fault.Unavailable, tooLongPublic, err)
}

// costs reports whether q has to read a great part of the directory, or to
// compare much with what it reads.
func (c *compiler) costs(q directory.Query) bool {
	if q.SortBy != "" && q.SortBy != directory.AttrID && !c.r.columns[q.SortBy].hot {
		return true
	}
	if q.Where == nil {
		return false
	}
	return !c.driven(q.Where) && !c.seekable(q.Where) || c.comparisons(q.Where) > cheapFilter
}

func (c *compiler) comparisons(e directory.Expr) int {
	switch e := e.(type) {
	case directory.And:
		return c.comparisons(e.Left) + c.comparisons(e.Right)
	case directory.Or:
		return c.comparisons(e.Left) + c.comparisons(e.Right)
	case directory.Not:
		return c.comparisons(e.Of)
	case directory.Element:
		return listCost
	case directory.Compare:
		return c.cost(e.Attr)
	case directory.Present:
		return c.cost(e.Attr)
	}
	return 1
}

func (c *compiler) cost(name directory.Attribute) int {
	if l, _ := c.sub(name); l != nil {
		return listCost
	}
	return 1
}
