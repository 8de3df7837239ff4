package probe

import (
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"bg/controller/rollout"
)

// play notes checks that begin a second apart, one a word, and returns the
// result in words.
//
//	ok      passed
//	no      a wrong answer
//	off     silence
//	off!    silence, and by its beginning another container had been heard since the check before
//	-       the check begins, and ends later, if at all
//	3:ok    the third check ends only now
func play(limit int, alone bool, words string) string {
	var out []string
	c := noted(limit, alone, words)
	if c.Passed {
		out = append(out, "passed")
	}
	if c.Failing {
		out = append(out, "failing")
	}
	if c.Deaf {
		out = append(out, "deaf")
	}
	return strings.TrimSpace(strings.Join(append(out, c.Fault), " "))
}

func noted(limit int, alone bool, words string) rollout.Check {
	t, start, serial := tally{limit: limit}, time.Now(), uint64(0)
	for word := range strings.FieldsSeq(words) {
		if serial++; word == "-" {
			continue
		}
		o := outcome{serial: serial}
		if turn, rest, ok := strings.Cut(word, ":"); ok {
			o.serial, _ = strconv.ParseUint(turn, 10, 64)
			serial--
			word = rest
		}
		o.began = start.Add(time.Duration(o.serial) * time.Second)
		what, vouched := strings.CutSuffix(word, "!")
		if vouched {
			o.before = o.began.Add(-time.Second / 2)
		}
		if o.heard = what != "off"; what != "ok" {
			o.fault = errors.New(what)
		}
		t.note(o, alone)
	}
	return t.check(rollout.Checkup{})
}

func TestChecksInARowMakeAVerdict(t *testing.T) {
	for name, tt := range map[string]struct {
		limit int
		words string
		want  string
	}{
		"nothing yet":                          {3, "", ""},
		"one success to rise":                  {3, "ok", "passed"},
		"two failures of three":                {3, "ok no no", "passed"},
		"three in a row to fall":               {3, "ok no no no", "passed failing no"},
		"three, but not in a row":              {3, "ok no no ok no no", "passed"},
		"and one to rise again":                {3, "ok no no no no ok", "passed"},
		"one to fall":                          {1, "ok no", "passed failing no"},
		"never passed":                         {3, "no no no no", "failing no"},
		"never passed, but not often enough":   {3, "no no", ""},
		"a late failure from before a success": {3, "ok - - ok 3:no 2:no no no", "passed"},
		"a late success from before failures":  {2, "ok - no no 2:ok", "passed failing no"},
		"and takes back what was before it":    {3, "ok no - no no 3:ok", "passed"},
		"a late success between failures":      {2, "ok no - no 3:ok", "passed"},
		"the newest fault is told":             {3, "no no x", "failing x"},
		"one that differs once is not":         {3, "no no no x", "failing no"},
		"one that stays is":                    {3, "no no no x x x", "failing x"},
		"one that comes and goes is not":       {1, "no x no x no x", "failing no"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := play(tt.limit, false, tt.words); got != tt.want {
				t.Errorf("%q is %q, want %q", tt.words, got, tt.want)
			}
		})
	}
}

// Where bg's own network fails, or the machine has no time for anybody, all
// fall silent. Nobody may be blamed for that.
func TestSilenceCountsOnlyWhereSomebodyElseIsHeard(t *testing.T) {
	for name, tt := range map[string]struct {
		limit int
		words string
		want  string
	}{
		"nobody is heard":                       {3, "ok off off off off off", "passed failing deaf off"},
		"nor was anybody ever":                  {3, "off off off", "failing deaf off"},
		"somebody was heard before it began":    {3, "ok off! off off", "passed failing deaf off"},
		"somebody is heard in between":          {3, "ok off off! off", "passed failing off"},
		"before the last one":                   {3, "ok off off off!", "passed failing off"},
		"of one failure there is no between":    {1, "ok off!", "passed failing deaf off"},
		"so one more is waited for":             {1, "ok off! off!", "passed failing off"},
		"the container itself is heard at last": {3, "ok off off no", "passed failing no"},
		"what was sure stays so":                {3, "ok off off! off off off off", "passed failing off"},
		"until it is heard again":               {3, "ok off off! off ok off off off", "passed failing deaf off"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := play(tt.limit, false, tt.words); got != tt.want {
				t.Errorf("%q is %q, want %q", tt.words, got, tt.want)
			}
		})
	}
	if got := play(3, true, "ok off off off"); got != "passed failing off" {
		t.Errorf("with nobody else to hear it is %q", got)
	}
}

func TestSilentIsWhatDoesNotAnswerAtAll(t *testing.T) {
	for words, want := range map[string]bool{
		"off off":            false,
		"ok off off! off":    true,
		"ok no off off! off": true,
		"ok off off off":     true,
		"ok no no no":        false,
		"ok off off no":      false,
		"ok off no off off!": false, // each telling is a decision: it does not come and go
		"ok off off! off no": false,
		"ok off off! off ok": false,
	} {
		if got := noted(3, false, words).Silent; got != want {
			t.Errorf("%q is silent: %t, want %t", words, got, want)
		}
	}
}
