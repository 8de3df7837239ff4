package labels

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

const day = 24 * time.Hour

// The checks below say what a value must be, so that each error holds the
// fix. They see text within the limits of pick, never empty.

func boolean(value string) error {
	if _, err := strconv.ParseBool(value); err != nil {
		return errors.New("give true or false")
	}
	return nil
}

func oneOf(allowed ...string) func(string) error {
	return func(value string) error {
		if !slices.Contains(allowed, value) {
			return fmt.Errorf("give one of %s", strings.Join(allowed, ", "))
		}
		return nil
	}
}

func number(from, to int) func(string) error {
	return func(value string) error {
		if n, err := strconv.Atoi(value); err != nil || n < from || n > to {
			return fmt.Errorf("give a number from %d to %d", from, to)
		}
		return nil
	}
}

// within checks a duration. As in Traefik's labels, a bare number is seconds.
func within(from, to time.Duration) func(string) error {
	return func(value string) error {
		d, err := time.ParseDuration(value)
		if seconds, bare := strconv.ParseInt(value, 10, 64); bare == nil {
			// Not multiplied before it's known to be small: paerser's own
			// multiplication overflows.
			d, err = min(max(time.Duration(seconds), -1), 2*day/time.Second)*time.Second, nil
		}
		if err != nil || d < from || d > to {
			return fmt.Errorf("give a duration from %v to %v, such as 30s or 5m", from, to)
		}
		return nil
	}
}

func atMost(bytes int) func(string) error {
	return func(value string) error {
		if len(value) > bytes {
			return fmt.Errorf("give at most %d bytes", bytes)
		}
		return nil
	}
}

func appLike(value string) error {
	if !appName.MatchString(value) {
		return errors.New("an app's name is a-z, 0-9 and -, begins with a letter or digit and has at most 63")
	}
	return nil
}

// maxPorts bounds the list of ports that stay published.
const maxPorts = 50

func ports(value string) error {
	words := strings.Split(value, ",")
	for _, word := range words {
		if n, err := strconv.Atoi(word); err != nil || n < 1 || n > 65535 || len(words) > maxPorts {
			return fmt.Errorf("give ports from 1 to 65535 with commas between them, at most %d", maxPorts)
		}
	}
	return nil
}

var releaseID = regexp.MustCompile(`^[0-9a-z][0-9a-z-]{0,39}$`)

func release(value string) error {
	if !releaseID.MatchString(value) {
		return errors.New("bg deploy sets it: 0-9, a-z and -, at most 40")
	}
	return nil
}

// maxSteps bounds the ladder of a canary.
const maxSteps = 20

func steps(value string) error {
	words := strings.Split(value, ",")
	last := 0
	for _, word := range words {
		n, err := strconv.Atoi(strings.TrimSpace(word))
		if err != nil || n <= last || n > 99 || len(words) > maxSteps {
			return fmt.Errorf("give at most %d rising percents from 1 to 99 with commas between them, such as 5,25,50", maxSteps)
		}
		last = n
	}
	return nil
}

var statuses = regexp.MustCompile(`^([1-5][0-9][0-9])(?:-([1-5][0-9][0-9]))?$`)

func status(value string) error {
	if r := statusRange(value); r.From == 0 || r.From > r.To {
		return errors.New("give an HTTP status or a range of them, such as 204 or 200-399")
	}
	return nil
}

// statusRange returns the range that value describes, or the zero value.
func statusRange(value string) StatusRange {
	m := statuses.FindStringSubmatch(value)
	if m == nil {
		return StatusRange{}
	}
	from, _ := strconv.Atoi(m[1])
	to, err := strconv.Atoi(m[2])
	if err != nil {
		to = from
	}
	return StatusRange{From: from, To: to}
}

var decimal = regexp.MustCompile(`^[0-9]{1,3}(\.[0-9]{1,6})?%?$`)

// fraction returns what a share such as 0.5% or 0.005 is of one, or 0.
func fraction(value string) float64 {
	if !decimal.MatchString(value) {
		return 0
	}
	digits, percent := strings.CutSuffix(value, "%")
	f, _ := strconv.ParseFloat(digits, 64)
	if percent {
		f /= 100
	}
	return f
}

func share(value string) error {
	if f := fraction(value); f < 0.0001 || f > 0.99 {
		return errors.New("give a share from 0.01% to 99%, such as 1%")
	}
	return nil
}

func alpha(value string) error {
	if f := fraction(value); f < 0.0001 || f > 0.1 {
		return errors.New("give a chance from 0.01% to 10%, such as 1%")
	}
	return nil
}

func path(value string) error {
	_, err := url.ParseRequestURI(value)
	if err != nil || !strings.HasPrefix(value, "/") || strings.HasPrefix(value, "//") || strings.ContainsAny(value, "#\\ \t\n") {
		return errors.New("give a path that begins with one /, without spaces or #, such as /healthz")
	}
	return nil
}

func headerValue(value string) error {
	if len(value) > 1<<10 || strings.Contains(value, "\n") {
		return errors.New("give a header's value of one line and at most 1024 bytes")
	}
	return nil
}

// The preview's header and host become part of a rule, so their grammars
// leave no room for quotes.
var (
	headerMatch = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_|~-]{1,64}=[A-Za-z0-9._~+/:=-]{1,256}$")
	hostName    = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$`)
)

func previewHeader(value string) error {
	if !headerMatch.MatchString(value) {
		return errors.New("give NAME=VALUE, with a value of A-Z, a-z, 0-9 and ._~+/:=-, such as X-Preview=letmein")
	}
	return nil
}

func host(value string) error {
	if len(value) > 253 || !hostName.MatchString(value) {
		return errors.New("give a host name, such as next.example.com")
	}
	return nil
}
