package saml

// Error is a refusal. Its text names reason, want and got; a log gets the
// reason alone, because Got can hold what a person's identity provider said.
type Error struct {
	Reason Reason
	Want   string  // what would have been accepted
	Got    string  // what was there instead; may be ""
	Checks []Check // every check of the pipeline, in order, with its outcome
	Err    error   // cause in a library, or nil; never shown

	// NameID is whom the assertion names, where it was signed by the
	// connection's identity provider and refused for another reason; "" where
	// nothing can be believed. Like Got it is for administrators, not for logs.
	NameID string
}

func (e *Error) Error() string {
	s := "saml: " + string(e.Reason)
	if e.Want != "" {
		s += ": want " + e.Want
	}
	if e.Got != "" {
		s += ", got " + e.Got
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

// Outcome of one check.
type Outcome string

const (
	Passed     Outcome = "passed"
	Failed     Outcome = "failed"
	NotReached Outcome = "not reached"
	NotNeeded  Outcome = "not needed"
)

// Check is one step of the pipeline as an administrator sees it.
type Check struct {
	Name    string  `json:"name"` // "Audience", "Signature", ...
	Outcome Outcome `json:"outcome"`
	Reason  Reason  `json:"reason,omitempty"` // of a failed one
	Want    string  `json:"want,omitempty"`
	Got     string  `json:"got,omitempty"`
}
