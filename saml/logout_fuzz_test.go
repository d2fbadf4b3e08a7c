package saml_test

import (
	"encoding/base64"
	"errors"
	"slices"
	"testing"

	"sallyport/saml"
)

// FuzzLogout changes good logout messages of both kinds and bindings: a part
// is cut out and another put in. The result is refused for a reason on the
// list, or says exactly what the holder of the key said in one of the vectors.
func FuzzLogout(f *testing.F) {
	said := map[string]bool{}
	var bases []logoutVector
	for _, v := range readLogoutVectors(f, "accept") {
		if v.lines["switch"] != "" {
			continue // a trust of its own
		}
		usual := v
		usual.options = usualLogout(v)
		got, err := usual.verify()
		if err != nil {
			if v.options.Now.Equal(usual.options.Now) {
				f.Fatal(err)
			}
			continue // good at another time alone
		}
		said[got] = true
		bases = append(bases, usual)
	}
	for i, v := range bases {
		f.Add(uint8(i), uint16(len(v.wire())/2), uint16(3), "<!-- -->", v.message.RelayState)
		f.Add(uint8(i), uint16(0), uint16(0), "", v.message.RelayState)
	}
	for _, v := range readLogoutVectors(f, "reject") {
		for i, base := range bases {
			if base.lines["kind"] == v.lines["kind"] && base.message.Binding == v.message.Binding && len(v.wire()) < 1<<15 {
				f.Add(uint8(i), uint16(0), uint16(1<<16-1), v.wire(), "")
				break
			}
		}
	}
	f.Fuzz(func(t *testing.T, base uint8, from, cut uint16, insert, state string) {
		v := bases[int(base)%len(bases)]
		wire := v.wire()
		start := min(int(from), len(wire))
		end := min(start+int(cut), len(wire))
		changed := wire[:start] + insert + wire[end:]
		m := v.message
		if m.Binding == saml.BindingPOST {
			m.Field = base64.StdEncoding.EncodeToString([]byte(changed))
			// HTTP-POST signs no RelayState, and it is compared elsewhere.
		} else {
			m.Query, m.RelayState = changed, state // which nobody may read
		}
		got, err := verifyLogout(v.lines["kind"], m, v.options)
		if err == nil {
			if !said[got] {
				t.Fatalf("FORGED: accepted as %s\n%s", got, changed)
			}
			return
		}
		var refusal *saml.Error
		if !errors.As(err, &refusal) || !slices.Contains(saml.Reasons(), refusal.Reason) || refusal.Err != nil {
			t.Fatalf("refused for %v", err)
		}
	})
}

// wire is what the fuzzer changes.
func (v logoutVector) wire() string {
	if v.message.Binding == saml.BindingPOST {
		return string(v.raw)
	}
	return v.message.Query
}

// usualLogout are the circumstances that most vectors share.
func usualLogout(v logoutVector) saml.LogoutOptions {
	o := v.options
	o.Now = v.options.Now.Truncate(60e9).Add(10e9)
	o.InResponseTo = "_q1"
	return o
}
