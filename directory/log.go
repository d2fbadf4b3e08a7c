package directory

import "context"

// Log takes one request into the provisioning log. It never waits: records
// are saved together about once a second by Run, and in a flood beyond what
// can be saved the log says how many it left out.
func (d *Directory) Log(r *Record) { panic("unwritten") }

// Records lists the provisioning log, newest first, without bodies.
func (d *Directory) Records(ctx context.Context, f RecordFilter) ([]*Record, error) {
	return d.store.Records(ctx, f)
}

// Record finds one with its body; fault.NotFound.
func (d *Directory) Record(ctx context.Context, id string) (*Record, error) { panic("unwritten") }

// Flush saves what Log has taken.
func (d *Directory) Flush(ctx context.Context) error { panic("unwritten") }

// Run saves the provisioning log and writes reminders of tokens that expire
// (90, 60, 30, 14, 7 and 1 days before, and when it is so) until ctx ends.
func (d *Directory) Run(ctx context.Context) error { panic("unwritten") }
