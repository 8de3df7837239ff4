package socketproxy

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// BenchmarkInspect is what the filter adds to a look at a container: the
// direct way is the fake engine's own time.
func BenchmarkInspect(b *testing.B) {
	e := house()
	front := newBed(b, e, nil)
	for name, socket := range map[string]string{
		"direct":  strings.TrimPrefix(e.Listen(b), "unix://"),
		"through": front.socket,
	} {
		b.Run(name, func(b *testing.B) {
			transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
				return (&net.Dialer{}).DialContext(ctx, "unix", socket)
			}}
			defer transport.CloseIdleConnections()
			client := &http.Client{Transport: transport}
			for b.Loop() {
				res, err := client.Get("http://docker/v1.41/containers/" + ours + "/json")
				if err != nil || res.StatusCode != http.StatusOK {
					b.Fatal(res, err)
				}
				_, _ = io.Copy(io.Discard, res.Body)
				_ = res.Body.Close()
			}
		})
	}
}
