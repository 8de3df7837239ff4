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
