package seq

import (
	"reflect"
	"strconv"
	"testing"
)

func TestPipeline(t *testing.T) {
	numbers := []int{1, 2, 3, 4, 5, 6}
	even := Filter(numbers, func(n int) bool { return n%2 == 0 })
	if want := []int{2, 4, 6}; !reflect.DeepEqual(even, want) {
		t.Errorf("Filter: got %v, want %v", even, want)
	}
	if got, want := Map(even, strconv.Itoa), []string{"2", "4", "6"}; !reflect.DeepEqual(got, want) {
		t.Errorf("Map: got %v, want %v", got, want)
	}
	sum := func(total, n int) int { return total + n }
	if got := Reduce(even, 100, sum); got != 112 {
		t.Errorf("Reduce: got %d, want 112", got)
	}
	groups := GroupBy(numbers, func(n int) int { return n % 3 })
	if want := map[int][]int{0: {3, 6}, 1: {1, 4}, 2: {2, 5}}; !reflect.DeepEqual(groups, want) {
		t.Errorf("GroupBy: got %v, want %v", groups, want)
	}
}
