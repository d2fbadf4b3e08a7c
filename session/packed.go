package session

import (
	"encoding/binary"
	"encoding/json"
)

// packed is a head and a body as one text to be sealed: the length of the
// head's JSON in four bytes, that JSON, the body.
func packed(head any, body []byte) []byte {
	h := encode(head)
	out := make([]byte, 0, 4+len(h)+len(body))
	out = binary.BigEndian.AppendUint32(out, uint32(len(h)))
	out = append(out, h...)
	return append(out, body...)
}

// unpacked undoes packed.
func unpacked(plain []byte, head any) (body []byte, ok bool) {
	if len(plain) < 4 {
		return nil, false
	}
	n, rest := binary.BigEndian.Uint32(plain), plain[4:]
	if uint64(n) > uint64(len(rest)) || json.Unmarshal(rest[:n], head) != nil {
		return nil, false
	}
	return rest[n:], true
}
