package traefik

import (
	"bytes"
	"errors"
	"net/http"
	"strconv"
)

// series is what the labels of a line say of the requests that it counts.
// Values are as written: one with an escape in it is of no interest.
type series struct {
	code                                  int
	method, protocol, service, entrypoint []byte
}

// answered reports whether these requests are counted for their leaf: see
// Leaf. Upgrades to other protocols (101) and tunnels are streams as well; 0
// is no status.
func (s series) answered() bool {
	return string(s.protocol) == "http" && string(s.method) != http.MethodConnect && s.code >= 200
}

// rescuable reports whether Traefik sends these requests to the color that
// rescues, if there is one: see safeMethods and failover.
func (s series) rescuable() bool {
	switch string(s.method) {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return s.code >= 502 && s.code <= 504
	}
	return false
}

var (
	errMalformed = errors.New("it is malformed")
	errCount     = errors.New("a count that is none")
)

// sample reads the labels and the count of a line from behind its opening brace.
func sample(line []byte) (series, uint64, error) {
	s, rest, err := labelsOf(line)
	if err != nil {
		return s, 0, err
	}
	rest, found := bytes.CutPrefix(rest, []byte("} "))
	if !found {
		return s, 0, errMalformed
	}
	n, err := number(rest)
	return s, n, err
}

// labelsOf reads NAME="VALUE",… and returns what stands behind.
func labelsOf(text []byte) (series, []byte, error) {
	var s series
	for {
		i := bytes.IndexByte(text, '=')
		if i < 0 || i+1 >= len(text) || text[i+1] != '"' {
			return s, nil, errMalformed
		}
		name, value := text[:i], text[i+2:]
		end := closing(value)
		if end < 0 {
			return s, nil, errMalformed
		}
		value, text = value[:end], value[end+1:]
		switch string(name) {
		case "code":
			n, err := strconv.ParseUint(string(value), 10, 16)
			if err != nil || n > 999 {
				return s, nil, errors.New("a status that is none")
			}
			s.code = int(n)
		case "method":
			s.method = value
		case "protocol":
			s.protocol = value
		case "service":
			s.service = value
		case "entrypoint":
			s.entrypoint = value
		}
		if len(text) == 0 || text[0] != ',' {
			return s, text, nil
		}
		text = text[1:]
	}
}

// closing returns the index of the quote that ends a value, or -1.
func closing(value []byte) int {
	for i := 0; i < len(value); i++ {
		switch value[i] {
		case '"':
			return i
		case '\\':
			i++
		}
	}
	return -1
}

// number reads a count: a whole number, not below 0, that Traefik can have
// counted one by one. From a million on it writes them as 1.234567e+06.
func number(text []byte) (uint64, error) {
	var n uint64
	for i, b := range text {
		if b < '0' || b > '9' || i == 15 {
			return written(text)
		}
		n = n*10 + uint64(b-'0')
	}
	if len(text) == 0 {
		return 0, errCount
	}
	return n, nil
}

// written is number for any way of writing it.
func written(text []byte) (uint64, error) {
	f, err := strconv.ParseFloat(string(text), 64)
	if err != nil || !(f >= 0 && f <= maxCount) || f != float64(uint64(f)) {
		return 0, errCount
	}
	return uint64(f), nil
}

// add adds n to a sum of counts.
func add(sum *uint64, n uint64) error {
	if *sum += n; *sum > maxCount {
		return errCount
	}
	return nil
}
