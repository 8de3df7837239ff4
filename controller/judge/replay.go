package judge

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// The bounds of a record.
const (
	maxLine  = 32 << 10 // bytes
	maxPolls = 250_000  // nearly three days at one a second
)

// Replay judges a record anew and returns the last verdict. each, if it is
// not nil, gets every poll and the verdict after it. An error names the line.
func Replay(r io.Reader, each func(Poll, Verdict)) (Verdict, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 4096), maxLine)
	var t *Trial
	var v Verdict
	number := 0
	for lines.Scan() {
		number++
		switch {
		case t == nil:
			var err error
			if t, err = begin(lines.Bytes()); err != nil {
				return Verdict{}, fmt.Errorf("line %d: %w", number, err)
			}
			v = t.Verdict()
			continue
		case number > maxPolls+1:
			return Verdict{}, fmt.Errorf("line %d: a record has %d polls at most", number, maxPolls)
		}
		var e entry
		if err := strictly(lines.Bytes(), &e); err != nil {
			return Verdict{}, fmt.Errorf("line %d: a poll is expected: %w", number, err)
		}
		if e.At.IsZero() {
			return Verdict{}, fmt.Errorf(`line %d: "at" is missing, the time of the poll`, number)
		}
		t.Add(e.Poll, e.Baseline)
		v = t.Verdict()
		if each != nil {
			each(e.Poll, v)
		}
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return Verdict{}, fmt.Errorf("line %d: it is longer than %d bytes", number+1, maxLine)
	case err != nil:
		return Verdict{}, err
	case t == nil:
		return Verdict{}, errors.New(`it is empty: a record begins with {"version":1,"rules":{"alpha":0.01}}`)
	}
	return v, nil
}

// begin returns the Trial that the header starts with.
func begin(line []byte) (*Trial, error) {
	var h header
	err := strictly(line, &h)
	switch {
	case err != nil:
		return nil, fmt.Errorf(`{"version":1,"rules":{...}} is expected: %w`, err)
	case h.Version != recordVersion:
		return nil, fmt.Errorf("version %d of records is not known, only %d is", h.Version, recordVersion)
	case h.Rules != h.Rules.checked():
		return nil, fmt.Errorf("rules: alpha goes from %g to %g and limit from 0 to below 1", minAlpha, maxAlpha)
	case h.Trial == nil:
		return NewTrial(h.Rules), nil
	case h.Trial.Rules != h.Rules:
		return nil, errors.New("the trial has other rules than the record")
	}
	return h.Trial, nil
}

// strictly decodes one JSON value that knows no other fields.
func strictly(line []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return errors.New("the line is cut off")
		}
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more follows on the same line")
	}
	return nil
}
