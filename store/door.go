package store

import (
	"context"
	"time"

	"sallyport/audit"
	"sallyport/session"
)

func (d *DB) Revisions(ctx context.Context) (session.Revisions, error) { panic("unwritten") }
func (d *DB) ChangesAfter(ctx context.Context, after int64) ([]session.Change, error) {
	panic("unwritten")
}
func (d *DB) SaveCode(ctx context.Context, c *session.Code) error { panic("unwritten") }
func (d *DB) UseCode(ctx context.Context, codeHash []byte, host string, browserHash, tokenHash []byte, now time.Time) (*session.Session, error) {
	panic("unwritten")
}
func (d *DB) Door(ctx context.Context, tokenHash []byte, host string) (*session.Door, error) {
	panic("unwritten")
}
func (d *DB) Choose(ctx context.Context, sessionID, applicationID, permissionSetID string) error {
	panic("unwritten")
}
func (d *DB) Hosts(ctx context.Context, sessionID string) ([]string, error) { panic("unwritten") }
func (d *DB) SaveForm(ctx context.Context, f *session.KeptForm) error       { panic("unwritten") }
func (d *DB) TakeForm(ctx context.Context, hash []byte, host string, browserHash []byte, userID string, now time.Time) (*session.KeptForm, error) {
	panic("unwritten")
}
func (d *DB) SaveLogout(ctx context.Context, l *session.Logout) error { panic("unwritten") }
func (d *DB) Logout(ctx context.Context, idp, requestID string, now time.Time) (*session.Logout, error) {
	panic("unwritten")
}
func (d *DB) AnswerLogout(ctx context.Context, idp, requestID string, outcome session.LogoutOutcome, now time.Time) error {
	panic("unwritten")
}
func (d *DB) LogoutByHandle(ctx context.Context, handle []byte, now time.Time) (*session.Logout, error) {
	panic("unwritten")
}
func (d *DB) EndByLogout(ctx context.Context, q *session.LogoutByIDP, e audit.Event) ([]*session.Session, error) {
	panic("unwritten")
}
