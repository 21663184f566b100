package load

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/shop/internal/catalogue"
	"example.com/shop/internal/shipping"
	"example.com/shop/internal/web"
)

func TestRunStopsWithItsContext(t *testing.T) {
	products := catalogue.Generate(100, 1)
	server := httptest.NewServer(web.New(products, new(shipping.Carriers)))
	defer server.Close()

	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	done := make(chan *Summary, 1)
	go func() {
		done <- Run(ctx, Config{BaseURL: server.URL, Clients: 3, SKUs: products.SKUs(), Seed: 1})
	}()
	select {
	case summary := <-done:
		requests, failed := summary.Total()
		if requests == 0 || failed != 0 {
			t.Errorf("%d requests, %d failed: %v", requests, failed, summary.FirstError())
		}
		var table strings.Builder
		if err := summary.Write(&table); err != nil || !strings.Contains(table.String(), "/orders") {
			t.Errorf("summary %q, error %v", table.String(), err)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("still running 30 s after its context ended")
	}
}

func TestRunBoundsTheRate(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 400*time.Millisecond)
	defer cancel()
	summary := Run(ctx, Config{BaseURL: server.URL, Clients: 2, Rate: 50, SKUs: []string{"TOY-00001"}})
	// 50 a second for the time it really took; one more for each client's first.
	limit := int(50*summary.Elapsed.Seconds()) + 2
	requests, failed := summary.Total()
	if requests == 0 || requests > limit {
		t.Errorf("%d requests in %v, want 1 to %d", requests, summary.Elapsed, limit)
	}
	if failed != requests || summary.FirstError() == nil {
		t.Errorf("%d of %d requests failed, want all: the server knows no route", failed, requests)
	}
}

func TestTally(t *testing.T) {
	var low, high tally
	for i := 0; i < 90; i++ {
		low.add(100*time.Microsecond, nil)
	}
	for i := 0; i < 10; i++ {
		high.add(5*time.Millisecond, errors.New("slow"))
	}
	low.merge(&high)
	if low.requests != 100 || low.failed != 10 || low.first == nil {
		t.Errorf("got %d requests, %d failed, first error %v", low.requests, low.failed, low.first)
	}
	for _, check := range []struct {
		q    float64
		want time.Duration
	}{
		{0.5, 100 * time.Microsecond},
		{0.99, 5 * time.Millisecond},
	} {
		got := low.quantile(check.q)
		if got > check.want || float64(got) < 0.8*float64(check.want) {
			t.Errorf("quantile %v = %v, want just below %v", check.q, got, check.want)
		}
	}
}
