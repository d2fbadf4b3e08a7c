package scim

import (
	"testing"

	"sallyport/directory"
)

func TestActive(t *testing.T) {
	for _, tc := range []struct {
		value string
		was   bool
		want  bool
		fails bool
	}{
		{"true", false, true, false},
		{"false", true, false, false},
		{`"True"`, false, true, false},
		{`" FALSE "`, true, false, false},
		{`[{"value":"False"}]`, true, false, false},
		{"null", true, true, false},
		{"null", false, false, false},
		{`""`, true, true, true},
		{`[]`, true, true, true},
		{`"0"`, true, true, true},
		{`1`, false, false, true},
		{`{}`, true, true, true},
	} {
		u := &directory.User{Active: tc.was}
		err := assign(u, userType.resolve("active"), []byte(tc.value))
		if (err != nil) != tc.fails || err == nil && u.Active != tc.want {
			t.Errorf("%s where it was %v: %v, %v", tc.value, tc.was, u.Active, err)
		}
	}
}

func TestManager(t *testing.T) {
	for _, tc := range []struct {
		value string
		want  directory.Manager
	}{
		{`"m2"`, directory.Manager{Value: "m2"}},
		{`{"value":"m2"}`, directory.Manager{Value: "m2"}},
		{`[{"$ref":"../Users/m2","value":"m2"}]`, directory.Manager{Value: "m2"}},
		{`{"value":"m2","displayName":"Two"}`, directory.Manager{Value: "m2", DisplayName: "Two"}},
		{`{"displayName":"Eins"}`, directory.Manager{Value: "m1", DisplayName: "Eins"}},
		{`{"value":"m1"}`, directory.Manager{Value: "m1", DisplayName: "One"}},
		{`""`, directory.Manager{}},
		{`null`, directory.Manager{}},
		{`[]`, directory.Manager{}},
	} {
		u := &directory.User{}
		u.Profile.Enterprise.Manager = directory.Manager{Value: "m1", DisplayName: "One"}
		if err := assign(u, userType.resolve("manager"), []byte(tc.value)); err != nil {
			t.Errorf("%s: %v", tc.value, err)
		}
		if got := u.Profile.Enterprise.Manager; got != tc.want {
			t.Errorf("%s: %+v, want %+v", tc.value, got, tc.want)
		}
	}
}
