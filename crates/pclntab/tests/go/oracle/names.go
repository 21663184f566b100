//go:build go1.21

package oracle

import (
	"runtime"
	_ "unsafe"
)

//go:linkname startLine runtime/pprof.runtime_FrameStartLine
func startLine(frame *runtime.Frame) int

//go:linkname name runtime/pprof.runtime_FrameSymbolName
func name(frame *runtime.Frame) string
