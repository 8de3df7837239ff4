package api

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"os"
	"testing"
	"time"
)

// Attack 13 of the bar: slow clients x 1,000: API answers others.
func TestAThousandSlowClientsDoNotKeepOthersWaiting(t *testing.T) {
	path := serve(t, &fake{status: Status{Revision: 5}})
	for i := range 1000 {
		c, err := net.Dial("unix", path)
		if err != nil {
			t.Skipf("connection %d: %v", i, err) // of a small limit of open files
		}
		defer func() { _ = c.Close() }()
		if _, err := fmt.Fprint(c, "POST /v1/apps/shop/promote HTTP/1.1\r\nHost: bg\r\n"); err != nil {
			t.Fatal(err)
		}
	}
	start := time.Now()
	st, err := client(t, path).Status(soon(t), 0, 0)
	if err != nil || st.Revision != 5 {
		t.Fatalf("got %+v, %v", st, err)
	}
	if took := time.Since(start); took > 3*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestAClientThatSaysNothingIsHungUpOn(t *testing.T) {
	path := serve(t, &fake{})
	c, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	fmt.Fprint(c, "GET /v1/status HTTP/1.1\r\nHost: b")
	if err := c.SetReadDeadline(time.Now().Add(15 * time.Second)); err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(c)
	for {
		if _, err := r.ReadByte(); os.IsTimeout(err) {
			t.Fatal("still connected after 15 s")
		} else if err != nil {
			return
		}
	}
}

func TestLargeHeadersAreRefused(t *testing.T) {
	path := serve(t, &fake{})
	c, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	go func() { // the server hangs up in the middle of it
		_, _ = fmt.Fprintf(c, "GET /v1/status HTTP/1.1\r\nHost: bg\r\nX: %0100000d\r\n\r\n", 0)
	}()
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil || res.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("got %v, %v", res, err)
	}
}

// A read limit for short requests once cut long polls after ten seconds.
func TestALongPollOutlivesTheLimitsOfShortRequests(t *testing.T) {
	if testing.Short() {
		t.Skip("takes 12 s")
	}
	t.Parallel()
	path := serve(t, &fake{block: true, status: Status{Revision: 5}})
	start := time.Now()
	st, err := client(t, path).Status(soon(t), 5, 12*time.Second)
	if err != nil || st.Revision != 5 {
		t.Fatalf("got %+v, %v", st, err)
	}
	if took := time.Since(start); took < 12*time.Second {
		t.Errorf("ended after %v", took)
	}
}
