// Command images prepares what the demo, the tests and the benchmarks run on:
// Docker Compose and the images traefik:v3.7, bg, bg-sample and bg-shop.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"bg/e2e/internal/testbed"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if _, err := testbed.Ensure(ctx, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "images:", err)
		os.Exit(1)
	}
}
