package e2e

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"bg/controller/api"
	"bg/e2e/internal/stack"
)

// rights is what `docker inspect` tells of a container's rights.
type rights struct {
	ID     string `json:"Id"`
	State  struct{ Pid int }
	Config struct{ User string }

	HostConfig struct {
		ReadonlyRootfs, Privileged             bool
		CapAdd, CapDrop, SecurityOpt, GroupAdd []string
		NetworkMode, PidMode, IpcMode, UTSMode string
		UsernsMode                             string
		Devices                                []any
		PortBindings                           map[string]any
	}
	Mounts []struct {
		Type, Source, Destination string
		RW                        bool
	}
	NetworkSettings struct{ Networks map[string]any }
}

func rightsOf(t *testing.T, s *stack.Stack, container string) rights {
	t.Helper()
	out, err := s.Docker(within(t, patience), "inspect", container)
	if err != nil {
		t.Fatal(err)
	}
	var found []rights
	if err := json.Unmarshal(out, &found); err != nil || len(found) != 1 {
		t.Fatalf("%v: %s", err, out)
	}
	return found[0]
}

// mounted returns the destinations of the mounts that take writes, and of binds.
func (r rights) mounted() (writable, binds []string) {
	for _, m := range r.Mounts {
		if m.RW {
			writable = append(writable, m.Destination)
		}
		if m.Type == "bind" {
			binds = append(binds, m.Destination)
		}
	}
	slices.Sort(writable)
	return writable, binds
}

// The stack as docker-compose.yml has it, by default.
func TestTheStackHasNoMoreRightsThanItUses(t *testing.T) {
	s := sharedStack(t)
	const socket = "/var/run/docker.sock"
	for _, tt := range []struct {
		container, user string
		capabilities    []string
		writable, binds []string
		network         string // the only one; "": any
	}{
		{s.Controller, "65532:65532", nil, []string{"/etc/traefik/dynamic", "/state"}, nil, ""},
		{s.SocketProxy, "0:65532", nil, []string{"/run/bg-docker"}, []string{socket}, "none"},
		{s.Traefik, "", []string{"NET_BIND_SERVICE"}, []string{"/tmp"}, nil, ""},
	} {
		r := rightsOf(t, s, tt.container)
		h := r.HostConfig
		if r.Config.User != tt.user {
			t.Errorf("%s runs as %q", tt.container, r.Config.User)
		}
		for i := range h.CapAdd { // Engine 20.10 adds CAP_, or leaves it out
			h.CapAdd[i] = strings.TrimPrefix(h.CapAdd[i], "CAP_")
		}
		if !h.ReadonlyRootfs || h.Privileged || len(h.Devices) > 0 || !slices.Equal(h.CapDrop, []string{"ALL"}) || !slices.Equal(h.CapAdd, tt.capabilities) {
			t.Errorf("%s: %+v", tt.container, h)
		}
		if !slices.Contains(h.SecurityOpt, "no-new-privileges:true") {
			t.Errorf("%s has the options %q", tt.container, h.SecurityOpt)
		}
		for _, mode := range []string{h.NetworkMode, h.PidMode, h.IpcMode, h.UTSMode, h.UsernsMode} {
			if mode == "host" {
				t.Errorf("%s shares something with the host: %+v", tt.container, h)
			}
		}
		writable, binds := r.mounted()
		if !slices.Equal(writable, tt.writable) || !slices.Equal(binds, tt.binds) {
			t.Errorf("%s writes to %q and has %q of the host", tt.container, writable, binds)
		}
		if _, on := r.NetworkSettings.Networks[tt.network]; tt.network != "" && (!on || len(r.NetworkSettings.Networks) != 1) {
			t.Errorf("%s is on %v", tt.container, r.NetworkSettings.Networks)
		}
		if ports := len(h.PortBindings); ports > 0 && tt.container != s.Traefik {
			t.Errorf("%s publishes %d ports", tt.container, ports)
		}
	}
}

// What the kernel says, where it is this machine's.
func TestTheControllerHasNoCapability(t *testing.T) {
	s := sharedStack(t)
	for container, ids := range map[string]string{s.Controller: "65532 65532", s.SocketProxy: "0 65532"} {
		pid := rightsOf(t, s, container).State.Pid
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		if err != nil || pid == 0 {
			t.Skipf("Docker's processes are not of this machine: %v", err)
		}
		status := map[string]string{}
		for line := range strings.Lines(string(text)) {
			key, value, _ := strings.Cut(line, ":")
			status[key] = strings.TrimSpace(value)
		}
		uid, gid := strings.Fields(status["Uid"]), strings.Fields(status["Gid"])
		if got := uid[1] + " " + gid[1]; got != ids {
			t.Errorf("%s runs as %s", container, got)
		}
		for _, set := range []string{"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"} {
			if strings.Trim(status[set], "0") != "" {
				t.Errorf("%s: %s %s", container, set, status[set])
			}
		}
		if status["NoNewPrivs"] != "1" || status["Seccomp"] != "2" {
			t.Errorf("%s: NoNewPrivs %s, Seccomp %s", container, status["NoNewPrivs"], status["Seccomp"])
		}
	}
}

// Attack 23 of the bar: a taken-over controller can start and stop bg's own
// containers and nothing else; from inside of its container, on the real Docker.
func TestFromTheControllersContainerNothingElseOfDockerIsReached(t *testing.T) {
	s := sharedStack(t)
	a := newApp(t, s)
	a.release(blue, "v1", func(r *stack.Release) { r.Env = map[string]string{"TOKEN": "hunter2"} })
	a.await("blue serves", serves(blue))
	own := rightsOf(t, s, a.container(blue, "web", 1)).ID
	traefik, proxy, controller := rightsOf(t, s, s.Traefik).ID, rightsOf(t, s, s.SocketProxy).ID, rightsOf(t, s, s.Controller).ID

	status, body := fromController(t, s, "GET /containers/"+own+"/json", "")
	if status != http.StatusOK || strings.Contains(body, "hunter2") || strings.Contains(body, "Env") || !strings.Contains(body, own) {
		t.Errorf("its own container: %d %s", status, body)
	}
	privileged := `{"Image": "bg", "HostConfig": {"Privileged": true, "Binds": ["/:/host"]}}`
	for _, attack := range []struct{ request, body string }{
		{"POST /containers/create?name=" + a.name + "-evil", privileged},
		{"POST /containers/" + own + "/start", privileged},
		{"POST /containers/" + own + "/exec", `{"Cmd": ["/app"]}`},
		{"POST /containers/" + own + "/kill", ""},
		{"GET /containers/" + own + "/archive?path=/", ""},
		{"GET /containers/" + own + "/logs?stdout=1", ""},
		{"DELETE /containers/" + own + "?force=1", ""},
		{"GET /containers/" + traefik + "/json", ""},
		{"POST /containers/" + traefik + "/stop", ""},
		{"POST /containers/" + proxy + "/stop", ""},
		{"POST /containers/" + controller + "/stop", ""},
		{"GET /images/json", ""},
		{"GET /volumes", ""},
		{"GET /info", ""},
	} {
		if status, body := fromController(t, s, attack.request, attack.body); status != http.StatusForbidden || !strings.Contains(body, `"message"`) {
			t.Errorf("%s: %d %s", attack.request, status, body)
		}
	}
	if a.docker("ps", "-aq", "--filter", "name="+a.name+"-evil") != "" {
		t.Error("it made a container")
	}
	for name, id := range map[string]string{s.Traefik: traefik, s.SocketProxy: proxy, s.Controller: controller} {
		if state := a.docker("inspect", "--format", "{{.State.Status}} {{.RestartCount}}", id); state != "running 0" {
			t.Errorf("%s is %s", name, state)
		}
	}
}

// What happens in Docker meanwhile is not lost, and nothing is taken for gone.
func TestWhileTheSocketProxyIsAwayTheRoutesStay(t *testing.T) {
	s := ownStack(t)
	a := newApp(t, s)
	a.release(blue, "v1")
	a.await("blue serves", serves(blue))
	before := calm(t, s)
	a.docker("kill", s.SocketProxy) // which leaves its socket behind
	err := s.Await(within(t, patience), "the status tells of Docker", func(x api.Status) error {
		if !slices.ContainsFunc(x.Problems, func(p api.Problem) bool { return p.Subject == "docker" }) {
			return fmt.Errorf("problems %v", x.Problems)
		}
		return a.pick(serves(blue))(x)
	})
	if err != nil {
		t.Error(err)
	}
	a.release(green, "v2")
	if status, err := s.Status(within(t, patience)); err != nil || status.Generation != before.Generation {
		t.Errorf("generation %d, then %d, %v", before.Generation, status.Generation, err)
	}
	a.docker("start", s.SocketProxy)
	started := time.Now()
	a.await("green serves", serves(green))
	t.Logf("green serves %s after the proxy's start", ms(time.Since(started)))
	calm(t, s)
}

// fromController sends a request to the socket that the controller has for
// Docker's, from a process in its container.
func fromController(t *testing.T, s *stack.Stack, request, body string) (status int, answer string) {
	t.Helper()
	cmd := s.Testbed.Docker(within(t, 20*time.Second), "exec", "-i", s.Controller, "/bg", "dial-stdio", "--socket", "/run/bg-docker/docker.sock")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = in.Close()
		_ = cmd.Wait()
	}()
	if _, err := fmt.Fprintf(in, "%s HTTP/1.1\r\nHost: docker\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s", request, len(body), body); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(out), nil)
	if err != nil {
		t.Fatalf("%s: %v", request, err)
	}
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatalf("%s: %v", request, err)
	}
	return res.StatusCode, string(text)
}
