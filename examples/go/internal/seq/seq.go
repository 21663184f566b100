// Package seq holds the usual generic functions over slices.
package seq

// Map returns f of every item, in order.
func Map[T, U any](items []T, f func(T) U) []U {
	mapped := make([]U, len(items))
	for i, item := range items {
		mapped[i] = f(item)
	}
	return mapped
}

// Filter returns the items that keep accepts, in order.
func Filter[T any](items []T, keep func(T) bool) []T {
	var kept []T
	for _, item := range items {
		if keep(item) {
			kept = append(kept, item)
		}
	}
	return kept
}

// Reduce folds the items into one value, left to right.
func Reduce[T, A any](items []T, initial A, fold func(A, T) A) A {
	total := initial
	for _, item := range items {
		total = fold(total, item)
	}
	return total
}

// GroupBy sorts the items into groups of equal keys; order within a group is kept.
func GroupBy[T any, K comparable](items []T, key func(T) K) map[K][]T {
	groups := make(map[K][]T)
	for _, item := range items {
		k := key(item)
		groups[k] = append(groups[k], item)
	}
	return groups
}
