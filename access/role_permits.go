package access

import "time"

// PermitDecision is whether a role's policies allow an action.
type PermitDecision struct {
	Allowed bool
	Because string // which statement's which condition, want and got; a whole sentence
}

// Permits decides an action on a resource by the inline policies, for a
// session that has assumed the role. extra are condition keys of that action,
// such as workspaces:userId; it cannot set keys of aws:, saml: or sts:.
func (r *Role) Permits(a Assertion, action, resource string, extra map[string]string, at time.Time) PermitDecision {
	if action == "" || resource == "" {
		return PermitDecision{Because: "Nothing is allowed without an action and a resource."}
	}
	documents, err := r.inlineDocuments()
	if err != nil {
		return PermitDecision{Because: "The role allows nothing: " + err.Error() + "."}
	}
	v := decideIAM(documents, sessionRequest(a, extra, at).asking(action, resource))
	return PermitDecision{Allowed: v.allowed, Because: v.because}
}
