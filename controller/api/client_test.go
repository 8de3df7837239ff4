package api

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestTheClientGetsWhatTheBackendAnswers(t *testing.T) {
	f := &fake{
		status:  Status{Version: "v1", Revision: 3, Time: time.Unix(5, 0).UTC(), Apps: []App{{Name: "shop"}}},
		outcome: Outcome{Outcome: Confirmed},
	}
	c := client(t, serve(t, f))
	ctx := soon(t)
	if err := c.Ping(ctx); err != nil {
		t.Error(err)
	}
	st, err := c.Status(ctx, 0, 0)
	if err != nil || cmp.Diff(st, f.status) != "" {
		t.Errorf("%v %s", err, cmp.Diff(st, f.status))
	}
	ten := 10
	sent := Command{Percent: &ten, Force: true, Actor: "ann@host"}
	a, err := c.Command(ctx, "shop", VerbCanary, sent)
	if err != nil || a.Generation != 7 || cmp.Diff(f.command, sent) != "" {
		t.Errorf("%+v %v %s", a, err, cmp.Diff(f.command, sent))
	}
	if o, err := c.Wait(ctx, "shop", 7, time.Hour); err != nil || o.Outcome != Confirmed {
		t.Errorf("%+v %v", o, err)
	}
	if h, err := c.History(ctx, "shop", 9); err != nil || len(h) != 1 || h[0].Generation != 9 || h[0].App != "shop" {
		t.Errorf("%+v %v", h, err)
	}
}

func TestARefusalKeepsItsTextAndIsNoMissingController(t *testing.T) {
	c := client(t, serve(t, &fake{err: &Refusal{Text: "green was demoted: use --force"}}))
	_, err := c.Command(soon(t), "shop", VerbPromote, Command{})
	var r *Refusal
	if !errors.As(err, &r) || r.Text != "green was demoted: use --force" || errors.Is(err, ErrNoController) {
		t.Errorf("got %v", err)
	}
}

func TestAnUnreachableControllerIsToldFromALostOne(t *testing.T) {
	gone := client(t, filepath.Join(socketDir(t), "none.sock"))
	if _, err := gone.Command(soon(t), "shop", VerbPromote, Command{}); !errors.Is(err, ErrNoController) {
		t.Errorf("nothing there: got %v", err)
	}
	hangsUp := NewClient(func(context.Context) (net.Conn, error) {
		here, there := net.Pipe()
		return here, there.Close()
	})
	defer hangsUp.Close()
	if _, err := hangsUp.Command(soon(t), "shop", VerbPromote, Command{}); err == nil || errors.Is(err, ErrNoController) {
		t.Errorf("a command without an answer may have been carried out: got %v", err)
	}
	if err := hangsUp.Ping(soon(t)); !errors.Is(err, ErrNoController) {
		t.Errorf("ping: got %v", err)
	}
}

func TestTheClientStopsWithItsContext(t *testing.T) {
	c := client(t, serve(t, &fake{block: true}))
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if _, err := c.Status(ctx, 1, time.Minute); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestAnAnswerThatIsNotBGsIsNamedAsSuch(t *testing.T) {
	c := NewClient(func(context.Context) (net.Conn, error) {
		here, there := net.Pipe()
		go func() {
			defer func() { _ = there.Close() }()
			_, _ = there.Read(make([]byte, 4096))
			_, _ = there.Write([]byte("HTTP/1.1 302 Found\r\nLocation: http://elsewhere/\r\nContent-Length: 2\r\n\r\nhi"))
		}()
		return here, nil
	})
	defer c.Close()
	if _, err := c.Status(soon(t), 0, 0); err == nil || !strings.Contains(err.Error(), "302") {
		t.Errorf("got %v", err)
	}
}
