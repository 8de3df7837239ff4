package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"

	"github.com/urfave/cli/v2"

	"bg/controller/api"
)

// defaultSocket is where the controller serves its API.
const defaultSocket = "/run/bg/bg.sock"

func (p *program) dialStdioCommand() *cli.Command {
	return &cli.Command{
		Name:      "dial-stdio",
		Usage:     "connect standard input and output to the controller's socket",
		UsageText: p.words("$bg dial-stdio [--socket PATH]"),
		Description: `Used through "docker exec" by the other commands to reach the controller:
whoever may use Docker may use bg, and no port is open.`,
		Flags: []cli.Flag{
			&cli.StringFlag{
				Name: "socket", EnvVars: []string{"BG_SOCKET"},
				Value: defaultSocket, Usage: "the controller's unix socket is `PATH`",
			},
		},
		Action: func(c *cli.Context) error {
			if err := noArgs(c); err != nil {
				return err
			}
			conn, err := (&net.Dialer{}).DialContext(c.Context, "unix", c.String("socket"))
			if err != nil {
				return fmt.Errorf("%w: %w", api.ErrNoController, err)
			}
			return join(c.Context, conn.(*net.UnixConn), p.in, p.out)
		},
	}
}

// join copies in to conn and conn to out until conn ends. The end of in is
// handed on, so that what is under way there can still be answered. It
// closes conn; a read of in may outlive it.
func join(ctx context.Context, conn *net.UnixConn, in io.Reader, out io.Writer) error {
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	defer func() { _ = conn.Close() }()
	go func() {
		_, _ = io.Copy(conn, in)
		_ = conn.CloseWrite()
	}()
	_, err := io.Copy(out, conn)
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil && !errors.Is(err, os.ErrClosed) {
		return fmt.Errorf("copy from the controller: %w", err)
	}
	return nil
}
