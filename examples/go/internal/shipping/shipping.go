// Package shipping asks carriers for prices.
package shipping

import (
	"context"
	"time"
)

// Quote is one carrier's offer.
type Quote struct {
	Carrier string
	Cents   int64
}

// Carriers asks several carriers at once and takes the first answer.
type Carriers struct {
	// Leak makes every call leave one goroutine behind for ever: the carrier
	// that loses the race blocks on a channel nobody reads any more.
	Leak bool
}

// Flat is the price of an ordinary parcel.
var Flat = Quote{Carrier: "post", Cents: 490}

var carriers = []struct {
	name  string
	delay time.Duration // how long the carrier takes to answer
	cents int64         // per piece
}{
	{"swift", time.Millisecond, 180},
	{"harbour", 2 * time.Millisecond, 150},
}

// Express returns the first carrier's quote for a number of pieces.
func (c *Carriers) Express(ctx context.Context, pieces int) (Quote, error) {
	capacity := len(carriers) // nobody ever blocks
	if c.Leak {
		capacity = 0
	}
	quotes := make(chan Quote, capacity)
	for i := range carriers {
		go ask(i, pieces, quotes)
	}
	select {
	case quote := <-quotes:
		return quote, nil
	case <-ctx.Done():
		return Quote{}, ctx.Err()
	}
}

func ask(carrier, pieces int, quotes chan<- Quote) {
	asked := carriers[carrier]
	time.Sleep(asked.delay)
	quotes <- Quote{Carrier: asked.name, Cents: 900 + asked.cents*int64(pieces)}
}
