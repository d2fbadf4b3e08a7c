package store_test

import (
	"testing"

	"sallyport/internal/pgtest"
	"sallyport/internal/storetest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func TestPostgreSQL(t *testing.T) { storetest.Run(t, pgtest.URL) }
