package main

import (
	"context"
	"fmt"
	"io"
	"os"
)

// hook behaves like a migration: it says a line, then does what mode says.
func hook(ctx context.Context, mode string, out io.Writer) error {
	fmt.Fprintln(out, "hook", mode, "of release", os.Getenv("BG_RELEASE"), "in", os.Getenv("BG_COLOR"))
	switch mode {
	case "ok":
		return nil
	case "fail":
		return fmt.Errorf("relation %q does not exist", "orders")
	case "hang":
		<-ctx.Done()
		return ctx.Err()
	}
	return fmt.Errorf("%q: write app hook ok, app hook fail or app hook hang", mode)
}
