package access

// DenialDetail is the detail of an access.denied event: what an administrator
// reads at the reference that the person was shown.
type DenialDetail struct {
	Application   string   `json:"application"`              // name
	PermissionSet string   `json:"permission_set,omitempty"` // that was asked for
	Why           []string `json:"why"`                      // whole sentences, at most 20
}

// Bounds of DenialDetail.Why.
const (
	maxWhy     = 20
	maxWhyText = 600 // characters of one sentence
)

// NewDenialDetail tells why q was denied: what made the decision first, then
// what else was looked at, then further sentences.
func NewDenialDetail(q Question, d *Decision, further ...string) DenialDetail {
	detail := DenialDetail{Application: q.Application, PermissionSet: q.PermissionSet}
	if d.Refusal == NoSuchSet {
		detail.add("There is no permission set of the name that was asked for.")
	}
	for _, counts := range []bool{true, false} {
		for _, step := range d.Steps {
			if step.Counts == counts {
				detail.add(step.Sentence())
			}
		}
	}
	for _, sentence := range further {
		detail.add(sentence)
	}
	return detail
}

func (d *DenialDetail) add(sentence string) {
	if len(d.Why) == maxWhy {
		return
	}
	if r := []rune(sentence); len(r) > maxWhyText {
		sentence = string(r[:maxWhyText]) + "…"
	}
	d.Why = append(d.Why, sentence)
}
