package load

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func TestBucketsCoverAllValuesInOrderAndClosely(t *testing.T) {
	for i := range len(histogram{}.counts) {
		top := upper(i)
		if top > math.MaxInt64 || (i > 0 && top <= upper(i-1)) {
			break
		}
		if bucket(top) != i || bucket(top+1) != i+1 {
			t.Fatalf("bucket %d ends at %d, which is in bucket %d, and the next value in %d", i, top, bucket(top), bucket(top+1))
		}
	}
	if b := bucket(math.MaxInt64); b >= len(histogram{}.counts) {
		t.Errorf("the longest duration is in bucket %d, beyond the last", b)
	}
}

func TestQuantilesAreWithinOnePercent(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var h histogram
	var all []time.Duration
	for range 10_001 {
		d := time.Duration(random.ExpFloat64() * float64(5*time.Millisecond))
		h.add(d)
		all = append(all, d)
	}
	slices.Sort(all)
	for _, q := range []float64{0.01, 0.5, 0.99} {
		want, got := all[int(math.Ceil(q*10_001))-1], h.quantile(q)
		if math.Abs(float64(got-want)) > 0.01*float64(want)+1 {
			t.Errorf("quantile %g: got %s, want %s", q, got, want)
		}
	}
}

func TestAnEmptyHistogramHasNoLatency(t *testing.T) {
	if got := (&histogram{}).quantile(0.5); got != 0 {
		t.Errorf("got %s", got)
	}
}
