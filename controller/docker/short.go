package docker

import (
	"regexp"
	"strings"
)

// fromDaemon is how the docker client begins the errors that the engine
// answered, as opposed to its own.
const fromDaemon = "Error response from daemon: "

// layers are what the parts of an engine put around the reason for which a
// container does not start, such as "OCI runtime create failed: ".
var layers = regexp.MustCompile(`^(?:[a-z_]+\.go:\d+|(?:OCI runtime|runc) create failed|` +
	`failed to create (?:task for container|shim task|shim)|unable to start container process|` +
	`(?:starting container process|container init) caused|error during container init): `)

// maxReason is the most bytes that an engine's error is quoted with.
const maxReason = 300

// shortened is an error of the engine with the reason alone.
type shortened struct {
	reason string
	err    error
}

func (e *shortened) Error() string { return e.reason }
func (e *shortened) Unwrap() error { return e.err }

// short reduces an error that the engine answered to its reason, on one line
// and fit to show. What it is, such as not found, stays. Other errors pass as
// they are.
func short(err error) error {
	s, ok := strings.CutPrefix(err.Error(), fromDaemon)
	if !ok {
		return err
	}
	s = strings.TrimSuffix(strings.Join(strings.Fields(s), " "), ": unknown")
	for {
		rest := layers.ReplaceAllString(s, "")
		if rest == s {
			break
		}
		s = rest
	}
	return &shortened{printable(s, maxReason), err}
}
