package main

import (
	"fmt"
	"time"

	"sallyport/idp"
)

// connectionRow is a connection as the commands show it.
type connectionRow struct {
	Slug         string       `json:"slug"`
	Name         string       `json:"name"`
	State        idp.State    `json:"state"`
	EntityID     string       `json:"entity_id,omitempty"`
	Draft        string       `json:"draft_entity_id,omitempty"` // of what waits for review
	Certificates int          `json:"certificates"`
	Expires      *time.Time   `json:"certificates_expire,omitempty"` // the first of them
	MetadataURL  string       `json:"metadata_url,omitempty"`
	Refreshed    *time.Time   `json:"refreshed_at,omitempty"`
	Failed       string       `json:"refresh_failed,omitempty"`
	Settings     idp.Settings `json:"settings"`
}

func rowOf(p *idp.Provider) connectionRow {
	row := connectionRow{
		Slug: p.Slug, Name: p.Name, State: p.State, MetadataURL: p.MetadataURL,
		Refreshed: orNil(p.RefreshedAt), Failed: p.RefreshFailed, Settings: p.Settings,
	}
	if p.Live != nil {
		row.EntityID = p.Live.EntityID
		row.Certificates = len(p.Live.Certificates)
		row.Expires = orNil(firstExpiry(p.Live))
	}
	if p.Draft != nil {
		row.Draft = p.Draft.EntityID
	}
	return row
}

// firstExpiry is when the first signing certificate runs out; zero where
// there is none.
func firstExpiry(t *idp.Trust) time.Time {
	var first time.Time
	for _, c := range t.Certificates {
		if first.IsZero() || c.NotAfter.Before(first) {
			first = c.NotAfter
		}
	}
	return first
}

// say tells the person at the terminal something; data goes to out instead.
func (p *program) say(format string, args ...any) {
	_, _ = fmt.Fprintf(p.err, format+"\n", args...)
}
