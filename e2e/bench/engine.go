package main

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"

	"bg/controller/docker/dockertest"
)

// engine is a Docker engine in which many apps run: each with a container in
// both colors, whose addresses are those of the lab's two containers. So the
// controller has all the work of that many apps, and each of them answers.
type engine struct {
	host   string // as DOCKER_HOST
	server *http.Server
	done   chan error
}

func appName(i int) string { return fmt.Sprintf("app-%04d", i) }
func appHost(i int) string { return appName(i) + ".localhost" }

// newEngine serves count apps on a socket in the lab's folder.
func newEngine(l *lab, count int) (*engine, error) {
	fake := dockertest.New(l.name)
	for i := range count {
		for n, color := range []string{"blue", "green"} {
			project := appName(i) + "-" + color
			fake.Put(dockertest.Container{
				ID: dockertest.ID(2*i + n), Name: project + "-web-1", State: "running", Health: "healthy",
				Networks: map[string]string{l.name: l.address[color]}, Ports: []int{8080},
				Labels: map[string]string{
					"com.docker.compose.project": project, "com.docker.compose.service": "web",
					"bg.enable": "true", "bg.promote": "manual",
					"traefik.http.routers.web.rule":        "Host(`" + appHost(i) + "`)",
					"traefik.http.routers.web.entrypoints": "web",
				},
			})
		}
	}
	path := filepath.Join(l.folder, "docker.sock")
	listener, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("serve the apps: %w", err)
	}
	e := &engine{host: "unix://" + path, server: &http.Server{Handler: fake}, done: make(chan error, 1)}
	go func() { e.done <- e.server.Serve(listener) }()
	return e, nil
}

func (e *engine) close() error {
	err := e.server.Close()
	if served := <-e.done; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}
