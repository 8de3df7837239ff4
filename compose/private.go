package compose

import (
	"maps"
	"slices"

	"github.com/compose-spec/compose-go/v2/types"
)

// bridgeName is the driver option that names the network's interface on the
// host, which only one network can have.
const bridgeName = "com.docker.network.bridge.name"

// ahead begins the name of the private network. Where several networks of a
// container know a name, Docker's name server answers from the one whose own
// name comes first in bytes. So nobody else's container that has a sibling's
// name, on the proxy's network or a shared one, gets the look-ups.
const ahead = "0-"

// private adds the color's private network, if a service is on it. It takes
// the driver and its options from the user's default network, or else from
// the first one that it replaces, but never addresses: both colors' networks
// exist at the same time.
func (c *coloring) private() {
	var on, replaced []string
	for _, d := range c.p.Services {
		if s := c.model.Services[d.Name]; d.Kind != Shared && s.NetworkMode == "" {
			on = append(on, d.Name)
			for name := range s.Networks {
				if _, stays := c.keys[name]; !stays {
					replaced = append(replaced, name)
				}
			}
		}
	}
	if len(on) == 0 {
		return
	}
	slices.Sort(replaced)
	replaced = slices.Compact(replaced)
	n := types.NetworkConfig{Name: ahead + c.p.ColorName(c.t.Color), Internal: c.sealed(on, replaced)}
	from := replaced
	if d, given := c.model.Networks[defaultNetwork]; given && !bool(d.External) {
		from = append([]string{defaultNetwork}, from...)
	}
	for i, name := range from {
		given := c.model.Networks[name]
		if len(given.Ipam.Config) > 0 && slices.Contains(replaced, name) {
			c.note(Info, "", "networks", "the addresses of network %s (ipam) are left to Docker in the color's private one, as both colors can't have them", name)
		}
		switch {
		case given.Driver != "" && given.Driver != "bridge" && given.Driver != "overlay":
			if slices.Contains(replaced, name) {
				c.note(Warning, "", "networks", "network %s of the driver %s is replaced by a bridge, private to the color; to keep it, make it external", name, given.Driver)
			}
		case i == 0:
			n.Driver, n.DriverOpts, n.Attachable = given.Driver, maps.Clone(given.DriverOpts), given.Attachable
			delete(n.DriverOpts, bridgeName)
			n.EnableIPv4, n.EnableIPv6, n.Labels = given.EnableIPv4, given.EnableIPv6, given.Labels
		}
	}
	c.networks[defaultNetwork] = n
}

// sealed tells whether the private network leads nowhere outside. It does
// where it replaces networks that don't, or where a service is on none that
// does and nothing needs it to.
func (c *coloring) sealed(on, replaced []string) bool {
	internal := func(name string) bool { return c.model.Networks[name].Internal }
	open := slices.ContainsFunc(replaced, func(name string) bool { return !internal(name) })
	var confined []string
	for _, service := range on {
		networks := names(c.model.Services[service].Networks)
		if !slices.ContainsFunc(networks, func(name string) bool { return !internal(name) }) {
			confined = append(confined, service)
		}
	}
	if !open {
		return len(confined) > 0
	}
	for _, service := range confined {
		c.note(Warning, service, "networks", "it is on internal networks only, but the color's private network is not internal, as others need it: it can reach the outside")
	}
	return false
}
