package compose

import (
	"slices"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// tcpPorts returns the TCP ports on which a service listens as far as its
// file says: what it exposes and what it publishes.
func tcpPorts(s types.ServiceConfig) []int {
	var ports []int
	for _, port := range s.Ports {
		if port.Protocol == "" || port.Protocol == "tcp" {
			ports = append(ports, int(port.Target))
		}
	}
	for _, text := range s.Expose {
		numbers, protocol, given := strings.Cut(text, "/")
		if given && protocol != "tcp" {
			continue
		}
		first, last, isRange := strings.Cut(numbers, "-")
		from, err := strconv.Atoi(first)
		to := from
		if isRange && err == nil {
			to, err = strconv.Atoi(last)
		}
		if err != nil || to-from > 1000 {
			continue // Compose refuses it itself
		}
		for ; from <= to; from++ {
			ports = append(ports, from)
		}
	}
	slices.Sort(ports)
	return slices.Compact(ports)
}

// ports drops what is published, as both colors can't hold one port of the
// host and the proxy routes to the container. The targets stay exposed.
func (c *coloring) ports(s *types.ServiceConfig, d Service) {
	var kept []types.ServicePortConfig
	var dropped []string
	for _, port := range s.Ports {
		if published(port, d.Spec.Publish) {
			kept = append(kept, port)
			if !d.Exclusive && d.Kind == Colored && !strings.Contains(port.Published, "-") {
				c.note(Error, d.Name, "ports", "port %s of the host stays published (bg.publish), but the new color can't have it while the old one runs; add label bg.handover=exclusive, or drop the port from bg.publish", port.Published)
			}
			continue
		}
		dropped = append(dropped, shown(port))
		target := strconv.FormatUint(uint64(port.Target), 10)
		if port.Protocol != "" && port.Protocol != "tcp" {
			target += "/" + port.Protocol
		}
		if !slices.Contains(s.Expose, target) && !slices.Contains(s.Expose, target+"/tcp") {
			s.Expose = append(slices.Clone(s.Expose), target)
		}
	}
	s.Ports = kept
	if len(dropped) == 0 {
		return
	}
	if routed(d) {
		c.note(Info, d.Name, "ports", "%s no longer published, as the proxy routes; label bg.publish=PORT keeps one", strings.Join(dropped, ", "))
	} else {
		c.note(Warning, d.Name, "ports", "%s no longer published, and no label routes to this service, so it can't be reached from outside; give it traefik labels, or label bg.publish=PORT to keep one", strings.Join(dropped, ", "))
	}
}

// routed reports whether the proxy sends requests to a service.
func routed(d Service) bool {
	return d.Kind == Colored && (d.Spec.Port != 0 && !d.Spec.Health.Set || len(d.Spec.HTTP.Routers) > 0 || len(d.Spec.HTTP.Services) > 0)
}

// asked reports whether bg itself asks a service for its health, from where the
// proxy is.
func asked(d Service) bool { return d.Kind == Colored && d.Spec.Health.Set }

// published reports whether the user wants a published port kept.
func published(port types.ServicePortConfig, keep []int) bool {
	first, last, isRange := strings.Cut(port.Published, "-")
	from, err := strconv.Atoi(first)
	to := from
	if isRange && err == nil {
		to, err = strconv.Atoi(last)
	}
	return err == nil && slices.ContainsFunc(keep, func(n int) bool { return from <= n && n <= to })
}

// shown writes a published port as users do.
func shown(port types.ServicePortConfig) string {
	text := strconv.FormatUint(uint64(port.Target), 10)
	if port.Published != "" {
		text = port.Published + ":" + text
		switch {
		case strings.Contains(port.HostIP, ":"):
			text = "[" + port.HostIP + "]:" + text
		case port.HostIP != "":
			text = port.HostIP + ":" + text
		}
	}
	if port.Protocol != "" && port.Protocol != "tcp" {
		text += "/" + port.Protocol
	}
	return text
}
