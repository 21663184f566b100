// Spin burns CPU time in a call structure that is known in advance, so that a
// profile of it can be checked frame by frame. See README.md for the table of
// call chains; keep the two together.
package main

import (
	"flag"
	"fmt"
	"os"
	"time"

	"example.com/shop/internal/cpuprofile"
)

func main() {
	duration := flag.Duration("duration", 5*time.Second, "how long to run")
	profile := flag.String("cpuprofile", "", "write a CPU profile of the whole run to this `file`")
	flag.Parse()
	if err := run(*duration, *profile); err != nil {
		fmt.Fprintln(os.Stderr, "spin:", err)
		os.Exit(1)
	}
}

func run(duration time.Duration, profile string) error {
	stop, err := cpuprofile.Start(profile)
	if err != nil {
		return err
	}
	rounds, sum := spin(time.Now().Add(duration))
	fmt.Printf("spin: %d rounds, checksum %016x\n", rounds, sum)
	return stop()
}

// spin runs rounds of every kind of call until the deadline.
//
//go:noinline
func spin(deadline time.Time) (rounds int, sum uint64) {
	var (
		whole    = filled[int64](4096)
		real     = filled[float64](4096)
		steps    = makeSteps(3, 7)
		animals  = []animal{dog{legs: 4}, &bird{wings: 2}}
		previous = uint64(1)
	)
	for time.Now().Before(deadline) {
		previous = outer(previous)
		previous ^= inlined(previous)
		previous += uint64(total(whole)) + uint64(total(real))
		previous = apply(steps, previous)
		for _, a := range animals {
			previous += a.speak(previous)
		}
		rounds++
	}
	return rounds, previous
}

const loops = 20_000

// scramble is one xorshift step: cheap, and too serial to be optimised away.
func scramble(x uint64) uint64 {
	x ^= x << 13
	x ^= x >> 7
	return x ^ x<<17
}

// Nested, named functions, each with time of its own.

//go:noinline
func outer(x uint64) uint64 {
	for i := 0; i < loops; i++ {
		x = scramble(x)
	}
	return middle(x) + 1
}

//go:noinline
func middle(x uint64) uint64 {
	for i := 0; i < loops; i++ {
		x = scramble(x)
	}
	return inner(x) + 1
}

//go:noinline
func inner(x uint64) uint64 {
	for i := 0; i < 2*loops; i++ {
		x = scramble(x)
	}
	return x
}

// An inlined chain, three deep: inlined holds all the code of first, second
// and third, and no call.

//go:noinline
func inlined(x uint64) uint64 {
	for i := 0; i < loops; i++ {
		x = first(x)
	}
	return x
}

func first(x uint64) uint64 { return second(x*5) + 1 }

func second(x uint64) uint64 { return third(x^x>>3) * 3 }

func third(x uint64) uint64 {
	x ^= x << 25
	x ^= x >> 27
	return x * 0x2545f4914f6cdd1d
}

// Generic functions, instantiated twice.

type number interface{ ~int64 | ~float64 }

func filled[T number](length int) []T {
	numbers := make([]T, length)
	for i := range numbers {
		numbers[i] = T(i)
	}
	return numbers
}

//go:noinline
func total[T number](numbers []T) T {
	var sum T
	for pass := 0; pass < 8; pass++ {
		for _, n := range numbers {
			sum += n
		}
	}
	return sum
}

// Closures: two different functions made by one.

//go:noinline
func makeSteps(shift uint, factor uint64) []func(uint64) uint64 {
	return []func(uint64) uint64{
		func(x uint64) uint64 {
			for i := 0; i < loops; i++ {
				x ^= x >> shift
				x++
			}
			return x
		},
		func(x uint64) uint64 {
			for i := 0; i < loops; i++ {
				x = x*factor + 1
			}
			return x
		},
	}
}

//go:noinline
func apply(steps []func(uint64) uint64, x uint64) uint64 {
	for _, step := range steps {
		x = step(x)
	}
	return x
}

// Methods behind an interface, with value and pointer receivers.

type animal interface{ speak(uint64) uint64 }

type dog struct{ legs uint64 }

type bird struct{ wings, flaps uint64 }

func (d dog) speak(x uint64) uint64 {
	for i := 0; i < loops; i++ {
		x = scramble(x + d.legs)
	}
	return x
}

func (b *bird) speak(x uint64) uint64 {
	for i := 0; i < loops; i++ {
		x = scramble(x + b.wings)
		b.flaps++
	}
	return x
}
