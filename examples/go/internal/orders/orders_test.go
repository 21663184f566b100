package orders

import (
	"errors"
	"reflect"
	"testing"
)

func TestValidate(t *testing.T) {
	valid := Order{
		Customer: "Ada",
		Email:    "ada@example.com",
		Phone:    "+44 20 7946 0958",
		Postcode: "SW1A 1AA",
		Lines:    []Line{{SKU: "TOY-00001", Quantity: 2}},
	}
	if err := valid.Validate(); err != nil {
		t.Fatalf("a valid order: %v", err)
	}
	for name, spoil := range map[string]func(*Order){
		"email":    func(o *Order) { o.Email = "ada@example" },
		"phone":    func(o *Order) { o.Phone = "call me" },
		"postcode": func(o *Order) { o.Postcode = "?" },
		"no lines": func(o *Order) { o.Lines = nil },
		"sku":      func(o *Order) { o.Lines = []Line{{SKU: "toy-1", Quantity: 1}} },
		"quantity": func(o *Order) { o.Lines = []Line{{SKU: "TOY-00001", Quantity: 0}} },
	} {
		order := valid
		spoil(&order)
		if err := order.Validate(); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: got error %v, want ErrInvalid", name, err)
		}
	}
}

func TestInventoryRefills(t *testing.T) {
	inventory := NewInventory([]string{"TOY-00001"})
	inventory.Reserve("TOY-00001", 3)
	if got := inventory.Available("TOY-00001"); got != fullStock-3 {
		t.Errorf("after 3 of %d: %d left", fullStock, got)
	}
	inventory.Reserve("TOY-00001", fullStock-2)
	if got := inventory.Available("TOY-00001"); got != 2 {
		t.Errorf("after a refill: %d left, want 2", got)
	}
}

func TestLedgerReports(t *testing.T) {
	var ledger Ledger
	for i := 0; i < ledgerLength+10; i++ { // the first ten fall out
		ledger.Add(&Receipt{Lines: []ReceiptLine{
			{SKU: "TOY-00001", Category: "toys", Quantity: 1, TotalCents: 100},
			{SKU: "BOO-00002", Category: "books", Quantity: 2, TotalCents: 50},
		}})
	}
	want := []CategorySales{
		{Category: "toys", Pieces: ledgerLength, TotalCents: 100 * ledgerLength, TopSKUs: []string{"TOY-00001"}},
		{Category: "books", Pieces: 2 * ledgerLength, TotalCents: 50 * ledgerLength, TopSKUs: []string{"BOO-00002"}},
	}
	if got := ledger.SalesByCategory(); !reflect.DeepEqual(got, want) {
		t.Errorf("SalesByCategory:\n got %+v\nwant %+v", got, want)
	}
	if got := ledger.BoughtTogether("TOY-00001", 3); !reflect.DeepEqual(got, []string{"BOO-00002"}) {
		t.Errorf("BoughtTogether: got %v", got)
	}
}
