// Package catalogue holds the products on sale and answers questions about
// them.
package catalogue

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand"
	"regexp"
	"slices"
	"sort"
	"strings"

	"example.com/shop/internal/seq"
)

// Product is one thing on sale.
type Product struct {
	SKU         string   `json:"sku"`
	Name        string   `json:"name"`
	Category    string   `json:"category"`
	Description string   `json:"description"`
	PriceCents  int64    `json:"price_cents"`
	Rating      float64  `json:"rating"`
	Tags        []string `json:"tags"`
}

// Catalogue is an immutable set of products, safe for concurrent use.
type Catalogue struct {
	products []Product
	bySKU    map[string]int // index into products
}

// Errors that callers tell apart.
var (
	ErrNotFound = errors.New("no such product")
	ErrBadQuery = errors.New("bad query")
)

// Categories lists every category there is.
var Categories = []string{"books", "garden", "kitchen", "lighting", "music", "office", "outdoor", "toys"}

var (
	adjectives = []string{"amber", "brisk", "calm", "dapper", "eager", "folding", "gentle", "hollow", "ivory", "jolly", "keen", "lunar", "mellow", "nimble", "oaken", "polished"}
	nouns      = []string{"anvil", "basket", "candle", "drum", "easel", "flask", "globe", "hammock", "inkwell", "jug", "kettle", "lantern", "mirror", "notebook", "organ", "planter"}
	words      = strings.Fields("made by hand from local wood and steel with care for people who like things that last " +
		"every piece is checked twice before it leaves the workshop and comes with a guarantee of ten years " +
		"light strong easy to clean quiet safe around children and simple to repair with common tools")
)

// Generate returns a catalogue of count products, the same ones for the same
// seed.
func Generate(count int, seed int64) *Catalogue {
	random := rand.New(rand.NewSource(seed))
	pick := func(from []string) string { return from[random.Intn(len(from))] }
	c := &Catalogue{
		products: make([]Product, 0, count),
		bySKU:    make(map[string]int, count),
	}
	for i := 0; i < count; i++ {
		category := pick(Categories)
		description := make([]string, 18+random.Intn(12))
		for j := range description {
			description[j] = pick(words)
		}
		product := Product{
			SKU:         fmt.Sprintf("%s-%05d", strings.ToUpper(category[:3]), i),
			Name:        pick(adjectives) + " " + pick(nouns),
			Category:    category,
			Description: strings.Join(description, " "),
			PriceCents:  199 + int64(random.Intn(30_000)),
			Rating:      1 + float64(random.Intn(41))/10,
			Tags:        []string{pick(adjectives), pick(nouns), pick(words)},
		}
		c.bySKU[product.SKU] = len(c.products)
		c.products = append(c.products, product)
	}
	return c
}

// Len returns the number of products.
func (c *Catalogue) Len() int { return len(c.products) }

// SKUs returns the identifiers of all products, in catalogue order.
func (c *Catalogue) SKUs() []string {
	return seq.Map(c.products, func(p Product) string { return p.SKU })
}

// Product returns the product with the given identifier.
func (c *Catalogue) Product(sku string) (Product, error) {
	i, ok := c.bySKU[sku]
	if !ok {
		return Product{}, fmt.Errorf("%w: %q", ErrNotFound, sku)
	}
	return c.products[i], nil
}

// Query selects and orders products.
type Query struct {
	Category string // empty for all
	MaxCents int64  // zero for no bound
	SortBy   string // "price", "rating" or "name"
	Limit    int
}

// List returns the products that match the query.
func (c *Catalogue) List(q Query) ([]*Product, error) {
	compare, err := ordering(q.SortBy)
	if err != nil {
		return nil, err
	}
	matches := seq.Filter(c.pointers(), func(p *Product) bool {
		return (q.Category == "" || p.Category == q.Category) &&
			(q.MaxCents == 0 || p.PriceCents <= q.MaxCents)
	})
	slices.SortFunc(matches, compare)
	return matches[:min(len(matches), q.Limit)], nil
}

// ordering returns the comparison for a sort key; the SKU breaks ties.
func ordering(key string) (func(a, b *Product) int, error) {
	var primary func(a, b *Product) int
	switch key {
	case "price":
		primary = func(a, b *Product) int { return cmp.Compare(a.PriceCents, b.PriceCents) }
	case "rating":
		primary = func(a, b *Product) int { return cmp.Compare(b.Rating, a.Rating) }
	case "name":
		primary = func(a, b *Product) int { return cmp.Compare(a.Name, b.Name) }
	default:
		return nil, fmt.Errorf("%w: unknown sort key %q", ErrBadQuery, key)
	}
	return func(a, b *Product) int {
		if order := primary(a, b); order != 0 {
			return order
		}
		return cmp.Compare(a.SKU, b.SKU)
	}, nil
}

// Hit is a product found by Search.
type Hit struct {
	Score   float64  `json:"score"`
	Product *Product `json:"product"`
}

// Search finds the products of a category, or of all if it is empty, whose
// text matches the regular expression, best match first. A match in the name
// counts more than one in the description.
func (c *Catalogue) Search(category, expression string, limit int) ([]Hit, error) {
	pattern, err := regexp.Compile("(?i)" + expression)
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrBadQuery, err)
	}
	var hits []Hit
	for i := range c.products {
		p := &c.products[i]
		if category != "" && p.Category != category {
			continue
		}
		if score := score(pattern, p); score > 0 {
			hits = append(hits, Hit{score, p})
		}
	}
	sort.Slice(hits, func(i, j int) bool {
		if hits[i].Score != hits[j].Score {
			return hits[i].Score > hits[j].Score
		}
		return hits[i].Product.SKU < hits[j].Product.SKU
	})
	return hits[:min(len(hits), limit)], nil
}

func score(pattern *regexp.Regexp, p *Product) float64 {
	matches := len(pattern.FindAllStringIndex(p.Description, -1))
	if pattern.MatchString(p.Name) {
		matches += 5
	}
	return float64(matches) * p.Rating
}

func (c *Catalogue) pointers() []*Product {
	pointers := make([]*Product, len(c.products))
	for i := range c.products {
		pointers[i] = &c.products[i]
	}
	return pointers
}
