package api

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

const (
	defaultWait  = 30 * time.Second
	maxWait      = 10 * time.Minute
	defaultLimit = 50
	maxLimit     = 1000
	maxService   = 255
)

// query is the checked parameters of a request.
type query struct {
	after      uint64
	generation uint64
	timeout    time.Duration
	limit      int
	app        string
	service    string
}

// parseQuery reads the parameters of r, of which only the allowed ones may
// be given, each once. generation is required where it is allowed.
func parseQuery(r *http.Request, allowed ...string) (query, error) {
	q := query{timeout: defaultWait, limit: defaultLimit}
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return q, fmt.Errorf("the query can't be read: %s", cut(err.Error(), 200))
	}
	for name, given := range values {
		if !slices.Contains(allowed, name) {
			return q, fmt.Errorf("unknown parameter %s", quoted(name))
		}
		if len(given) != 1 {
			return q, fmt.Errorf("%s is given more than once", name)
		}
		if err := q.set(name, given[0]); err != nil {
			return q, err
		}
	}
	if slices.Contains(allowed, "generation") && !values.Has("generation") {
		return q, fmt.Errorf("give generation=N, from the answer to a command")
	}
	return q, nil
}

func (q *query) set(name, value string) error {
	var err error
	switch name {
	case "after":
		q.after, err = strconv.ParseUint(value, 10, 64)
	case "generation":
		q.generation, err = strconv.ParseUint(value, 10, 64)
	case "timeout":
		q.timeout, err = time.ParseDuration(value)
		if err == nil && (q.timeout < 0 || q.timeout > maxWait) {
			return fmt.Errorf("timeout=%s: give 0s to %v", cut(value, 40), maxWait)
		}
	case "limit":
		q.limit, err = strconv.Atoi(value)
		if err == nil && (q.limit < 1 || q.limit > maxLimit) {
			return fmt.Errorf("limit=%s: give 1 to %d", cut(value, 40), maxLimit)
		}
	case "service":
		if len(value) > maxService {
			return fmt.Errorf("service=%s: give a name of at most %d bytes", cut(value, 40), maxService)
		}
		q.service = value
	case "app":
		q.app = value
		if value != "" && !ValidApp(value) {
			return fmt.Errorf("%s", badApp(value))
		}
	}
	if err != nil {
		return fmt.Errorf("%s=%s can't be read: give a number, or a duration such as 30s", name, cut(value, 40))
	}
	return nil
}

func badApp(name string) string {
	return quoted(name) + " is no app name: those are of a-z, 0-9 and -, 63 at most"
}
