package main

import (
	"bufio"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/coder/websocket"
)

func TestEventsKeepComing(t *testing.T) {
	server := httptest.NewServer(newApp(testConfig()))
	defer server.Close()
	res, err := http.Get(server.URL + "/sse")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var events int
	for lines := bufio.NewScanner(res.Body); events < 3 && lines.Scan(); {
		if lines.Text() == "data: blue v1" {
			events++
		}
	}
	if events != 3 {
		t.Errorf("%d events before the stream ended, want 3", events)
	}
}

func TestTheSocketEchoes(t *testing.T) {
	server := httptest.NewServer(newApp(testConfig()))
	defer server.Close()
	c, res, err := websocket.Dial(t.Context(), server.URL+"/ws", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.CloseNow()
	if color := res.Header.Get("X-Color"); color != "blue" {
		t.Errorf("the handshake says color %q, want blue", color)
	}
	if err := c.Write(t.Context(), websocket.MessageText, []byte("hello")); err != nil {
		t.Fatal(err)
	}
	if _, got, err := c.Read(t.Context()); err != nil || string(got) != "hello" {
		t.Errorf("got %q, %v", got, err)
	}
}
