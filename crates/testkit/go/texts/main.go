// Texts writes its profiles into the folder that it is given, as text and as protobuf, and then crashes.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"sync"
	"time"
)

var kept [][]byte

//go:noinline
func allocate[T any](n int) []T { return make([]T, n) }

type server struct{ mutex sync.Mutex }

func (s *server) handle(done chan struct{}) {
	s.mutex.Lock()
	time.Sleep(2 * time.Millisecond)
	s.mutex.Unlock()
	<-done
}

func leak(ctx context.Context) { <-ctx.Done() }

func write(folder, name string, debug int) error {
	file, err := os.Create(filepath.Join(folder, fmt.Sprintf("%s.%d", name, debug)))
	if err != nil {
		return err
	}
	defer file.Close()
	return pprof.Lookup(name).WriteTo(file, debug)
}

func main() {
	runtime.MemProfileRate = 4096
	runtime.SetBlockProfileRate(1)
	runtime.SetMutexProfileFraction(1)
	s := &server{}
	done := make(chan struct{})
	for i := 0; i < 5; i++ {
		go s.handle(done)
	}
	go func() {
		runtime.LockOSThread()
		<-done
	}()
	ctx := pprof.WithLabels(context.Background(), pprof.Labels("route", "/api", "tenant id", "a b"))
	pprof.Do(ctx, pprof.Labels("job", "leak"), func(ctx context.Context) { go leak(ctx) })
	for i := 0; i < 2000; i++ {
		kept = append(kept, allocate[byte](1000))
		if i%3 == 0 {
			kept[i] = nil
		}
	}
	time.Sleep(50 * time.Millisecond)
	runtime.GC()
	for _, name := range []string{"heap", "allocs", "goroutine", "threadcreate", "block", "mutex"} {
		for debug := 0; debug < 2; debug++ {
			if err := write(os.Args[1], name, debug); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(3)
			}
		}
	}
	if err := write(os.Args[1], "goroutine", 2); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
	var nothing map[string]int
	var once sync.Once
	once.Do(func() { nothing["x"] = 1 })
}
