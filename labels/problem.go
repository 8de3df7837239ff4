package labels

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	maxProblems = 10 // shown of one container
	maxShown    = 80 // bytes of a value, or key, in a message
)

// problems collects what is wrong with one container, so that its owner can
// mend everything at once.
type problems struct {
	container string
	shown     []error
	more      int
}

// add notes what is wrong with a label and how to mend it.
func (p *problems) add(label, value, format string, args ...any) {
	what := fmt.Sprintf(format, args...)
	if secret(label) {
		p.note("label %s: %s", plain(label), what)
	} else {
		p.note("label %s=%s: %s", plain(label), quote(value), what)
	}
}

// note adds a problem that lies in no single label.
func (p *problems) note(format string, args ...any) {
	if len(p.shown) == maxProblems {
		p.more++
		return
	}
	p.shown = append(p.shown, fmt.Errorf("container %s: %s", plain(p.container), fmt.Sprintf(format, args...)))
}

func (p *problems) none() bool { return len(p.shown) == 0 }

// err returns all problems as one error, or nil.
func (p *problems) err() error {
	if p.more == 0 {
		return errors.Join(p.shown...)
	}
	rest := fmt.Errorf("container %s: and %d more", plain(p.container), p.more)
	return errors.Join(errors.Join(p.shown...), rest)
}

// secret reports whether the value of a label may be a password or a token,
// which no message may show.
func secret(label string) bool {
	label = strings.ToLower(label)
	return strings.HasPrefix(label, "traefik.http.middlewares.") ||
		strings.HasPrefix(label, "bg.preview.") ||
		strings.Contains(label, ".header") ||
		strings.Contains(label, ".cookie")
}

var harmless = regexp.MustCompile(`^[A-Za-z0-9._/\[\]-]{1,300}$`)

// plain returns s as it is where it's harmless, otherwise quoted.
func plain(s string) string {
	if harmless.MatchString(s) {
		return s
	}
	return quote(s)
}

// quote returns s in quotes, shortened, with control characters escaped.
func quote(s string) string {
	if len(s) <= maxShown {
		return strconv.Quote(s)
	}
	end := maxShown
	for end > maxShown-utf8.UTFMax && !utf8.RuneStart(s[end]) {
		end--
	}
	return strconv.Quote(s[:end]) + "…"
}
