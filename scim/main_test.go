package scim_test

import (
	"testing"

	"sallyport/internal/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }
