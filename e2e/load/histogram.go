package load

import (
	"math"
	"math/bits"
	"time"
)

// histogram counts durations in buckets whose width is at most a 128th of their
// value: small, of a fixed size, and cheap to ask while a load runs, where a
// sorted list of all latencies would disturb what it measures.
type histogram struct {
	counts [64 << fine]int
	total  int
}

// fine is how many bits below the highest one a bucket keeps.
const fine = 7

func (h *histogram) add(d time.Duration) {
	h.counts[bucket(uint64(max(d, 0)))]++
	h.total++
}

// quantile returns the upper end of the bucket that holds the q-th of all, 0 if
// there are none.
func (h *histogram) quantile(q float64) time.Duration {
	if h.total == 0 {
		return 0
	}
	rank := max(1, int(math.Ceil(q*float64(h.total))))
	for i, n := range h.counts {
		if rank -= n; rank <= 0 {
			return time.Duration(upper(i))
		}
	}
	return 0
}

// bucket numbers the values without gaps: those below 2^fine one by one, then
// 2^fine buckets for each power of two.
func bucket(v uint64) int {
	shift := max(0, bits.Len64(v)-1-fine)
	return shift<<fine + int(v>>shift)
}

// upper is the largest value of bucket i.
func upper(i int) uint64 {
	if i < 2<<fine {
		return uint64(i)
	}
	shift := i>>fine - 1
	return uint64(i-shift<<fine+1)<<shift - 1
}
