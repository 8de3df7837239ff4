package socketproxy

import (
	"encoding/json"
	"maps"
	"slices"
)

// readFilters reads Docker's filters, such as {"label":{"bg.enable":true}}. The
// values are sorted.
func readFilters(text string) (map[string][]string, error) {
	var set map[string]map[string]bool
	if err := json.Unmarshal([]byte(text), &set); err != nil {
		return nil, err
	}
	found := make(map[string][]string, len(set))
	for name, values := range set {
		found[name] = slices.Sorted(maps.Keys(values))
	}
	return found, nil
}

// writeFilters is the reverse of readFilters.
func writeFilters(all map[string][]string) string {
	set := make(map[string]map[string]bool, len(all))
	for name, values := range all {
		set[name] = make(map[string]bool, len(values))
		for _, v := range values {
			set[name][v] = true
		}
	}
	text, err := json.Marshal(set)
	if err != nil {
		panic(err) // words and booleans are always JSON
	}
	return string(text)
}
