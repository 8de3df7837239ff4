package docker

import (
	"cmp"
	"hash/maphash"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/network"
)

// face is what a list and an inspect both tell of a container. As long as
// the list shows the face that the last inspect saw, nothing changed since,
// whatever happened in between, so there is nothing to inspect.
type face struct {
	name   string
	labels uint64 // digest
	state  string
	health string // of a running container: "" without a health check
	exit   int    // of an exited one
	nets   string // network, endpoint and addresses of each, sorted
}

// seed makes digests of labels that nobody outside can foresee.
var seed = maphash.MakeSeed()

// digest is the same for equal maps.
func digest(labels map[string]string) uint64 {
	sum := uint64(len(labels))
	for k, v := range labels {
		sum += maphash.Comparable(seed, [2]string{k, v})
	}
	return sum
}

// faceOfList reads an entry of a list, whose status is text for people:
// "Up 3 minutes (healthy)", "Exited (137) 2 hours ago".
func faceOfList(c *container.Summary) face {
	f := face{labels: digest(c.Labels), state: c.State}
	for _, n := range c.Names {
		// Aliases by links have a second slash.
		if n = strings.TrimPrefix(n, "/"); !strings.Contains(n, "/") {
			f.name = cleanName(n)
			break
		}
	}
	switch f.state {
	case container.StateRunning:
		switch {
		case strings.HasSuffix(c.Status, "(healthy)"):
			f.health = container.Healthy
		case strings.HasSuffix(c.Status, "(unhealthy)"):
			f.health = container.Unhealthy
		case strings.HasSuffix(c.Status, "(health: starting)"):
			f.health = container.Starting
		}
	case container.StateExited:
		_, code, _ := strings.Cut(c.Status, "(")
		code, _, _ = strings.Cut(code, ")")
		f.exit, _ = strconv.Atoi(code)
	}
	if c.NetworkSettings != nil {
		f.nets = netsDigest(c.NetworkSettings.Networks)
	}
	return f
}

// faceOfInspect reads the same out of an inspect.
func faceOfInspect(c *container.InspectResponse) face {
	f := face{name: cleanName(c.Name), state: c.State.Status}
	if c.Config != nil {
		f.labels = digest(c.Config.Labels)
	}
	switch f.state {
	case container.StateRunning:
		if h := c.State.Health; h != nil && h.Status != container.NoHealthcheck {
			f.health = h.Status
		}
	case container.StateExited:
		f.exit = c.State.ExitCode
	}
	if c.NetworkSettings != nil {
		f.nets = netsDigest(c.NetworkSettings.Networks)
	}
	return f
}

func netsDigest(nets map[string]*network.EndpointSettings) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(nets)) {
		if e := nets[name]; e != nil {
			for _, part := range []string{name, e.EndpointID, e.IPAddress, e.GlobalIPv6Address} {
				b.WriteString(part)
				b.WriteByte(' ')
			}
		}
	}
	return b.String()
}

// address returns the IP of e that a proxy can reach, or "".
func address(e *network.EndpointSettings) string {
	if e == nil {
		return ""
	}
	ip, err := netip.ParseAddr(cmp.Or(e.IPAddress, e.GlobalIPv6Address))
	if err != nil || ip.Zone() != "" || ip.IsUnspecified() || ip.IsLoopback() || ip.IsMulticast() {
		return ""
	}
	return ip.Unmap().String()
}

// cleanName makes a container's name fit to show: no slash in front, at most
// 255 bytes, nothing that a terminal would act on.
func cleanName(s string) string {
	return printable(strings.TrimPrefix(s, "/"), 255)
}

// printable cuts s to at most limit bytes and leaves out what is not text.
func printable(s string, limit int) string {
	if len(s) > limit {
		s = s[:limit]
	}
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, s)
}
