//go:build go1.22

package oracle

import (
	"strconv"
	"unsafe"
)

type funcInfo struct{ function, module unsafe.Pointer }

//go:linkname findfunc runtime.findfunc
func findfunc(pc uintptr) funcInfo

//go:linkname pcvalue runtime.pcvalue
func pcvalue(function funcInfo, offset uint32, pc uintptr, strict bool) (int32, uintptr)

// stackDepth is what the runtime's own unwinder would use, or "-" where it knows none.
func stackDepth(pc uintptr) string {
	function := findfunc(pc)
	if function.function == nil {
		return "-"
	}
	const pcspOffset = 16 // In runtime._func.
	program := *(*uint32)(unsafe.Add(function.function, pcspOffset))
	depth, _ := pcvalue(function, program, pc, false)
	if depth < 0 {
		return "-"
	}
	return strconv.Itoa(int(depth))
}
