package saml_test

import (
	"crypto/rsa"
	"encoding/base64"
	"net/url"
	"runtime"
	"strings"
	"testing"

	"sallyport/saml"
)

// queryParameters are the parts of a signed query, as they travel.
func queryParameters(query string) (names []string, values map[string]string) {
	values = map[string]string{}
	for pair := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		names = append(names, name)
		values[name] = value
	}
	return names, values
}

func redirectTargets(t *testing.T) []*logoutTarget {
	var out []*logoutTarget
	for _, g := range logoutTargets(t) {
		if !g.posted() {
			out = append(out, g)
		}
	}
	return out
}

// Each parameter twice, missing, empty, renamed, escaped, in other letters,
// before, between and behind the others.
func TestLogoutQueryParameters(t *testing.T) {
	t.Parallel()
	all := redirectTargets(t)
	for _, g := range all {
		query := g.message.Query
		names, values := queryParameters(query)
		for _, name := range names {
			pair := name + "=" + values[name]
			g.refuse(t, "without "+name, strings.TrimPrefix(strings.Replace("&"+query, "&"+pair, "", 1), "&"))
			g.refuse(t, name+" empty", strings.Replace(query, pair, name+"=", 1))
			g.refuse(t, name+" alone", strings.Replace(query, pair, name, 1))
			g.refuse(t, name+" cut", strings.Replace(query, pair, pair[:len(pair)-1], 1))
			for _, other := range []string{strings.ToLower(name), strings.ToUpper(name), "%53" + name[1:], name + "%20", "x" + name, name + "[]"} {
				g.refuse(t, name+" as "+other, strings.Replace(query, pair, other+"="+values[name], 1))
			}
			for _, again := range []string{pair, name + "=", name, name + "=x", strings.ToLower(name) + "=x", "%" + "53" + name[1:] + "=x", name + "=" + url.QueryEscape(values[name])} {
				if name == "RelayState" && strings.HasPrefix(again, "%53") {
					again = "%52" + again[3:]
				}
				for i := range names {
					parts := strings.Split(query, "&")
					parts[i] = again + "&" + parts[i]
					g.refuse(t, again+" in front of "+names[i], strings.Join(parts, "&"))
				}
				g.refuse(t, again+" behind", query+"&"+again)
			}
		}
		for _, extra := range []string{"SAMLart=x", "SAMLRequest=x", "SAMLResponse=x", "SAMLRequest=", "SAMLResponse=", "SAMLEncoding=", "SAMLEncoding=x", "SAMLEncoding", "samlencoding=x",
			"SAMLEncoding=" + url.QueryEscape("urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:deflate"), "%zz=x", "%SAMLRequest=x"} {
			g.refuse(t, extra+" in front", extra+"&"+query)
			g.refuse(t, extra+" behind", query+"&"+extra)
		}
		for _, harmless := range []string{"x=y", "x", "", "SAMLReques=x", "Signature2=x", "a;SAMLRequest=x"} {
			if !g.try(t, harmless, harmless+"&"+query) {
				t.Errorf("%s: refused for %q", g.name, harmless)
			}
		}
		slashed := "/?" + query
		g.refuse(t, "with its path", slashed)
	}
	logLogoutTried(t, all)
}

// Any order means the same; values that change places mean nothing.
func TestLogoutQueryOrder(t *testing.T) {
	all := redirectTargets(t)
	for _, g := range all {
		parts := strings.Split(g.message.Query, "&")
		for i := range parts {
			for j := range parts {
				swapped := strings.Split(g.message.Query, "&")
				swapped[i], swapped[j] = swapped[j], swapped[i]
				if !g.try(t, "another order", strings.Join(swapped, "&")) {
					t.Errorf("%s: another order is refused", g.name)
				}
				if i == j {
					continue
				}
				nameI, valueI, _ := strings.Cut(parts[i], "=")
				nameJ, valueJ, _ := strings.Cut(parts[j], "=")
				swapped = strings.Split(g.message.Query, "&")
				swapped[i], swapped[j] = nameI+"="+valueJ, nameJ+"="+valueI
				g.refuse(t, "values changed places", strings.Join(swapped, "&"))
			}
		}
	}
	logLogoutTried(t, all)
}

// Parts of two good queries put together.
func TestLogoutQueryMixed(t *testing.T) {
	all := redirectTargets(t)
	_, trust := serviceTrust(t)
	own := otherSigner(t, rsaKey())
	foreign := logoutTargetsOf(t, own, selfTrust(trust, own))
	for _, g := range all {
		_, mine := queryParameters(g.message.Query)
		for _, other := range append(redirectTargets(t), foreign...) {
			if other.posted() || other.message.Query == g.message.Query {
				continue
			}
			_, theirs := queryParameters(other.message.Query)
			for name, value := range mine {
				if theirs[name] != "" && theirs[name] != value {
					g.refuse(t, name+" of "+other.name, strings.Replace(g.message.Query, name+"="+value, name+"="+theirs[name], 1))
				}
			}
		}
		kind, other := "SAMLRequest", "SAMLResponse"
		if g.kind == "LogoutResponse" {
			kind, other = other, kind
		}
		g.refuse(t, "as the other kind", strings.Replace(g.message.Query, kind+"=", other+"=", 1))
	}
	logLogoutTried(t, all)
}

// The same octets must have been signed: another escape of the same value is
// another query, and no algorithm off the list is asked.
func TestLogoutQuerySignature(t *testing.T) {
	t.Parallel()
	all := redirectTargets(t)
	for _, g := range all {
		_, values := queryParameters(g.message.Query)
		signed, _, _ := strings.Cut(g.message.Query, "&Signature=")
		g.refuse(t, "lower-case escapes", lowerCase(signed)+"&Signature="+values["Signature"])
		g.refuse(t, "space as %20", strings.Replace(g.message.Query, "state+", "state%20", 1))
		if !g.try(t, "signature in lower-case escapes", signed+"&Signature="+lowerCase(values["Signature"])) {
			t.Error("the escapes of Signature are not signed, and mean the same")
		}
		for _, algorithm := range []string{"", "none", dsSpace + "rsa-sha1", dsSpace + "dsa-sha1", dsMore + "hmac-sha256", dsSpace + "hmac-sha1", dsMore + "rsa-md5", dsMore + "rsa-sha384", dsMore + "rsa-sha512",
			dsMore + "ecdsa-sha256", dsMore + "RSA-SHA256", " " + dsMore + "rsa-sha256", encNS + "sha256", "http://www.w3.org/2007/05/xmldsig-more#rsa-pss"} {
			other := strings.Replace(signed, "SigAlg="+values["SigAlg"], "SigAlg="+url.QueryEscape(algorithm), 1)
			certificate := g.options.Trust.Certificates[0]
			for _, value := range [][]byte{{}, {0}, make([]byte, 256), hmacOf(certificate.Raw, other), hmacOf(certificate.RawSubjectPublicKeyInfo, other), rsaOf(t, rsaKey(), other)} {
				g.refuse(t, algorithm, other+"&Signature="+url.QueryEscape(base64.StdEncoding.EncodeToString(value)))
			}
			g.refuse(t, algorithm+", the old signature", other+"&Signature="+values["Signature"])
		}
		plain, err := url.QueryUnescape(values["Signature"])
		if err != nil {
			t.Fatal(err)
		}
		for name, value := range map[string]string{"bare plus signs": "+" + plain, "base64url": strings.NewReplacer("+", "-", "/", "_").Replace(plain) + "-_", "no padding": strings.TrimRight(plain, "="),
			"padding twice": plain + "=", "hexadecimal": "00ff", "NUL": plain + "\x00"} {
			g.refuse(t, "signature with "+name, signed+"&Signature="+strings.ReplaceAll(url.QueryEscape(value), "%2B", "+"))
		}
	}
	logLogoutTried(t, all)
}

// Whoever cannot sign makes us inflate nothing: a bomb is refused for its
// signature. One that is signed stops at the limit.
func TestLogoutBomb(t *testing.T) {
	bomb := base64.StdEncoding.EncodeToString(deflated(strings.Repeat(" ", 30<<20)))
	for _, g := range redirectTargets(t) {
		_, values := queryParameters(g.message.Query)
		parameter := strings.Replace(g.kind, "Logout", "SAML", 1)
		m := g.message
		m.Query = strings.Replace(m.Query, values[parameter], url.QueryEscape(bomb), 1)
		_, err := verifyLogout(g.kind, m, g.options)
		wantReason(t, err, saml.BadSignature)
		signed, _, _ := strings.Cut(m.Query, "&Signature=")
		idp, _ := serviceTrust(t)
		m.Query = signed + "&Signature=" + url.QueryEscape(base64.StdEncoding.EncodeToString(rsaOf(t, idp.Signer().(*rsa.PrivateKey), signed)))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err = verifyLogout(g.kind, m, g.options)
		runtime.ReadMemStats(&after)
		wantReason(t, err, saml.TooLarge)
		if grew := after.TotalAlloc - before.TotalAlloc; grew > 4<<20 {
			t.Errorf("%d bytes for a bomb", grew)
		}
	}
}
