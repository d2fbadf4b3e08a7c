package ui

import (
	"time"

	"sallyport/directory"
	"sallyport/idp"
	"sallyport/session"
)

const (
	sampleSCIM   = "https://sso.example.com/scim/v2"
	sampleRobot  = "Mozilla/5.0 (compatible; ExampleProvisioning/2.1)"
	sampleSecret = "kqX2vZ9mT4uR7sB1cD8eF3gH6jL0nP5wY2aVqXzKtMo"
)

// provisioningSamples are the pages on which robots are let in, watched and
// held.
func provisioningSamples() []Sample {
	live := sampleProvider(idp.Active)
	one := &directory.Token{ID: "1", IDP: "default", CreatedAt: sampleTime.AddDate(0, -11, 0), ExpiresAt: sampleTime.AddDate(0, 1, 0), LastUsedAt: sampleTime, LastUsedBy: sampleRobot}
	two := &directory.Token{ID: "2", IDP: "default", Compatibility: directory.AWS, CreatedAt: sampleTime, ExpiresAt: sampleTime.AddDate(1, 0, 0)}
	old := &directory.Token{ID: "3", IDP: "default", CreatedAt: sampleTime.AddDate(-1, 0, -3), ExpiresAt: sampleTime.AddDate(0, 0, -3), LastUsedAt: sampleTime.AddDate(0, 0, -4), LastUsedBy: sampleRobot}
	ready := &directory.Brake{IDP: "default"}
	off := Provisioning{Provider: live, BaseURL: sampleSCIM, Guide: idp.GuideFor("entra"), Values: sampleValues, Brake: ready, Now: sampleTime}
	on := off
	on.Tokens, on.Makers = []*directory.Token{old, one}, []string{sampleUser, "the command line"}
	full := on
	full.Tokens, full.Makers = []*directory.Token{one, two}, []string{sampleUser, sampleUser}
	full.NewToken, full.Word, full.OffError = sampleSecret, "disable", "Type the word DISABLE, in capital letters, to turn provisioning off."
	full.Brake = sampleHeld()
	return []Sample{
		{"provisioning-off", sampleAdmin, off},
		{"provisioning", sampleAdmin, on},
		{"provisioning-made", sampleAdmin, full},
		{"brake", sampleAdmin, Brake{Provider: live, Brake: ready, Now: sampleTime}},
		{"brake-held", sampleAdmin, Brake{Provider: live, Brake: sampleHeld(), Share: "15", Least: "25", Now: sampleTime}},
		{"brake-off", sampleAdmin, Brake{Provider: live, Brake: &directory.Brake{IDP: "default", Share: directory.OffShare}, Share: "-1", Error: "The share must be 1 to 100 percent, 0 for the default or -1 for never.", Now: sampleTime}},
		{"log", sampleAdmin, ProvisioningLog{Records: sampleRecords(), IDPs: []*idp.Provider{live}, Filter: LogFilter{Person: sampleUser, IDP: "default", Show: "changes"}, Filtering: true, Older: "/admin/provisioning?before=4"}},
		{"log-none", sampleAdmin, ProvisioningLog{}},
		{"record", sampleAdmin, ProvisioningRecord{Record: sampleRecords()[0], IDPName: live.Name, Sent: 1214, PersonPath: "/admin/people/1", Replayable: true, Replay: &directory.Record{Status: 409, SCIMType: "uniqueness", Detail: "A person with that user name exists already."}}},
		{"record-failed", sampleAdmin, ProvisioningRecord{Record: sampleRecords()[2], IDPName: live.Name, GroupPath: "/admin/groups/g1", Error: "What it sent was not kept, so that it can't be tried again."}},
		{"attributes", sampleAdmin, sampleAttributes(live)},
		{"attributes-nobody", sampleAdmin, Attributes{Provider: live, Paths: directory.Paths, Most: 50, Rows: make([]idp.TagMapping, 3), Person: "zoe", Error: "The tag key \"Cost<Center\" must have 1 to 128 letters, digits, spaces or _ . : / = + - @."}},
	}
}

func sampleHeld() *directory.Brake {
	b := &directory.Brake{IDP: "default", HeldSince: sampleTime, Passed: 10, Share: 15, Least: 25}
	for i, name := range []string{sampleUser, "jonas.weber@example.com", "a.person.with.quite.a.long.name@subsidiary.example.com"} {
		b.Held = append(b.Held, directory.HeldChange{UserID: string(rune('1' + i)), UserName: name, Removal: i == 1, Rejected: i == 2, At: sampleTime.Add(time.Duration(i) * time.Second)})
	}
	return b
}

func sampleRecords() []*directory.Record {
	record := func(id, method, path string, status int) *directory.Record {
		return &directory.Record{ID: id, IDP: "default", TokenID: "1", At: sampleTime, Took: 4 * time.Millisecond, Method: method, Path: path, Status: status, ClientIP: "203.0.113.20", UserAgent: sampleRobot}
	}
	changed := record("1", "PATCH", "/Users/0192f3a0-7c1e-7a40-b0aa-2f7d4b7c1d10", 200)
	changed.Resource, changed.ObjectID, changed.Person = "User", "1", sampleUser
	changed.Changes = []directory.AttributeChange{{Attribute: "active", Old: "true", New: "false"}, {Attribute: "displayName", New: "Amira Haddad"}, {Attribute: "enterprise.department", Redacted: true}, {Attribute: "title", Redacted: true}}
	made := record("2", "POST", "/Users", 409)
	made.Resource, made.Person, made.SCIMType, made.Detail = "User", "jonas.weber@example.com", "uniqueness", "A person with that user name exists already."
	group := record("3", "PATCH", "/Groups/g1", 400)
	group.Resource, group.ObjectID, group.SCIMType, group.Detail = "Group", "g1", "invalidValue", "A member is not there."
	found := record("4", "GET", "/Users?filter=userName+eq+%22amira.haddad%40example.com%22&startIndex=1&count=100&attributes=id", 200)
	found.Resource, found.Detail = "User", "1 found"
	return []*directory.Record{changed, made, group, found}
}

func sampleAttributes(p *idp.Provider) Attributes {
	tags := sampleSession().Tags
	return Attributes{
		Provider: p, Paths: directory.Paths, Most: 50,
		Rows:   []idp.TagMapping{{Key: "CostCenter", Path: "${path:enterprise.costCenter}"}, {Key: "Manager", Path: "${path:enterprise.manager.value}"}, {}, {}},
		Person: sampleUser, PersonPath: "/admin/people/1", SignedIn: true,
		Seen:   []AttributeSeen{{Key: "CostCenter", Path: "${path:enterprise.costCenter}", Value: "4711", Tag: &tags[0]}, {Key: "Manager", Path: "${path:enterprise.manager.value}"}},
		Others: []session.Tag{tags[1]},
	}
}
