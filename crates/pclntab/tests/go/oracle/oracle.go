// Package oracle lets a program say what its own runtime knows about addresses in it.
package oracle

import (
	"bufio"
	"fmt"
	"os"
	"reflect"
	"runtime"
	_ "runtime/pprof" // Declares the functions that are linked to below.
	"strconv"
	_ "unsafe"
)

//go:linkname expandFinalInlineFrame runtime/pprof.runtime_expandFinalInlineFrame
func expandFinalInlineFrame(stack []uintptr) []uintptr

// Anchor is a function that both sides know, to find out where the program was loaded.
//
//go:noinline
func Anchor() {}

// Serve answers addresses on standard input, one a line in hexadecimal, the first being the link-time address of
// Anchor. An answer is the stack depth and the frames, innermost first: "depth\tname|file|line|start line\t...".
func Serve() {
	input := bufio.NewScanner(os.Stdin)
	output := bufio.NewWriter(os.Stdout)
	defer output.Flush()
	bias, first := uintptr(0), true
	for input.Scan() {
		address, err := strconv.ParseUint(input.Text(), 16, 64)
		if err != nil {
			panic(err)
		}
		if first {
			bias = reflect.ValueOf(Anchor).Pointer() - uintptr(address)
			if bias%4096 != 0 {
				panic(fmt.Sprintf("the anchor is not at %x", address))
			}
			first = false
			continue
		}
		pc := uintptr(address) + bias
		output.WriteString(stackDepth(pc))
		frames := runtime.CallersFrames(expandFinalInlineFrame([]uintptr{pc + 1}))
		for {
			frame, more := frames.Next()
			if frame.PC != 0 {
				fmt.Fprintf(output, "\t%s|%s|%d|%d", name(&frame), frame.File, frame.Line, startLine(&frame))
			}
			if !more {
				break
			}
		}
		output.WriteByte('\n')
	}
}
