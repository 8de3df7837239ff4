package socketproxy

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// Attack 23 of the bar: a taken-over controller can start and stop bg's own containers and nothing else.
// Each request is sent as it is, to the listening proxy.
func TestATakenOverControllerGetsNothingElseOfDocker(t *testing.T) {
	b := newBed(t, house(), nil)
	for what, requests := range forbidden {
		t.Run(what, func(t *testing.T) {
			for _, request := range requests {
				request = strings.ReplaceAll(request, id, ours)
				if len(request) > 6<<10 {
					continue // answered before the handler; see below
				}
				method, target, _ := strings.Cut(request, " ")
				all := b.send(t, method+" "+target+" HTTP/1.1\r\nHost: docker\r\n\r\n")
				if len(all) == 1 && all[0].StatusCode == http.StatusBadRequest { // no request at all, to net/http
					if asked := b.log(); len(asked) > 0 {
						t.Errorf("%s: Docker was asked %q", request, asked)
					}
					continue
				}
				b.refused(t, request, all)
			}
		})
	}
}

func TestItCanStartAndStopBGsOwn(t *testing.T) {
	b := newBed(t, house(), nil)
	for _, verb := range []struct{ verb, then string }{{"start", "running"}, {"stop", "exited"}} {
		target := "/containers/" + ours + "/" + verb.verb
		if status, body := b.call(t, "POST", "/v1.41"+target); status != http.StatusNoContent || body != "" {
			t.Errorf("%s: %d %s", verb.verb, status, body)
		}
		want := []string{"GET /v1.41/containers/" + ours + "/json", "POST /v1.41" + target}
		if asked := b.log(); !slices.Equal(asked, want) {
			t.Errorf("Docker was asked %q", asked)
		}
		if got := stateOf(b.engine, ours); got != verb.then {
			t.Errorf("after %s it is %s", verb.verb, got)
		}
		if status, _ := b.call(t, "POST", target); status != http.StatusNotModified {
			t.Errorf("%s again: %d", verb.verb, status)
		}
		b.log()
	}
}

func TestContainersOfOthersAreNotTouchedOrShown(t *testing.T) {
	b := newBed(t, house(), nil)
	for name, id := range map[string]string{"unlabeled": theirs, "switched off": off, "of another network's controller": foreign} {
		for _, request := range []string{"POST start", "POST stop", "GET json"} {
			method, action, _ := strings.Cut(request, " ")
			status, body := b.call(t, method, "/v1.41/containers/"+id+"/"+action)
			if status != http.StatusForbidden || !strings.Contains(body, "bg.enable=true") || strings.Contains(body, "c-") {
				t.Errorf("%s %s: %d %s", action, name, status, body)
			}
			if asked := b.log(); !slices.Equal(asked, []string{"GET /v1.41/containers/" + id + "/json"}) {
				t.Errorf("%s %s: Docker was asked %q", action, name, asked)
			}
		}
	}
	if status, body := b.call(t, "POST", "/containers/"+strings.Repeat("0", 64)+"/start"); status != http.StatusNotFound || !strings.Contains(body, "No such container") {
		t.Errorf("one that is not there: %d %s", status, body)
	}
}

// The label counts as Docker tells it, whatever a client says of it.
func TestTheLabelIsCheckedAgainstDocker(t *testing.T) {
	b := newBed(t, house(), nil)
	for _, head := range []string{
		"X-Label: bg.enable=true\r\n", "X-Registry-Auth: bg.enable=true\r\n", "X-HTTP-Method-Override: GET\r\n",
		"X-Original-URL: /containers/" + ours + "/start\r\n", "Host: " + ours + "\r\n",
	} {
		if !strings.HasPrefix(head, "Host") {
			head += "Host: docker\r\n"
		}
		all := b.send(t, "POST /containers/"+theirs+"/start HTTP/1.1\r\n"+head+"Connection: close\r\n\r\n")
		if len(all) != 1 || all[0].StatusCode != http.StatusForbidden {
			t.Errorf("%q: %v", head, all)
		}
	}
	if got := stateOf(b.engine, theirs); got != "exited" {
		t.Errorf("it is %s", got)
	}
}

func TestADockerThatTellsOfAnotherContainerIsNotBelieved(t *testing.T) {
	e := house()
	b := newBed(t, e, func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "/json") {
			return false
		}
		fmt.Fprintf(w, `{"Id":%q,"Config":{"Labels":{"bg.enable":"true"}}}`, ours)
		return true
	})
	if status, body := b.call(t, "POST", "/containers/"+theirs+"/start"); status != http.StatusBadGateway || stateOf(e, theirs) != "exited" {
		t.Errorf("%d %s; it is %s", status, body, stateOf(e, theirs))
	}
}

func TestABodyIsRefused(t *testing.T) {
	b := newBed(t, house(), nil)
	head := "POST /containers/" + ours + "/start HTTP/1.1\r\nHost: docker\r\nContent-Type: application/json\r\n"
	for what, text := range map[string]string{
		"a start with a host config": head + "Content-Length: 20\r\n\r\n{\"Privileged\": true}",
		"in chunks":                  head + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
		"in no chunks":               head + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"that does not come":         head + "Content-Length: 1000000000\r\n\r\n",
		"waits to be asked for":      head + "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n",
		"of a read":                  "GET /_ping HTTP/1.1\r\nHost: docker\r\nContent-Length: 1\r\n\r\nx",
	} {
		b.refused(t, what, b.send(t, text))
	}
}

func TestAConnectionIsNotUpgraded(t *testing.T) {
	b := newBed(t, house(), nil)
	for what, text := range map[string]string{
		"a raw stream": "POST /containers/" + ours + "/start HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n",
		"WebSocket":    "GET /_ping HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n",
		"h2c":          "GET /_ping HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n",
		"a tunnel":     "CONNECT docker:80 HTTP/1.1\r\nHost: docker:80\r\n\r\n",
	} {
		b.refused(t, what, b.send(t, text))
	}
	for _, res := range b.send(t, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00") {
		if res.StatusCode < 400 || res.ProtoMajor != 1 {
			t.Errorf("HTTP/2 at once: %s", res.Status)
		}
	}
	if asked := b.log(); len(asked) > 0 {
		t.Errorf("Docker was asked %q", asked)
	}
}

// What hides a second request in the first must not reach Docker, which might
// part them elsewhere than the proxy does.
func TestARequestHiddenInAnotherIsNotPassedOn(t *testing.T) {
	b := newBed(t, house(), nil)
	hidden := "POST /containers/create HTTP/1.1\r\nHost: docker\r\nContent-Length: 0\r\n\r\n"
	head := "POST /containers/" + ours + "/start HTTP/1.1\r\nHost: docker\r\n"
	for what, text := range map[string]string{
		"length and chunks":   head + fmt.Sprintf("Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 5+len(hidden)) + hidden,
		"chunks and length":   head + "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n0\r\n\r\n" + hidden,
		"two lengths":         head + fmt.Sprintf("Content-Length: 0\r\nContent-Length: %d\r\n\r\n", len(hidden)) + hidden,
		"an odd length":       head + "Content-Length: +0\r\n\r\n" + hidden,
		"an odd encoding":     head + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + hidden,
		"two encodings":       head + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" + hidden,
		"a space in a name":   head + "Content-Length : 5\r\n\r\n" + hidden,
		"a folded header":     head + "X: y\r\n Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n" + hidden,
		"a bare line feed":    strings.ReplaceAll(head, "\r\n", "\n") + "Content-Length: 4\n\n" + hidden,
		"a line break in one": "POST /containers/" + ours + "/start\r\nX: HTTP/1.1\r\n\r\n" + hidden,
		"no host":             "POST /containers/" + ours + "/start HTTP/1.1\r\n\r\n" + hidden,
	} {
		for _, res := range b.send(t, text) {
			if res.StatusCode < 400 {
				t.Errorf("%s: %s", what, res.Status)
			}
		}
		if asked := b.log(); len(asked) > 0 {
			t.Errorf("%s: Docker was asked %q", what, asked)
		}
	}
	// One after the other they are two requests, and each is judged.
	all := b.send(t, "GET /_ping HTTP/1.1\r\nHost: docker\r\n\r\n"+hidden+hidden)
	if len(all) != 2 || all[0].StatusCode != http.StatusOK || all[1].StatusCode != http.StatusForbidden {
		t.Errorf("%v", all)
	}
	if asked := b.log(); !slices.Equal(asked, []string{"HEAD /_ping"}) {
		t.Errorf("Docker was asked %q", asked)
	}
}

func TestNoHeaderOfAClientReachesDocker(t *testing.T) {
	var got http.Header
	b := newBed(t, house(), func(_ http.ResponseWriter, r *http.Request) bool {
		got = r.Header.Clone()
		return false
	})
	b.send(t, "GET /containers/"+ours+"/json HTTP/1.1\r\nHost: evil\r\nX-Registry-Config: x\r\nAuthorization: x\r\nConnection: close, X-Y\r\nX-Y: z\r\n\r\n")
	got.Del("User-Agent")
	if len(got) != 0 {
		t.Errorf("Docker got %v", got)
	}
}

func TestHeadersOutOfBoundsAreRefused(t *testing.T) {
	b := newBed(t, house(), nil)
	for what, text := range map[string]string{
		"one header of 1 MiB": "GET /_ping HTTP/1.1\r\nHost: docker\r\nX: " + strings.Repeat("a", 1<<20) + "\r\n\r\n",
		"10,000 headers":      "GET /_ping HTTP/1.1\r\nHost: docker\r\n" + strings.Repeat("X: a\r\n", 10_000) + "\r\n",
		"a path of 1 MiB":     "GET /" + strings.Repeat("a", 1<<20) + " HTTP/1.1\r\nHost: docker\r\n\r\n",
	} {
		for _, res := range b.send(t, text) {
			if res.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
				body, _ := io.ReadAll(res.Body)
				t.Errorf("%s: %s %.100s", what, res.Status, body)
			}
		}
	}
	if asked := b.log(); len(asked) > 0 {
		t.Errorf("Docker was asked %q", asked)
	}
}
