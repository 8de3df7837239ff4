package traefik

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"bg/labels"
)

const (
	maxMetricsLine = 64 << 10 // in bytes; Traefik's have 200
	maxBounds      = 200      // of the histogram; each one costs every series a line
	maxLeaves      = 20_000
	maxLeafName    = 256     // in bytes; labels.Leaf makes 200 at most
	maxCount       = 1 << 53 // beyond, Traefik's own numbers are no longer exact
)

// The families that are read, in the order in which Traefik writes them. The
// first of them says that this is Traefik, as it always has that one.
const (
	reloads        = "traefik_config_reloads_total"
	entrypointDone = "traefik_entrypoint_requests_total{"
	serviceTook    = "traefik_service_request_duration_seconds_bucket{"
	serviceDone    = "traefik_service_requests_total{"
)

const (
	bucketMark = `,le="` // before the bound of a bucket; no label's value can hold it, as quotes are escaped there
	infinite   = "+Inf"
)

// ParseMetrics reads Prometheus's text format, a line at a time. Lines that bg
// has no use for are passed over; those that it has are read strictly, as a
// count that is not what it seems is worse than none. It is written for them:
// 1,000 apps make 200,000 lines, for which Prometheus's own parser takes 20
// times as long and 220 MB.
func ParseMetrics(r io.Reader) (Metrics, error) {
	e := exposition{Metrics: Metrics{Leaves: make(map[string]*Leaf)}}
	lines := bufio.NewReaderSize(r, maxMetricsLine)
	for n := 1; ; n++ {
		line, err := lines.ReadSlice('\n')
		switch {
		case err == io.EOF && len(line) == 0:
			return e.end()
		case err == io.EOF:
			return Metrics{}, fmt.Errorf("line %d is cut", n)
		case errors.Is(err, bufio.ErrBufferFull):
			return Metrics{}, fmt.Errorf("line %d has more than %d bytes", n, maxMetricsLine)
		case err != nil:
			return Metrics{}, err
		}
		if err := e.line(line[:len(line)-1]); err != nil {
			return Metrics{}, fmt.Errorf("line %d: %w", n, err)
		}
	}
}

// exposition is a parse under way.
type exposition struct {
	Metrics
	traefik bool

	learned bool     // Bounds is whole
	texts   []string // of Bounds and the infinite one, as Traefik writes them

	// Of the histogram under way:
	series []byte     // the labels of its lines, without the bound
	run    []uint64   // its counts so far; empty: none is under way
	counts *durations // where they are added at its end; nil: nowhere
}

func (e *exposition) line(line []byte) error {
	switch {
	case bytes.HasPrefix(line, []byte(serviceTook)):
		return e.bucket(line[len(serviceTook):])
	case bytes.HasPrefix(line, []byte(serviceDone)):
		return e.done(line[len(serviceDone):])
	case bytes.HasPrefix(line, []byte(entrypointDone)):
		return e.entrypoint(line[len(entrypointDone):])
	case bytes.HasPrefix(line, []byte(reloads)):
		e.traefik = true
	}
	return nil
}

func (e *exposition) end() (Metrics, error) {
	switch {
	case !e.traefik:
		return Metrics{}, errors.New("they are none of Traefik's")
	case len(e.run) > 0:
		return Metrics{}, errors.New("a histogram without an end")
	}
	return e.Metrics, nil
}

// done reads a count of requests of a service.
func (e *exposition) done(line []byte) error {
	s, n, err := sample(line)
	if err != nil {
		return err
	}
	e.services = true
	leaf, err := e.leaf(s.service)
	if leaf == nil || err != nil {
		return err
	}
	if s.rescuable() {
		if err := add(&leaf.rescued, n); err != nil {
			return err
		}
	}
	if !s.answered() {
		return nil
	}
	i := slices.IndexFunc(leaf.codes, func(a answers) bool { return a.code == s.code })
	if i < 0 {
		i = len(leaf.codes)
		leaf.codes = append(leaf.codes, answers{code: s.code})
	}
	return add(&leaf.codes[i].n, n)
}

// entrypoint reads a count of requests of an entrypoint. Where Traefik counts
// those to itself too (addInternals), bg's own come in at its entrypoint.
func (e *exposition) entrypoint(line []byte) error {
	s, n, err := sample(line)
	if err == nil && s.code >= 200 && s.code <= 299 && string(s.entrypoint) != "traefik" {
		return add(&e.answered, n)
	}
	return err
}

// bucket reads one line of a histogram of a service. Traefik writes those of
// one series in one go, with the bound as the last of the labels.
func (e *exposition) bucket(line []byte) error {
	at := bytes.LastIndex(line, []byte(bucketMark))
	if at < 0 {
		return errors.New("a bucket without a bound")
	}
	series, line := line[:at], line[at+len(bucketMark):]
	end := bytes.IndexByte(line, '"')
	if end < 0 || !bytes.HasPrefix(line[end:], []byte(`"} `)) {
		return errors.New("a bucket without a count")
	}
	bound := line[:end]
	n, err := number(line[end+len(`"} `):])
	if err != nil {
		return err
	}

	i := len(e.run)
	switch {
	case i == 0:
		if err := e.begin(series); err != nil {
			return err
		}
	case !bytes.Equal(series, e.series):
		return errors.New("a histogram without an end")
	case n < e.run[i-1]:
		return errors.New("a bucket holds less than the one before")
	}
	if !e.learned {
		err = e.learn(bound)
	} else if string(bound) != e.texts[i] {
		err = errors.New("a histogram with other bounds")
	}
	if err != nil {
		return err
	}
	e.run = append(e.run, n)
	if string(bound) == infinite {
		return e.finish()
	}
	return nil
}

// begin notes whose histogram comes now.
func (e *exposition) begin(text []byte) error {
	e.series, e.counts = append(e.series[:0], text...), nil
	s, rest, err := labelsOf(text)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return errMalformed
	}
	if !s.answered() {
		return nil
	}
	leaf, err := e.leaf(s.service)
	if leaf == nil || err != nil {
		return err
	}
	e.counts = &leaf.within
	if s.code == clientGone {
		e.counts = &leaf.gaveUp
	}
	return nil
}

// learn takes a bound over from the first histogram.
func (e *exposition) learn(text []byte) error {
	if e.texts = append(e.texts, string(text)); string(text) == infinite {
		e.learned = true
		return nil
	}
	if len(e.Bounds) == maxBounds {
		return fmt.Errorf("a histogram of more than %d bounds", maxBounds)
	}
	b, err := strconv.ParseFloat(string(text), 64)
	// A duration holds 292 years.
	if err != nil || !(b >= 0 && b < 9e9) || len(e.Bounds) > 0 && b <= e.Bounds[len(e.Bounds)-1] {
		return errors.New("a bound that is none")
	}
	e.Bounds = append(e.Bounds, b)
	return nil
}

// finish adds the histogram that has come to its leaf.
func (e *exposition) finish() error {
	if e.counts != nil {
		if *e.counts == nil {
			*e.counts = make(durations, len(e.run))
		}
		for i, n := range e.run {
			if err := add(&(*e.counts)[i], n); err != nil {
				return err
			}
		}
	}
	e.run = e.run[:0]
	return nil
}

// leaf returns the leaf that Traefik calls by that name, or nil if it is none
// that bg can have rendered.
func (e *exposition) leaf(service []byte) (*Leaf, error) {
	name, found := bytes.CutSuffix(service, []byte("@file"))
	if !found || len(name) > maxLeafName || !leafName(name) {
		return nil, nil
	}
	leaf := e.Leaves[string(name)]
	if leaf == nil {
		if len(e.Leaves) == maxLeaves {
			return nil, fmt.Errorf("more than %d leaves", maxLeaves)
		}
		leaf = new(Leaf)
		e.Leaves[string(name)] = leaf
	}
	return leaf, nil
}

// leafName reports whether labels.Leaf can have made the name.
func leafName(name []byte) bool {
	for _, b := range name {
		if !('a' <= b && b <= 'z' || '0' <= b && b <= '9' || 'A' <= b && b <= 'Z' || b == '-' || b == '.' || b == '_') {
			return false
		}
	}
	for _, c := range labels.Colors {
		if bytes.HasSuffix(name, []byte(c)) && bytes.HasSuffix(name[:len(name)-len(c)], []byte("-")) {
			return true
		}
	}
	return false
}
