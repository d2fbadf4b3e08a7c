package access

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"sallyport/internal/fault"
)

// Limits of a permission set, as IAM Identity Center has them.
const (
	maxSetName        = 32
	maxSetDescription = 700
	maxSetRelayState  = 240
	minSetDuration    = time.Hour
	maxSetDuration    = 12 * time.Hour
	maxSetTags        = 50
	maxTagKey         = 128
	maxTagValue       = 256
)

var (
	setNameForm       = regexp.MustCompile(`^[\w+=,.@-]{1,32}$`)
	setRelayStateForm = regexp.MustCompile(`^[a-zA-Z0-9&$@#\\/%?=~\-_'"|!:,.;*+\[\] (){}]*$`)
	tagForm           = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`)
)

// checkPermissionSet says in one sentence what is wrong with s, tidies spaces
// around its texts and makes its rules ready. Lists are copied before.
func checkPermissionSet(s *PermissionSet) error {
	s.Name, s.Description, s.RelayState = strings.TrimSpace(s.Name), strings.TrimSpace(s.Description), strings.TrimSpace(s.RelayState)
	switch {
	case !setNameForm.MatchString(s.Name):
		return fault.New(fault.Invalid, fmt.Sprintf("The name takes 1 to %d letters from A to Z, digits and _ + = , . @ -, and no blanks.", maxSetName))
	case s.SessionDuration != 0 && (s.SessionDuration < minSetDuration || s.SessionDuration > maxSetDuration):
		return fault.New(fault.Invalid, "The session takes from an hour to twelve hours.")
	case s.SessionDuration%time.Second != 0:
		return fault.New(fault.Invalid, "The session takes a whole number of seconds.")
	}
	if err := checkSetDescription(s.Description); err != nil {
		return err
	}
	if err := checkSetRelayState(s.RelayState); err != nil {
		return err
	}
	s.Tags = slices.Clone(s.Tags)
	if err := checkTags(s.Tags); err != nil {
		return err
	}
	rules, err := prepareRules(s.Rules)
	if err != nil {
		return err
	}
	s.Rules = rules
	return nil
}

func checkSetDescription(text string) error {
	if utf8.RuneCountInString(text) > maxSetDescription {
		return fault.New(fault.Invalid, fmt.Sprintf("The description takes up to %d characters.", maxSetDescription))
	}
	for _, r := range text {
		known := r == '\t' || r == '\n' || r == '\r' || r >= ' ' && r <= '~' || r >= '\u00a1' && r <= '\u00ff'
		if !known {
			return fault.New(fault.Invalid, fmt.Sprintf("The description takes the letters and signs of Western European languages; %q is none of them.", r))
		}
	}
	return nil
}

// checkSetRelayState sees that an application can have such a place. Which one
// allows it is seen when somebody enters.
func checkSetRelayState(text string) error {
	if text == "" {
		return nil
	}
	if len(text) > maxSetRelayState || !setRelayStateForm.MatchString(text) {
		return fault.New(fault.Invalid, fmt.Sprintf("The relay state takes up to %d letters from A to Z, digits, blanks and the signs of addresses.", maxSetRelayState))
	}
	escaped, ok := escape(text)
	if ok && isAbsolute(escaped) {
		u, plain := split(escaped)
		ok = plain && u.parsesTheSame()
	} else if ok {
		s := newSnapshot(0, held{applications: []*Application{{Name: "any", URL: "https://any.example/"}}})
		ok = s.reaches("any", text)
	}
	if !ok || !isAbsolute(text) && !strings.ContainsAny(text[:1], "/?#") {
		return fault.New(fault.Invalid, "The relay state is a path in the application, such as /admin?tab=users, or a whole address that the application allows. It takes no backslash, no \"..\" and no \"//\" in its path.")
	}
	return nil
}

// checkTags holds tags to the rules of session tags.
func checkTags(tags []Tag) error {
	if len(tags) > maxSetTags {
		return fault.New(fault.Invalid, fmt.Sprintf("A permission set takes up to %d tags.", maxSetTags))
	}
	keys := map[string]bool{}
	for i := range tags {
		t := &tags[i]
		t.Key, t.Value = strings.TrimSpace(t.Key), strings.TrimSpace(t.Value)
		folded := foldTagKey(t.Key)
		switch {
		case !isTag(t.Key, 1, maxTagKey):
			return fault.New(fault.Invalid, fmt.Sprintf("The key of a tag takes 1 to %d letters, digits, blanks and _ . : / = + - @; %q does not fit.", maxTagKey, clipText(t.Key)))
		case !isTag(t.Value, 0, maxTagValue):
			return fault.New(fault.Invalid, fmt.Sprintf("The value of tag %s takes up to %d letters, digits, blanks and _ . : / = + - @.", t.Key, maxTagValue))
		case strings.HasPrefix(folded, "aws:"), strings.HasPrefix(foldTagKey(t.Value), "aws:"):
			return fault.New(fault.Invalid, "Tag "+t.Key+": what begins with aws: is reserved.")
		case keys[folded]:
			return fault.New(fault.Invalid, "There are two tags named "+t.Key+". Capital and small letters make no difference.")
		}
		keys[folded] = true
	}
	return nil
}

func isTag(text string, least, most int) bool {
	n := utf8.RuneCountInString(text)
	return n >= least && n <= most && utf8.ValidString(text) && tagForm.MatchString(text) && !strings.ContainsFunc(text, unicode.IsControl)
}

// clipText keeps a message short, whatever somebody pasted.
func clipText(text string) string {
	if r := []rune(text); len(r) > maxTagKey {
		return string(r[:maxTagKey]) + "…"
	}
	return text
}
