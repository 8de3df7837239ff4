package judge

import (
	"errors"
	"strings"
	"testing"
	"testing/iotest"
)

const (
	headline = `{"version":1,"rules":{"alpha":0.01}}` + "\n"
	pollLine = `{"at":"2026-11-25T12:00:00Z","candidate":{"requests":10,"errors":10},"stable":{"requests":90},"baseline":{"requests":9,"polls":1}}` + "\n"
)

func TestAReplayTellsWhenItFailed(t *testing.T) {
	var outcomes []Outcome
	v, err := Replay(strings.NewReader(headline+pollLine+pollLine), func(p Poll, v Verdict) {
		if !p.At.Equal(noon) || p.Candidate.Errors != 10 {
			t.Errorf("%+v", p)
		}
		outcomes = append(outcomes, v.Outcome)
	})
	if err != nil || v.Outcome != Fail || len(outcomes) != 2 || outcomes[0] != Fail {
		t.Errorf("%v %+v %v", err, v, outcomes)
	}
	if v, err := Replay(strings.NewReader(headline), nil); err != nil || v.Outcome != Thin {
		t.Errorf("no polls: %+v %v", v, err)
	}
}

func TestAFaultyRecordIsRefusedByTheLine(t *testing.T) {
	for _, c := range []struct{ name, record, want string }{
		{"empty", "", "it is empty"},
		{"no header", pollLine, `line 1: {"version":1,"rules":{...}} is expected`},
		{"no JSON", "hello\n", "line 1: "},
		{"newer", `{"version":2,"rules":{"alpha":0.01}}`, "line 1: version 2 of records is not known"},
		{"no rules", `{"version":1}`, "line 1: rules: alpha goes from 1e-06 to 0.5"},
		{"no limit", `{"version":1,"rules":{"alpha":0.1,"limit":1}}`, "limit from 0 to below 1"},
		{"impossible trial", `{"version":1,"rules":{"alpha":0.1},"trial":{"rules":{"alpha":0.1},"minute":-4}}`, "line 1: {\"version\":1,\"rules\":{...}} is expected: trial: minute -4"},
		{"other rules", `{"version":1,"rules":{"alpha":0.1},"trial":{"rules":{"alpha":0.2}}}`, "other rules"},
		{"cut off", headline + pollLine + pollLine[:50], "line 3: a poll is expected: the line is cut off"},
		{"blank line", headline + "\n" + pollLine, "line 2: a poll is expected: the line is cut off"},
		{"two on a line", headline + strings.TrimSpace(pollLine) + pollLine, "line 2: a poll is expected: more follows"},
		{"unknown field", headline + `{"at":"2026-11-25T12:00:00Z","candidat":{}}`, `unknown field "candidat"`},
		{"no time", headline + `{"candidate":{"requests":1}}`, `line 2: "at" is missing`},
		{"negative", headline + `{"at":"2026-11-25T12:00:00Z","candidate":{"requests":-1}}`, "line 2: a poll is expected"},
		{"long line", headline + pollLine + `{"at":"` + strings.Repeat("x", maxLine), "line 3: it is longer than 32768 bytes"},
	} {
		if _, err := Replay(strings.NewReader(c.record), nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want it to say %q", c.name, err, c.want)
		}
	}
	broken := errors.New("broken pipe")
	if _, err := Replay(iotest.ErrReader(broken), nil); !errors.Is(err, broken) {
		t.Errorf("an unreadable file: %v", err)
	}
}

func TestARecordHasABoundedNumberOfPolls(t *testing.T) {
	line := `{"at":"2026-11-25T12:00:00Z"}` + "\n"
	_, err := Replay(strings.NewReader(headline+strings.Repeat(line, maxPolls+1)), nil)
	if err == nil || !strings.Contains(err.Error(), "line 250002: a record has 250000 polls at most") {
		t.Errorf("%v", err)
	}
}

// Whatever is in a file: an error or a verdict with numbers in their bounds.
func FuzzReplay(f *testing.F) {
	f.Add([]byte(headline + pollLine))
	f.Add([]byte(`{"version":1,"rules":{"alpha":0.01,"limit":0.05,"speed":true},"trial":{"rules":{"alpha":0.01,"limit":0.05,"speed":true},"begun":"2026-11-25T12:00:00Z","minute":3,"errors":{"staked":0.9,"logs":[1,2,3,4,5,6,7]},"mass":{"events":1.5,"of":3}}}` + "\n" +
		`{"at":"2026-11-25T12:00:00Z","candidate":{"requests":18446744073709551615,"errors":3,"timed":4,"slow":5},"baseline":{"error_dispersion":1e308}}` + "\n"))
	f.Fuzz(func(t *testing.T, record []byte) {
		v, err := Replay(strings.NewReader(string(record)), func(_ Poll, v Verdict) { bounded(t, v) })
		if err == nil {
			bounded(t, v)
		}
	})
}

func bounded(t *testing.T, v Verdict) {
	t.Helper()
	if !(v.Bound >= 0 && v.Bound <= 1) || !(v.Limit > 0 && v.Limit <= 1) || v.More > mostMore || v.Reason == "" {
		t.Errorf("%+v", v)
	}
	for _, test := range v.Tests {
		if !(test.E >= 0 && test.E <= mostE) || !(test.Threshold >= 1) || !(test.Dispersion >= 1) || !(test.Against >= 0 && test.Against <= 1) {
			t.Errorf("%+v", test)
		}
	}
}
