// Command app is the sample app of the demo and the tests: it says its color and
// version, and misbehaves when told to.
//
// Environment: PORT (8080), BG_COLOR or COLOR, VERSION, MODE (as in /control),
// START_DELAY (until /healthz turns ok, such as 2s), FAIL_AFTER (answers given
// before all turn into errors), LINGER (how long it accepts requests after
// SIGTERM, until whoever routes to it has heard of it, 0s), GRACE (time for open
// requests after that, 8s).
//
// `app health` asks the app in the same container and exits with 0 or 1; an
// image from scratch has no other program for its health check. `app control
// MODE [delay=300ms] [share=5%]` tells that one container what to do, past any
// proxy. `app lookup NAME N` looks a name up N times, as the app in that container would, and prints how
// often each answer came. `app hook MODE` is a one-off that ends well (ok), with
// an error (fail) or at its stop signal (hang).
package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func main() {
	var err error
	switch {
	case len(os.Args) == 2 && os.Args[1] == "health":
		err = ask("/healthz")
	case len(os.Args) >= 3 && os.Args[1] == "control":
		err = ask("/control?" + controls(os.Args[2:]).Encode())
	case len(os.Args) == 4 && os.Args[1] == "lookup":
		var n int
		if n, err = strconv.Atoi(os.Args[3]); err == nil {
			err = lookup(net.DefaultResolver, os.Args[2], n, os.Stdout)
		}
	case len(os.Args) == 3 && os.Args[1] == "hook":
		ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
		err = hook(ctx, os.Args[2], os.Stdout)
		stop()
	case len(os.Args) == 1:
		err = serve()
	default:
		err = fmt.Errorf("%q: write app, app health, app control MODE [NAME=VALUE...], app hook MODE or app lookup NAME N", os.Args[1:])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "app:", err)
		os.Exit(1)
	}
}

// controls makes a query for /control of a mode and its settings.
func controls(args []string) url.Values {
	q := url.Values{"mode": {args[0]}}
	for _, arg := range args[1:] {
		name, value, _ := strings.Cut(arg, "=")
		q.Set(name, value)
	}
	return q
}

// ask asks the app that runs in this container.
func ask(page string) error {
	client := http.Client{Timeout: 10 * time.Second} // Docker's own limit is most often shorter
	res, err := client.Get("http://127.0.0.1:" + env("PORT", "8080") + page)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return errors.New(page + " answers " + res.Status)
	}
	return nil
}

func serve() error {
	c, err := readConfig()
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	l, err := net.Listen("tcp", ":"+env("PORT", "8080"))
	if err != nil {
		return err
	}
	grace, err := time.ParseDuration(env("GRACE", "8s"))
	if err != nil {
		return fmt.Errorf("GRACE: %w", err)
	}
	linger, err := time.ParseDuration(env("LINGER", "0s"))
	if err != nil {
		return fmt.Errorf("LINGER: %w", err)
	}
	serving, end := context.WithCancel(context.Background())
	defer end()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(linger, end) })()
	fmt.Println(c.color, c.version, "listens on", l.Addr())
	return run(serving, l, newApp(c), grace)
}

func readConfig() (config, error) {
	c := config{
		color:   env("BG_COLOR", env("COLOR", "none")),
		version: env("VERSION", "v0"),
		exit:    os.Exit,
		out:     os.Stdout,
	}
	c.host, _ = os.Hostname()
	var err error
	if c.mode, err = parseMode(env("MODE", "ok")); err != nil {
		return config{}, fmt.Errorf("MODE: %w", err)
	}
	delay, err := time.ParseDuration(env("START_DELAY", "0s"))
	if err != nil {
		return config{}, fmt.Errorf("START_DELAY: %w", err)
	}
	c.readyAt = time.Now().Add(delay)
	if c.failAfter, err = strconv.ParseInt(env("FAIL_AFTER", "-1"), 10, 64); err != nil {
		return config{}, fmt.Errorf("FAIL_AFTER: %w", err)
	}
	return c, nil
}

func env(name, otherwise string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return otherwise
}
