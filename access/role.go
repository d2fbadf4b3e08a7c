package access

import (
	"context"
	"time"

	"sallyport/audit"
)

// Role is an IAM role as a federation guide sets it up: a trust policy says
// who may assume it, inline policies what for. Documents are IAM JSON.
type Role struct {
	ID                 string
	ARN                string // arn:aws:iam::123456789012:role/WorkSpaces; any partition
	Description        string
	Trust              string // IAM JSON
	Inline             []InlinePolicy
	MaxSessionDuration time.Duration // an hour to twelve; 0: an hour
	CreatedAt          time.Time
	UpdatedAt          time.Time
	Version            int64
}

// InlinePolicy is one named policy of a role.
type InlinePolicy struct {
	Name     string `json:"name"`
	Document string `json:"document"` // IAM JSON
}

// Roles keeps them.
type Roles interface {
	Roles(ctx context.Context) ([]*Role, error) // by ARN
	CreateRole(ctx context.Context, r *Role, e audit.Event) error
	UpdateRole(ctx context.Context, r *Role, e audit.Event) error
	DeleteRole(ctx context.Context, id string, e audit.Event) error
}

// Assertion is what the assertion behind a session said to a role's policies.
type Assertion struct {
	RoleARN         string
	ProviderARN     string
	Subject         string // saml:sub: NameID
	SubjectType     string // saml:sub_type, as AWS derives it
	Audience        string // saml:aud: the Recipient
	Issuer          string // saml:iss
	Tags            []Tag
	TransitiveTags  []string
	RoleSessionName string
	SourceIdentity  string
	Duration        time.Duration // SessionDuration; 0: not said
}

// AssumeDecision is whether a role may be assumed.
type AssumeDecision struct {
	Allowed bool
	Code    string // AWS's: "AccessDenied", "InvalidIdentityToken", ...; "" where allowed
	Message string // AWS's words: "Not authorized to perform sts:AssumeRoleWithSAML"
	Because string // ours: which statement's which condition, want and got; a whole sentence
	Lasts   time.Duration
}

// Assume decides sts:AssumeRoleWithSAML, sts:TagSession where tags are
// passed, and sts:SetSourceIdentity where there is one.
func (r *Role) Assume(a Assertion, at time.Time) AssumeDecision { panic("unwritten") }

// Permits decides an action on a resource by the inline policies, for a
// session that has assumed the role. extra are condition keys of that action,
// such as workspaces:userId.
func (r *Role) Permits(a Assertion, action, resource string, extra map[string]string, at time.Time) PermitDecision {
	panic("unwritten")
}

// PermitDecision is whether a role's policies allow an action.
type PermitDecision struct {
	Allowed bool
	Because string // which statement's which condition, want and got; a whole sentence
}

// CheckRole says what is wrong with a role: its ARN, and the first thing in
// its documents that this house does not evaluate, by name and place.
// fault.Invalid.
func CheckRole(r *Role) error { panic("unwritten") }

// StreamResource is the ARN of a WorkSpaces directory in the partition of its
// Region: arn:aws:workspaces:eu-west-1:123456789012:directory/d-1234567890.
func (w *WorkSpaces) StreamResource() string { panic("unwritten") }

// RelayState is the address that the WorkSpaces guide builds:
// https://<endpoint>/sso-idp?registrationCode=...
func (w *WorkSpaces) RelayState() string { panic("unwritten") }

// WorkSpacesRegion is one row of the guide's table.
type WorkSpacesRegion struct {
	Region    string
	Partition string // "aws" or "aws-us-gov"
	Endpoint  string
	FIPS      string // endpoint, or ""
}

// WorkSpacesRegions is the guide's table.
var WorkSpacesRegions []WorkSpacesRegion
