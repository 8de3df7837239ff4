package socketproxy

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// watch subscribes and returns once Docker knows of it.
func (b *bed) watch(t *testing.T) *json.Decoder {
	t.Helper()
	c, err := net.Dial("unix", b.socket)
	must(t, err)
	t.Cleanup(func() { _ = c.Close() })
	must(t, c.SetDeadline(time.Now().Add(10*time.Second)))
	_, err = fmt.Fprintf(c, "GET /v1.41/events?%s HTTP/1.1\r\nHost: docker\r\n\r\n", strings.Replace(watching, "die", "start%22%3Atrue%2C%22die", 1))
	must(t, err)
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	must(t, err)
	if res.StatusCode != http.StatusOK {
		t.Fatal(res.Status)
	}
	for ctx := soon(t); b.engine.Streams() == 0; {
		if ctx.Err() != nil {
			t.Fatal("Docker was not asked for events")
		}
	}
	return json.NewDecoder(res.Body)
}

// next returns the next event.
func next(t *testing.T, in *json.Decoder) (e event) {
	t.Helper()
	must(t, in.Decode(&e))
	return e
}

func TestEventsOfBGsContainersComeThrough(t *testing.T) {
	b := newBed(t, house(), nil)
	in := b.watch(t)
	b.engine.Emit(theirs, "start", nil)
	b.engine.Emit(off, "start", nil)
	b.engine.Emit(foreign, "die", nil)
	b.engine.Emit(ours, "die", map[string]string{"exitCode": "7"})
	e := next(t, in)
	if e.Actor.ID != ours || e.Action != "die" || e.Actor.Attributes["exitCode"] != "7" || e.Actor.Attributes["bg.app"] != "shop" || e.TimeNano == 0 {
		t.Errorf("got %+v", e)
	}
}

func TestOfANetworkOnlyItsMemberIsTold(t *testing.T) {
	b := newBed(t, house(), nil)
	in := b.watch(t)
	b.engine.EmitNetwork(theirs, "secret-project", "connect")
	want := map[string]string{"container": theirs}
	if e := next(t, in); e.Type != "network" || e.Action != "connect" || !cmp.Equal(e.Actor.Attributes, want) {
		t.Errorf("got %+v", e)
	}
}

func TestWhatIsExecutedInContainersIsNotTold(t *testing.T) {
	p := New(Options{Network: "bg"})
	for _, line := range []string{
		`{"Type": "container", "Action": "exec_create: sh -c hunter2", "Actor": {"ID": "a", "Attributes": {"bg.enable": "true"}}}`,
		`{"Type": "container", "Action": "resize", "Actor": {"ID": "a", "Attributes": {"bg.enable": "true"}}}`,
		`{"Type": "network", "Action": "create", "Actor": {"ID": "a", "Attributes": {"name": "hunter2"}}}`,
		`{"Type": "volume", "Action": "create", "Actor": {"ID": "a", "Attributes": {"bg.enable": "true"}}}`,
		`{"Type": "container", "Action": "die"}`, `{"Type": 7}`, `null`, ``, `[`,
	} {
		if e, ok := p.pass([]byte(line)); ok {
			t.Errorf("%s passes as %+v", line, e)
		}
	}
	healthy := `{"Type": "container", "Action": "health_status: healthy", "Actor": {"ID": "a", "Attributes": {"bg.enable": "true"}}}`
	if _, ok := p.pass([]byte(healthy)); !ok {
		t.Error("a health event does not pass")
	}
}

func TestAnEventThatIsTooLongIsLeftOut(t *testing.T) {
	b := newBed(t, house(), nil)
	in := b.watch(t)
	b.engine.Emit(ours, "die", map[string]string{"x": strings.Repeat("x", maxEvent)})
	b.engine.Emit(ours, "start", map[string]string{"x": strings.Repeat("x", maxEvent/2)})
	if e := next(t, in); e.Action != "start" || len(e.Actor.Attributes["x"]) != maxEvent/2 {
		t.Errorf("got %s", e.Action)
	}
}

func TestTheStreamEndsWithEitherSide(t *testing.T) {
	b := newBed(t, house(), nil)
	in := b.watch(t)
	b.engine.Cut()
	if err := in.Decode(new(event)); err == nil {
		t.Error("the stream goes on without Docker")
	}
	c, err := net.Dial("unix", b.socket)
	must(t, err)
	_, err = fmt.Fprintf(c, "GET /events?%s HTTP/1.1\r\nHost: docker\r\n\r\n", watching)
	must(t, err)
	ctx := soon(t)
	for b.engine.Streams() == 0 && ctx.Err() == nil {
	}
	must(t, c.Close())
	for b.engine.Streams() > 0 {
		if ctx.Err() != nil {
			t.Fatal("Docker's stream outlives the client")
		}
	}
}

func FuzzEvent(f *testing.F) {
	f.Add([]byte(`{"Type": "container", "Action": "die", "Actor": {"ID": "a", "Attributes": {"bg.enable": "true"}}, "timeNano": 1}`))
	f.Add([]byte(`{"Type": "network", "Action": "connect", "Actor": {"ID": "a", "Attributes": {"container": "b", "name": "c"}}}`))
	p := New(Options{Network: "bg"})
	f.Fuzz(func(t *testing.T, line []byte) {
		e, ok := p.pass(line)
		if !ok {
			return
		}
		if _, err := json.Marshal(e); err != nil {
			t.Error(err)
		}
		if e.Type == "container" != p.own(e.Actor.Attributes) || strings.HasPrefix(e.Action, "exec") {
			t.Errorf("%q passes as %+v", line, e)
		}
	})
}
