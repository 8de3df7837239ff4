package main

import (
	"fmt"
	"log/slog"
	"net/url"

	"github.com/urfave/cli/v2"
)

// controllerConfig is what "bg controller" is told.
type controllerConfig struct {
	TraefikAPI  string   // URL of Traefik's API
	TraefikDir  string   // the folder of its file provider
	StateDir    string   // of the state, and of the lock that keeps a second controller out
	Network     string   // where routed containers meet Traefik
	Socket      string   // of the API
	Entrypoints []string // of Traefik, for the apps; none means those that Traefik names
	Version     string   // of this build
	Log         *slog.Logger
}

func (p *program) controllerCommand() *cli.Command {
	return &cli.Command{
		Name:      "controller",
		Usage:     "run the controller",
		ArgsUsage: " ",
		UsageText: p.words(`$bg controller [options]`),
		Description: p.words(`Watches Docker, decides, writes Traefik's configuration and serves the API
on a unix socket until it gets SIGTERM or SIGINT. It is made to run in the
container of bg's docker-compose.yml, labeled bg.controller=true. Stopping
it leaves all routes as they are.`),
		Flags: []cli.Flag{
			&cli.StringFlag{
				Name: "traefik-api", EnvVars: []string{"BG_TRAEFIK_API"},
				Value: "http://traefik:8080", Usage: "Traefik's API is at `URL`",
			},
			&cli.StringFlag{
				Name: "traefik-dir", EnvVars: []string{"BG_TRAEFIK_DIR"},
				Value: "/etc/traefik/dynamic", Usage: "Traefik's file provider watches `FOLDER`",
			},
			&cli.StringFlag{
				Name: "state-dir", EnvVars: []string{"BG_STATE_DIR"},
				Value: "/state", Usage: "keep state and history in `FOLDER`",
			},
			&cli.StringFlag{
				Name: "network", EnvVars: []string{"BG_NETWORK"},
				Value: "bg", Usage: "Docker `NETWORK` on which Traefik reaches the containers",
			},
			&cli.StringFlag{
				Name: "socket", EnvVars: []string{"BG_SOCKET"},
				Value: defaultSocket, Usage: "serve the API on the unix socket `PATH`",
			},
			&cli.StringSliceFlag{
				Name: "entrypoint", EnvVars: []string{"BG_ENTRYPOINTS"},
				Usage: "Traefik's `ENTRYPOINT` of the apps, repeatable (default: all that Traefik names)",
			},
			&cli.StringFlag{
				Name: "log-level", EnvVars: []string{"BG_LOG_LEVEL"},
				Value: "info", Usage: "log from `LEVEL` on: debug, info, warn or error",
			},
			&cli.StringFlag{
				Name: "log-format", EnvVars: []string{"BG_LOG_FORMAT"},
				Value: "text", Usage: "log as `FORMAT`: text or json",
			},
		},
		Action: func(c *cli.Context) error {
			if err := noArgs(c); err != nil {
				return err
			}
			config, err := p.controllerConfig(c)
			if err != nil {
				return err
			}
			return runController(c.Context, config)
		},
	}
}

func (p *program) controllerConfig(c *cli.Context) (controllerConfig, error) {
	log, err := p.logger(c.String("log-level"), c.String("log-format"))
	if err != nil {
		return controllerConfig{}, err
	}
	api := c.String("traefik-api")
	if u, err := url.Parse(api); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return controllerConfig{}, usagef("--traefik-api %q is no URL: write http://traefik:8080", api)
	}
	for _, name := range []string{"traefik-dir", "state-dir", "network", "socket"} {
		if c.String(name) == "" {
			return controllerConfig{}, usagef("--%s must not be empty", name)
		}
	}
	return controllerConfig{
		TraefikAPI:  api,
		TraefikDir:  c.String("traefik-dir"),
		StateDir:    c.String("state-dir"),
		Network:     c.String("network"),
		Socket:      c.String("socket"),
		Entrypoints: c.StringSlice("entrypoint"),
		Version:     version(),
		Log:         log,
	}, nil
}

// logger returns a logger to standard error.
func (p *program) logger(level, format string) (*slog.Logger, error) {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		return nil, usagef("--log-level %q: use debug, info, warn or error", level)
	}
	options := &slog.HandlerOptions{Level: l}
	switch format {
	case "text":
		return slog.New(slog.NewTextHandler(p.err, options)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(p.err, options)), nil
	}
	return nil, usagef("--log-format %q: use text or json", format)
}

// noArgs refuses arguments.
func noArgs(c *cli.Context) error {
	if c.Args().Present() {
		return usagef("%s takes no argument: %q", c.Command.Name, fmt.Sprint(c.Args().First()))
	}
	return nil
}
