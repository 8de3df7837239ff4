package main

import (
	"testing"
	"time"
)

func TestTheTimeOfADeathIsReadToTheNanosecond(t *testing.T) {
	const line = `{"status":"die","id":"abc","Type":"container","Action":"die","Actor":{},"scope":"local","time":1700000000,"timeNano":1700000000123456789}`
	got, err := deathTime([]byte(line))
	if want := time.Unix(1700000000, 123456789); err != nil || !got.Equal(want) {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
	for _, other := range []string{`{"Action":"start","timeNano":1}`, `{"Action":"die"}`, `no JSON`} {
		if _, err := deathTime([]byte(other)); err == nil {
			t.Errorf("%s counts as a death", other)
		}
	}
}
