package docker

import "testing"

func TestSignalsAreReadByNumberAndName(t *testing.T) {
	for in, want := range map[string]int{
		"15": 15, "TERM": 15, "SIGTERM": 15, "sigquit": 3, "SIGWINCH": 28, "SYS": 31, "37": 37, "SIGRTMIN+3": 37, "RTMIN": 34,
		"": 0, "0": 0, "-1": 0, "65": 0, "RTMIN+99": 0, "RTMIN-1": 0, "RTMINx": 0, "nonsense": 0,
	} {
		if got := signalNumber(in); got != want {
			t.Errorf("%q is %d, want %d", in, got, want)
		}
	}
	for n, want := range map[int]string{1: "SIGHUP", 9: "SIGKILL", 15: "SIGTERM", 31: "SIGSYS", 37: "signal 37"} {
		if got := signalName(n); got != want {
			t.Errorf("%d is %s, want %s", n, got, want)
		}
	}
}
