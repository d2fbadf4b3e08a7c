package access

import (
	"context"
	"net/netip"
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

	documents *roleDocuments // as the catalog has read them; nil: not yet
}

// InlinePolicy is one named policy of a role.
type InlinePolicy struct {
	Name     string `json:"name"`
	Document string `json:"document"` // IAM JSON
}

// Roles keeps them.
type Roles interface {
	Roles(ctx context.Context) ([]*Role, error) // by ARN
	// CreateRole saves a new one; fault.Conflict where the ARN is taken.
	CreateRole(ctx context.Context, r *Role, e audit.Event) error
	// UpdateRole saves r over the version it names, all but its ARN, and sets the
	// new one; fault.NotFound, fault.Conflict.
	UpdateRole(ctx context.Context, r *Role, e audit.Event) error
	// DeleteRole removes one by ID; fault.NotFound.
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
	Address         netip.Addr    // aws:SourceIp: where the person comes from; zero: not known
}
