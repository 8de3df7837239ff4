package socketproxy

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	id       = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	listing  = `all=1&filters=%7B%22label%22%3A%7B%22bg.enable%22%3Atrue%7D%7D`
	watching = `filters=%7B%22event%22%3A%7B%22die%22%3Atrue%2C%22connect%22%3Atrue%7D%2C%22type%22%3A%7B%22container%22%3Atrue%2C%22network%22%3Atrue%7D%7D&since=1700000000.000000001`
)

func TestWhatTheControllerCallsIsAllowed(t *testing.T) {
	for _, tt := range []struct {
		method, path, query string
		want                Call
	}{
		{"HEAD", "/_ping", "", Call{Kind: Ping}},
		{"GET", "/_ping", "", Call{Kind: Ping}},
		{"GET", "/v1.41/_ping", "", Call{Kind: Ping, Version: "1.41"}},
		{"GET", "/v1.41/containers/json", listing, Call{Kind: List, Version: "1.41"}},
		{"GET", "/events", watching, Call{Kind: Events, Since: "1700000000.000000001", Events: []string{"connect", "die"}}},
		{"GET", "/containers/" + id + "/json", "", Call{Kind: Inspect, ID: id}},
		{"POST", "/v1.51/containers/" + id + "/start", "", Call{Kind: Start, Version: "1.51", ID: id}},
		{"POST", "/containers/" + id + "/stop", "", Call{Kind: Stop, ID: id}},
	} {
		got, err := Allow(tt.method, tt.path, tt.query)
		if diff := cmp.Diff(tt.want, got); err != nil || diff != "" {
			t.Errorf("%s %s: %v %s", tt.method, tt.path, err, diff)
		}
	}
}

// forbidden is the rest of Docker's API, and tricks with its paths.
var forbidden = map[string][]string{
	"exec":                  {"POST /containers/" + id + "/exec", "POST /exec/" + id + "/start", "GET /exec/" + id + "/json", "POST /exec/" + id + "/resize"},
	"create":                {"POST /containers/create", "POST /containers/create?name=x"},
	"attach":                {"POST /containers/" + id + "/attach", "GET /containers/" + id + "/attach/ws"},
	"archive":               {"GET /containers/" + id + "/archive?path=/", "PUT /containers/" + id + "/archive?path=/", "HEAD /containers/" + id + "/archive?path=/", "GET /containers/" + id + "/export"},
	"images":                {"GET /images/json", "POST /images/create?fromImage=x", "DELETE /images/x", "POST /images/load", "POST /images/x/push", "POST /images/x/tag", "POST /commit"},
	"volumes":               {"GET /volumes", "POST /volumes/create", "DELETE /volumes/x"},
	"networks":              {"GET /networks", "GET /networks/bg", "POST /networks/create", "POST /networks/bg/connect", "POST /networks/bg/disconnect", "DELETE /networks/bg"},
	"build":                 {"POST /build", "POST /build/prune", "POST /session", "POST /grpc"},
	"swarm":                 {"GET /swarm", "POST /swarm/init", "POST /services/create", "GET /secrets", "GET /configs", "GET /tasks", "GET /nodes"},
	"plugins":               {"GET /plugins", "POST /plugins/pull?remote=x"},
	"kill":                  {"POST /containers/" + id + "/kill", "POST /containers/" + id + "/kill?signal=HUP"},
	"update":                {"POST /containers/" + id + "/update"},
	"rename":                {"POST /containers/" + id + "/rename?name=x"},
	"prune":                 {"POST /containers/prune", "POST /images/prune", "POST /volumes/prune", "POST /networks/prune"},
	"remove":                {"DELETE /containers/" + id, "DELETE /containers/" + id + "?force=1&v=1"},
	"restart, pause":        {"POST /containers/" + id + "/restart", "POST /containers/" + id + "/pause", "POST /containers/" + id + "/unpause"},
	"what runs, and says":   {"GET /containers/" + id + "/logs?stdout=1", "GET /containers/" + id + "/top", "GET /containers/" + id + "/stats", "GET /containers/" + id + "/changes", "POST /containers/" + id + "/wait", "POST /containers/" + id + "/resize?h=1&w=1"},
	"the engine":            {"GET /info", "GET /version", "GET /system/df", "POST /auth", "GET /", "GET /metrics", "GET /debug/pprof/"},
	"another method":        {"POST /_ping", "PUT /containers/" + id + "/start", "GET /containers/" + id + "/start", "GET /containers/" + id + "/stop", "POST /containers/" + id + "/json", "HEAD /containers/" + id + "/json", "POST /containers/json?" + listing, "DELETE /events?" + watching, "OPTIONS /_ping", "OPTIONS *", "PATCH /_ping", "TRACE /_ping", "get /_ping"},
	"no full ID":            {"GET /containers/" + id[:12] + "/json", "POST /containers/" + id[:63] + "/stop", "POST /containers/" + id + "0/stop", "POST /containers/shop-web-1/stop", "POST /containers/" + strings.ToUpper(id) + "/stop"},
	"two slashes":           {"GET //_ping", "POST /containers//" + id + "/start", "POST //containers/" + id + "/start", "POST /containers/" + id + "/start/"},
	"dot-dot":               {"POST /containers/" + id + "/../create", "POST /containers/" + id + "/start/../../create", "GET /./_ping", "GET /v1.41/../_ping"},
	"an escaped slash":      {"POST /containers/" + id + "%2fstart", "POST /containers%2f" + id + "/start", "POST /containers/" + id + "/start%2f..%2fkill", "GET /%5fping"},
	"NUL and its kin":       {"GET /_ping%00", "POST /containers/" + id + "/start%00", "POST /containers/" + id + "/start%0d%0aX:y", "GET /_ping%20"},
	"a fragment":            {"POST /containers/" + id + "/start#", "GET /_ping;a=b"},
	"the version":           {"GET /v2/_ping", "GET /v1/_ping", "GET /v1.4100/_ping", "GET /v1.41/v1.41/_ping", "GET /V1.41/_ping", "GET /v1.-1/_ping"},
	"an absolute URL":       {"GET http://docker/_ping", "POST http://docker/containers/" + id + "/start", "CONNECT docker:80"},
	"a parameter":           {"GET /_ping?x=", "GET /containers/" + id + "/json?size=1", "POST /containers/" + id + "/start?detachKeys=a", "POST /containers/" + id + "/start?checkpoint=x", "POST /containers/" + id + "/stop?signal=KILL", "POST /containers/" + id + "/stop?t=0"},
	"another list":          {"GET /containers/json", "GET /containers/json?all=1", "GET /containers/json?" + listing + "&size=1", "GET /containers/json?" + listing + "&all=1", "GET /containers/json?" + listing + "&limit=1", "GET /containers/json?all=1&filters=%7B%7D", "GET /containers/json?all=1&filters=%7B%22label%22%3A%7B%22x%22%3Atrue%7D%7D", "GET /containers/json?all=1&filters=%7B%22label%22%3A%7B%22bg.enable%22%3Atrue%7D%2C%22id%22%3A%7B%22a%22%3Atrue%7D%7D"},
	"other events":          {"GET /events", "GET /events?since=1", "GET /events?" + watching + "&until=2", "GET /events?" + strings.Replace(watching, "die", "exec_create", 1), "GET /events?" + strings.Replace(watching, "die", "", 1), "GET /events?" + strings.Replace(watching, "network", "image", 1), "GET /events?" + strings.Replace(watching, "since=1", "since=a", 1), "GET /events?since=1&filters=null", "GET /events?since=1&filters=%5B%5D"},
	"a query out of bounds": {"GET /events?" + watching + "&" + strings.Repeat("a", maxQuery), "GET /containers/json?" + listing + ";x", "GET /containers/json?" + listing + "%"},
}

func TestEverythingElseIsForbidden(t *testing.T) {
	for what, requests := range forbidden {
		for _, request := range requests {
			method, target, _ := strings.Cut(request, " ")
			path, query, _ := strings.Cut(target, "?")
			for _, version := range []string{"", "/v1.41"} {
				if call, err := Allow(method, version+path, query); err == nil {
					t.Errorf("%s: %s %s is allowed as %+v", what, method, version+target, call)
				} else if len(err.Error()) > 300 {
					t.Errorf("%s: the reason has %d bytes", what, len(err.Error()))
				}
			}
		}
	}
}

// FuzzAllow holds what comes through to grammars that are written down twice:
// as allow.go has them, and here.
func FuzzAllow(f *testing.F) {
	f.Add("GET", "/v1.41/containers/json", listing)
	f.Add("GET", "/events", watching)
	f.Add("POST", "/containers/"+id+"/stop", "")
	for _, requests := range forbidden {
		for _, request := range requests {
			method, target, _ := strings.Cut(request, " ")
			path, query, _ := strings.Cut(target, "?")
			f.Add(method, path, query)
		}
	}
	shape := map[Kind]*regexp.Regexp{
		Ping: regexp.MustCompile(`^/_ping$`), Events: regexp.MustCompile(`^/events$`), List: regexp.MustCompile(`^/containers/json$`),
		Inspect: regexp.MustCompile(`^/containers/\w{64}/json$`),
		Start:   regexp.MustCompile(`^/containers/\w{64}/start$`), Stop: regexp.MustCompile(`^/containers/\w{64}/stop$`),
	}
	f.Fuzz(func(t *testing.T, method, path, query string) {
		c, err := Allow(method, path, query)
		if err != nil {
			if diff := cmp.Diff(Call{}, c); diff != "" {
				t.Errorf("a refusal comes with a call: %s", diff)
			}
			return
		}
		rest := path
		if c.Version != "" {
			rest = strings.TrimPrefix(path, "/v"+c.Version)
		}
		if form := shape[c.Kind]; form == nil || !form.MatchString(rest) || strings.Trim(c.ID, "0123456789abcdef") != "" {
			t.Errorf("%s is allowed as %+v", path, c)
		}
		changes := c.Kind == Start || c.Kind == Stop
		if changes != (method == http.MethodPost) || changes && (query != "" || len(c.ID) != 64) {
			t.Errorf("%s %s?%s is allowed as %+v", method, path, query, c)
		}
		for _, e := range c.Events {
			if strings.HasPrefix(e, "exec") || !slices.Contains(told, e) {
				t.Errorf("events %q are allowed", c.Events)
			}
		}
		if values, err := url.ParseQuery(query); err != nil || len(values) > 2 {
			t.Errorf("the query %q is allowed", query)
		}
	})
}
