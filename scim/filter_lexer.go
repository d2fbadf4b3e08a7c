package scim

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// tokenKind tells the few kinds of tokens of a filter apart.
type tokenKind byte

const (
	endToken    tokenKind = iota
	wordToken             // an attribute's name, an operator, true, false, null or a number
	stringToken           // a JSON string; text is what it stands for
	punctToken            // one of ( ) [ ]
)

// token is one of them with the place where it begins, in bytes.
type token struct {
	kind tokenKind
	text string
	at   int
}

func (t token) is(punct string) bool { return t.kind == punctToken && t.text == punct }

// isWord reports whether t is this word, whatever its case: Entra and its
// validator write operators with capitals.
func (t token) isWord(word string) bool {
	return t.kind == wordToken && strings.EqualFold(t.text, word)
}

// lexer cuts a filter, or the filter inside a PATCH path, into tokens.
type lexer struct {
	text string
	next int
}

const (
	blanks     = " \t\r\n"
	endOfWords = blanks + `()[]"`
)

// token reads the next one. It fails for a string that is not JSON's.
func (l *lexer) token() (token, error) {
	for l.next < len(l.text) && strings.IndexByte(blanks, l.text[l.next]) >= 0 {
		l.next++
	}
	at := l.next
	if at == len(l.text) {
		return token{kind: endToken, at: at}, nil
	}
	switch l.text[at] {
	case '(', ')', '[', ']':
		l.next++
		return token{punctToken, l.text[at:l.next], at}, nil
	case '"':
		return l.quoted(at)
	}
	end := strings.IndexAny(l.text[at:], endOfWords)
	if end < 0 {
		end = len(l.text) - at
	}
	l.next = at + end
	return token{wordToken, l.text[at:l.next], at}, nil
}

func (l *lexer) quoted(at int) (token, error) {
	for i := at + 1; i < len(l.text); i++ {
		switch l.text[i] {
		case '\\':
			i++
		case '"':
			l.next = i + 1
			var s string
			if json.Unmarshal([]byte(l.text[at:l.next]), &s) != nil || strings.ContainsRune(s, 0) {
				return token{}, syntaxError{at, "this string is not a JSON string"}
			}
			return token{stringToken, s, at}, nil
		}
	}
	return token{}, syntaxError{at, "this string has no closing quotation mark"}
}

// syntaxError says what is wrong with a filter or path, and where. It quotes
// nothing, since what is written there may be somebody's address.
type syntaxError struct {
	at   int // in bytes
	what string
}

func (e syntaxError) Error() string { return e.what }

// character counts from 1, as people do.
func (e syntaxError) character(text string) int {
	return utf8.RuneCountInString(text[:min(e.at, len(text))]) + 1
}
