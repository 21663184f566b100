package orders

import (
	"crypto/sha256"
	"fmt"
	"sync"
)

const fullStock = 500

// Inventory knows how many of each product are in the warehouse, and keeps a
// hash chain over all movements so that nobody can change the past.
//
// One mutex guards everything, and Reserve counts the whole warehouse, formats
// its entry and hashes it while it holds that mutex. This is the contention the
// program is meant to show; do not copy it.
type Inventory struct {
	mu    sync.Mutex
	stock map[string]int
	moves int
	chain [sha256.Size]byte // hash of the latest movement and of the chain before it
}

// NewInventory returns a full warehouse of the given products.
func NewInventory(skus []string) *Inventory {
	inventory := &Inventory{stock: make(map[string]int, len(skus))}
	for _, sku := range skus {
		inventory.stock[sku] = fullStock
	}
	return inventory
}

// Reserve takes quantity pieces of a product out of stock. An empty shelf is
// filled up again at once.
func (i *Inventory) Reserve(sku string, quantity int) {
	i.mu.Lock()
	defer i.mu.Unlock()
	left := i.stock[sku] - quantity
	if left < 0 {
		left = fullStock - quantity
	}
	i.stock[sku] = left
	i.moves++
	pieces := 0
	for _, count := range i.stock {
		pieces += count
	}
	i.chain = sha256.Sum256(fmt.Appendf(i.chain[:],
		"move %d: %s -%d, left %d of %d", i.moves, sku, quantity, left, pieces))
}

// Available returns how many pieces of a product are in stock.
func (i *Inventory) Available(sku string) int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.stock[sku]
}
