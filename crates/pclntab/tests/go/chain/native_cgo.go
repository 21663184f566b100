//go:build cgo && native

package main

/*
#include <stdlib.h>

static int compare(const void *a, const void *b) {
	return *(const int *)a - *(const int *)b;
}

int smallest(int seed) {
	int values[64];
	for (int index = 0; index < 64; index++) {
		values[index] = seed ^ (index * 37);
	}
	qsort(values, 64, sizeof values[0], compare);
	return values[0];
}
*/
import "C"

//go:noinline
func native(seed int) int {
	return int(C.smallest(C.int(seed)))
}
