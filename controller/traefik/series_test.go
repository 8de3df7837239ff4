package traefik

import "testing"

func TestCountsAreWholeNumbers(t *testing.T) {
	for text, want := range map[string]uint64{
		"0": 0, "7": 7, "100000": 100_000, "1e+06": 1_000_000, "1.234567e+06": 1_234_567,
		"123456789012345": 123_456_789_012_345, "1234567890123456": 1_234_567_890_123_456, "9.007199254740992e+15": maxCount,
	} {
		if n, err := number([]byte(text)); n != want || err != nil {
			t.Errorf("%s is read as %d, %v", text, n, err)
		}
	}
	for _, text := range []string{"", "-1", "-0.5", "0.5", "1e-3", "NaN", "+Inf", "-Inf", "9.007199254740994e+15", "1e400", "99999999999999999999999", "1 2", "x", "１"} {
		if n, err := number([]byte(text)); err == nil {
			t.Errorf("%q is read as %d", text, n)
		}
	}
}

func TestValuesEndAtTheQuoteThatIsNotEscaped(t *testing.T) {
	s, rest, err := labelsOf([]byte(`a="\"",service="x\\",method="\\\"",b="}",code="204"} 1`))
	if err != nil || string(s.service) != `x\\` || string(s.method) != `\\\"` || s.code != 204 || string(rest) != "} 1" {
		t.Errorf("got %+v, %q, %v", s, rest, err)
	}
}

func TestWhatTraefikSendsOnIsCountedAsRescued(t *testing.T) {
	for _, tt := range []struct {
		method string
		code   int
		want   bool
	}{
		{"GET", 502, true}, {"HEAD", 503, true}, {"OPTIONS", 504, true},
		{"GET", 500, false}, {"GET", 501, false}, {"GET", 505, false}, {"GET", 200, false},
		{"POST", 502, false}, {"EXTENSION_METHOD", 502, false}, {"", 502, false},
	} {
		if got := (series{code: tt.code, method: []byte(tt.method)}).rescuable(); got != tt.want {
			t.Errorf("%s with %d: %t", tt.method, tt.code, got)
		}
	}
}
