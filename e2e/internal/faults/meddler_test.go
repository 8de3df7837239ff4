package faults

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestAMeddlerDropsDoublesAndReordersEvents(t *testing.T) {
	m := &meddler{random: rand.New(rand.NewPCG(1, 0))}
	const events = 200
	var told []string
	var held []byte
	for i := range events {
		var out []byte
		out, held = m.mangle(fmt.Appendf(nil, "%d\n", i), held)
		told = append(told, strings.Fields(string(out))...)
	}
	seen, disorder := map[string]int{}, 0
	for i, x := range told {
		seen[x]++
		var a, b int
		if i > 0 {
			fmt.Sscan(told[i-1], &a)
			fmt.Sscan(x, &b)
			if b < a {
				disorder++
			}
		}
	}
	doubled := 0
	for _, n := range seen {
		if n > 1 {
			doubled++
		}
	}
	if dropped := events - len(seen); dropped == 0 || doubled == 0 || disorder == 0 {
		t.Errorf("%d dropped, %d doubled, %d out of order", dropped, doubled, disorder)
	}
	if m.told != events || m.passed < len(told) {
		t.Errorf("%d told, %d passed, %d came", m.told, m.passed, len(told))
	}
}
