package lab

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"

	"bg/controller/docker/dockertest"
)

// Engine is a fake Docker engine served on a socket in the lab's folder.
type Engine struct {
	*dockertest.Engine
	Host   string // as DOCKER_HOST
	server *http.Server
	done   chan error
}

// Serve serves the engine until Close.
func (l *Lab) Serve(fake *dockertest.Engine) (*Engine, error) {
	path := filepath.Join(l.Folder, "docker.sock")
	listener, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("serve the engine: %w", err)
	}
	e := &Engine{Engine: fake, Host: "unix://" + path, server: &http.Server{Handler: fake}, done: make(chan error, 1)}
	go func() { e.done <- e.server.Serve(listener) }()
	return e, nil
}

// Close ends the engine with all its streams.
func (e *Engine) Close() error {
	err := e.server.Close()
	if served := <-e.done; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}
