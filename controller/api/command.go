package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// The verbs of a Command.
const (
	VerbPromote  = "promote"
	VerbCanary   = "canary"
	VerbRollback = "rollback"
	VerbBegin    = "begin"    // a release, by bg deploy
	VerbProceed  = "proceed"  // the client has prepared the release
	VerbAbort    = "abort"    // the client could not
	VerbLock     = "lock"     // keep new releases away
	VerbUnlock   = "unlock"   // let them come again, and end one that its client left
	VerbContract = "contract" // run the contract hooks that wait for it
)

// maxActor is the most characters of an Actor that are kept.
const maxActor = 64

var appName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)

// ValidApp reports whether name can be the name of an app.
func ValidApp(name string) bool { return appName.MatchString(name) }

// ParseCommand reads the body of a command. It takes exactly one JSON object
// with no unknown, doubled or misspelled member, and returns a Command that
// is valid for the verb, its Actor cleaned.
func ParseCommand(verb string, body []byte) (Command, error) {
	if err := checkMembers(body, "percent", "force", "actor"); err != nil {
		return Command{}, err
	}
	var c Command
	if err := json.Unmarshal(body, &c); err != nil {
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) {
			return Command{}, fmt.Errorf("%q can't be a %.40s", wrong.Field, wrong.Value)
		}
		return Command{}, notJSON(err)
	}
	c.Actor = CleanActor(c.Actor)
	return c, c.check(verb)
}

// check reports what of c does not fit the verb.
func (c Command) check(verb string) error {
	switch verb {
	case VerbCanary:
		if c.Percent == nil {
			return errors.New(`canary needs "percent", 0 to 100`)
		}
		if *c.Percent < 0 || *c.Percent > 100 {
			return fmt.Errorf("%d is no percentage: give 0 to 100", *c.Percent)
		}
		return nil
	case VerbPromote, VerbRollback:
		if c.Percent != nil {
			return fmt.Errorf(`%s takes no "percent": use canary for a share`, verb)
		}
		if c.Force && verb == VerbRollback {
			return errors.New(`rollback takes no "force": it only ever goes to a color that is ready`)
		}
		return nil
	}
	return fmt.Errorf("unknown verb %.40q: use promote, canary or rollback", verb)
}

// checkMembers reports an error unless body is one JSON object whose members
// have the given names, each at most once. encoding/json alone would take
// "FORCE" for "force" and the last of two.
func checkMembers(body []byte, names ...string) error {
	d := json.NewDecoder(bytes.NewReader(body))
	first, err := d.Token()
	if errors.Is(err, io.EOF) {
		return errors.New("the body is empty: send a JSON object, such as {}")
	}
	if err != nil {
		return notJSON(err)
	}
	if first != json.Delim('{') {
		return errors.New("the body is not a JSON object, such as {}")
	}
	var seen []string
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return notJSON(err)
		}
		name, _ := token.(string)
		switch {
		case !slices.Contains(names, name):
			return fmt.Errorf("unknown member %.40q: known are %s", name, strings.Join(names, ", "))
		case slices.Contains(seen, name):
			return fmt.Errorf("%q is given twice", name)
		}
		seen = append(seen, name)
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return notJSON(err)
		}
	}
	if _, err := d.Token(); err != nil {
		return errors.New("the body is not JSON: it ends early")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("the body holds more than one JSON value")
	}
	return nil
}

// notJSON says what is wrong in few words: encoding/json quotes a number that
// does not fit whole, however long it is.
func notJSON(err error) error { return fmt.Errorf("the body is not JSON: %.200s", err) }

// CleanActor returns the printable characters of s, at most 64, with each
// run of others replaced by one space.
func CleanActor(s string) string {
	words := strings.FieldsFunc(s, func(r rune) bool {
		return r == ' ' || r == unicode.ReplacementChar || !unicode.IsPrint(r)
	})
	clean := []rune(strings.Join(words, " "))
	if len(clean) > maxActor {
		clean = clean[:maxActor]
	}
	return strings.TrimSpace(string(clean))
}
