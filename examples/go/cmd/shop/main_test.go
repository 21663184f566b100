package main

import (
	"context"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// lines is a writer that hands over what was printed so far.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func TestRunServesReportsAndStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var out lines
	done := make(chan error, 1)
	go func() {
		done <- run(ctx, options{
			address:      "127.0.0.1:0",
			debugAddress: "127.0.0.1:0",
			clients:      2,
			products:     50,
			seed:         1,
		}, &out)
	}()

	pattern := regexp.MustCompile(`listening on (http://\S+), debug on (http://\S+)\n`)
	var addresses []string
	for end := time.Now().Add(30 * time.Second); addresses == nil; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("no address after 30 s: %q", out.String())
		}
		addresses = pattern.FindStringSubmatch(out.String())
	}
	shop, debug := addresses[1], addresses[2]
	for _, check := range []struct {
		url  string
		want int
	}{
		{shop + "/catalogue", http.StatusOK},
		{shop + "/debug/pprof/", http.StatusNotFound}, // moved to the other address
		{debug + "/debug/pprof/", http.StatusOK},
		{debug + "/debug/pprof/goroutine?debug=1", http.StatusOK},
		{debug + "/debug/vars", http.StatusOK},
	} {
		response, err := http.Get(check.url)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, response.Body)
		response.Body.Close()
		if response.StatusCode != check.want {
			t.Errorf("%s: status %d, want %d", check.url, response.StatusCode, check.want)
		}
	}

	cancel()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("still running 30 s after its context ended")
	}
	if text := out.String(); !strings.Contains(text, "0 failed") || !strings.Contains(text, "garbage collections") {
		t.Errorf("the summary is incomplete: %q", text)
	}
}

func TestRunReportsAnAddressInUse(t *testing.T) {
	if err := run(context.Background(), options{address: "256.0.0.1:http"}, io.Discard); err == nil {
		t.Error("an impossible address was accepted")
	}
}
