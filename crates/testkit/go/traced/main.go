// Traced writes an execution trace of goroutines that wait for each other, for a lock, for the network and for time.
package main

import (
	"net"
	"os"
	"runtime/trace"
	"sync"
	"time"
)

var sink int

func spin(d time.Duration) {
	for start := time.Now(); time.Since(start) < d; {
		for i := 0; i < 1000; i++ {
			sink += i
		}
	}
}

func producer(c chan int, n int) {
	for i := 0; i < n; i++ {
		spin(200 * time.Microsecond)
		c <- i
	}
	close(c)
}

func consumer(c chan int, wg *sync.WaitGroup, mu *sync.Mutex) {
	defer wg.Done()
	for range c {
		mu.Lock()
		spin(300 * time.Microsecond)
		mu.Unlock()
	}
}

func serve(l net.Listener) {
	c, err := l.Accept()
	if err != nil {
		return
	}
	b := make([]byte, 10)
	for {
		n, err := c.Read(b)
		if err != nil {
			return
		}
		c.Write(b[:n])
	}
}

func main() {
	f, _ := os.Create(os.Args[1])
	trace.Start(f)
	c := make(chan int)
	var wg sync.WaitGroup
	var mu sync.Mutex
	for i := 0; i < 4; i++ {
		wg.Add(1)
		go consumer(c, &wg, &mu)
	}
	l, _ := net.Listen("tcp", "127.0.0.1:0")
	go serve(l)
	conn, _ := net.Dial("tcp", l.Addr().String())
	b := make([]byte, 10)
	for i := 0; i < 30; i++ {
		conn.Write([]byte("hello"))
		conn.Read(b)
		time.Sleep(2 * time.Millisecond)
	}
	conn.Close()
	producer(c, 300)
	wg.Wait()
	trace.Stop()
	f.Close()
}
