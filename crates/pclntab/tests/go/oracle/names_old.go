//go:build !go1.21

package oracle

import "runtime"

func startLine(frame *runtime.Frame) int { return 0 }

func name(frame *runtime.Frame) string { return frame.Function }
