package compose

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/compose-spec/compose-go/v2/dotenv"
)

// acceptRawEnv makes env_file's `format: raw` known, which docker compose adds
// to what compose-go reads by itself. compose-go keeps the formats for the whole
// process, so one time is enough.
var acceptRawEnv = sync.OnceFunc(func() { dotenv.RegisterFormat("raw", parseRawEnv) })

// parseRawEnv reads an environment file as `docker run --env-file` does: quotes,
// dollars and what stands after a # belong to the value. A name without = takes
// its value from lookUp, and is left out where that has none.
func parseRawEnv(r io.Reader, file string, vars map[string]string, lookUp func(string) (string, bool)) error {
	data, err := io.ReadAll(io.LimitReader(r, maxFile))
	if err != nil {
		return fmt.Errorf("read %s: %w", file, err)
	}
	n := 0
	for line := range strings.Lines(strings.TrimPrefix(string(data), "\ufeff")) {
		n++
		if err := parseRawLine(line, vars, lookUp); err != nil {
			return fmt.Errorf("%s, line %d: %w", file, n, err)
		}
	}
	return nil
}

func parseRawLine(line string, vars map[string]string, lookUp func(string) (string, bool)) error {
	line = strings.TrimLeft(strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r"), " \t\r")
	if line == "" || line[0] == '#' {
		return nil
	}
	name, value, given := strings.Cut(line, "=")
	if name == "" || strings.ContainsAny(name, " \t") {
		// The line itself may hold a secret.
		return errors.New("this is no NAME=VALUE; give a name without spaces")
	}
	if !given && lookUp != nil {
		value, given = lookUp(name)
	}
	if given {
		vars[name] = value
	}
	return nil
}
