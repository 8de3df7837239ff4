package labels

import (
	"slices"
	"strconv"
	"strings"
)

// services decodes the services. Where none is defined, but a router wants
// it, there is one with the name of the Compose service.
func (r *router) services(section, routers *node) {
	several := section != nil && len(section.children) > 1
	origin := map[string]string{}
	r.objects(section, "services", func(n *node, options map[string]any) {
		name := colorless(n.name)
		if other, taken := origin[name]; taken {
			r.p.add(n.label, n.given, "services %s and %s are the same without their colors; rename one", other, n.name)
			return
		}
		origin[name] = n.name
		r.defined = append(r.defined, "service "+name)
		r.http.Services = append(r.http.Services, r.balancer(n, name, options, several))
	})
	if section == nil && r.wanted(routers) {
		r.defined = append(r.defined, "service "+r.service)
		r.http.Services = []Service{{Name: r.service, Port: r.listen(), Scheme: "http", Server: "{}", Options: "{}"}}
	}
}

// wanted reports whether a router leads to the service that nobody defined.
func (r *router) wanted(routers *node) bool {
	if routers == nil {
		return false
	}
	return slices.ContainsFunc(routers.children, func(n *node) bool {
		service := n.find("service")
		return service == nil || service.value == "" || colorless(service.value) == r.service
	})
}

// balancer decodes one service. Addresses come from Docker only.
func (r *router) balancer(n *node, name string, options map[string]any, several bool) Service {
	for _, key := range sorted(options) {
		if key != "loadBalancer" {
			r.p.add(n.label, n.given, "service %s has %s; bg takes only loadbalancer options, and middlewares on routers", n.name, plain(key))
		}
	}
	balancer, _ := options["loadBalancer"].(map[string]any)
	if balancer == nil {
		balancer = map[string]any{}
	}
	server, _ := balancer["server"].(map[string]any)
	if server == nil {
		server = map[string]any{}
	}
	delete(balancer, "server")

	s := Service{Name: name, Scheme: "http"}
	if scheme, _ := server["scheme"].(string); scheme != "" {
		s.Scheme = scheme
	}
	if !slices.Contains([]string{"http", "https", "h2c"}, s.Scheme) {
		r.p.add(n.label, n.given, "service %s has the scheme %s; give one of http, https, h2c", n.name, quote(s.Scheme))
	}
	port, _ := server["port"].(string)
	s.Port = r.serverPort(n, port, several)
	delete(server, "scheme")
	delete(server, "port")
	s.Server, s.Options = canonical(server), canonical(balancer)
	return s
}

// serverPort returns the port of a defined service.
func (r *router) serverPort(n *node, given string, several bool) int {
	label := "traefik.http.services." + n.name + ".loadbalancer.server.port"
	if given == "" {
		if several {
			r.p.add(n.label, n.given, "service %s is one of several and has no port; give label %s", n.name, label)
			return 0
		}
		return r.listen()
	}
	port, err := strconv.Atoi(given)
	switch {
	case err != nil || port < 1 || port > 65535:
		r.p.add(label, given, "give a number from 1 to 65535")
		return 0
	case r.port != 0 && r.port != port && !several:
		r.p.add(label, given, "label bg.port says %d; remove one of them", r.port)
	}
	return port
}

// listen returns the port of a service whose labels name none.
func (r *router) listen() int {
	switch {
	case r.port != 0:
		return r.port
	case len(r.exposed) == 1:
		return r.exposed[0]
	case len(r.exposed) == 0:
		r.p.note("the container is routed, but no port is known; give label bg.port")
	default:
		var ports []string
		for _, port := range r.exposed[:min(len(r.exposed), 10)] {
			ports = append(ports, strconv.Itoa(port))
		}
		r.p.note("ambiguous port: %d are exposed (%s); give label bg.port", len(r.exposed), strings.Join(ports, ", "))
	}
	return 0
}
