package cache

import (
	"errors"
	"testing"
)

func TestLRUKeepsTheMostRecentlyUsed(t *testing.T) {
	loads := 0
	square := func(n int) (int, error) {
		loads++
		return n * n, nil
	}
	c := NewLRU[int, int](2)
	for _, key := range []int{1, 2, 1, 3, 1, 2} { // 3 pushes 2 out, 1 stays
		got, err := c.GetOrLoad(key, square)
		if err != nil || got != key*key {
			t.Fatalf("GetOrLoad(%d) = %d, %v", key, got, err)
		}
	}
	if loads != 4 {
		t.Errorf("loaded %d times, want 4", loads)
	}
	if c.Len() != 2 {
		t.Errorf("Len() = %d, want 2", c.Len())
	}
}

func TestLRUDoesNotKeepErrors(t *testing.T) {
	c := NewLRU[string, int](1)
	broken := errors.New("broken")
	if _, err := c.GetOrLoad("a", func(string) (int, error) { return 0, broken }); !errors.Is(err, broken) {
		t.Fatalf("got error %v, want %v", err, broken)
	}
	if got, err := c.GetOrLoad("a", func(string) (int, error) { return 7, nil }); got != 7 || err != nil {
		t.Errorf("after an error: got %d, %v; want 7, nil", got, err)
	}
}
