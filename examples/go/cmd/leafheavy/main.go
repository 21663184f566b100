// Leafheavy spends its time in leaf functions that have no stack frame: the
// worst case for profilers that follow frame pointers, because the caller of
// such a function is the one they miss.
//
// Every call chain is fixed; README.md lists them, for a judge to check a
// profile against. Keep the two together.
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"sort"
	"sync"
	"sync/atomic"
	"time"

	"example.com/shop/internal/cpuprofile"
)

func main() {
	duration := flag.Duration("duration", 5*time.Second, "how long to run")
	threads := flag.Int("threads", 1, "`number` of goroutines that work at the same time")
	profile := flag.String("cpuprofile", "", "write a CPU profile of the whole run to this `file`")
	flag.Parse()
	if *threads < 1 {
		fmt.Fprintln(os.Stderr, "leafheavy: -threads must be at least 1")
		os.Exit(2)
	}
	if err := run(*duration, *threads, *profile); err != nil {
		fmt.Fprintln(os.Stderr, "leafheavy:", err)
		os.Exit(1)
	}
}

func run(duration time.Duration, threads int, profile string) error {
	if threads > runtime.GOMAXPROCS(0) {
		runtime.GOMAXPROCS(threads)
	}
	stop, err := cpuprofile.Start(profile)
	if err != nil {
		return err
	}
	var (
		enough  atomic.Bool
		group   sync.WaitGroup
		workers = make([]*worker, threads)
	)
	time.AfterFunc(duration, func() { enough.Store(true) })
	group.Add(threads)
	for i := range workers {
		workers[i] = newWorker(uint64(i))
		go workers[i].run(&enough, &group)
	}
	group.Wait()
	rounds, sum := 0, uint64(0)
	for _, w := range workers {
		rounds += w.rounds
		sum += w.sum
	}
	fmt.Printf("leafheavy: %d rounds in %d threads, checksum %016x\n", rounds, threads, sum)
	return stop()
}

const (
	copyBytes   = 4096
	copies      = 3600
	hashWords   = 4096
	hashPasses  = 7
	mapKeys     = 1024
	mapWrites   = 3
	sortLength  = 2048
	framedCalls = 14_000
)

// worker owns all the memory its rounds need, so that they allocate nothing
// and the garbage collector stays out of the picture.
type worker struct {
	rounds   int
	sum      uint64
	from, to []byte
	words    []uint64
	counts   map[uint64]uint64
	numbers  []int
}

func newWorker(seed uint64) *worker {
	w := &worker{
		from:    make([]byte, copyBytes),
		to:      make([]byte, copyBytes),
		words:   make([]uint64, hashWords),
		counts:  make(map[uint64]uint64, mapKeys),
		numbers: make([]int, sortLength),
	}
	for i := range w.words {
		w.words[i] = mix(seed, uint64(i))
	}
	for i := range w.from {
		w.from[i] = byte(w.words[i])
	}
	writeMap(w.counts, w.words)
	return w
}

func (w *worker) run(enough *atomic.Bool, group *sync.WaitGroup) {
	defer group.Done()
	for !enough.Load() {
		w.sum = w.sum*31 + w.work()
		w.rounds++
	}
}

// work is one round: the same calls in the same order every time.
//
//go:noinline
func (w *worker) work() uint64 {
	copied := copyLoop(w.to, w.from)
	sum := hash(w.words)
	writeMap(w.counts, w.words)
	sortNumbers(w.numbers, sum)
	return sum ^ callLoop(sum) ^ uint64(copied)
}

// copyLoop calls runtime.memmove, which is assembly without a frame.
//
//go:noinline
func copyLoop(to, from []byte) int {
	copied := 0
	for i := 0; i < copies; i++ {
		// Lengths from 1 to 4 kB take all of memmove's ways.
		length := i*97%(copyBytes-1) + 1
		copied += copy(to[:length], from[:length])
	}
	return copied
}

// hash has neither calls nor locals in memory, so the compiler gives it no
// frame; mix is inlined into it.
//
//go:noinline
func hash(words []uint64) uint64 {
	h := uint64(0xcbf29ce484222325)
	for pass := 0; pass < hashPasses; pass++ {
		for _, word := range words {
			h = mix(h, word)
		}
	}
	return h
}

func mix(h, word uint64) uint64 {
	h = (h ^ word) * 0x9e3779b97f4a7c15
	return h ^ h>>29
}

// writeMap calls into the runtime's maps, whose hash function is assembly
// without a frame. All keys are there after the first call: nothing grows.
//
//go:noinline
func writeMap(counts map[uint64]uint64, words []uint64) {
	for i := 0; i < mapWrites; i++ {
		for _, word := range words[:mapKeys] {
			counts[word] += word
		}
	}
}

// sortNumbers fills the slice with pseudo-random numbers and sorts it.
//
//go:noinline
func sortNumbers(numbers []int, seed uint64) {
	for i := range numbers {
		seed ^= seed << 13
		seed ^= seed >> 7
		seed ^= seed << 17
		numbers[i] = int(seed >> 1)
	}
	sort.Ints(numbers)
}

// callLoop spends its time in the prologues and epilogues of tiny functions:
// framed has a frame, leaf has none.
//
//go:noinline
func callLoop(x uint64) uint64 {
	for i := 0; i < framedCalls; i++ {
		x = framed(x)
	}
	return x
}

//go:noinline
func framed(x uint64) uint64 { return leaf(x) + leaf(x>>1) }

//go:noinline
func leaf(x uint64) uint64 { return x*6364136223846793005 + 1442695040888963407 }
