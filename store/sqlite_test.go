package store_test

import (
	"path/filepath"
	"testing"

	"sallyport/internal/storetest"
)

func TestSQLite(t *testing.T) { storetest.Run(t, sqliteURL) }

func sqliteURL(t testing.TB) string {
	return "sqlite://" + filepath.Join(t.TempDir(), "sally port%1.db")
}
