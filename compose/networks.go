package compose

import (
	"slices"

	"github.com/compose-spec/compose-go/v2/types"
)

// defaultNetwork is the key of the network that Compose gives to services
// that name none. In a color's project it's the private one.
const defaultNetwork = "default"

// nameNetworks chooses keys in the result for the user's networks that stay.
func (c *coloring) nameNetworks() {
	c.keys = map[string]string{}
	for _, name := range c.model.NetworkNames() {
		if c.stays(name) {
			c.keys[name] = name
		}
	}
	if _, stays := c.keys[defaultNetwork]; stays {
		c.keys[defaultNetwork] = c.free("shared")
	}
}

// free returns name, or something like it that is no key of a network.
func (c *coloring) free(name string) string {
	for {
		_, taken := c.model.Networks[name]
		if _, used := c.networks[name]; !taken && !used {
			return name
		}
		name = "bg-" + name
	}
}

// stays reports whether a network of the user's is one that colored services
// meet others on: it's external, or a shared service is on it.
func (c *coloring) stays(network string) bool {
	if bool(c.model.Networks[network].External) {
		return true
	}
	return slices.ContainsFunc(c.p.Services, func(d Service) bool {
		_, on := c.model.Services[d.Name].Networks[network]
		return d.Kind == Shared && on
	})
}

// attach puts a service on the color's private network with all of its
// names, and with none of them on the networks that both colors are on:
// Docker's DNS would give one color the addresses of the other.
func (c *coloring) attach(s *types.ServiceConfig, d Service) {
	given := s.Networks
	if s.NetworkMode != "" {
		c.unattached(s, d)
		return
	}
	private := &types.ServiceNetworkConfig{}
	s.Networks = map[string]*types.ServiceNetworkConfig{}
	aliases := []string{d.Name}
	for _, name := range names(given) {
		own := types.ServiceNetworkConfig{}
		if given[name] != nil {
			own = *given[name]
		}
		aliases = append(aliases, own.Aliases...)
		network, stays := c.keys[name]
		if !stays {
			c.replaced(name, own, d)
			private.Priority = max(private.Priority, own.Priority)
			private.GatewayPriority = max(private.GatewayPriority, own.GatewayPriority)
			continue
		}
		if len(own.Aliases) > 0 {
			c.note(Info, d.Name, "networks", "its aliases on network %s hold among its own color only, as Docker would mix the colors; others reach it as %s-COLOR", name, d.Name)
		}
		own.Aliases = nil
		c.address(&own, name, d)
		s.Networks[network] = &own
		c.networks[network] = types.NetworkConfig{Name: c.model.Networks[name].Name, External: true}
	}
	if name := c.model.Services[d.Name].ContainerName; name != "" {
		aliases = append(aliases, name) // Docker lets siblings look this up too
	}
	slices.Sort(aliases)
	private.Aliases = slices.Compact(aliases)
	s.Networks[defaultNetwork] = private
	if s.MacAddress != "" && !d.Exclusive {
		c.note(Warning, d.Name, "mac_address", "dropped, as both colors can't have one address; label bg.handover=exclusive keeps it")
		s.MacAddress = ""
	}
	c.proxy(s, d)
}

// address drops addresses that both colors would claim.
func (c *coloring) address(own *types.ServiceNetworkConfig, network string, d Service) {
	fixed := own.Ipv4Address != "" || own.Ipv6Address != "" || len(own.LinkLocalIPs) > 0 || own.MacAddress != ""
	if !fixed || d.Exclusive {
		return
	}
	own.Ipv4Address, own.Ipv6Address, own.LinkLocalIPs, own.MacAddress = "", "", nil, ""
	c.note(Warning, d.Name, "networks", "its fixed address on network %s is dropped, as both colors can't have it; label bg.handover=exclusive keeps it", network)
}

// replaced notes that a network gives way to the private one.
func (c *coloring) replaced(network string, own types.ServiceNetworkConfig, d Service) {
	if network != defaultNetwork {
		c.note(Info, d.Name, "networks", "network %s is replaced by the color's private one, as no shared service is on it", network)
	}
	if own.Ipv4Address != "" || own.Ipv6Address != "" || own.MacAddress != "" || len(own.LinkLocalIPs) > 0 {
		c.note(Warning, d.Name, "networks", "its fixed address on network %s is dropped with that network; use the service's name instead", network)
	}
}

// proxy puts a service that the proxy or bg itself asks on the network where
// they reach it.
func (c *coloring) proxy(s *types.ServiceConfig, d Service) {
	network := c.t.Network
	if d.Spec.Network != "" {
		network = d.Spec.Network
	}
	for _, name := range c.model.NetworkNames() {
		if _, stays := c.keys[name]; !stays && d.Spec.Network != "" && c.model.Networks[name].Name == d.Spec.Network {
			c.note(Error, d.Name, "labels", "label traefik.docker.network=%s names a network that is replaced by the color's private one, so the proxy can't reach it there; remove the label, or make the network external", d.Spec.Network)
		}
	}
	if network == "" || !routed(d) && !asked(d) {
		return
	}
	for key := range s.Networks {
		if key != defaultNetwork && c.networks[key].Name == network {
			return
		}
	}
	var at string
	for _, key := range names(c.networks) {
		if c.networks[key].Name == network {
			at = key
		}
	}
	if at == "" {
		at = c.free("proxy")
		for _, name := range c.model.NetworkNames() {
			if key, stays := c.keys[name]; stays && c.model.Networks[name].Name == network {
				at = key
			}
		}
		c.networks[at] = types.NetworkConfig{Name: network, External: true}
	}
	s.Networks[at] = nil
}

// unattached checks a service that has no networks of its own.
func (c *coloring) unattached(s *types.ServiceConfig, d Service) {
	if routed(d) && len(d.Spec.HTTP.Routers) > 0 {
		c.note(Error, d.Name, "network_mode", "the proxy reaches containers on its own network, and network_mode: %s keeps this one off it; remove network_mode", c.model.Services[d.Name].NetworkMode)
	}
	if s.NetworkMode == "host" && !d.Exclusive && d.Kind == Colored {
		c.note(Warning, d.Name, "network_mode", "both colors listen on the host's own ports, and the second can't have one that the first has; label bg.handover=exclusive avoids that")
	}
}
