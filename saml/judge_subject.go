package saml

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxNameID is the longest identifier in bytes (SAML Core section 8.3.7 caps
// persistent ones at 256 characters).
const maxNameID = 1024

// nameID reads the one NameID of the Subject.
func (v *verifier) nameID(a *Assertion, t *tree, subject int32) {
	n, ok := v.readNameID(t, subject)
	if !ok {
		return
	}
	a.nameID = n
	v.judgeNameID(n)
}

// readNameID reads the one NameID directly in the element at parent,
// decrypting it where needed. Where it is false the failure is noted.
func (v *verifier) readNameID(t *tree, parent int32) (NameID, bool) {
	refused := func(err *Error) (NameID, bool) {
		v.fail(checkNameID, err)
		return NameID{}, false
	}
	at := t.child(parent, nsAssertion, "NameID")
	if encrypted := t.child(parent, nsAssertion, "EncryptedID"); encrypted != -1 {
		if at != -1 || encrypted < 0 {
			return refused(&Error{Reason: InvalidNameID, Want: "one NameID", Got: "several"})
		}
		plain, err := v.decrypt(t, encrypted)
		if err != nil {
			return refused(err)
		}
		if !plain.is(root, nsAssertion, "NameID") {
			return refused(&Error{Reason: InvalidNameID, Want: "a NameID in the EncryptedID", Got: plain.local(root)})
		}
		t, at = plain, root
	}
	switch at {
	case -1:
		return refused(&Error{Reason: InvalidNameID, Want: "a NameID", Got: "none"})
	case -2:
		return refused(&Error{Reason: InvalidNameID, Want: "one NameID", Got: "several"})
	}
	value, ok := t.text(at)
	if !ok {
		return refused(&Error{Reason: InvalidNameID, Want: "a NameID of text alone", Got: "one with elements in it"})
	}
	format, _ := t.attr(at, "Format")
	qualifier, _ := t.attr(at, "NameQualifier")
	spQualifier, _ := t.attr(at, "SPNameQualifier")
	return NameID{Value: strings.Clone(value), Format: strings.Clone(format),
		NameQualifier: strings.Clone(qualifier), SPNameQualifier: strings.Clone(spQualifier)}, true
}

func (v *verifier) judgeNameID(n NameID) {
	trust := v.opts.Trust
	format := commonFormat(n.Format)
	accepted := trust.NameIDFormats
	if len(accepted) == 0 {
		accepted = defaultNameIDFormats
	}
	switch {
	case format == FormatTransient || !slices.Contains(accepted, format):
		v.fail(checkNameID, &Error{Reason: WrongNameIDFormat, Want: strings.Join(accepted, " or "), Got: format})
	case n.SPNameQualifier != "" && !slices.Contains(trust.EntityIDs, n.SPNameQualifier):
		v.fail(checkNameID, &Error{Reason: WrongSPNameQualifier, Want: trust.EntityIDs[0], Got: n.SPNameQualifier})
	case !usableNameID(n.Value):
		v.fail(checkNameID, invalidNameID(n.Value))
	case !trust.AnyNameID && !isEmail(n.Value):
		v.fail(checkNameID, &Error{Reason: InvalidNameID, Want: "an e-mail address", Got: n.Value})
	default:
		v.pass(checkNameID, strings.Join(accepted, " or "), format)
	}
}

func usableNameID(value string) bool {
	return value != "" && len(value) <= maxNameID && value == strings.TrimSpace(value) && printable(value)
}

func invalidNameID(value string) *Error {
	return &Error{Reason: InvalidNameID, Want: "a NameID of 1 to 1024 printable bytes without white space around it", Got: value}
}

// commonFormat names the formats that identity providers spell with the wrong
// version of SAML as everybody else does, and none as unspecified.
func commonFormat(format string) string {
	switch format {
	case "", "urn:oasis:names:tc:SAML:1.0:nameid-format:unspecified", "urn:oasis:names:tc:SAML:2.0:nameid-format:unspecified":
		return FormatUnspecified
	case "urn:oasis:names:tc:SAML:1.0:nameid-format:emailAddress", "urn:oasis:names:tc:SAML:2.0:nameid-format:emailAddress":
		return FormatEmailAddress
	}
	return format
}

var defaultNameIDFormats = []string{FormatEmailAddress, FormatPersistent}

// printable refuses control, format and unassigned characters: what cannot be
// seen cannot be told apart by an administrator.
func printable(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c == 0x7F {
			return false
		}
		if s[i] >= utf8.RuneSelf {
			return !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) })
		}
	}
	return true
}

// isEmail reports whether s is an addr-spec without quoting or comments (RFC
// 5322 section 3.4.1, RFC 6531 for letters beyond ASCII), in normal form and
// not mixing look-alike scripts.
func isEmail(s string) bool {
	local, domain, ok := strings.Cut(s, "@")
	if !ok || len(s) > 320 || len(local) > 64 || strings.Contains(domain, "@") {
		return false
	}
	return dotted(local, "!#$%&'*+-/=?^_`{|}~") && dotted(domain, "-") && !strings.HasPrefix(domain, "-") &&
		norm.NFKC.IsNormalString(s) && oneScript(local) && oneScript(domain)
}

// dotted wants parts of letters, digits and extra characters, joined by single
// dots.
func dotted(s, extra string) bool {
	part := 0
	for _, r := range s {
		switch {
		case r == '.':
			if part == 0 {
				return false
			}
			part = 0
			continue
		case r < utf8.RuneSelf:
			if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune(extra, r)) {
				return false
			}
		case r == utf8.RuneError || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r):
			return false
		}
		part++
	}
	return part > 0
}

// lookAlikes are scripts whose letters pass for one another.
var lookAlikes = []*unicode.RangeTable{unicode.Latin, unicode.Cyrillic, unicode.Greek, unicode.Armenian, unicode.Cherokee}

func oneScript(s string) bool {
	seen := -1
	for _, r := range s {
		for i, table := range lookAlikes {
			if !unicode.Is(table, r) {
				continue
			}
			if seen >= 0 && seen != i {
				return false
			}
			seen = i
		}
	}
	return true
}
