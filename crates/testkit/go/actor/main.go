// Actor does what tests of a recorder need a program to do: end in a certain
// way, start threads and processes, become another program.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"time"
)

const usage = `usage: actor exit CODE | die SIGNAL | work TIME | threads WAIT COUNT TIME | parent TIME | become TIME`

func main() {
	if len(os.Args) < 3 {
		fail(usage)
	}
	argument := os.Args[2]
	switch os.Args[1] {
	case "exit":
		fmt.Println("actor: leaving with", argument)
		os.Exit(number(argument))
	case "die":
		fmt.Println("actor: dying of", argument)
		check(syscall.Kill(os.Getpid(), syscall.Signal(number(argument))))
		select {}
	case "work":
		work(duration(argument))
	case "threads":
		if len(os.Args) < 5 {
			fail(usage)
		}
		threads(duration(argument), number(os.Args[3]), duration(os.Args[4]))
	case "parent":
		parent(duration(argument))
	case "child":
		burnAsChild(time.Now().Add(duration(argument)))
	case "become":
		become(duration(argument))
	case "became":
		burnAfterBecoming(time.Now().Add(duration(argument)))
	default:
		fail(usage)
	}
}

// work burns until the time is up or somebody asks it to end.
func work(d time.Duration) {
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGTERM)
	fmt.Println("actor: working as", os.Getpid())
	ended := make(chan bool)
	go func() {
		burn(time.Now().Add(d))
		close(ended)
	}()
	select {
	case <-asked:
		fmt.Println("actor: asked to end")
	case <-ended:
		fmt.Println("actor: worked")
	}
}

// threads waits and then starts operating-system threads, one for each
// goroutine.
func threads(wait time.Duration, count int, d time.Duration) {
	fmt.Println("actor: waiting as", os.Getpid())
	time.Sleep(wait)
	var group sync.WaitGroup
	group.Add(count)
	for i := 0; i < count; i++ {
		go func() {
			defer group.Done()
			runtime.LockOSThread()
			burnInThread(time.Now().Add(d))
		}()
	}
	group.Wait()
}

// parent burns while a child of its does the same.
func parent(d time.Duration) {
	child := exec.Command("/proc/self/exe", "child", d.String())
	child.Stdout, child.Stderr = os.Stdout, os.Stderr
	check(child.Start())
	burnAsParent(time.Now().Add(d))
	check(child.Wait())
}

// become burns and then replaces itself by another program, which is itself
// with other arguments.
func become(d time.Duration) {
	burnBeforeBecoming(time.Now().Add(d))
	self, err := os.Executable()
	check(err)
	check(syscall.Exec(self, []string{"became", "became", d.String()}, os.Environ()))
}

//go:noinline
func burnAsParent(deadline time.Time) uint64 { return burn(deadline) + 1 }

//go:noinline
func burnAsChild(deadline time.Time) uint64 { return burn(deadline) + 2 }

//go:noinline
func burnInThread(deadline time.Time) uint64 { return burn(deadline) + 3 }

//go:noinline
func burnBeforeBecoming(deadline time.Time) uint64 { return burn(deadline) + 4 }

//go:noinline
func burnAfterBecoming(deadline time.Time) uint64 { return burn(deadline) + 5 }

//go:noinline
func burn(deadline time.Time) uint64 {
	x := uint64(1)
	for time.Now().Before(deadline) {
		x = spin(x)
	}
	return x
}

//go:noinline
func spin(x uint64) uint64 {
	for i := 0; i < 100_000; i++ {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
	}
	return x
}

func number(text string) int {
	n, err := strconv.Atoi(text)
	check(err)
	return n
}

func duration(text string) time.Duration {
	d, err := time.ParseDuration(text)
	check(err)
	return d
}

func check(err error) {
	if err != nil {
		fail(err)
	}
}

func fail(reason any) {
	fmt.Fprintln(os.Stderr, "actor:", reason)
	os.Exit(2)
}
