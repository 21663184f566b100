//go:build !cgo || !native

package main

func native(seed int) int { return seed }
