// Shop is a web shop with customers built in: a realistic service to profile.
//
// It serves HTTP until its time is up or a signal arrives, and prints what its
// customers saw.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"

	"example.com/shop/internal/catalogue"
	"example.com/shop/internal/cpuprofile"
	"example.com/shop/internal/load"
	"example.com/shop/internal/shipping"
	"example.com/shop/internal/web"
)

type options struct {
	address       string
	debugAddress  string
	duration      time.Duration
	clients       int
	rate          float64
	products      int
	seed          int64
	leak          bool
	blockRate     int
	mutexFraction int
	cpuProfile    string
}

func parseOptions(arguments []string) options {
	var o options
	flags := flag.NewFlagSet("shop", flag.ExitOnError)
	flags.StringVar(&o.address, "addr", "127.0.0.1:0", "`address` to serve on; port 0 picks a free one")
	flags.StringVar(&o.debugAddress, "debug-addr", "", "serve /debug/ on this `address` instead")
	flags.DurationVar(&o.duration, "duration", 0, "exit after this `time`; 0 runs until a signal")
	flags.IntVar(&o.clients, "load", 0, "`number` of built-in customers, each with one request at a time")
	flags.Float64Var(&o.rate, "rate", 0, "`requests` per second of all customers together; 0 for no bound")
	flags.IntVar(&o.products, "products", 1200, "`number` of products on sale")
	flags.Int64Var(&o.seed, "seed", 1, "`number` that makes products and customers repeatable")
	flags.BoolVar(&o.leak, "leak", false, "leave a goroutine behind with every express order")
	flags.IntVar(&o.blockRate, "block-rate", 0, "block profile: one sample per this many `nanoseconds` blocked; 0 for off")
	flags.IntVar(&o.mutexFraction, "mutex-fraction", 0, "mutex profile: one of this many `events`; 0 for off")
	flags.StringVar(&o.cpuProfile, "cpuprofile", "", "write a CPU profile of the whole run to this `file`")
	_ = flags.Parse(arguments) // exits on an error
	if flags.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "shop: unexpected argument %q\n", flags.Arg(0))
		flags.Usage()
		os.Exit(2)
	}
	return o
}

func main() {
	options := parseOptions(os.Args[1:])
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, options, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "shop:", err)
		os.Exit(1)
	}
}

// run serves until ctx ends, the duration is over or a server fails.
func run(ctx context.Context, o options, out io.Writer) (err error) {
	runtime.SetBlockProfileRate(o.blockRate)
	runtime.SetMutexProfileFraction(o.mutexFraction)
	stopProfile, err := cpuprofile.Start(o.cpuProfile)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stopProfile()) }()
	if o.duration > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, o.duration)
		defer cancel()
	}

	products := catalogue.Generate(o.products, o.seed)
	mux := http.NewServeMux()
	mux.Handle("/", web.New(products, &shipping.Carriers{Leak: o.leak}))
	debugMux := mux
	if o.debugAddress != "" {
		debugMux = http.NewServeMux()
	}
	web.HandleDebug(debugMux)

	var servers serverGroup
	address, err := servers.start(o.address, mux)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, servers.stop()) }()
	line := "shop: listening on http://" + address
	if debugMux != mux {
		debugAddress, err := servers.start(o.debugAddress, debugMux)
		if err != nil {
			return err
		}
		line += ", debug on http://" + debugAddress
	}
	fmt.Fprintln(out, line)

	if o.clients <= 0 {
		return servers.wait(ctx)
	}
	loadContext, stopLoad := context.WithCancel(ctx)
	defer stopLoad()
	summaries := make(chan *load.Summary, 1)
	go func() {
		summaries <- load.Run(loadContext, load.Config{
			BaseURL: "http://" + address,
			Clients: o.clients,
			Rate:    o.rate,
			SKUs:    products.SKUs(),
			Seed:    o.seed,
		})
	}()
	err = servers.wait(ctx)
	stopLoad()
	return errors.Join(err, report(out, <-summaries))
}

// report prints what the customers saw and how the process is.
func report(out io.Writer, summary *load.Summary) error {
	fmt.Fprint(out, "shop: ")
	if err := summary.Write(out); err != nil {
		return err
	}
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	fmt.Fprintf(out, "%d goroutines, %.1f MB heap, %d garbage collections\n",
		runtime.NumGoroutine(), float64(memory.HeapAlloc)/1e6, memory.NumGC)
	if err := summary.FirstError(); err != nil {
		fmt.Fprintln(out, "first failure:", err)
	}
	return nil
}

// serverGroup runs HTTP servers that start and stop together.
type serverGroup struct {
	servers []*http.Server
	failed  chan error
}

// start listens on address and returns the address it got.
func (g *serverGroup) start(address string, handler http.Handler) (string, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return "", err
	}
	if g.failed == nil {
		g.failed = make(chan error, 2)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	g.servers = append(g.servers, server)
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			g.failed <- err
		}
	}()
	return listener.Addr().String(), nil
}

// wait blocks until ctx ends or a server fails.
func (g *serverGroup) wait(ctx context.Context) error {
	select {
	case err := <-g.failed:
		return err
	case <-ctx.Done():
		return nil
	}
}

// stop lets requests under way finish for a moment, then cuts them off.
func (g *serverGroup) stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	var failures []error
	for _, server := range g.servers {
		err := server.Shutdown(ctx)
		if errors.Is(err, context.DeadlineExceeded) {
			err = server.Close() // a running /debug/pprof/profile, for one
		}
		failures = append(failures, err)
	}
	return errors.Join(failures...)
}
