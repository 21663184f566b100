#include "textflag.h"

// func Add(a, b int64) int64
TEXT ·Add(SB), NOSPLIT, $0-24
	MOVQ a+0(FP), AX
	ADDQ b+8(FP), AX
	MOVQ AX, ret+16(FP)
	RET

// func AddThrough(a, b int64) int64
TEXT ·AddThrough(SB), $24-24
	MOVQ a+0(FP), AX
	MOVQ AX, 0(SP)
	MOVQ b+8(FP), AX
	MOVQ AX, 8(SP)
	CALL ·Add(SB)
	MOVQ 16(SP), AX
	MOVQ AX, ret+16(FP)
	RET
