package socketproxy

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bg/controller/docker/dockertest"
)

// secret is part of everything in full that must not come through.
const secret = "hunter2"

// full is an inspect as Engine 20.10 answers it, shortened.
const full = `{
	"Id": %q, "Created": "2026-01-01T00:00:00Z", "Path": "/hunter2", "Args": ["--password=hunter2"],
	"State": {"Status": "running", "Running": true, "Pid": 4711, "ExitCode": 0, "OOMKilled": false, "Error": "hunter2",
		"StartedAt": "2026-01-01T00:00:01Z",
		"Health": {"Status": "healthy", "FailingStreak": 1, "Log": [{"ExitCode": 0, "Output": "hunter2"}]}},
	"Image": "sha256:hunter2", "ResolvConfPath": "/var/lib/hunter2", "Name": "/shop-blue-web-1", "ExecIDs": ["hunter2"],
	"HostConfig": {"Binds": ["/hunter2:/x"], "NetworkMode": "bg", "Privileged": true, "LogConfig": {"Config": {"token": "hunter2"}}},
	"GraphDriver": {"Data": {"x": "hunter2"}},
	"Mounts": [{"Source": "/hunter2"}],
	"Config": {"Hostname": "hunter2", "Env": ["TOKEN=hunter2"], "Cmd": ["hunter2"], "Entrypoint": ["hunter2"], "Image": "hunter2",
		"Healthcheck": {"Test": ["CMD", "hunter2"]}, "ExposedPorts": {"8080/tcp": {}}, "StopSignal": "SIGQUIT", "StopTimeout": 30,
		"Labels": {"bg.enable": "true"}},
	"NetworkSettings": {"SandboxKey": "hunter2", "Ports": {"8080/tcp": null},
		"Networks": {"bg": {"Aliases": ["hunter2"], "EndpointID": "e1", "IPAddress": "10.0.0.7", "GlobalIPv6Address": "", "MacAddress": "hunter2", "DriverOpts": {"x": "hunter2"}}}}
}`

func TestOfAnInspectOnlyWhatTheControllerReadsComesThrough(t *testing.T) {
	b := newBed(t, house(), func(w http.ResponseWriter, _ *http.Request) bool {
		fmt.Fprintf(w, full, ours)
		return true
	})
	status, body := b.call(t, "GET", "/v1.41/containers/"+ours+"/json")
	if status != http.StatusOK || strings.Contains(body, secret) {
		t.Fatalf("%d %s", status, body)
	}
	var got, want any
	must(t, json.Unmarshal([]byte(body), &got))
	must(t, json.Unmarshal([]byte(`{
		"Id": "`+ours+`", "Name": "/shop-blue-web-1",
		"State": {"Status": "running", "ExitCode": 0, "OOMKilled": false, "StartedAt": "2026-01-01T00:00:01Z",
			"Health": {"Status": "healthy", "FailingStreak": 1}},
		"Config": {"ExposedPorts": {"8080/tcp": {}}, "StopSignal": "SIGQUIT", "StopTimeout": 30, "Labels": {"bg.enable": "true"}},
		"HostConfig": {"NetworkMode": "bg"},
		"NetworkSettings": {"Networks": {"bg": {"EndpointID": "e1", "IPAddress": "10.0.0.7", "GlobalIPv6Address": ""}}}
	}`), &want))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// What is not to be made sense of must neither be passed on nor taken for an
// answer: unknown is not the same as gone.
func TestAnInspectThatMakesNoSenseIsAnError(t *testing.T) {
	for what, tt := range map[string]struct {
		status int
		answer string
		want   int
		words  string
	}{
		"empty":            {200, "", 502, "read what Docker says"},
		"null":             {200, "null", 502, "another one"},
		"a part":           {200, `{"Id": "` + ours + `", "Config": {"Labels"`, 502, "read what Docker says"},
		"a list":           {200, "[]", 502, "read what Docker says"},
		"without labels":   {200, `{"Id": "` + ours + `"}`, 403, "bg.enable=true"},
		"too long":         {200, `{"Id": "` + ours + `", "X": "` + strings.Repeat("x", maxInspect) + `"}`, 502, "longer than"},
		"an odd status":    {204, "", 502, "status 204"},
		"a redirect":       {301, "{}", 502, "status 301"},
		"an error":         {500, `{"message": "broken\n\u001b[31m"}`, 500, `"broken  [31m"`},
		"a wordless error": {500, "<html>", 500, "no reason"},
	} {
		b := newBed(t, house(), func(w http.ResponseWriter, _ *http.Request) bool {
			w.WriteHeader(tt.status)
			fmt.Fprint(w, tt.answer)
			return true
		})
		for _, request := range []string{"GET json", "POST start"} {
			method, action, _ := strings.Cut(request, " ")
			status, body := b.call(t, method, "/containers/"+ours+"/"+action)
			if status != tt.want || !strings.Contains(body, tt.words) {
				t.Errorf("%s, %s: %d %s", what, action, status, body)
			}
		}
		for _, asked := range b.log() {
			if strings.HasPrefix(asked, "POST") {
				t.Errorf("%s: Docker was asked %q", what, asked)
			}
		}
	}
}

func TestWhatDockerDoesNotLikeOfAStartIsPassedOn(t *testing.T) {
	e := house()
	e.Change(ours, func(c *dockertest.Container) { c.StartError = "no such file" })
	b := newBed(t, e, nil)
	if status, body := b.call(t, "POST", "/containers/"+ours+"/start"); status != http.StatusBadRequest || !strings.Contains(body, "no such file") {
		t.Errorf("%d %s", status, body)
	}
}
