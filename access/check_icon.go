package access

import (
	"slices"
	"unicode"
	"unicode/utf8"
)

// maxEmoji is the length of the longest emoji that people use, in runes: a
// family of four has seven.
const maxEmoji = 10

// isIcon reports whether text is one or two letters or digits, or one emoji.
func isIcon(text string) bool {
	if !utf8.ValidString(text) {
		return false
	}
	runes := []rune(text)
	other := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }
	return len(runes) <= 2 && !slices.ContainsFunc(runes, other) || isEmoji(runes)
}

// isEmoji takes pictures that are joined to one, a picture with what modifies
// it, or a flag of two regional indicators (Unicode Technical Standard 51).
func isEmoji(runes []rune) bool {
	const joiner = '\u200d'
	if len(runes) > maxEmoji {
		return false
	}
	pictures, regional, joined := 0, 0, false
	for i, r := range runes {
		switch {
		case r == joiner:
			if i == 0 || i == len(runes)-1 || joined {
				return false
			}
			joined = true
			continue
		case modifiesEmoji(r):
			if i == 0 {
				return false
			}
		case r >= 0x1F1E6 && r <= 0x1F1FF:
			regional++
		case r > unicode.MaxASCII && unicode.IsSymbol(r), r == '\u203c', r == '\u2049':
			if !joined {
				pictures++
			}
		default:
			return false
		}
		joined = false
	}
	return pictures == 1 && regional == 0 || pictures == 0 && regional == 2
}

// modifiesEmoji: variation selectors, skin tones, and the tags that spell
// flags of parts of countries.
func modifiesEmoji(r rune) bool {
	return r == '\ufe0e' || r == '\ufe0f' || r >= 0x1F3FB && r <= 0x1F3FF || r >= 0xE0020 && r <= 0xE007F
}
