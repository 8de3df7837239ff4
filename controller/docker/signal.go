package docker

import (
	"slices"
	"strconv"
	"strings"
)

// signals are Linux's, in order; the first is number 1. The containers run
// on Linux wherever bg does.
var signals = strings.Fields("HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT " +
	"CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS")

// realtime is the number of SIGRTMIN.
const realtime = 34

const (
	sigINT  = 2
	sigQUIT = 3
	sigKILL = 9
	sigTERM = 15
)

// signalNumber reads "15", "TERM", "SIGTERM" or "SIGRTMIN+3". It returns 0
// for what is no signal.
func signalNumber(s string) int {
	if n, err := strconv.Atoi(s); err == nil {
		if n < 1 || n > 64 {
			return 0
		}
		return n
	}
	s = strings.TrimPrefix(strings.ToUpper(s), "SIG")
	if offset, ok := strings.CutPrefix(s, "RTMIN"); ok {
		n, err := strconv.Atoi(offset)
		if (err != nil && offset != "") || n < 0 || n > 64-realtime {
			return 0
		}
		return realtime + n
	}
	return slices.Index(signals, s) + 1
}

// signalName returns the name for people.
func signalName(n int) string {
	if n >= 1 && n <= len(signals) {
		return "SIG" + signals[n-1]
	}
	return "signal " + strconv.Itoa(n)
}

// stops reports whether a container is on its way out once it got signal n.
// Others, such as HUP, only tell it something, unless its own stop signal
// is that one.
func stops(n, own int) bool {
	switch n {
	case 0:
		return false
	case sigTERM, sigKILL, sigINT, sigQUIT, own:
		return true
	}
	return false
}
