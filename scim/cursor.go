package scim

import (
	"encoding/base64"
	"hash/fnv"
	"strconv"
	"strings"
)

// place is where a walk by cursors has come to (RFC 9865). A cursor is made
// of it and nothing is kept here: it never expires, and who changes one only
// gets another page of what the token may see anyway.
type place struct {
	checksum uint64 // of what was asked; another question needs a walk of its own
	total    int    // counted at the first page; -1: unknown
	offset   int    // where the list is sorted
	after    string // ID of the last one, where it is not
}

// checksum tells one question from another.
func (l *listing) checksum() uint64 {
	h := fnv.New64a()
	for _, part := range []string{l.filter, l.sortBy, strconv.FormatBool(l.descending)} {
		_, _ = h.Write([]byte(part))
		_, _ = h.Write([]byte{0})
	}
	return h.Sum64()
}

func (p place) cursor() string {
	text := strings.Join([]string{
		strconv.FormatUint(p.checksum, 36), strconv.Itoa(p.total), strconv.Itoa(p.offset), p.after,
	}, ".")
	return base64.RawURLEncoding.EncodeToString([]byte(text))
}

// readCursor reads what cursor wrote.
func readCursor(text string, checksum uint64) (p place, err error) {
	wrong := bad(invalidCursor, "This cursor is none of ours. Begin again with an empty one.")
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(raw) > 200 {
		return p, wrong
	}
	parts := strings.SplitN(string(raw), ".", 4)
	if len(parts) != 4 {
		return p, wrong
	}
	if p.checksum, err = strconv.ParseUint(parts[0], 36, 64); err != nil {
		return p, wrong
	}
	if p.total, err = strconv.Atoi(parts[1]); err != nil || p.total < -1 {
		return p, wrong
	}
	if p.offset, err = strconv.Atoi(parts[2]); err != nil || p.offset < 0 {
		return p, wrong
	}
	p.after = parts[3]
	if p.after != "" && (p.offset > 0 || !looksLikeID(p.after)) {
		return p, wrong
	}
	if p.checksum != checksum {
		return p, bad(invalidCursor, "This cursor belongs to another filter or order. Begin again with an empty one.")
	}
	return p, nil
}
