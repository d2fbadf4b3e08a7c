package web

import (
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
		a := one.Application
		title := strings.ToLower(titleOf(a) + " " + a.Name)
		if holds(title, words) {
			first = append(first, one)
		} else if holds(title+" "+more(one), words) {
			rest = append(rest, one)
		}
	}
	return append(first, rest...)
}

// more is what else a person may remember of an application.
func more(one access.Enterable) string {
	a := one.Application
	parts := []string{a.Description, hostOf(a.URL)}
	for _, l := range a.Links {
		parts = append(parts, l.Name, l.Title)
	}
	for _, set := range one.Sets {
		parts = append(parts, set.Name)
	}
	return strings.ToLower(strings.Join(parts, " "))
}

func holds(text string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) {
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
