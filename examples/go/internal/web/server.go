// Package web serves the shop over HTTP.
package web

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"example.com/shop/internal/cache"
	"example.com/shop/internal/catalogue"
	"example.com/shop/internal/orders"
	"example.com/shop/internal/seq"
	"example.com/shop/internal/shipping"
)

const (
	pageLength   = 40
	maxBodyBytes = 1 << 20
	cacheLength  = 256
)

// Server is the shop. Create it with New.
type Server struct {
	mux       *http.ServeMux
	catalogue *catalogue.Catalogue
	inventory *orders.Inventory
	ledger    *orders.Ledger
	carriers  *shipping.Carriers
	details   *cache.LRU[string, detail]
}

// New returns a shop that sells the given catalogue.
func New(products *catalogue.Catalogue, carriers *shipping.Carriers) *Server {
	s := &Server{
		mux:       http.NewServeMux(),
		catalogue: products,
		inventory: orders.NewInventory(products.SKUs()),
		ledger:    new(orders.Ledger),
		carriers:  carriers,
		details:   cache.NewLRU[string, detail](cacheLength),
	}
	s.route("/catalogue", http.MethodGet, s.listProducts)
	s.route("/product", http.MethodGet, s.showProduct)
	s.route("/search", http.MethodGet, s.searchProducts)
	s.route("/orders", http.MethodPost, s.placeOrder)
	s.route("/recommendations", http.MethodGet, s.recommend)
	s.route("/report", http.MethodGet, s.reportSales)
	s.route("/export.csv", http.MethodGet, s.exportCatalogue)
	return s
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// stocked is a product as a list shows it.
type stocked struct {
	*catalogue.Product
	Available int `json:"available"`
}

// detail is a product as its own page shows it.
type detail struct {
	catalogue.Product
	Similar []*catalogue.Product `json:"similar"`
}

func (s *Server) listProducts(w http.ResponseWriter, r *http.Request) error {
	values := r.URL.Query()
	query := catalogue.Query{Category: values.Get("category"), SortBy: "price", Limit: pageLength}
	if key := values.Get("sort"); key != "" {
		query.SortBy = key
	}
	if text := values.Get("max"); text != "" {
		cents, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return fmt.Errorf("%w: max %q is not a number", catalogue.ErrBadQuery, text)
		}
		query.MaxCents = cents
	}
	products, err := s.catalogue.List(query)
	if err != nil {
		return err
	}
	return replyJSON(w, r, seq.Map(products, func(p *catalogue.Product) stocked {
		return stocked{p, s.inventory.Available(p.SKU)}
	}))
}

func (s *Server) showProduct(w http.ResponseWriter, r *http.Request) error {
	product, err := s.details.GetOrLoad(r.URL.Query().Get("sku"), func(sku string) (detail, error) {
		product, err := s.catalogue.Product(sku)
		if err != nil {
			return detail{}, err
		}
		similar, err := s.catalogue.List(catalogue.Query{
			Category: product.Category,
			MaxCents: product.PriceCents,
			SortBy:   "rating",
			Limit:    4,
		})
		return detail{product, similar}, err
	})
	if err != nil {
		return err
	}
	return replyJSON(w, r, product)
}

func (s *Server) searchProducts(w http.ResponseWriter, r *http.Request) error {
	values := r.URL.Query()
	hits, err := s.catalogue.Search(values.Get("category"), values.Get("q"), pageLength/2)
	if err != nil {
		return err
	}
	return replyJSON(w, r, hits)
}

func (s *Server) placeOrder(w http.ResponseWriter, r *http.Request) error {
	var order orders.Order
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBodyBytes))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&order); err != nil {
		return fmt.Errorf("%w: %v", orders.ErrInvalid, err)
	}
	if err := order.Validate(); err != nil {
		return err
	}
	lines, err := s.price(order.Lines)
	if err != nil {
		return err
	}
	quote := shipping.Flat
	if order.Express {
		pieces := seq.Reduce(order.Lines, 0, func(sum int, line orders.Line) int { return sum + line.Quantity })
		if quote, err = s.carriers.Express(r.Context(), pieces); err != nil {
			return err
		}
	}
	s.reserve(order.Lines)
	receipt := &orders.Receipt{
		TotalCents:    orders.Total(lines) + quote.Cents,
		ShippingCents: quote.Cents,
		Carrier:       quote.Carrier,
		Received:      time.Now().UTC(),
		Lines:         lines,
	}
	s.ledger.Add(receipt)
	return replyJSON(w, r, receipt)
}

func (s *Server) price(lines []orders.Line) ([]orders.ReceiptLine, error) {
	priced := make([]orders.ReceiptLine, 0, len(lines))
	for _, line := range lines {
		product, err := s.catalogue.Product(line.SKU)
		if err != nil {
			return nil, err
		}
		priced = append(priced, orders.ReceiptLine{
			SKU:        line.SKU,
			Name:       product.Name,
			Category:   product.Category,
			Quantity:   line.Quantity,
			TotalCents: product.PriceCents * int64(line.Quantity),
		})
	}
	return priced, nil
}

// reserve takes all lines out of stock at once, each in a goroutine of its
// own, which all wait for the same lock.
func (s *Server) reserve(lines []orders.Line) {
	var group sync.WaitGroup
	group.Add(len(lines))
	for _, line := range lines {
		go func(line orders.Line) {
			defer group.Done()
			s.inventory.Reserve(line.SKU, line.Quantity)
		}(line)
	}
	group.Wait()
}

func (s *Server) recommend(w http.ResponseWriter, r *http.Request) error {
	product, err := s.catalogue.Product(r.URL.Query().Get("sku"))
	if err != nil {
		return err
	}
	return replyJSON(w, r, s.ledger.BoughtTogether(product.SKU, 10))
}

func (s *Server) reportSales(w http.ResponseWriter, r *http.Request) error {
	return replyJSON(w, r, s.ledger.SalesByCategory())
}

func (s *Server) exportCatalogue(w http.ResponseWriter, r *http.Request) error {
	products, err := s.catalogue.List(catalogue.Query{
		Category: r.URL.Query().Get("category"),
		SortBy:   "name",
		Limit:    s.catalogue.Len(),
	})
	if err != nil {
		return err
	}
	return reply(w, r, "text/csv; charset=utf-8", func(body io.Writer) error {
		table := csv.NewWriter(body)
		for _, p := range products {
			// Flush reports the first error of any Write.
			_ = table.Write([]string{
				p.SKU, p.Name, p.Category,
				strconv.FormatInt(p.PriceCents, 10),
				strconv.FormatFloat(p.Rating, 'f', 1, 64),
				strconv.Itoa(s.inventory.Available(p.SKU)),
			})
		}
		table.Flush()
		return table.Error()
	})
}
