// Package figures holds what all measurements share: the facts that a figure
// depends on, and samples with their quantiles.
package figures

import (
	"encoding/json"
	"math"
	"slices"
	"time"
)

// Sample is one figure, measured over and over.
type Sample []time.Duration

// Quantile returns the smallest value that a share q of all does not exceed:
// a value that was measured, never one in between. 0 for none.
func (s Sample) Quantile(q float64) time.Duration {
	if len(s) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(s))
	rank := int(math.Ceil(q * float64(len(sorted))))
	return sorted[min(max(rank, 1), len(sorted))-1]
}

// Max returns the largest value, 0 for none.
func (s Sample) Max() time.Duration { return s.Quantile(1) }

// MarshalJSON gives the quantiles in milliseconds, and all values in order of
// their time for whoever wants to look closer.
func (s Sample) MarshalJSON() ([]byte, error) {
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
	}{len(s), ms(s.Quantile(0.5)), ms(s.Quantile(0.99)), ms(s.Max()), all})
}
