// Package orders takes orders: it checks them, reserves stock and keeps the
// most recent ones for reports.
package orders

import (
	"errors"
	"fmt"
	"regexp"
	"time"

	"example.com/shop/internal/seq"
)

// Line is one position of an order.
type Line struct {
	SKU      string `json:"sku"`
	Quantity int    `json:"quantity"`
}

// Order is what a customer sends.
type Order struct {
	Customer string `json:"customer"`
	Email    string `json:"email"`
	Phone    string `json:"phone"`
	Postcode string `json:"postcode"`
	Express  bool   `json:"express"`
	Note     string `json:"note,omitempty"`
	Lines    []Line `json:"lines"`
}

// Receipt is what the customer gets back.
type Receipt struct {
	Number        int64         `json:"number"`
	TotalCents    int64         `json:"total_cents"`
	ShippingCents int64         `json:"shipping_cents"`
	Carrier       string        `json:"carrier"`
	Received      time.Time     `json:"received"`
	Lines         []ReceiptLine `json:"lines"`
}

// ReceiptLine is one priced position.
type ReceiptLine struct {
	SKU        string `json:"sku"`
	Name       string `json:"name"`
	Category   string `json:"category"`
	Quantity   int    `json:"quantity"`
	TotalCents int64  `json:"total_cents"`
}

// ErrInvalid is wrapped by every error of Validate.
var ErrInvalid = errors.New("invalid order")

const maxLines = 50

var (
	skuPattern      = regexp.MustCompile(`^[A-Z]{3}-\d{5}$`)
	emailPattern    = regexp.MustCompile(`^[a-z0-9._%+-]+@[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}$`)
	phonePattern    = regexp.MustCompile(`^\+?\d{1,3}([ -]?\d{2,4}){2,4}$`)
	postcodePattern = regexp.MustCompile(`^(\d{4,6}|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})$`)
)

// Validate reports the first thing that is wrong with the order.
func (o *Order) Validate() error {
	for _, check := range []struct {
		field, value string
		pattern      *regexp.Regexp
	}{
		{"email", o.Email, emailPattern},
		{"phone", o.Phone, phonePattern},
		{"postcode", o.Postcode, postcodePattern},
	} {
		if !check.pattern.MatchString(check.value) {
			return fmt.Errorf("%w: %s %q", ErrInvalid, check.field, check.value)
		}
	}
	if len(o.Lines) == 0 || len(o.Lines) > maxLines {
		return fmt.Errorf("%w: %d lines, want 1 to %d", ErrInvalid, len(o.Lines), maxLines)
	}
	for _, line := range o.Lines {
		if !skuPattern.MatchString(line.SKU) {
			return fmt.Errorf("%w: sku %q", ErrInvalid, line.SKU)
		}
		if line.Quantity < 1 || line.Quantity > 99 {
			return fmt.Errorf("%w: quantity %d of %s", ErrInvalid, line.Quantity, line.SKU)
		}
	}
	return nil
}

// Total returns the sum of the lines.
func Total(lines []ReceiptLine) int64 {
	return seq.Reduce(lines, 0, func(sum int64, line ReceiptLine) int64 { return sum + line.TotalCents })
}
