package controller

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"bg/controller/probe"
	"bg/controller/rollout"
	"bg/controller/traefik"
)

// test runs smoke tests one after the other and returns what the first one
// that fails found.
func (c *Controller) test(ctx context.Context, tests []rollout.Test) error {
	for _, t := range tests {
		target := probe.Target{Address: t.Address, Port: t.Port, Scheme: t.Scheme}
		switch {
		case t.Smoke.Via == "proxy":
			var err error
			if target, err = c.entrance(ctx, t); err != nil {
				return fmt.Errorf("smoke test %s: %w", t.Smoke.Name, err)
			}
		case t.Address == "" || t.Port == 0:
			return fmt.Errorf("smoke test %s: container %s has no address and port to ask; give its service label bg.port", t.Smoke.Name, t.Container)
		}
		if err := probe.Smoke(ctx, target, t.Smoke); err != nil {
			return fmt.Errorf("%w (container %s)", err, t.Container)
		}
	}
	return nil
}

// list is a list of names as labels write it: with commas, or as an array.
type list []string

func (l *list) UnmarshalJSON(data []byte) error {
	var text string
	if json.Unmarshal(data, &text) != nil {
		return json.Unmarshal(data, (*[]string)(l))
	}
	for name := range strings.SplitSeq(text, ",") {
		*l = append(*l, strings.TrimSpace(name))
	}
	return nil
}

// entrance returns where users of the test's router come in: the first of
// its entrypoints that can be asked, with the host of its rule.
func (c *Controller) entrance(ctx context.Context, t rollout.Test) (probe.Target, error) {
	var router struct {
		Rule        string `json:"rule"`
		EntryPoints list   `json:"entryPoints"`
		TLS         any    `json:"tls"`
	}
	if t.Router == "" {
		return probe.Target{}, fmt.Errorf("no router leads to the service of container %s", t.Container)
	}
	if err := json.Unmarshal([]byte(t.Router), &router); err != nil {
		return probe.Target{}, fmt.Errorf("read the router's options: %w", err)
	}
	all, err := c.Entrypoints(ctx)
	if err != nil {
		return probe.Target{}, fmt.Errorf("ask Traefik for its entrypoints: %w", err)
	}
	i := slices.IndexFunc(all, func(e traefik.Entrypoint) bool {
		// Those that an operator named by address have no name to go by.
		return len(router.EntryPoints) == 0 || e.Name == "" || slices.Contains(router.EntryPoints, e.Name)
	})
	if i < 0 {
		return probe.Target{}, fmt.Errorf("none of the router's entrypoints %v can be asked", router.EntryPoints)
	}
	target := probe.Target{Address: all[i].Address, Port: all[i].Port, Scheme: "http", Host: traefik.FirstHost(router.Rule)}
	if all[i].TLS || router.TLS != nil {
		target.Scheme = "https"
	}
	return target, nil
}
