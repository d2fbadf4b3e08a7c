package store

import (
	"errors"
	"strings"
)

type engine string

const (
	sqlite   engine = "sqlite"
	postgres engine = "postgres"
)

type location struct {
	engine engine
	path   string
}

// parseURL never repeats url in an error: it can hold a password.
func parseURL(url string) (location, error) {
	scheme, rest, found := strings.Cut(url, "://")
	if !found {
		return location{}, errors.New("store.url must look like sqlite:///path/file.db or postgres://user@host/database")
	}
	switch scheme {
	case "postgres", "postgresql":
		return location{engine: postgres}, nil
	case "sqlite":
	default:
		return location{}, errors.New("store.url must begin with sqlite:// or postgres://")
	}
	if rest == "" || strings.HasSuffix(rest, "/") {
		return location{}, errors.New("store.url names no file: write sqlite:///path/file.db")
	}
	if strings.ContainsAny(rest, "?#\x00") {
		return location{}, errors.New("store.url takes no options after the file's name: remove everything from ? or # on")
	}
	return location{engine: sqlite, path: rest}, nil
}
