package socketproxy

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Kind is what a request asks for.
type Kind string

// All that the controller calls. It needs no version and no network to
// inspect, no log and no wait, and so there are none.
const (
	Ping    Kind = "ping"
	Events  Kind = "events"
	List    Kind = "list"
	Inspect Kind = "inspect"
	Start   Kind = "start"
	Stop    Kind = "stop"
)

// Call is an allowed request, taken apart. What Docker is asked is made of
// it alone, and not of the client's bytes, headers or body.
type Call struct {
	Kind    Kind
	Version string // of the API: "1.41", or "" for none
	ID      string // of a container, in full: 64 hex digits
	Since   string // of events: seconds with a fraction, or ""
	Events  []string
}

// maxQuery is the most bytes of a query: that of events has about 500.
const maxQuery = 4 << 10

// routes is matched against the path as it was sent. It holds no place for
// an escaped character, a second slash or a dot-dot, so that nobody has to
// agree with Docker on what those mean.
var routes = regexp.MustCompile(`^(?:/v(1\.[0-9]{1,3}))?/(?:(_ping|events|containers/json)|containers/([0-9a-f]{64})/(json|start|stop))$`)

// kinds are the words of routes.
var kinds = map[string]Kind{
	"_ping": Ping, "events": Events, "containers/json": List, "json": Inspect, "start": Start, "stop": Stop,
}

// Allow decides on a request by its method, and its path and query as they
// were sent. It is a pure function. The error says what is not allowed.
func Allow(method, path, query string) (Call, error) {
	found := routes.FindStringSubmatch(path)
	if found == nil {
		return Call{}, fmt.Errorf("%.10q of %.100q is not among what bg's controller needs", method, path)
	}
	c := Call{Kind: kinds[found[2]+found[4]], Version: found[1], ID: found[3]}
	switch {
	case method == http.MethodPost && (c.Kind == Start || c.Kind == Stop):
	case method == http.MethodGet && c.Kind != Start && c.Kind != Stop:
	case method == http.MethodHead && c.Kind == Ping:
	default:
		return Call{}, fmt.Errorf("%.10q is no way to %s", method, c.Kind)
	}
	values, err := parameters(query)
	if err == nil {
		err = c.take(values)
	}
	if err != nil {
		return Call{}, fmt.Errorf("%s: %w", c.Kind, err)
	}
	return c, nil
}

// parameters takes a query apart. Each parameter may be given once.
func parameters(query string) (map[string]string, error) {
	if len(query) > maxQuery {
		return nil, fmt.Errorf("the query is longer than %d bytes", maxQuery)
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return nil, errors.New("the query can't be read")
	}
	once := make(map[string]string, len(values))
	for name, all := range values {
		if len(all) != 1 {
			return nil, fmt.Errorf("the parameter %.40q is given twice", name)
		}
		once[name] = all[0]
	}
	return once, nil
}

// seconds is a time of the engine's.
var seconds = regexp.MustCompile(`^[0-9]{1,12}(\.[0-9]{1,9})?$`)

// take reads the parameters of a call, those that the controller sends and no
// others: a stop that names a signal is a kill.
func (c *Call) take(values map[string]string) error {
	given := slices.Sorted(maps.Keys(values))
	switch c.Kind {
	case List:
		if !slices.Equal(given, []string{"all", "filters"}) || values["all"] != "1" {
			return errors.New("the parameters must be all=1 and filters")
		}
		f, err := readFilters(values["filters"])
		if err != nil || len(f) != 1 || !slices.Equal(f["label"], []string{listed}) {
			return fmt.Errorf("only containers with the label %s are listed: the filter must be that one", listed)
		}
	case Events:
		if !only(given, []string{"filters", "since"}) || !seconds.MatchString(values["since"]) {
			return errors.New("the parameters must be filters and since, a time in seconds")
		}
		f, err := readFilters(values["filters"])
		// Without these filters the commands that are executed in containers
		// would be among the events, arguments and all.
		if err != nil || len(f) != 2 || !slices.Equal(f["type"], []string{"container", "network"}) ||
			len(f["event"]) == 0 || !only(f["event"], told) {
			return fmt.Errorf("the filters must be on type, container and network, and on event, some of %s", strings.Join(told, ", "))
		}
		c.Since, c.Events = values["since"], f["event"]
	default:
		if len(given) > 0 {
			return fmt.Errorf("there is no parameter %.40q", given[0])
		}
	}
	return nil
}

// only reports whether all words are known.
func only(words, known []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return !slices.Contains(known, w) })
}
