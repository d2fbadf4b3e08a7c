package ui

import (
	"strconv"
	"strings"

	"sallyport/audit"
	"sallyport/idp"
)

// Activity lists what happened, newest first.
type Activity struct {
	Rows      []ActivityRow
	Filter    ActivityFilter
	Groups    []ActionGroup
	IDPs      []*idp.Provider
	Older     string
	CSV, JSON string // addresses of the exports of the same
	Most      int    // events in an export
	Filtering bool
	Error     string
}

// ActivityFilter is what the list was asked for, as it was typed.
type ActivityFilter struct{ Action, IDP, Person, Actor, Object, From, To string }

// ActivityRow is one event in words.
type ActivityRow struct {
	Event     audit.Event
	Words     string
	Actor     string // who, as people know them
	ActorPath string // page of that person, or ""
	Detail    string // what else is known, as indented JSON; or ""
}

// ActionGroup is a part of the list of actions.
type ActionGroup struct {
	Name    string
	Actions []ActionChoice
}

// ActionChoice is one action, as it is stored and in words.
type ActionChoice struct{ Action, Words string }

func (Activity) Head() Head {
	return Head{Template: "admin/activity", Title: "Activity", Section: "activity"}
}

var kinds = map[string]string{"user": "person", "idp": "connection", "admin_grant": "grant", "setup_link": "setup link", "permission_set": "permission set"}

// kind is what people call the thing that an event's object names.
func kind(object string) string {
	what, _, _ := strings.Cut(object, ":")
	if word, ok := kinds[what]; ok {
		return word
	}
	return what
}

// thousands writes a number with a comma before each three digits.
func thousands(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
