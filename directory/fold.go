package directory

import (
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Fold is the form under which userNames are unique: NFKC, case-folded
// (Unicode 16 section 3.13, D146), so that "Ä@x" in either composition, in
// any case or width is one person. It is idempotent. It does not trim.
func Fold(userName string) string {
	if isASCII(userName) {
		return strings.ToLower(userName)
	}
	// A Caser may hold state, so each call has its own.
	fold := cases.Fold()
	s := norm.NFKC.String(fold.String(norm.NFD.String(userName)))
	return norm.NFKC.String(fold.String(s))
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
