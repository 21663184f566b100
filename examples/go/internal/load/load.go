// Package load plays the customers: a closed loop of clients that send a fixed
// mix of requests.
package load

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand"
	"net/http"
	"net/url"
	"runtime/pprof"
	"strings"
	"sync"
	"time"

	"example.com/shop/internal/catalogue"
	"example.com/shop/internal/orders"
)

// Config says what to send where.
type Config struct {
	BaseURL string
	Clients int
	Rate    float64  // requests per second of all clients together; zero for no bound
	SKUs    []string // products to ask for
	Seed    int64
}

// request is one step of the mix.
type request struct {
	route  string
	weight int
	build  func(*client) (*http.Request, error)
}

var mix = []request{
	{"/catalogue", 24, (*client).browse},
	{"/product", 20, (*client).look},
	{"/search", 6, (*client).search},
	{"/orders", 40, (*client).order},
	{"/recommendations", 3, (*client).recommend},
	{"/report", 5, (*client).report},
	{"/export.csv", 2, (*client).export},
}

// client is one customer.
type client struct {
	config Config
	random *rand.Rand
	http   *http.Client
	pace   pacer
	routes map[string]*tally
}

// Run sends requests until ctx is done and returns what happened.
func Run(ctx context.Context, config Config) *Summary {
	transport := &http.Transport{
		MaxIdleConnsPerHost: config.Clients,
		DisableCompression:  true, // replies are read, not unpacked
	}
	defer transport.CloseIdleConnections()
	interval := time.Duration(0)
	if config.Rate > 0 {
		interval = time.Duration(float64(config.Clients) / config.Rate * float64(time.Second))
	}
	start := time.Now()
	clients := make([]*client, config.Clients)
	var group sync.WaitGroup
	for i := range clients {
		clients[i] = &client{
			config: config,
			random: rand.New(rand.NewSource(config.Seed + int64(i))),
			http:   &http.Client{Transport: transport, Timeout: 10 * time.Second},
			pace:   newPacer(interval, start, i, config.Clients),
			routes: make(map[string]*tally),
		}
		group.Add(1)
		go func(c *client) {
			defer group.Done()
			pprof.Do(ctx, pprof.Labels("client", "load"), c.run)
		}(clients[i])
	}
	group.Wait()
	summary := &Summary{Elapsed: time.Since(start), routes: make(map[string]*tally)}
	for _, c := range clients {
		summary.add(c.routes)
	}
	return summary
}

func (c *client) run(ctx context.Context) {
	for c.pace.wait(ctx) == nil {
		step := c.next()
		start := time.Now()
		err := c.send(ctx, step)
		if ctx.Err() != nil {
			return // cut off in the middle: neither a success nor a failure
		}
		c.tally(step.route).add(time.Since(start), err)
	}
}

// next picks the next step, by weight.
func (c *client) next() request {
	total := 0
	for _, step := range mix {
		total += step.weight
	}
	left := c.random.Intn(total)
	for _, step := range mix {
		if left < step.weight {
			return step
		}
		left -= step.weight
	}
	panic("unreachable: weights sum up to total")
}

func (c *client) tally(route string) *tally {
	t := c.routes[route]
	if t == nil {
		t = new(tally)
		c.routes[route] = t
	}
	return t
}

func (c *client) send(ctx context.Context, step request) error {
	message, err := step.build(c)
	if err != nil {
		return err
	}
	message.Header.Set("Accept-Encoding", "gzip")
	response, err := c.http.Do(message.WithContext(ctx))
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", step.route, response.Status)
	}
	return nil
}

func (c *client) get(path string, query url.Values) (*http.Request, error) {
	return http.NewRequest(http.MethodGet, c.config.BaseURL+path+"?"+query.Encode(), nil)
}

func pick[T any](c *client, from []T) T { return from[c.random.Intn(len(from))] }

func (c *client) browse() (*http.Request, error) {
	return c.get("/catalogue", url.Values{
		"category": {pick(c, catalogue.Categories)},
		"sort":     {pick(c, []string{"price", "rating", "name"})},
	})
}

func (c *client) look() (*http.Request, error) {
	return c.get("/product", url.Values{"sku": {pick(c, c.config.SKUs)}})
}

func (c *client) search() (*http.Request, error) {
	return c.get("/search", url.Values{
		"category": {pick(c, catalogue.Categories)},
		"q":        {pick(c, []string{`\bw(oo|ee)d\b`, `hand|steel`, `l(i|a)[a-z]+t\b`, `strong.*clean`, `(basket|lantern)s?`})},
	})
}

func (c *client) order() (*http.Request, error) {
	lines := make([]orders.Line, 3+c.random.Intn(8))
	for i := range lines {
		lines[i] = orders.Line{SKU: pick(c, c.config.SKUs), Quantity: 1 + c.random.Intn(5)}
	}
	name := pick(c, []string{"ada", "grace", "edsger", "barbara", "ken", "radia"})
	body, err := json.Marshal(orders.Order{
		Customer: strings.ToUpper(name[:1]) + name[1:],
		Email:    fmt.Sprintf("%s.%d@mail.example.com", name, c.random.Intn(1000)),
		Phone:    "+44 20 7946 0958",
		Postcode: pick(c, []string{"10115", "SW1A 1AA", "200040", "75001"}),
		Express:  c.random.Intn(20) == 0,
		Note:     strings.Repeat("please ring twice; ", c.random.Intn(4)),
		Lines:    lines,
	})
	if err != nil {
		return nil, err
	}
	return http.NewRequest(http.MethodPost, c.config.BaseURL+"/orders", bytes.NewReader(body))
}

func (c *client) recommend() (*http.Request, error) {
	return c.get("/recommendations", url.Values{"sku": {pick(c, c.config.SKUs)}})
}

func (c *client) report() (*http.Request, error) { return c.get("/report", nil) }

func (c *client) export() (*http.Request, error) {
	return c.get("/export.csv", url.Values{"category": {pick(c, catalogue.Categories)}})
}
