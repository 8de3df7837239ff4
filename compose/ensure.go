package compose

import (
	"context"
	"fmt"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"bg/labels"
)

// The labels by which docker compose knows what is its own. Without a hash of
// the configuration it takes a volume or network as it is.
const (
	projectLabel = "com.docker.compose.project"
	volumeLabel  = "com.docker.compose.volume"
	networkLabel = "com.docker.compose.network"
)

// EnsureVolumes creates those of p.Volumes that don't exist, as docker
// compose would, so that it later takes them for its own.
func (c CLI) EnsureVolumes(ctx context.Context, p *Project) error {
	for _, v := range p.Volumes() {
		_, err := c.output(ctx, "volume", "inspect", v.Name)
		if err == nil {
			continue
		}
		if !absent(ctx, err) {
			return fmt.Errorf("look for volume %s: %w", v.Name, err)
		}
		args := []string{"volume", "create"}
		if v.Driver != "" {
			args = append(args, "--driver", v.Driver)
		}
		args = append(args, pairs("--opt", v.Options)...)
		args = append(args, pairs("--label", owned(v.Labels, p.Name, volumeLabel, v.Key))...)
		if _, err := c.output(ctx, append(args, v.Name)...); err != nil {
			return fmt.Errorf("create volume %s: %w", v.Name, err)
		}
	}
	return nil
}

// ensureNetworks creates those networks of the user's project that colored
// services are on and that don't exist, as docker compose would.
func (c CLI) ensureNetworks(ctx context.Context, p *Project) error {
	color := coloring{p: p, t: Target{Color: labels.Blue}, note: func(_, _, _, _ string, _ ...any) {}}
	used := color.project().Networks
	for _, k := range p.model.NetworkNames() {
		n := p.model.Networks[k]
		if at, stays := color.keys[k]; bool(n.External) || !stays || used[at].Name == "" {
			continue
		}
		_, err := c.output(ctx, "network", "inspect", n.Name)
		if err == nil {
			continue
		}
		if !absent(ctx, err) {
			return fmt.Errorf("look for network %s: %w", n.Name, err)
		}
		_, err = c.output(ctx, networkArgs(p, k, n)...)
		if err != nil && !strings.Contains(err.Error(), "already exists") {
			return fmt.Errorf("create network %s: %w", n.Name, err)
		}
	}
	return nil
}

func networkArgs(p *Project, k string, n types.NetworkConfig) []string {
	args := []string{"network", "create"}
	give := func(flag, value string) {
		if value != "" {
			args = append(args, flag, value)
		}
	}
	give("--driver", n.Driver)
	args = append(args, pairs("--opt", n.DriverOpts)...)
	args = append(args, pairs("--label", owned(n.Labels, p.Name, networkLabel, k))...)
	if n.Internal {
		args = append(args, "--internal")
	}
	if n.Attachable {
		args = append(args, "--attachable")
	}
	if n.EnableIPv6 != nil && *n.EnableIPv6 {
		args = append(args, "--ipv6")
	}
	if n.EnableIPv4 != nil && !*n.EnableIPv4 {
		args = append(args, "--ipv4=false")
	}
	give("--ipam-driver", n.Ipam.Driver)
	args = append(args, pairs("--ipam-opt", n.Ipam.Options)...)
	for _, pool := range n.Ipam.Config {
		give("--subnet", pool.Subnet)
		give("--ip-range", pool.IPRange)
		give("--gateway", pool.Gateway)
		args = append(args, pairs("--aux-address", pool.AuxiliaryAddresses)...)
	}
	return append(args, n.Name)
}

// owned adds the labels of docker compose to the user's.
func owned(given map[string]string, project, kind, key string) map[string]string {
	all := map[string]string{}
	for name, value := range given {
		all[name] = value
	}
	all[projectLabel], all[kind] = project, key
	return all
}

// pairs returns a flag for each entry of a map, in order.
func pairs(flag string, m map[string]string) []string {
	var args []string
	for _, name := range names(m) {
		args = append(args, flag, name+"="+m[name])
	}
	return args
}
