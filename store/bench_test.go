package store_test

import (
	"testing"

	"sallyport/internal/pgtest"
	"sallyport/internal/storetest"
)

func BenchmarkRecordSignIn(b *testing.B) {
	b.Run("SQLite", func(b *testing.B) { storetest.BenchmarkRecordSignIn(b, sqliteURL) })
	b.Run("PostgreSQL", func(b *testing.B) { storetest.BenchmarkRecordSignIn(b, pgtest.URL) })
}

func BenchmarkSession(b *testing.B) {
	b.Run("SQLite", func(b *testing.B) { storetest.BenchmarkSession(b, sqliteURL) })
	b.Run("PostgreSQL", func(b *testing.B) { storetest.BenchmarkSession(b, pgtest.URL) })
}

func BenchmarkDirectory(b *testing.B) {
	b.Run("SQLite", func(b *testing.B) { storetest.BenchmarkDirectory(b, sqliteURL) })
	b.Run("PostgreSQL", func(b *testing.B) { storetest.BenchmarkDirectory(b, pgtest.URL) })
}

func BenchmarkGroups(b *testing.B) {
	b.Run("SQLite", func(b *testing.B) { storetest.BenchmarkGroups(b, sqliteURL) })
	b.Run("PostgreSQL", func(b *testing.B) { storetest.BenchmarkGroups(b, pgtest.URL) })
}

func BenchmarkAccess(b *testing.B) {
	b.Run("SQLite", func(b *testing.B) { storetest.BenchmarkAccess(b, sqliteURL) })
	b.Run("PostgreSQL", func(b *testing.B) { storetest.BenchmarkAccess(b, pgtest.URL) })
}

func BenchmarkRevisions(b *testing.B) {
	b.Run("SQLite", func(b *testing.B) { storetest.BenchmarkRevisions(b, sqliteURL) })
	b.Run("PostgreSQL", func(b *testing.B) { storetest.BenchmarkRevisions(b, pgtest.URL) })
}

func BenchmarkDoor(b *testing.B) {
	b.Run("SQLite", func(b *testing.B) { storetest.BenchmarkDoor(b, sqliteURL) })
	b.Run("PostgreSQL", func(b *testing.B) { storetest.BenchmarkDoor(b, pgtest.URL) })
}

func BenchmarkProvisioning(b *testing.B) {
	b.Run("SQLite", func(b *testing.B) { storetest.BenchmarkProvisioning(b, sqliteURL) })
	b.Run("PostgreSQL", func(b *testing.B) { storetest.BenchmarkProvisioning(b, pgtest.URL) })
}
