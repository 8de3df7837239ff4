package docker

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"bg/controller/docker/dockertest"
)

func TestHostileListsAreRefusedWithAReason(t *testing.T) {
	for name, tt := range map[string]struct {
		alter func(*dockertest.Engine)
		want  string
	}{
		"too many": {func(e *dockertest.Engine) {
			for i := range 20 {
				e.Put(sample(i))
			}
		}, "20 containers have the label bg.enable, bg takes at most 10"},
		"no ID": {func(e *dockertest.Engine) {
			c := sample(0)
			c.ID = "../" + c.ID
			e.Put(c)
		}, "is no container ID"},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				e := engine(5)
				v := watchFake(t, e, Options{Max: 10})
				v.until(t, time.Second, "five", count(5))
				tt.alter(e)
				v.until(t, 11*time.Second, "an error", failed)
				if !strings.Contains(v.last.Err.Error(), tt.want) {
					t.Errorf("the error is %v", v.last.Err)
				}
				v.never(t, time.Minute, "the world not held", not(count(5)))
			})
		})
	}
}

func TestEventsOfTooManyContainersDoNotGrowTheTable(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := engine(5)
		v := watchFake(t, e, Options{Max: 10})
		v.until(t, time.Second, "five", count(5))
		for i := range 20 {
			e.Run(sample(100 + i))
		}
		v.until(t, time.Second, "an error that names the number", func(l Look) bool {
			return l.Err != nil && strings.Contains(l.Err.Error(), fmt.Sprint(25))
		})
		v.never(t, time.Minute, "more than ten", func(l Look) bool { return len(l.World.Containers) > 10 })
	})
}

func TestAnAnswerWithoutEndIsCutOff(t *testing.T) {
	b := &boundedBody{ReadCloser: endless{}}
	buf := make([]byte, 1<<20)
	for range maxAnswer >> 20 {
		if _, err := b.Read(buf); err != nil {
			t.Fatalf("within the limit: %v", err)
		}
	}
	if _, err := b.Read(buf); err == nil {
		t.Error("no error beyond the limit")
	}
	stream := &boundedBody{ReadCloser: endless{}, lines: true}
	for range maxAnswer>>20 + 10 {
		if _, err := stream.Read(buf); err != nil {
			t.Fatalf("a stream of short lines: %v", err)
		}
	}
}

// endless ends a line with each read.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	p[len(p)-1] = '\n'
	return len(p), nil
}

func (endless) Close() error { return nil }
