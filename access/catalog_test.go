package access_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sallyport/access"
	"sallyport/audit"
	"sallyport/internal/fault"
)

func TestAddRefusesWhatIsNoTarget(t *testing.T) {
	good := "https://app.example.com/"
	for name, a := range map[string]*access.Application{
		"no name":           {URL: good},
		"capital":           {Name: "App", URL: good},
		"slash in name":     {Name: "a/b", URL: good},
		"leading hyphen":    {Name: "-a", URL: good},
		"long name":         {Name: strings.Repeat("a", 64), URL: good},
		"newline in title":  {Name: "a", Title: "a\nb", URL: good},
		"long description":  {Name: "a", Description: strings.Repeat("a", 501), URL: good},
		"no URL":            {Name: "a"},
		"relative":          {Name: "a", URL: "/app"},
		"scheme-relative":   {Name: "a", URL: "//app.example.com/"},
		"javascript":        {Name: "a", URL: "javascript:alert(1)"},
		"data":              {Name: "a", URL: "data:text/html,x"},
		"ftp":               {Name: "a", URL: "ftp://app.example.com/"},
		"no host":           {Name: "a", URL: "https:///x"},
		"userinfo":          {Name: "a", URL: "https://u:p@app.example.com/"},
		"fragment":          {Name: "a", URL: good + "#x"},
		"control character": {Name: "a", URL: good + "\x01"},
		"inner space":       {Name: "a", URL: good + "a b"},
		"backslash":         {Name: "a", URL: good + "\\x"},
		"climbing":          {Name: "a", URL: good + "../x"},
		"international":     {Name: "a", URL: "https://\u00fcber.example.com/"},
		"bad port":          {Name: "a", URL: "https://app.example.com:x/"},
		"bad escape":        {Name: "a", URL: good + "%zz"},
		"bad further URL":   {Name: "a", URL: good, Allowed: []string{good, "https://u@app.example.com"}},
		"long URL":          {Name: "a", URL: good + strings.Repeat("a", 2048)},
		"many further URLs": {Name: "a", URL: good, Allowed: make([]string, 51)},
	} {
		t.Run(name, func(t *testing.T) {
			s := &shelf{}
			c, err := access.Open(t.Context(), s)
			if err != nil {
				t.Fatal(err)
			}
			if err := c.Add(t.Context(), a, "command"); fault.KindOf(err) != fault.Invalid {
				t.Errorf("Add = %v, want invalid", err)
			}
			if len(s.apps) != 0 || len(s.events) != 0 {
				t.Errorf("something was saved")
			}
		})
	}
}

func TestAddAndRemove(t *testing.T) {
	s := &shelf{}
	c, err := access.Open(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	a := &access.Application{Name: "wiki", URL: " https://wiki.example.com "}
	if err := c.Add(t.Context(), a, "user:1"); err != nil {
		t.Fatal(err)
	}
	got := c.Application("wiki")
	if got == nil || got.Title != "wiki" || got.URL != "https://wiki.example.com" || got.ID == "" || got.CreatedAt.IsZero() {
		t.Errorf("Application = %+v", got)
	}
	if err := c.Add(t.Context(), &access.Application{Name: "wiki", URL: "https://other.example.com"}, "user:1"); fault.KindOf(err) != fault.Conflict {
		t.Errorf("second Add = %v, want conflict", err)
	}
	if err := c.Remove(t.Context(), "wiki", "user:1"); err != nil {
		t.Fatal(err)
	}
	if err := c.Remove(t.Context(), "wiki", "user:1"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("second Remove = %v, want not found", err)
	}
	if c.Application("wiki") != nil || !c.Resolve("wiki").Unknown {
		t.Error("a removed application still answers")
	}
	if len(s.events) != 2 || s.events[0].Action != audit.ApplicationAdded || s.events[1].Object != "application:"+got.ID {
		t.Errorf("events = %+v", s.events)
	}
}

func TestApplicationsStandByTitle(t *testing.T) {
	c := catalog(t)
	var titles []string
	for _, a := range c.Applications() {
		titles = append(titles, a.Title)
	}
	if got := strings.Join(titles, ","); got != "Company wiki,crm,desktops,grafana,local,workspaces" {
		t.Errorf("titles = %s", got)
	}
}

func TestRunFollowsTheStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		c, err := access.Open(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan error, 1)
		go func() { done <- c.Run(t.Context()) }()

		s.set(7, nil, &access.Application{Name: "wiki", URL: "https://wiki.example.com"})
		time.Sleep(3 * time.Second)
		if c.Application("wiki") == nil {
			t.Error("not followed")
		}
		s.set(8, errors.New("disk gone"))
		time.Sleep(10 * time.Second)
		if c.Application("wiki") == nil {
			t.Error("the last known applications went away with the store")
		}
		s.set(8, nil)
		time.Sleep(3 * time.Second)
		if c.Application("wiki") != nil {
			t.Error("not followed after the store came back")
		}
	})
}

func TestWhatTheStoreHoldsIsNotTrusted(t *testing.T) {
	s := &shelf{apps: []*access.Application{
		{Name: "bad", URL: "javascript:alert(1)", Allowed: []string{"//evil.example.net", "https://"}},
	}}
	c, err := access.Open(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	for _, in := range []string{"bad", "bad/x", "javascript:alert(1)", "//evil.example.net", "https://evil.example.net"} {
		if got := c.Resolve(in); got.URL != "" || !got.Unknown {
			t.Errorf("Resolve(%q) = %+v", in, got)
		}
	}
}
