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
	VerbPause    = "pause"    // automation waits where it is
	VerbResume   = "resume"   // it goes on
)

// verbs returns all of them.
func verbs() []string {
	return []string{
		VerbPromote, VerbCanary, VerbRollback, VerbBegin, VerbProceed,
		VerbAbort, VerbLock, VerbUnlock, VerbContract, VerbPause, VerbResume,
	}
}

// members returns the members of a Command that the verb takes, nil if there
// is no such verb.
func members(verb string) []string {
	switch verb {
	case VerbCanary:
		return []string{"percent", "force", "actor"}
	case VerbPromote:
		return []string{"force", "full", "from", "actor"}
	case VerbRollback, VerbUnlock, VerbContract, VerbPause, VerbResume:
		return []string{"actor"}
	case VerbBegin:
		return []string{"digest", "message", "keep", "force", "actor"}
	case VerbProceed:
		return []string{"release", "containers", "actor"}
	case VerbAbort:
		return []string{"release", "message", "actor"}
	case VerbLock:
		return []string{"message", "actor"}
	}
	return nil
}

// maxContainers is the most that a release can be of.
const maxContainers = 10_000

var (
	appName   = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)
	releaseID = regexp.MustCompile(`^[0-9a-z][0-9a-z-]{0,39}$`)
	digest    = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// ValidApp reports whether name can be the name of an app.
func ValidApp(name string) bool { return appName.MatchString(name) }

// ValidRelease reports whether id can be the ID of a release.
func ValidRelease(id string) bool { return releaseID.MatchString(id) }

// ParseCommand reads the body of a command. It takes exactly one JSON object
// of the members that the verb takes, none doubled or misspelled, and
// returns a Command that is valid for the verb, its Actor and Message
// cleaned. Its errors are at most 400 bytes long.
func ParseCommand(verb string, body []byte) (Command, error) {
	names := members(verb)
	if names == nil {
		return Command{}, fmt.Errorf("unknown verb %s: use %s", quoted(verb), strings.Join(verbs(), ", "))
	}
	if err := checkMembers(body, verb, names); err != nil {
		return Command{}, err
	}
	var c Command
	if err := json.Unmarshal(body, &c); err != nil {
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) {
			return Command{}, fmt.Errorf("%s can't be a %s", quoted(wrong.Field), cut(wrong.Value, 40))
		}
		return Command{}, notJSON(err)
	}
	c.Actor, c.Message = CleanActor(c.Actor), CleanMessage(c.Message)
	return c, c.check(verb)
}

// check reports what of c does not fit the verb.
func (c Command) check(verb string) error {
	switch {
	case verb == VerbCanary && c.Percent == nil:
		return errors.New(`canary needs "percent", 0 to 100`)
	case verb == VerbCanary && (*c.Percent < 0 || *c.Percent > 100):
		return fmt.Errorf("%d is no percentage: give 0 to 100", *c.Percent)
	case c.From != nil && (*c.From < 0 || *c.From > 100):
		return fmt.Errorf(`"from" is %d: give 0 to 100`, *c.From)
	case verb == VerbBegin && !digest.MatchString(c.Digest):
		return errors.New(`begin needs "digest", what is released: 64 digits of 0-9 and a-f`)
	case (verb == VerbProceed || verb == VerbAbort) && !ValidRelease(c.Release):
		return fmt.Errorf(`%s needs "release", the ID that begin answered: 0-9, a-z and -, 40 at most`, verb)
	case c.Containers < 0 || c.Containers > maxContainers:
		return fmt.Errorf("%d containers: give 0 to %d", c.Containers, maxContainers)
	}
	return nil
}

// checkMembers reports an error unless body is one JSON object whose members
// have the given names, each at most once. encoding/json alone would take
// "FORCE" for "force" and the last of two.
func checkMembers(body []byte, verb string, names []string) error {
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
			return foreign(verb, name, names)
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

// foreign says that the verb does not take a member.
func foreign(verb, name string, known []string) error {
	switch {
	case verb == VerbPromote && name == "percent":
		return errors.New(`promote takes no "percent": use canary for a share`)
	case verb == VerbRollback && name == "force":
		return errors.New(`rollback takes no "force": it only ever goes to a color that is ready`)
	}
	for _, other := range verbs() {
		if slices.Contains(members(other), name) {
			return fmt.Errorf("%s takes no %q: known are %s", verb, name, strings.Join(known, ", "))
		}
	}
	return fmt.Errorf("unknown member %s: known of %s are %s", quoted(name), verb, strings.Join(known, ", "))
}

// notJSON says what is wrong in few words: encoding/json quotes a number that
// does not fit whole, however long it is.
func notJSON(err error) error { return fmt.Errorf("the body is not JSON: %s", cut(err.Error(), 200)) }
