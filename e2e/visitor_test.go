package e2e

import (
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"
	"time"

	"bg/e2e/internal/stack"
)

// visitor is a browser: it keeps its cookies, and comes on a new connection each
// time, so that nothing else tells it apart.
type visitor struct {
	client http.Client
	s      *stack.Stack
	host   string
}

func (a *app) visitor() *visitor {
	a.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		a.t.Fatal(err)
	}
	return &visitor{s: a.s, host: a.host, client: http.Client{
		Jar: jar, Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true},
	}}
}

// visit asks for a page and returns the color that answered; header is in pairs.
// An answer that is not 200 is an error.
func (v *visitor) visit(method, path string, header ...string) (color string, err error) {
	req, err := http.NewRequestWithContext(root, method, v.s.URL()+path, strings.NewReader(""))
	if err != nil {
		return "", err
	}
	req.Host = v.host
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := v.client.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s %s answers %s", method, path, res.Status)
	}
	return res.Header.Get("X-Color"), nil
}

// visits has each of them come once and returns how many each color answered, and
// the color that each one got.
func visits(t *testing.T, all []*visitor, method, path string) (count map[string]int, got []string) {
	t.Helper()
	count = map[string]int{}
	for _, v := range all {
		c, err := v.visit(method, path)
		if err != nil {
			t.Fatal(err)
		}
		count[c]++
		got = append(got, c)
	}
	return count, got
}
