package main

import (
	"net"
	"strings"

	"github.com/urfave/cli/v2"

	"bg/controller/api"
)

// gateFlags are those of the API over TCP. The token is no flag: others see
// a process's arguments.
func gateFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{
			Name: "listen", EnvVars: []string{"BG_LISTEN"},
			Usage: "also serve the API at `ADDRESS`, such as tcp://0.0.0.0:8443; needs the next three (default: off)",
		},
		&cli.StringFlag{
			Name: "tls-cert", EnvVars: []string{"BG_TLS_CERT"},
			Usage: "TLS certificate of --listen, in `FILE`",
		},
		&cli.StringFlag{
			Name: "tls-key", EnvVars: []string{"BG_TLS_KEY"},
			Usage: "its private key, in `FILE`",
		},
		&cli.StringFlag{
			Name: "token-file", EnvVars: []string{"BG_TOKEN_FILE"},
			Usage: "hashes of the tokens of --listen, in `FILE`, a line of \"bg token NAME\" for each",
		},
	}
}

// gateConfig returns how the API is served over TCP, nil if it is not. It
// refuses a part without the others: an API without TLS or without a token
// would be everybody's.
func gateConfig(c *cli.Context) (*api.GateConfig, error) {
	parts := []string{"tls-cert", "tls-key", "token-file"}
	listen := c.String("listen")
	if listen == "" {
		for _, name := range parts {
			if c.String(name) != "" {
				return nil, usagef("--%s is for the API over TCP: give --listen tcp://0.0.0.0:8443 too, or leave it out", name)
			}
		}
		return nil, nil
	}
	address, ok := strings.CutPrefix(listen, "tcp://")
	if _, port, err := net.SplitHostPort(address); !ok || err != nil || port == "" {
		return nil, usagef("--listen %q: write tcp://0.0.0.0:8443; the unix socket is --socket's", listen)
	}
	for _, name := range parts {
		if c.String(name) == "" {
			return nil, usagef("--listen needs --%s: bg serves nothing over TCP without TLS and a token ('bg token NAME' makes one)", name)
		}
	}
	return &api.GateConfig{
		Address: address, Cert: c.String("tls-cert"), Key: c.String("tls-key"), Tokens: c.String("token-file"),
	}, nil
}
