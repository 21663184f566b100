package web

import (
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"example.com/shop/internal/catalogue"
	"example.com/shop/internal/orders"
	"example.com/shop/internal/shipping"
)

func newShop(leak bool) *Server {
	return New(catalogue.Generate(200, 1), &shipping.Carriers{Leak: leak})
}

// ask sends one request and returns the status and the unpacked body.
func ask(t *testing.T, shop http.Handler, method, target, body string) (int, string) {
	t.Helper()
	request := httptest.NewRequest(method, target, strings.NewReader(body))
	request.Header.Set("Accept-Encoding", "gzip")
	recorder := httptest.NewRecorder()
	shop.ServeHTTP(recorder, request)
	var reader io.Reader = recorder.Body
	if recorder.Header().Get("Content-Encoding") == "gzip" {
		unpacked, err := gzip.NewReader(recorder.Body)
		if err != nil {
			t.Fatal(err)
		}
		reader = unpacked
	}
	text, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	return recorder.Code, string(text)
}

func parse[T any](t *testing.T, text string) (value T) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatalf("%v in %q", err, text)
	}
	return value
}

func TestStatus(t *testing.T) {
	shop := newShop(false)
	sku := shop.catalogue.SKUs()[0]
	order := `{"customer":"Ada","email":"ada@example.com","phone":"+44 20 7946 0958","postcode":"10115",` +
		`"lines":[{"sku":"` + sku + `","quantity":2}]}`
	for _, check := range []struct {
		method, target, body string
		want                 int
	}{
		{"GET", "/catalogue", "", 200},
		{"GET", "/catalogue?sort=colour", "", 400},
		{"GET", "/catalogue?max=cheap", "", 400},
		{"GET", "/product?sku=" + sku, "", 200},
		{"GET", "/product?sku=NIX-00000", "", 404},
		{"GET", "/search?q=wood", "", 200},
		{"GET", "/search?q=%28", "", 400},
		{"POST", "/orders", order, 200},
		{"POST", "/orders", strings.Replace(order, "@", "#", 1), 422},
		{"POST", "/orders", strings.Replace(order, sku, "NIX-00000", 1), 404},
		{"POST", "/orders", "{", 422},
		{"GET", "/orders", "", 405},
		{"GET", "/recommendations?sku=" + sku, "", 200},
		{"GET", "/report", "", 200},
		{"GET", "/export.csv", "", 200},
		{"GET", "/nowhere", "", 404},
	} {
		if got, body := ask(t, shop, check.method, check.target, check.body); got != check.want {
			t.Errorf("%s %s: status %d, want %d: %s", check.method, check.target, got, check.want, body)
		}
	}
}

func TestCatalogueIsFilteredAndSorted(t *testing.T) {
	status, body := ask(t, newShop(false), "GET", "/catalogue?category=toys&sort=price&max=20000", "")
	products := parse[[]stocked](t, body)
	if status != http.StatusOK || len(products) == 0 {
		t.Fatalf("status %d, %d products", status, len(products))
	}
	for i, p := range products {
		if p.Category != "toys" || p.PriceCents > 20_000 {
			t.Errorf("product %d does not match the query: %+v", i, p.Product)
		}
		if i > 0 && p.PriceCents < products[i-1].PriceCents {
			t.Errorf("product %d is cheaper than the one before it", i)
		}
	}
}

func TestOrderReachesTheReports(t *testing.T) {
	shop := newShop(false)
	skus := shop.catalogue.SKUs()
	before := shop.inventory.Available(skus[3])
	status, body := ask(t, shop, "POST", "/orders",
		`{"customer":"Ada","email":"ada@example.com","phone":"+44 20 7946 0958","postcode":"10115","lines":[`+
			`{"sku":"`+skus[3]+`","quantity":2},{"sku":"`+skus[4]+`","quantity":1}]}`)
	if status != http.StatusOK {
		t.Fatalf("status %d: %s", status, body)
	}
	receipt := parse[orders.Receipt](t, body)
	if want := orders.Total(receipt.Lines) + shipping.Flat.Cents; receipt.Number != 1 || receipt.TotalCents != want {
		t.Errorf("receipt %d over %d cents, want 1 over %d", receipt.Number, receipt.TotalCents, want)
	}
	if got := shop.inventory.Available(skus[3]); got != before-2 {
		t.Errorf("%d in stock, want %d", got, before-2)
	}
	_, body = ask(t, shop, "GET", "/recommendations?sku="+skus[3], "")
	if got := parse[[]string](t, body); len(got) != 1 || got[0] != skus[4] {
		t.Errorf("bought together with %s: %v, want %s", skus[3], got, skus[4])
	}
	_, body = ask(t, shop, "GET", "/report", "")
	pieces := 0
	for _, row := range parse[[]orders.CategorySales](t, body) {
		pieces += row.Pieces
	}
	if pieces != 3 {
		t.Errorf("the report counts %d pieces, want 3", pieces)
	}
}

func TestExportHoldsEveryProduct(t *testing.T) {
	shop := newShop(false)
	_, body := ask(t, shop, "GET", "/export.csv", "")
	rows, err := csv.NewReader(strings.NewReader(body)).ReadAll()
	if err != nil || len(rows) != shop.catalogue.Len() {
		t.Errorf("%d rows, error %v, want %d rows", len(rows), err, shop.catalogue.Len())
	}
}

func TestExpressLeaksOnlyWhenAsked(t *testing.T) {
	const calls = 20
	for _, leak := range []bool{false, true} {
		shop := newShop(leak)
		sku := shop.catalogue.SKUs()[0]
		before := carriersAsking()
		for i := 0; i < calls; i++ {
			status, body := ask(t, shop, "POST", "/orders",
				`{"customer":"Ada","email":"ada@example.com","phone":"+44 20 7946 0958","postcode":"10115",`+
					`"express":true,"lines":[{"sku":"`+sku+`","quantity":1}]}`)
			if status != http.StatusOK {
				t.Fatalf("status %d: %s", status, body)
			}
		}
		want := 0
		if leak {
			want = calls
		}
		// The losing carriers of the last calls may still be on their way.
		left := carriersAsking() - before
		for end := time.Now().Add(30 * time.Second); left != want && time.Now().Before(end); {
			time.Sleep(time.Millisecond)
			left = carriersAsking() - before
		}
		if left != want {
			t.Errorf("leak %v: %d goroutines left, want %d", leak, left, want)
		}
	}
}

// carriersAsking counts the goroutines that Express has started and that
// have not ended. Others come and go as they like.
func carriersAsking() int {
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	return strings.Count(string(stacks), "created by example.com/shop/internal/shipping.(*Carriers).Express")
}
