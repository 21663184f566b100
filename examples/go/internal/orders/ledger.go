package orders

import (
	"cmp"
	"slices"
	"sort"
	"sync"

	"example.com/shop/internal/seq"
)

const ledgerLength = 150

// Ledger remembers the latest orders. It is safe for concurrent use.
type Ledger struct {
	mu       sync.RWMutex
	receipts []*Receipt // ring, oldest first once it is full
	next     int
	last     int64
}

// Add numbers a receipt and keeps it. The receipt must not be changed
// afterwards.
func (l *Ledger) Add(receipt *Receipt) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last++
	receipt.Number = l.last
	if len(l.receipts) < ledgerLength {
		l.receipts = append(l.receipts, receipt)
		return
	}
	l.receipts[l.next] = receipt
	l.next = (l.next + 1) % ledgerLength
}

// Recent returns the kept receipts in no particular order.
func (l *Ledger) Recent() []*Receipt {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return slices.Clone(l.receipts)
}

// CategorySales is one row of the sales report.
type CategorySales struct {
	Category   string   `json:"category"`
	Pieces     int      `json:"pieces"`
	TotalCents int64    `json:"total_cents"`
	TopSKUs    []string `json:"top_skus"`
}

// SalesByCategory sums up the recent orders, best category first.
func (l *Ledger) SalesByCategory() []CategorySales {
	var lines []ReceiptLine
	for _, receipt := range l.Recent() {
		lines = append(lines, receipt.Lines...)
	}
	groups := seq.GroupBy(lines, func(line ReceiptLine) string { return line.Category })
	report := make([]CategorySales, 0, len(groups))
	for category, lines := range groups {
		pieces := make(map[string]int)
		for _, line := range lines {
			pieces[line.SKU] += line.Quantity
		}
		report = append(report, CategorySales{
			Category:   category,
			Pieces:     seq.Reduce(lines, 0, func(sum int, line ReceiptLine) int { return sum + line.Quantity }),
			TotalCents: Total(lines),
			TopSKUs:    topKeys(pieces, 5),
		})
	}
	sort.Slice(report, func(i, j int) bool {
		if report[i].TotalCents != report[j].TotalCents {
			return report[i].TotalCents > report[j].TotalCents
		}
		return report[i].Category < report[j].Category
	})
	return report
}

// topKeys returns the count keys with the highest values, ties by key.
func topKeys(counts map[string]int, count int) []string {
	keys := make([]string, 0, len(counts))
	for key := range counts {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b string) int {
		if order := cmp.Compare(counts[b], counts[a]); order != 0 {
			return order
		}
		return cmp.Compare(a, b)
	})
	return keys[:min(len(keys), count)]
}

// companion counts how often another product was bought together with one.
type companion struct {
	sku    string
	bought int
}

// BoughtTogether returns the products most often ordered together with sku.
//
// It builds the whole matrix of pairs anew for every call: many small
// allocations with pointers, which keeps the garbage collector busy.
func (l *Ledger) BoughtTogether(sku string, limit int) []string {
	matrix := make(map[string]map[string]*companion)
	for _, receipt := range l.Recent() {
		for _, line := range receipt.Lines {
			row := matrix[line.SKU]
			if row == nil {
				row = make(map[string]*companion)
				matrix[line.SKU] = row
			}
			for _, other := range receipt.Lines {
				if other.SKU == line.SKU {
					continue
				}
				if row[other.SKU] == nil {
					row[other.SKU] = &companion{sku: other.SKU}
				}
				row[other.SKU].bought += other.Quantity
			}
		}
	}
	counts := make(map[string]int, len(matrix[sku]))
	for _, companion := range matrix[sku] {
		counts[companion.sku] = companion.bought
	}
	return topKeys(counts, limit)
}
