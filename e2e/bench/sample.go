package main

import (
	"encoding/json"
	"math"
	"slices"
	"time"
)

// sample is one figure, measured over and over.
type sample []time.Duration

// quantile returns the smallest value that a share q of all does not exceed:
// a value that was measured, never one in between. 0 for none.
func (s sample) quantile(q float64) time.Duration {
	if len(s) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(s))
	rank := int(math.Ceil(q * float64(len(sorted))))
	return sorted[min(max(rank, 1), len(sorted))-1]
}

func (s sample) max() time.Duration { return s.quantile(1) }

// MarshalJSON gives the quantiles in milliseconds, and all values in order of
// their time for whoever wants to look closer.
func (s sample) MarshalJSON() ([]byte, error) {
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	all := make([]float64, len(s))
	for i, d := range s {
		all[i] = ms(d)
	}
	return json.Marshal(struct {
		N   int       `json:"n"`
		P50 float64   `json:"p50_ms"`
		P99 float64   `json:"p99_ms"`
		Max float64   `json:"max_ms"`
		All []float64 `json:"all_ms"`
	}{len(s), ms(s.quantile(0.5)), ms(s.quantile(0.99)), ms(s.max()), all})
}
