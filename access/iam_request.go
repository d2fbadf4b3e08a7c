package access

import (
	"crypto/sha1" // the algorithm of saml:namequalifier, which guards nothing
	"encoding/base64"
	"strconv"
	"time"

	"github.com/cedar-policy/cedar-go/types"
)

// iamRequest is what is known while an action is decided.
type iamRequest struct {
	principal string // ARN of the SAML provider
	action    string
	resource  string              // "" in a trust policy
	values    map[string][]string // by folded condition key; a key without values is not there
	records   types.Record        // the same for Cedar
	wanted    map[*iamCondition]knownWanted
}

// knownWanted is what a condition wants of a request; not ok: nobody can say.
type knownWanted struct {
	set types.Set
	ok  bool
}

// trustRequest is what is known while a role is being assumed.
func trustRequest(a Assertion, at time.Time) *iamRequest {
	r := newIAMRequest(a, at)
	r.set("saml:aud", a.Audience)
	r.set("saml:iss", a.Issuer)
	if arn, ok := parseProviderARN(a.ProviderARN); ok {
		r.set("saml:doc", arn.account+"/"+arn.name)
	}
	r.set("sts:RoleSessionName", a.RoleSessionName)
	r.set("sts:SourceIdentity", a.SourceIdentity)
	r.set("sts:TransitiveTagKeys", a.TransitiveTags...)
	for _, t := range a.Tags {
		r.present("aws:RequestTag/"+t.Key, t.Value)
		r.add("aws:TagKeys", t.Key)
	}
	return r.sealed()
}

// sessionRequest is what is known of a session that has assumed a role.
func sessionRequest(a Assertion, extra map[string]string, at time.Time) *iamRequest {
	r := newIAMRequest(a, at)
	r.set("aws:SourceIdentity", a.SourceIdentity)
	r.set("aws:FederatedProvider", a.ProviderARN)
	for name, value := range extra {
		if inlineKeys.service(iamFold(name)) {
			r.present(name, value)
		}
	}
	return r.sealed()
}

// newIAMRequest fills in what both know.
func newIAMRequest(a Assertion, at time.Time) *iamRequest {
	r := &iamRequest{principal: a.ProviderARN, values: map[string][]string{}, wanted: map[*iamCondition]knownWanted{}}
	r.set("saml:sub", a.Subject)
	r.set("saml:sub_type", a.SubjectType)
	if arn, ok := parseProviderARN(a.ProviderARN); ok && a.Issuer != "" {
		sum := sha1.Sum([]byte(a.Issuer + arn.account + "/" + arn.name))
		r.set("saml:namequalifier", base64.StdEncoding.EncodeToString(sum[:]))
	}
	at = at.UTC()
	r.set("aws:CurrentTime", at.Format("2006-01-02T15:04:05.000Z07:00"))
	r.set("aws:EpochTime", strconv.FormatInt(at.Unix(), 10))
	if a.Address.IsValid() {
		r.set("aws:SourceIp", a.Address.Unmap().WithZone("").String())
	}
	for _, t := range a.Tags {
		r.present("aws:PrincipalTag/"+t.Key, t.Value)
	}
	return r
}

// set gives a key its values, those that are not empty; without any the key
// is missing.
func (r *iamRequest) set(name string, values ...string) {
	for _, v := range values {
		if v != "" {
			r.add(name, v)
		}
	}
}

// present gives a key one value that may be empty.
func (r *iamRequest) present(name, value string) { r.values[iamFold(name)] = []string{value} }

func (r *iamRequest) add(name, value string) {
	key := iamFold(name)
	r.values[key] = append(r.values[key], value)
}

// asking is the request for one action.
func (r *iamRequest) asking(action, resource string) *iamRequest {
	asked := *r
	asked.action, asked.resource = action, resource
	return &asked
}

// sealed makes the values ready for Cedar: keys["aws:tagkeys"].texts. Cedar
// cannot compare without regard to case, so that each stands there folded too.
func (r *iamRequest) sealed() *iamRequest {
	keys := make(types.RecordMap, len(r.values))
	for key, values := range r.values {
		texts, folded := make([]types.Value, 0, len(values)), make([]types.Value, 0, len(values))
		for _, v := range values {
			texts, folded = append(texts, types.String(v)), append(folded, types.String(iamFold(v)))
		}
		keys[types.String(key)] = types.NewRecord(types.RecordMap{"texts": types.NewSet(texts...), "folded": types.NewSet(folded...)})
	}
	r.records = types.NewRecord(keys)
	return r
}

func (r *iamRequest) cedarContext() types.Record {
	return types.NewRecord(types.RecordMap{
		"action":   types.String(iamFold(r.action)),
		"resource": types.String(r.resource),
		"keys":     r.records,
	})
}
