package store

import (
	"context"
	"time"

	"sallyport/audit"
	"sallyport/directory"
)

func (d *DB) CreateToken(ctx context.Context, t *directory.Token, e audit.Event) error {
	panic("unwritten")
}
func (d *DB) TokenByHash(ctx context.Context, hash []byte) (*directory.Token, error) {
	panic("unwritten")
}
func (d *DB) Tokens(ctx context.Context, idp string) ([]*directory.Token, error) { panic("unwritten") }
func (d *DB) TouchToken(ctx context.Context, id string, at time.Time, by string) error {
	panic("unwritten")
}
func (d *DB) DeleteTokens(ctx context.Context, idp, id string, e audit.Event) (int, error) {
	panic("unwritten")
}
func (d *DB) RemindOnce(ctx context.Context, name string, e audit.Event) error { panic("unwritten") }
func (d *DB) Brake(ctx context.Context, idp string) (*directory.Brake, error)  { panic("unwritten") }
func (d *DB) Brakes(ctx context.Context) ([]*directory.Brake, error)           { panic("unwritten") }
func (d *DB) SetBrake(ctx context.Context, idp string, share, least int, e audit.Event) error {
	panic("unwritten")
}
func (d *DB) ReleaseBrake(ctx context.Context, idp string, until time.Time, e audit.Event) (int, error) {
	panic("unwritten")
}
func (d *DB) RejectBrake(ctx context.Context, idp string, undo bool, e audit.Event) (int, error) {
	panic("unwritten")
}
func (d *DB) SaveRecords(ctx context.Context, sealed []directory.SealedRecord) error {
	panic("unwritten")
}
func (d *DB) Records(ctx context.Context, f directory.RecordFilter) ([]*directory.Record, error) {
	panic("unwritten")
}
func (d *DB) Record(ctx context.Context, id string) (*directory.SealedRecord, error) {
	panic("unwritten")
}
func (d *DB) Stale(ctx context.Context, f directory.StaleFilter) ([]*directory.User, error) {
	panic("unwritten")
}
func (d *DB) CountStale(ctx context.Context, f directory.StaleFilter) (int, error) {
	panic("unwritten")
}
func (d *DB) Removals(ctx context.Context, before time.Time, limit int) ([]directory.Removal, error) {
	panic("unwritten")
}
func (d *DB) ForgetRemoval(ctx context.Context, userName string, act directory.Act) error {
	panic("unwritten")
}
