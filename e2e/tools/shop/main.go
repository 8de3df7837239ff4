// Command shop is an app with a database, for the tests of releases that share
// data: orders taken by a web service, jobs done by a worker, and migrations that
// expand and contract. Both colors work on one SQLite file.
//
//	shop web       serves POST /orders, GET /orders/ID, GET /orders/count,
//	               POST /jobs, GET /healthz
//	shop worker    does the queued jobs in their order, one at a time
//	shop expand    makes the tables, and what its version adds to them
//	shop contract  takes away what its version needs no more
//	shop health    exits with 0 if the web service or worker in this container is well
//	shop dump      prints all that the tests check, as JSON
//
// Environment: DATABASE (/data/shop.db), PORT (8080), BG_COLOR, VERSION (such as
// v4: see column for what it decides), LINGER (how long web accepts requests
// after SIGTERM, 0s), WORK (what a job takes, 20ms).
package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "shop:", err)
		os.Exit(1)
	}
}

// run does what the one argument says. A web service and a worker run until ctx
// ends, and then finish what they have begun.
func run(ctx context.Context, args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("%q: write shop web, worker, expand, contract, health or dump", args)
	}
	if args[0] == "health" {
		return askHealth("http://127.0.0.1:" + env("PORT", "8080"))
	}
	c, err := readConfig()
	if err != nil {
		return err
	}
	s, err := open(c.database, c.column)
	if err != nil {
		return err
	}
	defer s.close()
	switch args[0] {
	case "web":
		return runWeb(ctx, c, s)
	case "worker":
		return runWorker(ctx, c, s)
	case "expand":
		return report(s.expand())
	case "contract":
		return report(s.contract())
	case "dump":
		return dump(s, os.Stdout)
	}
	return fmt.Errorf("%q: write shop web, worker, expand, contract, health or dump", args)
}

// report prints what a migration did.
func report(done []string, err error) error {
	for _, line := range done {
		fmt.Println(line)
	}
	if err == nil && len(done) == 0 {
		fmt.Println("nothing to do")
	}
	return err
}

// config is what a command starts with.
type config struct {
	database, port, color, version string
	column                         column
	linger, work                   time.Duration
}

func readConfig() (config, error) {
	c := config{
		database: env("DATABASE", "/data/shop.db"),
		port:     env("PORT", "8080"),
		color:    env("BG_COLOR", "none"),
		version:  env("VERSION", "v1"),
	}
	var err error
	if c.column, err = columnOf(c.version); err != nil {
		return config{}, fmt.Errorf("VERSION: %w", err)
	}
	if c.linger, err = time.ParseDuration(env("LINGER", "0s")); err != nil {
		return config{}, fmt.Errorf("LINGER: %w", err)
	}
	if c.work, err = time.ParseDuration(env("WORK", "20ms")); err != nil {
		return config{}, fmt.Errorf("WORK: %w", err)
	}
	return c, nil
}

func env(name, otherwise string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return otherwise
}

// askHealth asks the process that listens in the same container: an image from
// scratch has no other program for its health check.
func askHealth(url string) error {
	client := http.Client{Timeout: 10 * time.Second} // Docker's own limit is most often shorter
	res, err := client.Get(url + "/healthz")
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return errors.New("/healthz answers " + res.Status)
	}
	return nil
}
