package judge

import (
	"fmt"
	"strconv"
	"strings"
)

// reason says in one line what v has come to and by which numbers.
func (t *Trial) reason(v Verdict) string {
	switch v.Outcome {
	case Fail:
		for _, test := range v.Tests {
			if test.Name == t.Failed {
				return t.fault(v, test)
			}
		}
	case Pass:
		return fmt.Sprintf("%s: under %s with a certainty of %s, and under %s is good%s",
			failed(v.Candidate.errors()), percent(v.Bound), percent(1-t.Rules.Alpha), percent(v.Limit), t.unheld())
	}
	if v.Candidate.Requests == 0 {
		return fmt.Sprintf("no requests: %s without an error would show that under %s fail%s", number(v.More), percent(v.Limit), t.unheld())
	}
	return fmt.Sprintf("%s: it may be up to %s, and under %s is good; %s more without an error would show it%s",
		failed(v.Candidate.errors()), percent(v.Bound), percent(v.Limit), number(v.More), t.unheld())
}

// fault says why the test failed.
func (t *Trial) fault(v Verdict, test Test) string {
	what, of, stable := "failed", "requests", v.Stable.errors()
	if test.Name == SlowTest {
		what, of, stable = "were slow", "timed requests", v.Stable.slow()
	}
	seen := tally{test.Events, test.Of}
	against := fmt.Sprintf("%s of the old color's %s", percent(stable.share()), number(stable.Of))
	switch {
	case test.Name == LimitTest:
		against = fmt.Sprintf("the limit is %s", percent(test.Against))
	case t.Soak:
		against += fmt.Sprintf(" in its last hour, which allows %s", percent(test.Against))
	}
	return fmt.Sprintf("%s of %s %s %s, %s: E %s >= %s",
		percent(seen.share()), number(seen.Of), of, what, against, roughly(test.E), roughly(test.Threshold))
}

// unheld tells of a soak that has nothing to compare with.
func (t *Trial) unheld() string {
	if t.Soak && t.Baseline.Requests == 0 {
		return "; the old color had no requests to compare with"
	}
	return ""
}

func failed(t tally) string {
	return fmt.Sprintf("%s of %s requests failed", percent(t.share()), number(t.Of))
}

// percent writes a share with two digits that say something.
func percent(share float64) string {
	p := share * 100
	switch {
	case p >= 9.95 || p == 0:
		return strconv.FormatFloat(p, 'f', 0, 64) + "%"
	case p >= 0.95:
		return strings.TrimSuffix(strconv.FormatFloat(p, 'f', 1, 64), ".0") + "%"
	}
	return strconv.FormatFloat(p, 'g', 2, 64) + "%"
}

// number writes 3700 as 3,700.
func number(n uint64) string {
	s := strconv.FormatUint(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// roughly writes what need not be exact.
func roughly(x float64) string {
	if x >= 1e6 {
		return strconv.FormatFloat(x, 'g', 2, 64)
	}
	return number(uint64(x + 0.5))
}
