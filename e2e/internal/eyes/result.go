package eyes

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"bg/controller/api"
	"bg/e2e/load"
)

// Trial is what came of one strike. Times count from just before the command
// that struck.
type Trial struct {
	Requests    int
	GETs, POSTs int
	FailedGETs  int
	LostPOSTs   int // to which their user got no 2xx, carried out or not
	Doubled     int // POSTs that arrived more than once, anywhere
	Strays      int // requests that green answered, or nobody, after it was seen to be out

	Early string // why green fell before it was struck; then nothing else is known

	IsOut   bool          // within the limit of a trial
	Asked   time.Duration // until the last request was sent that green answered, or nobody
	Decided time.Duration // until the history's demotion
	Out     time.Duration // until green was seen to be out and was asked no more
	Slowest time.Duration // answer to a GET

	Demotions int
	Cause     string   // of the first
	Failures  []string // the first failed GETs
	Astray    []string // the first strays
	History   []string // what bg's history tells of the trial
	Log       []string // of a broken trial: what bg and Traefik said since the strike

	struck, live time.Time
}

// maxTold is how many requests of a kind a Trial tells of; all are counted.
const maxTold = 5

// history takes in the events of the trial, oldest first.
func (t *Trial) history(events []api.Event) {
	for _, e := range events {
		t.History = append(t.History, fmt.Sprintf("%s after the strike: %s by %s, blue %d, green %d: %s",
			e.Time.Sub(t.struck).Round(time.Millisecond), e.Change, e.Actor, e.Blue, e.Green, e.Cause))
		if e.Change != "demote" {
			continue
		}
		if t.Demotions++; t.Demotions == 1 {
			t.Decided, t.Cause = e.Time.Sub(t.struck), e.Cause
		}
	}
}

// count takes in the answers that users got, and how often each id arrived. It
// fails if an id was answered but never arrived: then the arrivals are not whole.
func (t *Trial) count(answers []load.Answer, seen map[string]int) error {
	t.IsOut = !t.live.IsZero()
	answers = slices.SortedFunc(slices.Values(answers), func(a, b load.Answer) int { return a.Sent.Compare(b.Sent) })
	missing := 0
	for _, x := range answers {
		t.Requests++
		if x.Request.Method == "POST" {
			t.POSTs++
			if x.Failed() {
				t.LostPOSTs++
			} else if seen[strings.TrimPrefix(x.Request.Path, "/once/")] == 0 {
				missing++
			}
		} else {
			t.get(x)
		}
		if x.Color == struck || x.Failed() && x.Color == "" {
			t.Asked = max(t.Asked, x.Sent.Sub(t.struck))
			if t.IsOut && x.Sent.After(t.live) {
				t.Strays++
				t.Astray = t.tell(t.Astray, x)
			}
		}
	}
	for _, times := range seen {
		if times > 1 {
			t.Doubled++
		}
	}
	t.Out = max(t.Asked, t.live.Sub(t.struck))
	if missing > 0 {
		return fmt.Errorf("%d POSTs were answered that no container has written down", missing)
	}
	return nil
}

// get counts a GET.
func (t *Trial) get(x load.Answer) {
	t.GETs++
	if !x.Failed() {
		t.Slowest = max(t.Slowest, x.Done.Sub(x.Sent))
		return
	}
	t.FailedGETs++
	t.Failures = t.tell(t.Failures, x)
}

// tell adds a line about x, if there are not enough.
func (t *Trial) tell(lines []string, x load.Answer) []string {
	if len(lines) == maxTold {
		return lines
	}
	return append(lines, fmt.Sprintf("%s sent %s after the strike, ended after %s: status %d, color %q, error %v", x.Request.Method,
		x.Sent.Sub(t.struck).Round(time.Millisecond), x.Done.Sub(x.Sent).Round(time.Millisecond), x.Status, x.Color, x.Err))
}

// Broken returns what was promised and not held, for people; nothing if all was.
func (s Scenario) Broken(t Trial) []string {
	var broken []string
	say := func(is bool, format string, args ...any) {
		if is {
			broken = append(broken, fmt.Sprintf(format, args...))
		}
	}
	if t.Early != "" {
		return []string{struck + " was demoted before it was struck: " + t.Early}
	}
	say(!t.IsOut, "%s was not out after %s", struck, outLimit)
	say(t.IsOut && s.Bound > 0 && t.Out > s.Bound, "%s was out after %s, bound %s", struck, t.Out.Round(time.Millisecond), s.Bound)
	say(t.Strays > 0, "%d requests went to %s, or to nobody, after it was out", t.Strays, struck)
	say(t.IsOut && t.Demotions != 1, "%d demotions", t.Demotions)
	say(s.Lossless && t.FailedGETs > 0, "%d GETs failed", t.FailedGETs)
	say(t.Doubled > 0, "%d POSTs arrived twice", t.Doubled)
	return broken
}
