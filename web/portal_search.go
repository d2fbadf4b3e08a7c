package web

import (
	"slices"
	"strings"
	"unicode/utf8"

	"sallyport/access"
)

// search keeps the applications in which every word of the query stands
// somewhere; those whose title or name has them all come first. No query keeps
// all.
func search(all []access.Enterable, query string) []access.Enterable {
	words := strings.Fields(strings.ToLower(query))
	if len(words) == 0 {
		return all
	}
	var first, rest []access.Enterable
	for _, one := range all {
		switch {
		case holds(one, words, inTitle):
			first = append(first, one)
		case holds(one, words, anywhere):
			rest = append(rest, one)
		}
	}
	return append(first, rest...)
}

func holds(one access.Enterable, words []string, in func(access.Enterable, string) bool) bool {
	for _, w := range words {
		if !in(one, w) {
			return false
		}
	}
	return true
}

func inTitle(one access.Enterable, word string) bool {
	return contains(one.Application.Title, word) || contains(one.Application.Name, word)
}

// anywhere looks at what else a person may remember of an application.
func anywhere(one access.Enterable, word string) bool {
	a := one.Application
	if inTitle(one, word) || contains(a.Description, word) || contains(a.URL, word) {
		return true
	}
	for _, l := range a.Links {
		if contains(l.Name, word) || contains(l.Title, word) {
			return true
		}
	}
	named := func(set *access.PermissionSet) bool { return contains(set.Name, word) }
	return slices.ContainsFunc(one.Sets, named) || slices.ContainsFunc(one.Later, named)
}

// contains finds a word in small letters, case aside. It copies nothing where
// the word is ASCII: it is asked for every application at every key.
func contains(text, word string) bool {
	for i := range len(word) {
		if word[i] >= utf8.RuneSelf {
			return strings.Contains(strings.ToLower(text), word)
		}
	}
	for i := 0; i+len(word) <= len(text); i++ {
		if beginsWith(text[i:], word) {
			return true
		}
	}
	return false
}

func beginsWith(text, word string) bool {
	for i := range len(word) {
		c := text[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != word[i] {
			return false
		}
	}
	return true
}

// clipped bounds a search.
func clipped(query string) string {
	query = strings.TrimSpace(strings.ToValidUTF8(query, ""))
	if len(query) <= maxQuery {
		return query
	}
	end := maxQuery
	for !utf8.RuneStart(query[end]) {
		end--
	}
	return query[:end]
}
