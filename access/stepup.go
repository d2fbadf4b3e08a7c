package access

import "time"

// StepUp is how somebody must have signed in to enter. All that it says must
// hold.
type StepUp struct {
	Contexts []string      `json:"contexts,omitempty"` // any of these AuthnContextClassRefs
	MaxAge   time.Duration `json:"max_age,omitempty"`  // since AuthnInstant, a minute or more; 0: any
}

// None reports whether s demands nothing.
func (s StepUp) None() bool { return len(s.Contexts) == 0 && s.MaxAge == 0 }

// StepUpNeeded is the refusal of somebody who would be let in once they have
// signed in again, in the way that Decision.StepUp says: the application demands
// it, or a rule looks at how or when people signed in and would let them in then.
const StepUpNeeded Refusal = "step_up"
