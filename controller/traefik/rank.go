package traefik

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"

	"bg/controller/rollout"
)

// maxPriority is the highest priority that Traefik takes on 64-bit machines.
const maxPriority = math.MaxInt64 - 1000

// ranks returns a function that tells, for the priority of a router of the app,
// that of its preview: all are above the app's own, in the same order, and no
// higher than need be. It is false where there is no room above.
func ranks(r *rollout.Route) func(priority int64) (int64, bool) {
	var used []int64
	for _, x := range r.Routers {
		options, rule, _ := ruleOf(x)
		used = append(used, priorityOf(options, rule))
	}
	slices.Sort(used)
	used = slices.Compact(used)
	return func(priority int64) (int64, bool) {
		i, _ := slices.BinarySearch(used, priority)
		top := used[len(used)-1]
		return top + 1 + int64(i), top <= maxPriority-int64(len(used))
	}
}

// priorityOf returns the priority among a router's options, or Traefik's default.
func priorityOf(options map[string]json.RawMessage, rule string) int64 {
	n, err := strconv.ParseInt(strings.Trim(string(options["priority"]), `"`), 10, 64)
	if err != nil || n == 0 {
		return int64(len(rule))
	}
	return n
}
