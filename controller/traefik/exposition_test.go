package traefik

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"bg/labels"
)

// recorded is what a Traefik 3.7.10 with the buckets 0.05, 0.5 and 5 answered
// after requests of many kinds: see TestRealTraefikCountsPerColor.
func recorded(t testing.TB) []byte {
	t.Helper()
	text, err := os.ReadFile("testdata/metrics.txt")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func read(t testing.TB, text string) Metrics {
	t.Helper()
	m, err := ParseMetrics(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// inOrderOfCode returns m with everything in order.
func inOrderOfCode(m Metrics) Metrics {
	for _, l := range m.Leaves {
		slices.SortFunc(l.codes, func(a, b answers) int { return a.code - b.code })
	}
	return m
}

var unexported = cmp.AllowUnexported(Metrics{}, Leaf{}, answers{})

func TestARecordedAnswerIsRead(t *testing.T) {
	want := Metrics{
		Bounds: []float64{0.05, 0.5, 5},
		Leaves: map[string]*Leaf{
			"shop-dead-blue": {
				codes:  []answers{{200, 1}},
				within: durations{1, 1, 1, 1},
			},
			"shop-dead-green": {
				codes:   []answers{{502, 2}}, // GET and POST; that of an event stream is not among them
				rescued: 2,                   // both GETs
				within:  durations{2, 2, 2, 2},
			},
			"shop-web-blue": {
				codes:   []answers{{200, 1}, {201, 1}, {404, 1}, {418, 1}, {499, 1}, {500, 1}, {502, 2}},
				rescued: 2,
				within:  durations{7, 7, 7, 7},
				gaveUp:  durations{0, 1, 1, 1},
			},
		},
		services: true,
		answered: 5,
	}
	if diff := cmp.Diff(want, inOrderOfCode(read(t, string(recorded(t)))), unexported); diff != "" {
		t.Error(diff)
	}
}

var plainLine = regexp.MustCompile(`^traefik_service_(requests_total|request_duration_seconds_bucket)\{code="(\d+)",method="(\w+)",protocol="http",service="([^"]+)@file"(?:,le="([^"]+)")?\} (\S+)$`)

// plainly reads an answer as a person would: slowly, and without a check.
func plainly(t *testing.T, text []byte) map[string]map[string]uint64 {
	all := make(map[string]map[string]uint64)
	for line := range strings.Lines(string(text)) {
		f := plainLine.FindStringSubmatch(strings.TrimSpace(line))
		if f == nil {
			continue
		}
		n, err := strconv.ParseFloat(f[6], 64)
		if err != nil {
			t.Fatal(err)
		}
		if all[f[4]] == nil {
			all[f[4]] = make(map[string]uint64)
		}
		key := f[2]
		if f[5] != "" {
			key = "le " + f[5]
			if f[2] == "499" {
				key = "gave up " + f[5]
			}
		}
		all[f[4]][key] += uint64(n)
	}
	return all
}

// composeBounds are those of docker-compose.yml.
var composeBounds = []string{"0.01", "0.05", "0.1", "0.2", "0.3", "0.5", "0.75", "1", "1.5", "2", "3", "5", "10"}

// crowd writes what Traefik answers with n apps of two colors, each of which
// has answered GET with 200, 404 and 500 and POST with 200.
func crowd(n int, bounds []string) []byte {
	var b bytes.Buffer
	kinds := []struct {
		code, method string
		n            int
	}{{"200", "GET", 1_234_567}, {"200", "POST", 80_001}, {"404", "GET", 311}, {"500", "GET", 17}}
	each := func(do func(series string, n int)) {
		for _, k := range kinds {
			for i := range n {
				for _, c := range labels.Colors {
					do(fmt.Sprintf(`code=%q,method=%q,protocol="http",service="%s@file"`, k.code, k.method, labels.Leaf(fmt.Sprintf("app-%04d", i), "web", c)), k.n)
				}
			}
		}
	}
	fmt.Fprintln(&b, "# TYPE traefik_config_reloads_total counter\ntraefik_config_reloads_total 2")
	each(func(s string, n int) {
		for i, le := range bounds {
			fmt.Fprintf(&b, "traefik_service_request_duration_seconds_bucket{%s,le=%q} %g\n", s, le, float64(n*(i+1)/(len(bounds)+1)))
		}
		fmt.Fprintf(&b, "traefik_service_request_duration_seconds_bucket{%s,le=\"+Inf\"} %g\n", s, float64(n))
		fmt.Fprintf(&b, "traefik_service_request_duration_seconds_sum{%s} %g\n", s, float64(n)/97)
		fmt.Fprintf(&b, "traefik_service_request_duration_seconds_count{%s} %g\n", s, float64(n))
	})
	for _, family := range []string{"requests_bytes_total", "requests_total", "responses_bytes_total"} {
		each(func(s string, n int) { fmt.Fprintf(&b, "traefik_service_%s{%s} %g\n", family, s, float64(n)) })
	}
	return b.Bytes()
}

func TestManyLeavesAreReadAsAPersonWouldReadThem(t *testing.T) {
	for name, text := range map[string][]byte{"recorded": recorded(t), "crowd": crowd(20, composeBounds)} {
		t.Run(name, func(t *testing.T) {
			m := read(t, string(text))
			got := make(map[string]map[string]uint64)
			for name, l := range m.Leaves {
				of := make(map[string]uint64)
				for _, a := range l.codes {
					of[strconv.Itoa(a.code)] = a.n
				}
				for kind, counts := range map[string]durations{"le ": l.within, "gave up ": l.gaveUp} {
					for i, n := range counts {
						bound := infinite
						if i < len(m.Bounds) {
							bound = fmt.Sprint(m.Bounds[i])
						}
						of[kind+bound] = n
					}
				}
				got[name] = of
			}
			if diff := cmp.Diff(plainly(t, text), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAnAnswerIsReadTheSameInPiecesOfAnySize(t *testing.T) {
	text := recorded(t)
	want := inOrderOfCode(read(t, string(text)))
	got, err := ParseMetrics(iotest.OneByteReader(bytes.NewReader(text)))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, inOrderOfCode(got), unexported); diff != "" {
		t.Error(diff)
	}
}

// request and bucket are lines of the leaf shop-web-blue.
func request(labels, count string) string {
	return fmt.Sprintf("traefik_service_requests_total{%s} %s\n", labels, count)
}

func bucket(labels, le, count string) string {
	return fmt.Sprintf("traefik_service_request_duration_seconds_bucket{%s,le=\"%s\"} %s\n", labels, le, count)
}

const blueGet = `code="200",method="GET",protocol="http",service="shop-web-blue@file"`

func TestLinesOfNoUseArePassedOver(t *testing.T) {
	labeled := func(name, value string) string { return strings.Replace(blueGet, name, value, 1) }
	m := read(t, counted("")+
		"\n# HELP x\n#\ngarbage } 1 {{{\ntraefik_service_requests_tls_total{service=\"shop-web-blue@file\"} 7\n"+
		request(labeled("@file", "@docker"), "7")+
		request(labeled("shop-web-blue", "shop-web"), "7")+
		request(labeled("shop-web-blue", "shop-web~blue"), "7")+
		request(labeled("shop-web-blue", "blue"), "7")+
		request(labeled("shop-web-blue", `shop\"\\\n-blue`), "7")+
		request(labeled("shop-web-blue", strings.Repeat("a", maxLeafName)+"-blue"), "7")+
		request(labeled("http", "grpc"), "7")+
		request(labeled("200", "0"), "7")+
		request(labeled("200", "101"), "7")+
		request(labeled("GET", "CONNECT"), "7")+
		request(`code="200",agent="a\"} 9 ,service=\"x-green@file",`+labeled(`code="200",`, "")+`,zone=""`, "3")+
		bucket(labeled("http", "websocket"), "0.1", "0")+bucket(labeled("http", "websocket"), "+Inf", "7")+
		bucket(blueGet, "0.1", "1")+bucket(blueGet, "+Inf", "3"))
	want := map[string]*Leaf{"shop-web-blue": {codes: []answers{{200, 3}}, within: durations{1, 3}}}
	if diff := cmp.Diff(want, m.Leaves, unexported); diff != "" {
		t.Error(diff)
	}
}

func TestAnswersThatAreNotWhatTheySeemAreRefused(t *testing.T) {
	green := strings.Replace(blueGet, "blue", "green", 1)
	whole := bucket(blueGet, "0.1", "1") + bucket(blueGet, "+Inf", "3")
	for name, text := range map[string]string{
		"nothing":                    "",
		"another program's":          request(blueGet, "1"),
		"a page":                     "<html>\n</html>\n",
		"a line cut":                 counted(request(blueGet, "12345")[:70]),
		"a line too long":            counted("# " + strings.Repeat("x", maxMetricsLine) + "\n"),
		"no labels":                  counted(request("", "1")),
		"a label without a value":    counted(request("code", "1")),
		"a value without quotes":     counted(request("code=200", "1")),
		"a value without an end":     counted(request(`code="200`, "1")),
		"an escape without an end":   counted("traefik_service_requests_total{code=\"200\\\n"),
		"no closing brace":           counted("traefik_service_requests_total{" + blueGet + "\n"),
		"words behind the labels":    counted(request(blueGet+"x", "1")),
		"a status beyond all":        counted(request(strings.Replace(blueGet, "200", "1000", 1), "1")),
		"a status below 0":           counted(request(strings.Replace(blueGet, "200", "-200", 1), "1")),
		"a count below 0":            counted(request(blueGet, "-1")),
		"a count that is not whole":  counted(request(blueGet, "1.5")),
		"a count that is no number":  counted(request(blueGet, "NaN")),
		"a count without an end":     counted(request(blueGet, "+Inf")),
		"a huge count":               counted(request(blueGet, "1e300")),
		"a count with a time":        counted(request(blueGet, "1 1395066363000")),
		"no count":                   counted(request(blueGet, "")),
		"counts that add up to more": counted(request(blueGet, "9e15") + request(blueGet, "9e15")),
		"rescued that add up":        counted(request(strings.Replace(blueGet, "200", "502", 1), "9e15") + request(strings.Replace(blueGet, `200",method="GET`, `503",method="HEAD`, 1), "9e15")),
		"a bucket without a bound":   counted("traefik_service_request_duration_seconds_bucket{" + blueGet + "} 1\n"),
		"a bucket without a count":   counted("traefik_service_request_duration_seconds_bucket{" + blueGet + ",le=\"1\"}\n"),
		"a bound without an end":     counted("traefik_service_request_duration_seconds_bucket{" + blueGet + ",le=\"1\n"),
		"words behind a series":      counted(bucket(blueGet+"x", "+Inf", "1")),
		"a bound that is none":       counted(bucket(blueGet, "x", "1")),
		"a bound that is no number":  counted(bucket(blueGet, "NaN", "1")),
		"a bound below 0":            counted(bucket(blueGet, "-1", "1")),
		"a bound of centuries":       counted(bucket(blueGet, "1e10", "1")),
		"bounds that fall":           counted(bucket(blueGet, "1", "1") + bucket(blueGet, "0.5", "2")),
		"a bound twice":              counted(bucket(blueGet, "1", "1") + bucket(blueGet, "1", "1")),
		"a bound of another series":  counted(whole + bucket(green, "0.2", "1") + bucket(green, "+Inf", "3")),
		"a bound missing":            counted(whole + bucket(green, "+Inf", "3")),
		"a bound too many":           counted(whole + bucket(green, "0.1", "1") + bucket(green, "0.2", "1")),
		"no infinite bound":          counted(bucket(blueGet, "0.1", "1")),
		"another series in between":  counted(bucket(blueGet, "0.1", "1") + bucket(green, "+Inf", "3")),
		"counts of buckets that fall": counted(
			bucket(blueGet, "0.1", "4") + bucket(blueGet, "+Inf", "3")),
		"durations that add up": counted(bucket(blueGet, "+Inf", "9e15") + bucket(strings.Replace(blueGet, "GET", "PUT", 1), "+Inf", "9e15")),
	} {
		t.Run(name, func(t *testing.T) {
			if m, err := ParseMetrics(strings.NewReader(text)); err == nil {
				t.Errorf("it is taken for %+v", m)
			}
		})
	}
}

func TestAnAnswerIsBounded(t *testing.T) {
	var leaves, bounds strings.Builder
	for i := range maxLeaves - 1 {
		leaves.WriteString(request(strings.Replace(blueGet, "web", fmt.Sprint("w", i), 1), "1"))
	}
	for i := range maxBounds {
		bounds.WriteString(bucket(blueGet, fmt.Sprint(i+1), "1"))
	}
	end := bucket(blueGet, "+Inf", "1")
	if m := read(t, counted(bounds.String()+end+leaves.String())); len(m.Leaves) != maxLeaves || len(m.Bounds) != maxBounds {
		t.Errorf("%d leaves, %d bounds", len(m.Leaves), len(m.Bounds))
	}
	for name, text := range map[string]string{
		"leaves": leaves.String() + request(blueGet, "1") + request(strings.Replace(blueGet, "web", "x", 1), "1"),
		"bounds": bounds.String() + bucket(blueGet, fmt.Sprint(maxBounds+1), "1") + end,
	} {
		if _, err := ParseMetrics(strings.NewReader(counted(text))); err == nil {
			t.Errorf("more %s are taken", name)
		}
	}
}

func TestAReadThatFailsIsNoAnswer(t *testing.T) {
	broken := errors.New("broken")
	text := strings.NewReader(counted(request(blueGet, "1")))
	if _, err := ParseMetrics(iotest.TimeoutReader(iotest.OneByteReader(text))); !errors.Is(err, iotest.ErrTimeout) {
		t.Errorf("got %v", err)
	}
	if _, err := ParseMetrics(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}
