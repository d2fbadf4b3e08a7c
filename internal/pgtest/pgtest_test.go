package pgtest_test

import (
	"database/sql"
	"testing"

	"sallyport/internal/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func TestDatabasesAreSeparate(t *testing.T) {
	for range 2 {
		t.Run("fresh", func(t *testing.T) {
			db, err := sql.Open("pgx", pgtest.URL(t))
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if _, err := db.ExecContext(t.Context(), "CREATE TABLE mark (id TEXT)"); err != nil {
				t.Fatal(err)
			}
		})
	}
}
