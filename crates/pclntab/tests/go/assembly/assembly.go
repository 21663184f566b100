// Package assembly has functions written in assembly, with and without a frame.
package assembly

// Add has no frame.
func Add(a, b int64) int64

// AddThrough has a frame and calls Add.
func AddThrough(a, b int64) int64
