package webhook

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"sallyport/audit"
)

// position is how far the trail was told. An event's ID is made before its
// transaction ends, and by a clock of its own on each instance, so an event
// may appear behind one that was told already: what was told lately is
// remembered one by one, and only what is older than settled is left to After.
type position struct {
	After     string    `json:"after"` // everything up to this ID is told, given up or not worth telling
	Sent      []sent    `json:"sent,omitempty"`
	Failures  int       `json:"failures,omitempty"` // since the last delivery
	NotBefore time.Time `json:"not_before,omitzero"`
}

type sent struct {
	ID string `json:"id"`
	At int64  `json:"at"` // Unix milliseconds of the event
}

const (
	// settled is how long after its time an event may still appear.
	settled = 2 * time.Minute
	// remembered bounds Sent; the oldest settle early beyond that.
	remembered = 500
)

func parsePosition(text string) (*position, error) {
	p := new(position)
	if err := json.Unmarshal([]byte(text), p); err != nil {
		return nil, fmt.Errorf("%w: %w", errPosition, err)
	}
	return p, nil
}

func (p *position) knows(id string) bool {
	return slices.ContainsFunc(p.Sent, func(s sent) bool { return s.ID == id })
}

// pass notes that e needs no more telling.
func (p *position) pass(e audit.Event) {
	p.Sent = append(p.Sent, sent{e.ID, e.At.UnixMilli()})
	before := time.Now().Add(-settled).UnixMilli()
	excess := len(p.Sent) - remembered
	for i, s := range p.Sent {
		if s.At < before || i < excess {
			p.After = max(p.After, s.ID)
		}
	}
	p.Sent = slices.DeleteFunc(p.Sent, func(s sent) bool { return s.ID <= p.After })
}
