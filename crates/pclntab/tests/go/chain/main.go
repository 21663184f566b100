// Command chain has one of everything that makes symbolizing Go hard.
package main

import (
	"errors"
	"fmt"
	"os"
	"sort"
	"strings"
	"sync"

	"example.com/symbols/assembly"
	"example.com/symbols/oracle"
)

func main() {
	if len(os.Args) > 1 {
		work(os.Args)
		return
	}
	oracle.Serve()
}

//go:noinline
func work(args []string) {
	total := outer(len(args))
	total += generics(args)
	total += methods(total)
	total += int(assembly.AddThrough(int64(total), int64(assembly.Add(1, 2))))
	total += concurrent(total)
	total += recovered(args)
	total += native(total)
	fmt.Println(total, closures(total)())
}

// Inlining, three deep: leaf into inner into middle into outer.

func leaf(value int) int {
	return value*value ^ 0x55
}

func inner(value int) int {
	sum := 0
	for index := 0; index < 10; index++ {
		sum += leaf(value + index)
	}
	return sum
}

func middle(value int) int {
	if value > 100 {
		return leaf(value)
	}
	return inner(value) + 1
}

//go:noinline
func outer(value int) int {
	return middle(value) - middle(value+1)
}

// Generics, with shapes and inlined calls.

type number interface{ ~int | ~float64 }

type pair[K comparable, V any] struct {
	key   K
	value V
}

func (p *pair[K, V]) swap(value V) V {
	p.value, value = value, p.value
	return value
}

func mapped[T, U any](values []T, convert func(T) U) []U {
	result := make([]U, 0, len(values))
	for _, value := range values {
		result = append(result, convert(value))
	}
	return result
}

//go:noinline
func sum[T number](values []T) (total T) {
	for _, value := range values {
		total += value
	}
	return total
}

//go:noinline
func generics(args []string) int {
	lengths := mapped(args, func(arg string) int { return len(arg) })
	halves := mapped(lengths, func(length int) float64 { return float64(length) / 2 })
	entry := &pair[string, int]{key: args[0]}
	return sum(lengths) + int(sum(halves)) + entry.swap(3)
}

// Methods, embedding and interfaces, which make the compiler write wrappers.

type shape interface{ area() int }

type square struct{ side int }

func (s square) area() int { return s.side * s.side }

type box struct {
	square
	depth int
}

type logged struct{ shape }

//go:noinline
func areaOf(s shape) int { return s.area() }

//go:noinline
func methods(side int) int {
	bound := square{side}.area
	return areaOf(square{side}) + areaOf(&square{side}) + areaOf(&box{square{side}, 1}) + areaOf(logged{box{}}) + bound()
}

// Closures within closures.

func closures(start int) func() int {
	count := start
	return func() int {
		step := func() int {
			count++
			return leaf(count)
		}
		return step() + step()
	}
}

// Goroutines, defers, a panic that is recovered.

//go:noinline
func concurrent(workers int) int {
	var group sync.WaitGroup
	var lock sync.Mutex
	total := 0
	for worker := 0; worker < workers%7+1; worker++ {
		group.Add(1)
		go func(worker int) {
			defer group.Done()
			lock.Lock()
			defer lock.Unlock()
			total += inner(worker)
		}(worker)
	}
	group.Wait()
	return total
}

var errTooLong = errors.New("too long")

//go:noinline
func recovered(args []string) (total int) {
	defer func() {
		if err := recover(); err != nil {
			total = -1
		}
	}()
	sort.Slice(args, func(i, j int) bool { return strings.ToLower(args[i]) < strings.ToLower(args[j]) })
	var nothing *pair[string, int]
	if len(args) > 3 {
		panic(errTooLong)
	}
	return nothing.value
}
