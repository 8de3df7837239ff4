package main

import (
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestEchoTellsSumAndLength(t *testing.T) {
	server := httptest.NewServer(newApp(testConfig()))
	defer server.Close()
	body := strings.Repeat("x", 100_000)
	res, err := http.Post(server.URL+"/echo", "text/plain", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	got, _ := io.ReadAll(res.Body)
	if want := fmt.Sprintf("%x 100000\n", sha256.Sum256([]byte(body))); string(got) != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestWhatHasArrivedOfAnUploadIsToldBeforeItsEnd(t *testing.T) {
	a := newApp(testConfig())
	server := httptest.NewServer(a)
	defer server.Close()
	body, in := io.Pipe()
	done := make(chan error, 1)
	go func() {
		res, err := http.Post(server.URL+"/echo", "text/plain", body)
		if err == nil {
			err = res.Body.Close()
		}
		done <- err
	}()
	if _, err := in.Write([]byte("hello")); err != nil {
		t.Fatal(err)
	}
	for limit := time.Now().Add(10 * time.Second); ; {
		if _, got := get(a, "/echo"); got == "5" {
			break
		}
		if time.Now().After(limit) {
			t.Fatal("nothing arrives before the end")
		}
	}
	in.Close()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

func TestAsManyBytesComeAsWereAskedFor(t *testing.T) {
	a := newApp(testConfig())
	w := httptest.NewRecorder()
	a.ServeHTTP(w, httptest.NewRequest("GET", "/bytes/100000", nil))
	if n := w.Body.Len(); w.Code != http.StatusOK || n != 100_000 {
		t.Errorf("%d, %d bytes", w.Code, n)
	}
	for _, n := range []string{"-1", "x", "1073741825"} {
		if code, _ := get(a, "/bytes/"+n); code != http.StatusBadRequest {
			t.Errorf("%s bytes: %d", n, code)
		}
	}
}
