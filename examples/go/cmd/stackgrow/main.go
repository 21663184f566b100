// Stackgrow makes goroutines outgrow their stacks all the time: the runtime's
// morestack, newstack and copystack run on another stack than the function
// that needed the space, and a profiler has to find its way back.
//
// Every sample in them belongs to main.grow, called by itself any number of
// times, called by main.descend.
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
		fmt.Fprintln(os.Stderr, "stackgrow:", err)
		os.Exit(1)
	}
}

func run(duration time.Duration, profile string) error {
	stop, err := cpuprofile.Start(profile)
	if err != nil {
		return err
	}
	rounds, sum := 0, 0
	results := make(chan int)
	for end := time.Now().Add(duration); time.Now().Before(end); rounds++ {
		go descend(results)
		sum += <-results
	}
	fmt.Printf("stackgrow: %d goroutines, checksum %d\n", rounds, sum)
	return stop()
}

// descend runs on a fresh, small stack.
func descend(results chan<- int) { results <- grow(300) }

// grow needs 512 bytes of stack for each level, 150 kB in all.
//
//go:noinline
func grow(depth int) int {
	var block [64]int
	block[depth%len(block)] = depth
	if depth == 0 {
		return 0
	}
	return grow(depth-1) + block[depth%len(block)]
}
