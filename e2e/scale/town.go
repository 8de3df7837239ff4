package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"bg/controller/docker/dockertest"
	"bg/e2e/internal/show"
)

// network is the one that all containers are on.
const network = "proxy"

// size is how much there is to look after.
type size struct {
	Apps       int `json:"apps"`
	Containers int `json:"containers"` // of both colors, at least two an app
	Checked    int `json:"checked"`    // of these, asked by bg itself each second
}

// sizes are the ones that the goals are about.
var sizes = []size{{10, 20, 0}, {1000, 2000, 0}, {1000, 5000, 0}, {1000, 2000, 1000}}

func (s size) String() string {
	text := fmt.Sprintf("%s apps, %s containers", show.Count(s.Apps), show.Count(s.Containers))
	if s.Checked > 0 {
		text += fmt.Sprintf(", %s checks a second", show.Count(s.Checked))
	}
	return text
}

// town is an engine in which apps run: each in both colors, the active one
// with one container more where they don't come out even.
type town struct {
	engine *dockertest.Engine
	apps   []house
	host   string // as DOCKER_HOST
	close  func()
}

// house is one app.
type house struct {
	colors [2][]string // container IDs of blue and green
	active int
}

func appName(i int) string { return fmt.Sprintf("app-%04d", i) }

// newTown serves the engine on a socket at path. What is to be checked is at
// address, which answers.
func newTown(s size, path, address string) (*town, error) {
	t := &town{engine: dockertest.New(network), apps: make([]house, s.Apps), host: "unix://" + path}
	started := time.Now()
	for i := range s.Containers {
		app := i % s.Apps
		color := i / s.Apps % 2
		project := appName(app) + "-" + []string{"blue", "green"}[color]
		labels := map[string]string{
			"com.docker.compose.project": project, "com.docker.compose.service": "web",
			"bg.enable": "true", "bg.soak": "1s", "bg.retire": "keep",
			"traefik.http.routers.web.rule":        "Host(`" + appName(app) + ".localhost`)",
			"traefik.http.routers.web.entrypoints": "web",
		}
		c := dockertest.Container{
			ID: dockertest.ID(i), Name: fmt.Sprintf("%s-web-%d", project, i/s.Apps/2+1), State: "running", Health: "healthy",
			Labels: labels, Started: started, Ports: []int{8080},
			Networks: map[string]string{network: fmt.Sprintf("10.%d.%d.%d", 1+i/60000, i/250%240, i%250+1)},
		}
		if i < s.Checked {
			host, port, err := net.SplitHostPort(address)
			if err != nil {
				return nil, err
			}
			labels["bg.health.path"], labels["bg.port"] = "/", port
			c.Networks[network] = host
		}
		t.engine.Put(c)
		t.apps[app].colors[color] = append(t.apps[app].colors[color], c.ID)
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("serve the engine: %w", err)
	}
	t.close = serve(l, t.engine)
	return t, nil
}

// serve answers on l until the function that it returns is called.
func serve(l net.Listener, h http.Handler) func() {
	s, done := &http.Server{Handler: h}, make(chan struct{})
	go func() {
		defer close(done)
		_ = s.Serve(l) // until it is closed
	}()
	return func() {
		_ = s.Close()
		<-done
	}
}

// murmur tells events that change nothing, so many a second, until ctx ends.
func (t *town) murmur(ctx context.Context, rate int) {
	tick := time.NewTicker(time.Second / time.Duration(rate))
	defer tick.Stop()
	for i := 0; ; i++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			t.engine.Emit(dockertest.ID(i*7919%t.containers()), "health_status: healthy", nil)
		}
	}
}

func (t *town) containers() (n int) {
	for _, h := range t.apps {
		n += len(h.colors[0]) + len(h.colors[1])
	}
	return n
}

// flip makes a container of an app's active color fail, which changes the
// file: another one takes over, or the other color. It returns how to mend it,
// and whether that changes the file too.
func (t *town) flip(app int) (mend func(), again bool) {
	h := &t.apps[app]
	active := h.colors[h.active]
	if again = len(active) > 1; !again {
		h.active = 1 - h.active
	}
	t.engine.SetHealth(active[0], "unhealthy", 3)
	return func() { t.engine.SetHealth(active[0], "healthy", 0) }, again
}
