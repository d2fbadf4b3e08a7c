package session

import "crypto/rand"

// referenceAlphabet leaves out 0 1 I O, which people misread on the phone. Its 32 letters take five
// bits each, so that no letter is likelier than another.
const referenceAlphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

// NewReference makes what a person reads out to an administrator: "4F7Q-22KD",
// 40 random bits.
func NewReference() string {
	var b [8]byte
	rand.Read(b[:])
	out := make([]byte, 0, 9)
	for i, r := range b {
		if i == 4 {
			out = append(out, '-')
		}
		out = append(out, referenceAlphabet[r%32])
	}
	return string(out)
}
