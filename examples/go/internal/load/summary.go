package load

import (
	"fmt"
	"io"
	"math/bits"
	"sort"
	"text/tabwriter"
	"time"
)

// Summary is the outcome of a run.
type Summary struct {
	Elapsed time.Duration
	routes  map[string]*tally
}

// Total returns the numbers of requests and of failed requests.
func (s *Summary) Total() (requests, failed int) {
	for _, t := range s.routes {
		requests += t.requests
		failed += t.failed
	}
	return requests, failed
}

// Requests returns the number of requests to one route.
func (s *Summary) Requests(route string) int {
	if t := s.routes[route]; t != nil {
		return t.requests
	}
	return 0
}

// FirstError returns the first failure of any route, or nil.
func (s *Summary) FirstError() error {
	for _, step := range mix {
		if t := s.routes[step.route]; t != nil && t.first != nil {
			return t.first
		}
	}
	return nil
}

func (s *Summary) add(routes map[string]*tally) {
	for route, t := range routes {
		if sum := s.routes[route]; sum != nil {
			sum.merge(t)
		} else {
			s.routes[route] = t
		}
	}
}

// Write prints a table, one line for each route, busiest first.
func (s *Summary) Write(w io.Writer) error {
	requests, failed := s.Total()
	fmt.Fprintf(w, "%d requests in %.1f s (%.0f per second), %d failed\n",
		requests, s.Elapsed.Seconds(), float64(requests)/s.Elapsed.Seconds(), failed)
	routes := make([]string, 0, len(s.routes))
	for route := range s.routes {
		routes = append(routes, route)
	}
	sort.Slice(routes, func(i, j int) bool {
		a, b := s.routes[routes[i]], s.routes[routes[j]]
		if a.requests != b.requests {
			return a.requests > b.requests
		}
		return routes[i] < routes[j]
	})
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "requests\tfailed\tmedian\t99 %\troute  \t")
	for _, route := range routes {
		t := s.routes[route]
		fmt.Fprintf(table, "%d\t%d\t%v\t%v\t%s  \t\n", t.requests, t.failed, t.quantile(0.5), t.quantile(0.99), route)
	}
	return table.Flush()
}

// stepsPerOctave is how finely latencies are told apart: 4 steps for each
// doubling, 19 % apart.
const stepsPerOctave = 4

// tally counts the requests to one route.
type tally struct {
	requests int
	failed   int
	first    error
	latency  [64 * stepsPerOctave]int // by logarithm of microseconds
}

func (t *tally) add(latency time.Duration, err error) {
	t.requests++
	if err != nil {
		t.failed++
		if t.first == nil {
			t.first = err
		}
	}
	t.latency[bucket(latency)]++
}

func (t *tally) merge(other *tally) {
	t.requests += other.requests
	t.failed += other.failed
	if t.first == nil {
		t.first = other.first
	}
	for i, count := range other.latency {
		t.latency[i] += count
	}
}

// bucket numbers a latency: the octave, then two more bits.
func bucket(latency time.Duration) int {
	micros := uint64(max(latency.Microseconds(), stepsPerOctave))
	octave := bits.Len64(micros) - 1
	return octave*stepsPerOctave + int(micros>>(octave-2)&(stepsPerOctave-1))
}

// quantile returns the lower bound of the bucket that holds the q-quantile.
func (t *tally) quantile(q float64) time.Duration {
	left := int(q * float64(t.requests-1))
	for i, count := range t.latency {
		if left < count {
			micros := uint64(stepsPerOctave+i%stepsPerOctave) << (i / stepsPerOctave) / stepsPerOctave
			return time.Duration(micros) * time.Microsecond
		}
		left -= count
	}
	return 0
}
