package main

import (
	"fmt"
	"log/slog"
	"net/url"

	"github.com/urfave/cli/v2"

	"bg/controller/api"
)

// controllerConfig is what "bg controller" is told.
type controllerConfig struct {
	TraefikAPI  string          // URL of Traefik's API
	Metrics     string          // URL of Traefik's metrics; "": at its API's address
	TraefikDir  string          // the folder of its file provider
	StateDir    string          // of the state, and of the lock that keeps a second controller out
	Network     string          // where routed containers meet Traefik
	Socket      string          // of the API
	Gate        *api.GateConfig // of the API over TCP; nil: off
	Policy      string          // the operator's policy file; "" for none
	Entrypoints []string        // of Traefik, for the apps; none means those that Traefik names
	Version     string          // of this build
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
		Flags: append([]cli.Flag{
			&cli.StringFlag{
				Name: "traefik-api", EnvVars: []string{"BG_TRAEFIK_API"},
				Value: "http://traefik:8080", Usage: "Traefik's API is at `URL`",
			},
			&cli.StringFlag{
				Name: "traefik-metrics", EnvVars: []string{"BG_TRAEFIK_METRICS"},
				Usage: "Traefik's metrics are at `URL` (default: /metrics at the API's address)",
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
				Name: "policy", EnvVars: []string{"BG_POLICY"},
				Usage: "`FILE` that says which apps may share a host, and which Compose projects may speak for an app",
			},
		}, append(gateFlags(), logFlags()...)...),
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
	proxy := c.String("traefik-api")
	if u, err := url.Parse(proxy); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return controllerConfig{}, usagef("--traefik-api %q is no URL: write http://traefik:8080", proxy)
	}
	metrics := c.String("traefik-metrics")
	if u, err := url.Parse(metrics); metrics != "" && (err != nil || u.Scheme != "http" || u.Host == "") {
		return controllerConfig{}, usagef("--traefik-metrics %q is no URL: write http://traefik:8080/metrics", metrics)
	}
	for _, name := range []string{"traefik-dir", "state-dir", "network", "socket"} {
		if c.String(name) == "" {
			return controllerConfig{}, usagef("--%s must not be empty", name)
		}
	}
	gate, err := gateConfig(c)
	if err != nil {
		return controllerConfig{}, err
	}
	return controllerConfig{
		TraefikAPI:  proxy,
		Metrics:     metrics,
		TraefikDir:  c.String("traefik-dir"),
		StateDir:    c.String("state-dir"),
		Network:     c.String("network"),
		Socket:      c.String("socket"),
		Gate:        gate,
		Policy:      c.String("policy"),
		Entrypoints: c.StringSlice("entrypoint"),
		Version:     version(),
		Log:         log,
	}, nil
}

func logFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{
			Name: "log-level", EnvVars: []string{"BG_LOG_LEVEL"},
			Value: "info", Usage: "log from `LEVEL` on: debug, info, warn or error",
		},
		&cli.StringFlag{
			Name: "log-format", EnvVars: []string{"BG_LOG_FORMAT"},
			Value: "text", Usage: "log as `FORMAT`: text or json",
		},
	}
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
