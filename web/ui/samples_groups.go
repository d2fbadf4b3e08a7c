package ui

import (
	"sallyport/directory"
	"sallyport/idp"
)

// groupSamples are the pages of groups, and of people whom nobody needs any
// more.
func groupSamples() []Sample {
	live := sampleProvider(idp.Active)
	engineering := &directory.Group{ID: "g1", DisplayName: "Engineering", ExternalID: "6f2a9a3e-58a7-4f0b-9a55-0c6d4f7f9b11", Source: directory.FromSCIM, IDP: "default", Members: 50000, CreatedAt: sampleTime.AddDate(-1, 0, 0), UpdatedAt: sampleTime, Version: 7}
	local := &directory.Group{ID: "g2", DisplayName: "Everybody", Source: directory.FromHand, Members: 2, CreatedAt: sampleTime, UpdatedAt: sampleTime, Version: 2}
	members := []directory.Member{{ID: "1", Kind: directory.UserMember, Display: sampleUser}, {ID: "g1", Kind: directory.GroupMember, Display: "Engineering"}}
	amira := &directory.User{ID: "1", UserName: sampleUser, Active: true, Source: directory.FromSCIM, IDP: "default", Profile: directory.Profile{DisplayName: "Amira Haddad"}, CreatedAt: sampleTime.AddDate(-1, 0, 0), LastSignInAt: sampleTime.AddDate(0, -5, 0)}
	jonas := &directory.User{ID: "2", UserName: "jonas.weber@example.com", Source: directory.FromHand, CreatedAt: sampleTime.AddDate(-1, 0, 0)}
	people := []*directory.User{amira, jonas}
	return []Sample{
		{"groups", sampleAdmin, Groups{Groups: []GroupRow{{engineering, live.Name}, {local, ""}}, IDPs: []*idp.Provider{live}, Older: "/admin/groups?offset=50"}},
		{"groups-none", sampleAdmin, Groups{Search: "night", IDPs: []*idp.Provider{live}, Form: GroupForm{Name: "Engineering", Error: "There is a group of this name already."}}},
		{"group", sampleAdmin, Group{Group: engineering, Keeper: live.Name, Members: members[:1], Access: samplePersonal(), Older: "/admin/groups/g1?after=1", Unkept: true}},
		{"group-local", sampleAdmin, Group{Group: local, Members: members, Unkept: true, Rename: GroupForm{Error: "Somebody else changed this group meanwhile. Look at it, then rename it once more."}, Add: MemberForm{People: "zoe", Error: "Nobody is called zoe. Nobody was added."}}},
		{"stale", sampleAdmin, Stale{Users: people, Total: 1234, Kind: directory.StaleNotSeen, Days: 90, IDPs: []*idp.Provider{live}, Older: "/admin/stale?after=2", AtOnce: 500}},
		{"stale-none", sampleAdmin, Stale{Kind: directory.StaleUngrouped, Days: 30}},
		{"cleanup", sampleAdmin, CleanUp{Users: people, SeenAt: sampleTime, Total: 2, Back: "/admin/stale", Gone: 1, Kept: 1}},
		{"cleanup-remove", sampleAdmin, CleanUp{Users: people, Remove: true, SeenAt: sampleTime, Total: 1234, Back: "/admin/stale", Kept: 1}},
		{"removals", sampleAdmin, Removals{Removals: []directory.Removal{{UserName: sampleUser, IDP: "default", At: sampleTime, Actor: "scim:1"}, {UserName: "jonas.weber@example.com", At: sampleTime, Actor: "user:1"}}, Actors: []string{"provisioning", sampleUser}}},
		{"removals-none", sampleAdmin, Removals{}},
	}
}
