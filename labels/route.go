package labels

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// The range of priorities that Traefik leaves to users on 64-bit machines.
const (
	maxPriority int64 = math.MaxInt64 - 1000
	minPriority int64 = math.MinInt64 + 1000
)

// router is what turns the traefik.* labels of one container into HTTP.
type router struct {
	app     string
	service string // the service that is there without being defined
	port    int    // of bg.port, or 0
	exposed []int
	p       *problems

	http    HTTP
	defined []string // middlewares and services, as in HTTP.Needs
	needs   []string
}

// route decodes the traefik.http.* labels and tells where the app listens.
func route(traefik map[string]string, s Spec, port int, exposed []int, p *problems) (HTTP, int) {
	r := &router{app: s.App, service: s.Service, port: port, exposed: slices.Compact(slices.Sorted(slices.Values(exposed))), p: p}
	http := tree(httpOnly(traefik, p), p).find("traefik").find("http")
	r.services(http.find("services"), http.find("routers"))
	r.middlewares(http.find("middlewares"))
	r.routers(http.find("routers"))
	r.settle()
	if port == 0 && len(r.http.Services) > 0 {
		port = r.http.Services[0].Port
	}
	return r.http, port
}

// httpOnly returns the labels of the three sections that bg passes on.
// It refuses the rest of Traefik's routing and ignores what tells other
// parts of Traefik something, such as traefik.enable.
func httpOnly(traefik map[string]string, p *problems) map[string]string {
	kept := map[string]string{}
	for _, key := range sorted(traefik) {
		words := strings.SplitN(strings.ToLower(key), ".", 4)
		switch {
		case slices.Contains([]string{"tcp", "udp", "tls"}, words[1]):
			p.add(key, traefik[key], "bg routes HTTP only; remove it, or leave bg.enable off here")
		case words[1] != "http":
		case len(words) < 4 || !slices.Contains([]string{"routers", "middlewares", "services"}, words[2]):
			p.add(key, traefik[key], "bg takes traefik.http.routers.NAME.OPTION, and middlewares and services likewise; remove it")
		default:
			kept[key] = traefik[key]
		}
	}
	return kept
}

// network returns the network on which Traefik reaches the container.
func network(traefik map[string]string, p *problems) string {
	for _, key := range sorted(traefik) {
		if !strings.EqualFold(key, "traefik.docker.network") {
			continue
		}
		if name := traefik[key]; name == "" || networkName.MatchString(name) {
			return name
		}
		p.add(key, traefik[key], "give a Docker network's name: A-Z, a-z, 0-9, ., _ and -, at most 128")
	}
	return ""
}

// objects calls f for each well-named object of a section with its options.
func (r *router) objects(section *node, kind string, f func(n *node, options map[string]any)) {
	if section == nil {
		return
	}
	for _, n := range section.children {
		switch {
		case !objectName.MatchString(n.name):
			r.p.add(n.label, n.given, "%s is no name for one of the %s; use A-Z, a-z, 0-9, _ and -, at most 63", plain(n.name), kind)
		case len(n.children) == 0:
			r.p.add(n.label, n.given, "this defines nothing; give an option, such as traefik.http.%s.%s.OPTION", kind, n.name)
		default:
			if options, ok := n.content(named(kind), r.p).(map[string]any); ok {
				f(n, options)
			}
		}
	}
}

// routers decodes the routers. The service is taken out of the options, as
// it becomes bg's, and the priority is always written out: Traefik flips
// between routers of equal rank that leave it to the default.
func (r *router) routers(section *node) {
	r.objects(section, "routers", func(n *node, options map[string]any) {
		rule, _ := options["rule"].(string)
		if strings.TrimSpace(rule) == "" {
			r.p.add(n.label, n.given, "router %s has no rule; give label traefik.http.routers.%s.rule", n.name, n.name)
		}
		priority, _ := options["priority"].(string)
		if number, _ := strconv.ParseInt(priority, 10, 64); number == 0 {
			options["priority"] = strconv.Itoa(len(rule))
		} else if number > maxPriority || number < minPriority {
			r.p.add(n.label, n.given, "the priority %s is out of Traefik's range; give one from %d to %d", priority, minPriority, maxPriority)
		}
		r.refer(options, "middlewares", n)
		service := r.target(options, n)
		delete(options, "service")
		r.http.Routers = append(r.http.Routers, Router{Name: n.name, Service: service, Options: canonical(options)})
	})
}

// target returns the service that a router leads to.
func (r *router) target(options map[string]any, n *node) string {
	name, given := options["service"].(string)
	switch {
	case given && name != "":
		return r.reference("service", name, n)
	case len(r.http.Services) == 1:
		return r.http.Services[0].Name
	case len(r.http.Services) > 1:
		r.p.add(n.label, n.given, "router %s could lead to any of this container's services; give label traefik.http.routers.%s.service", n.name, n.name)
	}
	return ""
}

// middlewares decodes the middlewares.
func (r *router) middlewares(section *node) {
	r.objects(section, "middlewares", func(n *node, options map[string]any) {
		r.defined = append(r.defined, "middleware "+n.name)
		if chain, ok := options["chain"].(map[string]any); ok {
			r.refer(chain, "middlewares", n)
		}
		if errors, ok := options["errors"].(map[string]any); ok {
			if name, given := errors["service"].(string); given && name != "" {
				errors["service"] = r.qualify(r.reference("service", name, n))
			}
		}
		r.http.Middlewares = append(r.http.Middlewares, Object{Name: n.name, Options: canonical(options)})
	})
}

// refer replaces a comma list of middlewares by their names at the proxy.
func (r *router) refer(options map[string]any, key string, n *node) {
	list, _ := options[key].(string)
	if list == "" {
		return
	}
	var names []any
	for name := range strings.SplitSeq(list, ",") {
		names = append(names, r.qualify(r.reference("middleware", strings.TrimSpace(name), n)))
	}
	options[key] = names
}

// reference checks the name of a middleware or service and notes the need
// for it. References to other providers (name@provider) stay.
func (r *router) reference(kind, name string, n *node) string {
	if strings.Contains(name, "@") {
		if !foreignName.MatchString(name) {
			r.p.add(n.label, n.given, "%s refers to the %s %s, which is no name@provider", n.name, kind, quote(name))
		}
		return name
	}
	grammar := objectName
	if kind == "service" {
		name, grammar = colorless(name), serviceName
	}
	if !grammar.MatchString(name) {
		r.p.add(n.label, n.given, "%s refers to the %s %s, which is no name; use A-Z, a-z, 0-9, _ and -, and commas between names", n.name, kind, quote(name))
		return ""
	}
	r.needs = append(r.needs, kind+" "+name)
	return name
}

func (r *router) qualify(name string) string {
	if strings.Contains(name, "@") {
		return name
	}
	return Qualify(r.app, name)
}

// settle sorts the result and leaves in Needs what isn't defined here.
func (r *router) settle() {
	for _, need := range r.needs {
		if !slices.Contains(r.defined, need) {
			r.http.Needs = append(r.http.Needs, need)
		}
	}
	r.http.sort()
}
