// Native spends its time in a C function that is called from Go, and in Go.
package main

/*
#cgo CFLAGS: -O1 -fno-omit-frame-pointer
#include <stdint.h>

__attribute__((noinline)) uint64_t native_spin(uint64_t x, int rounds) {
	for (int i = 0; i < rounds; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
	}
	return x;
}
*/
import "C"

import (
	"flag"
	"fmt"
	"time"
)

const rounds = 1_000_000

func main() {
	duration := flag.Duration("duration", 2*time.Second, "how long to run")
	flag.Parse()
	fmt.Printf("native: checksum %016x\n", alternate(time.Now().Add(*duration)))
}

//go:noinline
func alternate(deadline time.Time) uint64 {
	x := uint64(1)
	for time.Now().Before(deadline) {
		x = inC(x)
		x = inGo(x)
	}
	return x
}

//go:noinline
func inC(x uint64) uint64 { return uint64(C.native_spin(C.uint64_t(x), rounds)) }

//go:noinline
func inGo(x uint64) uint64 {
	for i := 0; i < rounds; i++ {
		x = scramble(x)
	}
	return x
}

func scramble(x uint64) uint64 {
	x ^= x << 13
	x ^= x >> 7
	return x ^ x<<17
}
