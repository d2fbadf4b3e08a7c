package saml

// The checks of the pipeline in their order, by the names that an
// administrator reads.
const (
	checkSize       = "Size and encoding"
	checkXML        = "XML"
	checkShape      = "Shape of the Response"
	checkResponse   = "Response signature"
	checkVersion    = "Version"
	checkIssued     = "IssueInstant"
	checkDest       = "Destination"
	checkIssuer     = "Issuer"
	checkStat       = "Status"
	checkDecrypt    = "Decryption"
	checkAssertion  = "Assertion signature"
	checkAIssued    = "IssueInstant of the Assertion"
	checkAIssuer    = "Issuer of the Assertion"
	checkRequest    = "InResponseTo"
	checkConfirm    = "SubjectConfirmation"
	checkRecipient  = "Recipient"
	checkAudience   = "Audience"
	checkConditions = "Conditions"
	checkAuthn      = "AuthnStatement"
	checkContext    = "Authentication context"
	checkNameID     = "NameID"
	checkAttributes = "Attributes"

	// Of logout messages.
	checkMessage   = "Shape of the message"
	checkSignature = "Signature"
	checkUntil     = "NotOnOrAfter"
	checkSessions  = "SessionIndex"
)

var checkOrder = [...]string{checkSize, checkXML, checkShape, checkResponse, checkVersion, checkIssued, checkDest,
	checkIssuer, checkStat, checkDecrypt, checkAssertion, checkAIssued, checkAIssuer, checkRequest, checkConfirm, checkRecipient, checkAudience,
	checkConditions, checkAuthn, checkContext, checkNameID, checkAttributes}

var (
	logoutRequestOrder = [...]string{checkSize, checkXML, checkMessage, checkSignature, checkVersion, checkIssued, checkDest,
		checkIssuer, checkUntil, checkDecrypt, checkNameID, checkSessions}
	logoutResponseOrder = [...]string{checkSize, checkXML, checkMessage, checkSignature, checkVersion, checkIssued, checkDest,
		checkIssuer, checkRequest, checkStat}
)

// trace remembers what was checked, without allocating until there is
// something to explain.
type trace struct {
	checks [24]Check
	n      int
	failed *Error   // the first failure
	order  []string // of the checks; nil: checkOrder
}

func (tr *trace) note(name string, o Outcome, want, got string) {
	if tr.n < len(tr.checks) {
		tr.checks[tr.n] = Check{Name: name, Outcome: o, Want: want, Got: got}
		tr.n++
	}
}

func (tr *trace) pass(name, want, got string) { tr.note(name, Passed, want, got) }
func (tr *trace) skip(name, why string)       { tr.note(name, NotNeeded, "", why) }

// fail notes a failure and keeps the first one as the verdict.
func (tr *trace) fail(name string, err *Error) {
	if tr.n < len(tr.checks) {
		tr.note(name, Failed, err.Want, err.Got)
		tr.checks[tr.n-1].Reason = err.Reason
	}
	if tr.failed == nil {
		tr.failed = err
	}
}

// verdict is the first failure with all checks, those not reached included.
func (tr *trace) verdict() *Error {
	if tr.failed == nil {
		return nil
	}
	e := *tr.failed
	e.Checks = tr.list()
	return &e
}

func (tr *trace) list() []Check {
	order := tr.order
	if order == nil {
		order = checkOrder[:]
	}
	out := make([]Check, 0, len(order)+2)
	for _, name := range order {
		found := false
		for _, c := range tr.checks[:tr.n] {
			if c.Name == name {
				c.Want, c.Got = clip(c.Want), clip(c.Got)
				out = append(out, c)
				found = true
			}
		}
		if !found {
			out = append(out, Check{Name: name, Outcome: NotReached})
		}
	}
	return out
}
