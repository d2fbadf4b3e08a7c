package access

import (
	"fmt"
	"strings"
	"time"
)

// demandStep tells whether a sign-in is one that the application demands.
func demandStep(app *Application, demand StepUp, met bool) Step {
	s := Step{What: StepSignIn, Object: "application " + app.Name, Effect: EffectPermit, Matched: true, Counts: true, StepUp: demand}
	if !met {
		s.Effect = EffectForbid
	}
	return s
}

// againStep tells whether another sign-in would let in.
func againStep(app *Application, needed StepUp, ok bool) Step {
	return Step{What: StepSignIn, Object: "application " + app.Name, Effect: EffectForbid, Matched: true, Counts: ok, StepUp: needed, Again: true}
}

func (s Step) signInSentence() string {
	switch {
	case s.Again && s.StepUp.None():
		return "To sign in again would not help: no way of signing in that is named would let this person into " + s.Object + "."
	case s.Again:
		return "This person would be let into " + s.Object + " after a sign-in " + s.StepUp.words() + "."
	case s.Effect == EffectPermit:
		return firstUpper(s.Object) + " demands a sign-in " + s.StepUp.words() + ", and this is one."
	default:
		return firstUpper(s.Object) + " demands a sign-in " + s.StepUp.words() + ", and this is none."
	}
}

// words say what a sign-in has to be like.
func (s StepUp) words() string {
	var all []string
	switch len(s.Contexts) {
	case 0:
	case 1:
		all = append(all, "with the authentication context "+s.Contexts[0])
	default:
		all = append(all, "with one of the authentication contexts "+strings.Join(s.Contexts, ", "))
	}
	if s.MaxAge != 0 {
		all = append(all, "that is at most "+ageWords(s.MaxAge)+" old")
	}
	return strings.Join(all, " and ")
}

func ageWords(d time.Duration) string {
	for _, unit := range []struct {
		of   time.Duration
		name string
	}{{24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}} {
		if d%unit.of != 0 {
			continue
		}
		if d == unit.of {
			return "1 " + unit.name
		}
		return fmt.Sprintf("%d %ss", d/unit.of, unit.name)
	}
	return d.String()
}

func firstUpper(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
