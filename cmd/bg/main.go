// Command bg releases Docker Compose apps blue-green behind Traefik.
//
// The one binary is the controller, the program that people command it
// with, a plugin of the Docker CLI (docker bg) and the source of the shell
// function that makes "bg promote" work as typed. This package holds the
// commands and the wiring, and is the only one that knows of signals, the
// environment and exit codes. It reaches Docker through the docker command,
// so that every Docker context works, and must not import docker/client.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() { os.Exit(run()) }

// run runs one command and returns the exit code.
func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	p := &program{
		call: parseCall(os.Args),
		in:   os.Stdin, out: os.Stdout, err: os.Stderr,
	}
	if p.call.plugin {
		var leave func()
		ctx, leave = followDocker(ctx, os.Getenv("DOCKER_CLI_PLUGIN_SOCKET"))
		defer leave()
	}
	return p.exit(ctx, p.main(ctx))
}
