package access

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/ast"
	"github.com/cedar-policy/cedar-go/types"
)

// iamVerdict is a decision with the sentence that explains it.
type iamVerdict struct {
	allowed bool
	because string
}

// decideIAM decides one request by documents: a Deny that matches wins, and
// without an Allow that matches nothing is allowed. What Cedar cannot evaluate
// allows nothing either.
func decideIAM(documents []*iamDocument, r *iamRequest) iamVerdict {
	var statements []*iamStatement
	policies := cedar.NewPolicySet()
	for _, d := range documents {
		for _, s := range d.statements {
			policies.Add(types.PolicyID(strconv.Itoa(len(statements))), cedar.NewPolicyFromAST(s.policy(r)))
			statements = append(statements, s)
		}
	}
	decision, diagnostic := cedar.Authorize(policies, nil, r.cedar())
	if len(diagnostic.Errors) > 0 {
		return iamVerdict{false, "A statement of " + documentNames(documents) + " could not be evaluated, so that nothing is allowed."}
	}
	if len(diagnostic.Reasons) == 0 {
		return iamVerdict{false, whyNot(documents, statements, r)}
	}
	decisive := statements[firstReason(diagnostic.Reasons)]
	if decision == cedar.Allow {
		return iamVerdict{true, fmt.Sprintf("%s allows %s.", decisive.name, r.action)}
	}
	return iamVerdict{false, whyDenied(decisive, r)}
}

func (r *iamRequest) cedar() cedar.Request {
	return cedar.Request{
		Principal: providerUID(r.principal),
		Action:    types.NewEntityUID("Action", types.String(r.action)),
		Resource:  types.NewEntityUID("Resource", types.String(r.resource)),
		Context:   r.cedarContext(),
	}
}

// firstReason is the statement that stands first, as Cedar gives them in no order.
func firstReason(reasons []cedar.DiagnosticReason) int {
	lowest := -1
	for _, reason := range reasons {
		if i, err := strconv.Atoi(string(reason.PolicyID)); err == nil && (lowest < 0 || i < lowest) {
			lowest = i
		}
	}
	return lowest
}

// An explanation looks at so many statements, and names so many conditions.
const (
	mostExplained = 50
	mostShown     = 5
)

// whyNot explains that no Allow matches by the one that came closest.
func whyNot(documents []*iamDocument, statements []*iamStatement, r *iamRequest) string {
	var closest *iamStatement
	var missed iamCheck
	passed, looked, asked := 0, 0, r.cedar()
	for _, s := range statements {
		if s.deny {
			continue
		}
		if looked++; looked > mostExplained {
			break
		}
		for i, c := range s.checks(r) {
			if c.isMet(asked) {
				continue
			}
			if i > passed {
				closest, missed, passed = s, c, i
			}
			break
		}
	}
	if closest == nil {
		return fmt.Sprintf("No statement of %s allows %s.", documentNames(documents), r.action)
	}
	return fmt.Sprintf("%s does not allow %s: %s.", closest.name, r.action, missed.says())
}

// isMet asks Cedar about one part alone, so that an explanation cannot differ
// from the decision.
func (c iamCheck) isMet(asked cedar.Request) bool {
	alone := cedar.NewPolicySet()
	alone.Add("0", cedar.NewPolicyFromAST(ast.Permit().When(c.holds)))
	decision, _ := cedar.Authorize(alone, nil, asked)
	return decision == cedar.Allow
}

func whyDenied(s *iamStatement, r *iamRequest) string {
	var met []string
	for _, c := range s.checks(r) {
		if c.about == ofCondition && len(met) < mostShown {
			met = append(met, c.says())
		}
	}
	if len(met) == 0 {
		return fmt.Sprintf("%s denies %s.", s.name, r.action)
	}
	return fmt.Sprintf("%s denies %s: %s.", s.name, r.action, strings.Join(met, ", "))
}

func documentNames(documents []*iamDocument) string {
	if len(documents) == 1 {
		return documents[0].name
	}
	return "the role's inline policies"
}
