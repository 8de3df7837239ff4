package figures

import (
	"encoding/json"
	"testing"
	"time"
)

func TestQuantilesAreMeasuredValues(t *testing.T) {
	hundred := make(Sample, 100)
	for i := range hundred {
		hundred[99-i] = time.Duration(i+1) * time.Millisecond
	}
	for _, c := range []struct {
		name string
		s    Sample
		q    float64
		want time.Duration
	}{
		{"median of a hundred", hundred, 0.5, 50 * time.Millisecond},
		{"99th of a hundred", hundred, 0.99, 99 * time.Millisecond},
		{"largest", hundred, 1, 100 * time.Millisecond},
		{"smallest", hundred, 0, time.Millisecond},
		{"99th of three", Sample{3, 1, 2}, 0.99, 3},
		{"median of two is the lower one", Sample{2, 1}, 0.5, 1},
		{"none", nil, 0.5, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.s.Quantile(c.q); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
	if hundred[0] != 100*time.Millisecond {
		t.Error("the order of measuring was lost")
	}
}

func TestASampleIsWrittenInMilliseconds(t *testing.T) {
	got, err := json.Marshal(Sample{2500 * time.Microsecond, time.Millisecond})
	const want = `{"n":2,"p50_ms":1,"p99_ms":2.5,"max_ms":2.5,"all_ms":[2.5,1]}`
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
}
