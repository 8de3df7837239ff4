package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
)

// The oldest Docker Engine that bg is made for.
const (
	engineMajor = 20
	engineMinor = 10
)

// leastDisk is the free space below which a release may fail half-way: an
// image of the usual size, unpacked.
const leastDisk = 2 << 30

// checkDocker looks at the machine that d works on. level is that of what
// keeps releases from working.
func checkDocker(ctx context.Context, d docker, level, network string) []finding {
	server, err := d.output(ctx, "version", "--format", "{{.Server.Version}}")
	if err != nil {
		return []finding{{"docker", level, err.Error()}}
	}
	findings := []finding{checkEngine(server, level), checkCompose(ctx, d, level)}
	if f, known := checkNetwork(ctx, d, level, network); known {
		findings = append(findings, f)
	}
	if f, known := checkDisk(ctx, d); known {
		findings = append(findings, f)
	}
	return findings
}

func checkEngine(version, level string) finding {
	if older(version, engineMajor, engineMinor) {
		return finding{"docker", level, fmt.Sprintf("Engine %s is too old: install %d.%d or later", version, engineMajor, engineMinor)}
	}
	return finding{"docker", "ok", "Engine " + version}
}

func checkCompose(ctx context.Context, d docker, level string) finding {
	version, err := d.output(ctx, "compose", "version", "--short")
	if err != nil {
		return finding{"compose", level, "the Compose plugin does not answer: install docker-compose-plugin, version 2 or later; bg deploy needs it"}
	}
	version = strings.TrimPrefix(version, "v")
	if older(version, 2, 0) {
		return finding{"compose", level, "version " + version + " is too old: install version 2 or later; bg deploy needs it"}
	}
	return finding{"compose", "ok", "version " + version}
}

// older reports whether a version is below major.minor. One that can't be
// read is not.
func older(version string, major, minor int) bool {
	parts := strings.SplitN(version, ".", 3)
	m, err := strconv.Atoi(parts[0])
	if err != nil || m != major || len(parts) < 2 {
		return err == nil && m < major
	}
	n, err := strconv.Atoi(parts[1])
	return err == nil && n < minor
}

// checkNetwork looks for the network on which Traefik reaches the containers.
func checkNetwork(ctx context.Context, d docker, level, network string) (f finding, known bool) {
	_, err := d.output(ctx, "network", "inspect", "--format", "{{.Name}}", network)
	switch {
	case err == nil:
		return finding{"network", "ok", network + " is there"}, true
	case !strings.Contains(strings.ToLower(err.Error()), "no such network") && !strings.Contains(err.Error(), "not found"):
		return finding{}, false // Docker does not say
	}
	return finding{"network", level, fmt.Sprintf("there is no Docker network %s, on which Traefik reaches the containers: start bg with its docker-compose.yml, or run 'docker network create %s'", network, network)}, true
}

// checkDisk looks at the disk on which Docker keeps its data, if that is
// this machine's.
func checkDisk(ctx context.Context, d docker) (f finding, known bool) {
	root, err := d.output(ctx, "info", "--format", "{{.DockerRootDir}}")
	if err != nil || !strings.HasPrefix(root, "/") || !isLocal(ctx, d) {
		return finding{}, false
	}
	free, known := freeSpace(root)
	if !known {
		return finding{}, false
	}
	text := fmt.Sprintf("%.1f GiB free in %s", float64(free)/(1<<30), root)
	if free < leastDisk {
		return finding{"disk", "warning", text + ", where Docker keeps images: make room, for instance with 'docker image prune'"}, true
	}
	return finding{"disk", "ok", text}, true
}

// isLocal reports whether Docker runs on this machine, as far as its address
// tells.
func isLocal(ctx context.Context, d docker) bool {
	address, err := d.output(ctx, "context", "inspect", "--format", "{{.Endpoints.docker.Host}}")
	return err == nil && strings.HasPrefix(address, "unix://") && len(d.options) == 0
}
