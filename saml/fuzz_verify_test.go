package saml_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"sallyport/saml"
)

// FuzzVerify changes good responses: a part is cut out and another put in.
// The result is refused for a reason on the list, or says exactly what the
// holder of the key said in one of the vectors.
func FuzzVerify(f *testing.F) {
	var bases []vector
	said := map[string]bool{}
	usual := readVector(f, filepath.Join(vectors, "accept", "assertion-signed"))
	for _, v := range readVectors(f, "accept") {
		if _, err := os.Stat(filepath.Join(v.dir, "metadata.xml")); err == nil {
			continue // a trust of its own
		}
		a, err := saml.VerifyResponse(v.field, v.options)
		if err != nil {
			f.Fatal(err)
		}
		said[identity(a)] = true
		bases = append(bases, v)
	}
	for _, v := range readVectors(f, "reject") {
		// What is refused for its circumstances alone may be good in the usual ones.
		if len(v.raw) > 0 && len(v.raw) < 1<<15 && sameCircumstances(v, usual) {
			f.Add(uint8(0), uint16(0), uint16(1<<16-1), string(v.raw))
		}
	}
	for i, v := range bases {
		f.Add(uint8(i), uint16(len(v.raw)/2), uint16(3), "<!-- -->")
		f.Add(uint8(i), uint16(0), uint16(0), "")
	}
	f.Fuzz(func(t *testing.T, base uint8, from, cut uint16, insert string) {
		v := bases[int(base)%len(bases)]
		start := min(int(from), len(v.raw))
		end := min(start+int(cut), len(v.raw))
		doc := slices.Concat(v.raw[:start], []byte(insert), v.raw[end:])
		a, err := saml.Verify(doc, usual.options)
		if err == nil {
			if got := identity(a); !said[got] {
				t.Fatalf("FORGED: accepted as %s\n%s", got, doc)
			}
			return
		}
		var refusal *saml.Error
		if !errors.As(err, &refusal) || !slices.Contains(saml.Reasons(), refusal.Reason) || refusal.Err != nil {
			t.Fatalf("refused for %v", err)
		}
	})
}

func sameCircumstances(a, b vector) bool {
	for _, line := range []string{"now", "request", "unsolicited", "switch", "force_authn", "authn_context"} {
		if a.lines[line] != b.lines[line] {
			return false
		}
	}
	return true
}
