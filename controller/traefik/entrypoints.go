package traefik

import (
	"cmp"
	"context"
	"errors"
	"net"
	"slices"
	"strconv"
)

// Entrypoint is where users come in, as bg reaches it.
type Entrypoint struct {
	Name    string // Traefik's; "" where its address was given by hand, which tells no name
	Address string // IP or name of the host
	Port    int
	// TLS means that it takes TLS alone. Where it is false the router says
	// how to ask: by https if it has the option tls, else by http.
	TLS bool
	// Redirects means that the entrypoint itself answers plain requests with
	// a redirect, whatever the router.
	Redirects bool
}

// Entrypoints returns the entrypoints on which Confirm relies: those given to
// New, in that order, else those that Traefik puts routers on that name none,
// in Traefik's order. Traefik's own one, those for UDP, and those that bg can't
// reach are not among them, nor is one that only a router's option entryPoints
// leads to if others are marked as default. Those that redirect come last.
//
// What the API said is kept, as with Confirm, which asks anew when it must. An
// error is an *Unreachable, or says that no entrypoint has a usable port.
func (c *Client) Entrypoints(ctx context.Context) ([]Entrypoint, error) {
	points, err := c.entrypoints(ctx)
	if err != nil {
		return nil, err
	}
	var all []Entrypoint
	for _, p := range points {
		host, text, err := net.SplitHostPort(p.address)
		port, bad := strconv.Atoi(text)
		if err != nil || bad != nil || port < 1 || port > 65535 {
			continue
		}
		e := Entrypoint{Name: p.name, Address: host, Port: port, TLS: p.secure, Redirects: p.redirects}
		if len(c.overrides) > 0 {
			e.Name = ""
		}
		all = append(all, e)
	}
	if len(all) == 0 {
		return nil, errors.New("no entrypoint of Traefik has a port that is a number from 1 to 65535: give them by hand, such as traefik:443")
	}
	slices.SortStableFunc(all, func(a, b Entrypoint) int { return cmp.Compare(late(a), late(b)) })
	return all, nil
}

func late(e Entrypoint) int {
	if e.Redirects {
		return 1
	}
	return 0
}
