package main

import (
	"context"
	"encoding/json"
	"net"
)

// metadata is what the Docker CLI asks of each plugin.
type metadata struct {
	SchemaVersion    string
	Vendor           string
	Version          string
	ShortDescription string
	URL              string `json:",omitempty"`
}

func (p *program) printMetadata() error {
	return json.NewEncoder(p.out).Encode(metadata{
		SchemaVersion:    "0.1.0",
		Vendor:           "bg",
		Version:          version(),
		ShortDescription: "Blue-green releases for Docker Compose with Traefik",
	})
}

// followDocker returns a context that ends also when the Docker CLI, asked
// to stop, hangs up on its plugins: away from a terminal that is the only
// word of a signal that they get. leave must be called.
func followDocker(ctx context.Context, socket string) (followed context.Context, leave func()) {
	if socket == "" {
		return ctx, func() {}
	}
	c, err := net.Dial("unix", socket)
	if err != nil {
		return ctx, func() {} // an older Docker CLI's plugin sees its own signals
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer cancel()
		_, _ = c.Read(make([]byte, 1))
	}()
	return ctx, func() { _ = c.Close(); <-done }
}
