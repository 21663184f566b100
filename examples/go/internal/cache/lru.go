// Package cache provides a small generic cache.
package cache

import (
	"container/list"
	"sync"
)

// LRU keeps the values that were used last. It is safe for concurrent use.
type LRU[K comparable, V any] struct {
	mu       sync.Mutex
	capacity int
	recent   *list.List // of *entry[K, V], most recently used first
	entries  map[K]*list.Element
}

type entry[K comparable, V any] struct {
	key   K
	value V
}

// NewLRU returns an empty cache for at most capacity values; capacity must be
// positive.
func NewLRU[K comparable, V any](capacity int) *LRU[K, V] {
	if capacity <= 0 {
		panic("cache: capacity must be positive")
	}
	return &LRU[K, V]{
		capacity: capacity,
		recent:   list.New(),
		entries:  make(map[K]*list.Element, capacity),
	}
}

// GetOrLoad returns the cached value of key, or loads and keeps it. Errors are
// not kept. The cache is not locked while load runs, so two callers that miss
// at once both load.
func (c *LRU[K, V]) GetOrLoad(key K, load func(K) (V, error)) (V, error) {
	if value, ok := c.get(key); ok {
		return value, nil
	}
	value, err := load(key)
	if err != nil {
		return value, err
	}
	c.put(key, value)
	return value, nil
}

// Len returns the number of cached values.
func (c *LRU[K, V]) Len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.recent.Len()
}

func (c *LRU[K, V]) get(key K) (value V, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	element, ok := c.entries[key]
	if !ok {
		return value, false
	}
	c.recent.MoveToFront(element)
	return element.Value.(*entry[K, V]).value, true
}

func (c *LRU[K, V]) put(key K, value V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if element, ok := c.entries[key]; ok {
		element.Value.(*entry[K, V]).value = value
		c.recent.MoveToFront(element)
		return
	}
	if c.recent.Len() >= c.capacity {
		oldest := c.recent.Back()
		c.recent.Remove(oldest)
		delete(c.entries, oldest.Value.(*entry[K, V]).key)
	}
	c.entries[key] = c.recent.PushFront(&entry[K, V]{key, value})
}
