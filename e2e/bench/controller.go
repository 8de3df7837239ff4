package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"bg/controller/api"
	"bg/e2e/internal/lab"
)

// newController returns once the controller has seen all apps and Traefik
// serves them. It leaves nothing running when it fails.
func newController(ctx context.Context, l *lab.Lab, e *lab.Engine, apps int) (*lab.Controller, error) {
	c, err := l.Start(lab.Options{Docker: e.Host})
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	err = c.Await(ctx, "the controller", func(status api.Status) error {
		live := 0
		for _, a := range status.Apps {
			if a.Active != "" && a.Live {
				live++
			}
		}
		if live != apps {
			return fmt.Errorf("%d of %d apps are live, problems: %v", live, apps, status.Problems)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("%w\n%s", errors.Join(err, c.Stop()), c.LastWords(12))
	}
	return c, nil
}
