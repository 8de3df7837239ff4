package e2e

import (
	"bufio"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"bg/controller/api"
	"bg/e2e/internal/stack"
)

// streamed is as much as no proxy would keep in its memory by chance.
const streamed = 64 << 20 // bytes

// In a canary with failover each kind of stream meets all that bg puts in its way,
// whichever color it gets.
func TestStreamsPassFailoverAndRetryUnharmedAndUnbuffered(t *testing.T) {
	a := newApp(t, sharedStack(t))
	a.pair(false, manual, func(r *stack.Release) { r.Labels = map[string]string{"bg.failover": "true"} })
	a.await("green waits", phase(api.PhaseReady))
	a.bg("canary", a.name, "50")
	a.await("green has half", weight(50))
	for name, passes := range map[string]func(context.Context, *app) (string, error){
		"events": events, "WebSocket": echoes, "download": download, "upload": upload,
	} {
		by := map[string]int{}
		for tries := 0; len(by) < 2 && tries < 10 && !t.Failed(); tries++ {
			ctx, cancel := context.WithTimeout(root, patience)
			color, err := passes(ctx, a)
			cancel()
			if by[color]++; err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if by[blue] == 0 || by[green] == 0 {
			t.Errorf("%s by %v", name, by)
		}
		t.Logf("%s by %v", name, by)
	}
}

// open sends a request and returns its answer as soon as that begins.
func (a *app) open(ctx context.Context, method, path string, body io.Reader) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, a.s.URL()+path, body)
	if err != nil {
		return nil, err
	}
	req.Host = a.host
	res, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
	if err == nil && res.StatusCode != http.StatusOK {
		res.Body.Close()
		err = fmt.Errorf("%s answers %s", path, res.Status)
	}
	return res, err
}

// events wants some events of a stream that never ends.
func events(ctx context.Context, a *app) (by string, err error) {
	res, err := a.open(ctx, "GET", "/sse", nil)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	n := 0
	for lines := bufio.NewScanner(res.Body); n < 5 && lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "data: ") {
			n++
		}
	}
	if n < 5 {
		err = fmt.Errorf("%d events", n)
	}
	return res.Header.Get("X-Color"), err
}

func echoes(ctx context.Context, a *app) (by string, err error) {
	c, res, err := websocket.Dial(ctx, a.s.URL()+"/ws", &websocket.DialOptions{Host: a.host})
	if err != nil {
		return "", err
	}
	defer c.CloseNow()
	for i := range 5 {
		text := strconv.Itoa(i)
		if err := c.Write(ctx, websocket.MessageText, []byte(text)); err != nil {
			return "", err
		}
		if _, got, err := c.Read(ctx); err != nil || string(got) != text {
			return "", fmt.Errorf("%s comes back as %q: %v", text, got, err)
		}
	}
	return res.Header.Get("X-Color"), nil
}

func download(ctx context.Context, a *app) (by string, err error) {
	res, err := a.open(ctx, "GET", fmt.Sprintf("/bytes/%d", streamed), nil)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	if n, err := io.Copy(io.Discard, res.Body); err != nil || n != streamed {
		return "", fmt.Errorf("%d bytes: %v", n, err)
	}
	return res.Header.Get("X-Color"), nil
}

// upload sends a first part, and the rest only once that has arrived.
func upload(ctx context.Context, a *app) (by string, err error) {
	before, err := a.arrived(ctx)
	if err != nil {
		return "", err
	}
	body, in := io.Pipe()
	go func() {
		part := make([]byte, 1<<20)
		_, err := in.Write(part)
		for now := before; err == nil && now == before; {
			now, err = a.arrived(ctx)
		}
		for sent := len(part); err == nil && sent < streamed; sent += len(part) {
			_, err = in.Write(part)
		}
		in.CloseWithError(err)
	}()
	res, err := a.open(ctx, "POST", "/echo", body)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	got, err := io.ReadAll(res.Body)
	if want := fmt.Sprintf("%x %d\n", sha256.Sum256(make([]byte, streamed)), streamed); err == nil && string(got) != want {
		err = fmt.Errorf("what arrived is %q, want %q", got, want)
	}
	return res.Header.Get("X-Color"), err
}

// arrived returns how many bytes the colors have got of uploads, together.
func (a *app) arrived(ctx context.Context) (int64, error) {
	by := map[string]int64{}
	for len(by) < 2 {
		res, err := a.open(ctx, "GET", "/echo", nil)
		if err != nil {
			return 0, err
		}
		text, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil {
			return 0, err
		}
		if by[res.Header.Get("X-Color")], err = strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err != nil {
			return 0, err
		}
	}
	return by[blue] + by[green], nil
}
