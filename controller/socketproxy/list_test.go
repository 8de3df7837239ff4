package socketproxy

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTheListHoldsBGsContainersAlone(t *testing.T) {
	b := newBed(t, house(), nil)
	status, body := b.call(t, "GET", "/v1.41/containers/json?"+listing)
	var got []summary
	must(t, json.Unmarshal([]byte(body), &got))
	if status != http.StatusOK || len(got) != 1 || got[0].ID != ours || !strings.Contains(got[0].Status, "Exited (3)") {
		t.Errorf("%d %s", status, body)
	}
	want := "GET /v1.41/containers/json?all=1&filters=%7B%22label%22%3A%7B%22bg.enable%22%3Atrue%7D%7D"
	if asked := b.log(); !slices.Equal(asked, []string{want}) {
		t.Errorf("Docker was asked %q", asked)
	}
}

func TestOfAListOnlyWhatTheControllerReadsComesThrough(t *testing.T) {
	b := newBed(t, house(), always(`[{
		"Id": "a", "Names": ["/x"], "Image": "hunter2", "ImageID": "hunter2", "Command": "run --password=hunter2", "Created": 1,
		"Ports": [{"PrivatePort": 8080, "Type": "tcp", "IP": "hunter2"}], "Labels": {"bg.enable": "true"}, "State": "running",
		"Status": "Up", "HostConfig": {"NetworkMode": "hunter2"}, "Mounts": [{"Source": "hunter2"}],
		"NetworkSettings": {"Networks": {"bg": {"IPAddress": "10.0.0.7", "EndpointID": "e1", "Aliases": ["hunter2"]}}}
	}]`))
	_, body := b.call(t, "GET", "/containers/json?"+listing)
	want := `[{"Id":"a","Names":["/x"],"Labels":{"bg.enable":"true"},"State":"running","Status":"Up",` +
		`"Ports":[{"PrivatePort":8080,"Type":"tcp"}],` +
		`"NetworkSettings":{"Networks":{"bg":{"EndpointID":"e1","IPAddress":"10.0.0.7","GlobalIPv6Address":""}}}}` + "\n]"
	if diff := cmp.Diff(want, body); diff != "" {
		t.Error(diff)
	}
}

func TestAnEmptyListIsOne(t *testing.T) {
	for _, answer := range []string{"[]", ` [ ] `, `[{"Id": "a", "Labels": {}}]`} {
		b := newBed(t, house(), always(answer))
		if status, body := b.call(t, "GET", "/containers/json?"+listing); status != http.StatusOK || body != "[]" {
			t.Errorf("%s: %d %s", answer, status, body)
		}
	}
}

func TestTheStartOfAListNeverPassesForAWholeOne(t *testing.T) {
	one := `{"Id": "a", "Labels": {"bg.enable": "true"}}`
	for what, answer := range map[string]string{
		"empty":            "",
		"null":             "null",
		"no list":          one,
		"no end":           "[" + one,
		"half an entry":    "[" + one + "," + one[:20],
		"an odd entry":     "[" + one + ", 7]",
		"no comma":         "[" + one + one + "]",
		"another's bad":    "[" + one + `, {"Labels": 7}]`,
		"longer than ever": "[" + one + strings.Repeat(`, {"Id": "`+strings.Repeat("a", 1<<20)+`"}`, 65) + "]",
	} {
		b := newBed(t, house(), always(answer))
		all := b.send(t, "GET /containers/json?"+listing+" HTTP/1.1\r\nHost: docker\r\n\r\n")
		if len(all) > 0 && all[0].StatusCode != http.StatusBadGateway {
			t.Errorf("%s: %s", what, all[0].Status)
		}
	}
}

// always answers every request with text.
func always(text string) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, _ *http.Request) bool {
		_, _ = fmt.Fprint(w, text)
		return true
	}
}
