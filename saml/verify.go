package saml

import (
	"errors"
	"fmt"
	"strconv"
	"time"
)

// maxField is the longest form field that can hold a document within limits.
const maxField = 4 * (1<<20 + 2) / 3 * 21 / 20

// VerifyResponse is Verify for the SAMLResponse field of a form: base64, white
// space allowed (SAML Bindings section 3.5.4).
func VerifyResponse(field string, o VerifyOptions) (*Assertion, error) {
	if len(field) > maxField {
		return nil, refuseEarly(&Error{Reason: TooLarge, Want: "a SAMLResponse of at most " + strconv.Itoa(maxField) + " bytes", Got: strconv.Itoa(len(field)) + " bytes"})
	}
	raw, ok := decodeBase64(field, true)
	if !ok || len(raw) == 0 {
		return nil, refuseEarly(&Error{Reason: NotBase64, Want: "a SAMLResponse in base64", Got: "something else"})
	}
	return Verify(raw, o)
}

func refuseEarly(err *Error) error {
	var tr trace
	tr.fail(checkSize, err)
	return tr.verdict()
}

// Verify decides whether a Response, as XML, may begin a session. A refusal is
// an *Error; so is a failure in a library, as Malformed. Any other error is
// that of o.Request.
func Verify(raw []byte, o VerifyOptions) (a *Assertion, err error) {
	v := verifier{opts: &o, now: o.Now}
	if v.now.IsZero() {
		v.now = time.Now()
	}
	if o.Trust == nil || len(o.Trust.Certificates) == 0 || o.Trust.IDPEntityID == "" || len(o.Trust.EntityIDs) == 0 || len(o.Trust.ACSURLs) == 0 {
		return nil, errors.New("saml: verify: the connection has no trust to verify against")
	}
	defer func() {
		if p := recover(); p != nil {
			a = nil
			v.fail(checkXML, &Error{Reason: Malformed, Want: "a document that can be read", Got: "one that broke the reader", Err: fmt.Errorf("panic: %v", p)})
			err = v.verdict()
		}
	}()
	a, err = v.run(string(raw))
	v.release() // not after a panic: nobody knows what was being read
	if err != nil {
		return nil, err
	}
	if verdict := v.verdict(); verdict != nil {
		if a != nil {
			verdict.NameID = a.nameID.Value
		}
		return nil, verdict
	}
	a.sealed = true
	a.checks = v.checks[:v.n:v.n]
	return a, nil
}

// verifier takes one response through the three doors.
type verifier struct {
	trace
	opts *VerifyOptions
	now  time.Time
	skew time.Duration

	response *tree // the verified Response where it is signed, else the raw one
	shape    shape
	signed   bool // the Response is signed, and the signature held
	request  *Request

	trees [5]*tree // every document read on the way, given back at the end
	read  int
}

// keep remembers a document that is to be given back.
func (v *verifier) keep(t *tree) *tree {
	if v.read < len(v.trees) {
		v.trees[v.read] = t
		v.read++
	}
	return t
}

func (v *verifier) release() {
	for _, t := range v.trees[:v.read] {
		t.release()
	}
}

const (
	defaultSkew = 60 * time.Second
	maxSkew     = 180 * time.Second
	defaultAge  = 10 * time.Minute
)

// run gives an Assertion that is not sealed yet; the verdict decides.
func (v *verifier) run(src string) (*Assertion, error) {
	v.setSkew()
	if err := v.guard(src); err != nil {
		return nil, v.verdict()
	}
	if err := v.verifyResponse(); err != nil {
		return nil, v.verdict()
	}
	if v.judgeResponse(); v.failed != nil {
		return nil, v.verdict()
	}
	t, at, err := v.assertion()
	if err != nil {
		return nil, v.verdict()
	}
	a, fault := v.judge(t, at)
	if fault != nil {
		return nil, fmt.Errorf("find the pending request: %w", fault)
	}
	return a, nil
}

func (v *verifier) setSkew() {
	v.skew = v.opts.Trust.ClockSkew
	if v.skew <= 0 {
		v.skew = defaultSkew
	}
	v.skew = min(v.skew, maxSkew)
}

// guard is the first door: the raw document, of which nothing is believed.
func (v *verifier) guard(src string) *Error {
	t, err := scan(src, &responseLimits, nil)
	if err != nil {
		name := checkXML
		if err.Reason == TooLarge {
			name = checkSize
		}
		v.fail(name, err)
		return err
	}
	v.pass(checkSize, "", "")
	v.pass(checkXML, "", "")
	sh, err := guardResponse(t)
	if err != nil {
		name := checkShape
		if err.Reason == StatusNotSuccess {
			name = checkStat
		}
		v.fail(name, err)
		return err
	}
	v.pass(checkShape, "", "")
	v.response, v.shape = v.keep(t), sh
	return nil
}

// verifyResponse is the second door for the Response: where it carries a
// signature, the signature must hold, and only the signed bytes are read on.
func (v *verifier) verifyResponse() *Error {
	trust := v.opts.Trust
	if v.shape.signature < 0 {
		if trust.RequireSignedResponse {
			err := &Error{Reason: Unsigned, Want: "a signed Response", Got: "one without a signature"}
			v.fail(checkResponse, err)
			return err
		}
		v.skip(checkResponse, "the Response is not signed; the Assertion must be")
		return nil
	}
	sealed, sig, err := verifyElement(v.response, root, v.shape.signature, trust, v.now)
	if err == nil {
		v.response = v.keep(sealed)
		v.shape, err = guardResponse(sealed)
		if err == nil && v.shape.signature >= 0 {
			err = badShape("one signature over the Response", "another one inside the first")
		}
	}
	if err != nil {
		v.fail(checkResponse, err)
		return err
	}
	v.signed = true
	v.pass(checkResponse, "", sig.algorithm)
	return nil
}

// assertion gives the tree and place from which the Assertion may be read:
// decrypted where needed, its own signature verified where it has one, and
// covered by one signature at least.
func (v *verifier) assertion() (*tree, int32, *Error) {
	t, at := v.response, v.shape.assertion
	if v.shape.encrypted {
		plain, err := v.decrypt(t, at)
		if err != nil {
			v.fail(checkDecrypt, err)
			return nil, 0, err
		}
		v.pass(checkDecrypt, "", "")
		t, at = plain, root
	} else {
		v.skip(checkDecrypt, "the Assertion is not encrypted")
	}
	p, err := guardAssertion(t, at)
	if err != nil {
		v.fail(checkShape, err)
		return nil, 0, err
	}
	if p.signature < 0 {
		if !v.signed {
			err := &Error{Reason: Unsigned, Want: "a signature over the Response or the Assertion", Got: "neither"}
			v.fail(checkAssertion, err)
			return nil, 0, err
		}
		v.skip(checkAssertion, "the Response is signed, and the Assertion with it")
		return t, at, nil
	}
	sealed, sig, err := verifyElement(t, at, p.signature, v.opts.Trust, v.now)
	if err != nil {
		v.fail(checkAssertion, err)
		return nil, 0, err
	}
	v.pass(checkAssertion, "", sig.algorithm)
	return v.keep(sealed), root, nil
}
