package load

import (
	"context"
	"time"
)

// pacer spreads the requests of one client evenly over time. A client that
// falls behind does not catch up in a burst.
type pacer struct {
	interval time.Duration // zero for as fast as possible
	next     time.Time
}

// newPacer returns the pacer of client index of count, which take turns.
func newPacer(interval time.Duration, start time.Time, index, count int) pacer {
	return pacer{interval, start.Add(interval * time.Duration(index) / time.Duration(count))}
}

// wait blocks until the next request is due, or ctx is done.
func (p *pacer) wait(ctx context.Context) error {
	if p.interval == 0 {
		return ctx.Err()
	}
	if early := time.Until(p.next); early > 0 {
		timer := time.NewTimer(early)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
		}
		p.next = p.next.Add(p.interval)
	} else {
		p.next = time.Now().Add(p.interval)
	}
	return ctx.Err()
}
