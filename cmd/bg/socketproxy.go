package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/urfave/cli/v2"
	"golang.org/x/sync/errgroup"

	"bg/controller/socketproxy"
)

func (p *program) socketProxyCommand() *cli.Command {
	return &cli.Command{
		Name:      "socket-proxy",
		Usage:     "filter Docker's socket for the controller: bg's containers and nothing else",
		ArgsUsage: " ",
		UsageText: p.words(`$bg socket-proxy [options]`),
		Description: p.words(`Stands between the controller and Docker's socket until it gets SIGTERM or
SIGINT. Containers labeled bg.enable=true can be listed, inspected without
their environment, started and stopped; everything else is refused with 403.
The controller is sent here by DOCKER_HOST. It is made to run in a container
of its own, without a network: see bg's docker-compose.yml.

Examples:
   $bg socket-proxy
   $bg socket-proxy --docker-socket /run/user/1000/docker.sock
   DOCKER_HOST=unix:///run/bg-docker/docker.sock $bg controller`),
		Flags: append([]cli.Flag{
			&cli.StringFlag{
				Name: "socket", EnvVars: []string{"BG_PROXY_SOCKET"},
				Value: "/run/bg-docker/docker.sock", Usage: "listen on the unix socket `PATH`, for this user and group",
			},
			&cli.StringFlag{
				Name: "docker-socket", EnvVars: []string{"BG_DOCKER_SOCKET"},
				Value: "/var/run/docker.sock", Usage: "Docker listens on the unix socket `PATH`",
			},
			&cli.StringFlag{
				Name: "network", EnvVars: []string{"BG_NETWORK"},
				Value: "bg", Usage: "the controller's Docker `NETWORK`",
			},
		}, logFlags()...),
		Action: func(c *cli.Context) error {
			if err := noArgs(c); err != nil {
				return err
			}
			for _, name := range []string{"socket", "docker-socket", "network"} {
				if c.String(name) == "" {
					return usagef("--%s must not be empty", name)
				}
			}
			log, err := p.logger(c.String("log-level"), c.String("log-format"))
			if err != nil {
				return err
			}
			return runSocketProxy(c.Context, c.String("socket"), socketproxy.Options{
				Docker: c.String("docker-socket"), Network: c.String("network"), Log: log,
			})
		},
	}
}

// runSocketProxy serves until ctx ends. Calls under way have two seconds
// then; a stop goes on in Docker also without its caller.
func runSocketProxy(ctx context.Context, socket string, o socketproxy.Options) error {
	listener, err := socketproxy.Listen(socket)
	if err != nil {
		return err
	}
	proxy := socketproxy.New(o)
	defer proxy.Close()
	server := socketproxy.NewServer(proxy, o.Log)

	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve Docker's socket: %w", err)
		}
		return nil
	})
	group.Go(func() error { return end(ctx, server) })
	o.Log.Info("socket proxy started", "socket", socket, "docker", o.Docker, "network", o.Network)
	return group.Wait()
}
