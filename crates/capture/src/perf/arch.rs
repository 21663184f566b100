//! What differs between processors: which registers to sample, and where a Go function that has not
//! set up its frame keeps its return address.
//!
//! The rules are plain functions over register values, compiled and tested on every machine; only
//! [`Architecture::current`] asks which one this is. The x86-64 rules are proven on hardware, those for
//! 64-bit ARM are tested on recorded values only.
//!
//! Sources: the frame layouts of `cmd/internal/obj/x86` and `cmd/internal/obj/arm64`, `runtime/stack.go`
//! ("Stack frame layout"), register numbers of `arch/*/include/uapi/asm/perf_regs.h`.

/// A processor architecture that perf events are decoded for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Architecture {
    /// x86-64.
    X86_64,
    /// 64-bit ARM.
    Aarch64,
}

/// The user registers of a sample. Registers that the architecture lacks are zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct UserRegisters {
    /// Instruction pointer.
    pub(crate) ip: u64,
    /// Stack pointer.
    pub(crate) sp: u64,
    /// Frame pointer: RBP, x29.
    pub(crate) frame_pointer: u64,
    /// Link register x30; zero on x86-64.
    pub(crate) link: u64,
    /// The running goroutine by Go's register ABI: R14, x28.
    pub(crate) goroutine: u64,
}

/// Where the caller of the leaf is, judged by the leaf's stack depth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LeafCaller {
    /// The frame-pointer chain has it.
    InChain,
    /// The chain lacks it; this is the return address.
    Missing(u64),
    /// The chain lacks it, and what was sampled does not hold it.
    Unreachable,
}

// x86: PERF_REG_X86_{BP,SP,IP,R14}; arm64: PERF_REG_ARM64_{X28,X29,LR,SP,PC}.
const X86_BP: u32 = 6;
const X86_SP: u32 = 7;
const X86_IP: u32 = 8;
const X86_R14: u32 = 22;
const ARM64_X28: u32 = 28;
const ARM64_X29: u32 = 29;
const ARM64_LR: u32 = 30;
const ARM64_SP: u32 = 31;
const ARM64_PC: u32 = 32;

impl Architecture {
    /// The architecture this program runs on.
    pub(crate) fn current() -> Self {
        match std::env::consts::ARCH {
            "aarch64" => Self::Aarch64,
            _ => Self::X86_64,
        }
    }

    /// The register mask for `sample_regs_user`.
    pub(crate) const fn register_mask(self) -> u64 {
        match self {
            Self::X86_64 => 1 << X86_BP | 1 << X86_SP | 1 << X86_IP | 1 << X86_R14,
            Self::Aarch64 => 1 << ARM64_X28 | 1 << ARM64_X29 | 1 << ARM64_LR | 1 << ARM64_SP | 1 << ARM64_PC,
        }
    }

    /// Number of registers in a sample.
    pub(crate) const fn register_count(self) -> usize {
        self.register_mask().count_ones() as usize
    }

    /// Reads the registers of a sample: values in rising order of register number.
    pub(crate) fn registers(self, values: &[u64]) -> UserRegisters {
        match (self, values) {
            (Self::X86_64, &[frame_pointer, sp, ip, goroutine]) => {
                UserRegisters { ip, sp, frame_pointer, link: 0, goroutine }
            }
            (Self::Aarch64, &[goroutine, frame_pointer, link, sp, ip]) => {
                UserRegisters { ip, sp, frame_pointer, link, goroutine }
            }
            _ => UserRegisters::default(),
        }
    }

    /// Finds the caller of a Go leaf function.
    ///
    /// `depth` is Go's pcsp value at the instruction pointer: bytes between the stack pointer and the
    /// slot of the return address (x86-64), or the size of the frame (arm64). `stack` gives the words from
    /// the stack pointer upwards, as far as they were sampled.
    pub(crate) fn leaf_caller(
        self,
        registers: &UserRegisters,
        stack: impl Fn(usize) -> Option<u64>,
        depth: u64,
    ) -> LeafCaller {
        let word = |offset: u64| {
            let word = if offset.is_multiple_of(8) { stack((offset / 8) as usize) } else { None };
            word.map_or(LeafCaller::Unreachable, LeafCaller::Missing)
        };
        match self {
            // The saved frame pointer lies right below the return address, so the frame is set up
            // exactly when RBP points there. Otherwise RBP is still the caller's: between the call
            // and `mov rbp, rsp`, after `pop rbp`, and throughout a function without a frame.
            Self::X86_64 => {
                let saved_at = registers.sp.wrapping_add(depth).wrapping_sub(8);
                if depth >= 8 && registers.frame_pointer == saved_at { LeafCaller::InChain } else { word(depth) }
            }
            // A frame keeps the link register at the stack pointer and the frame pointer right below.
            Self::Aarch64 => {
                if depth == 0 {
                    LeafCaller::Missing(registers.link)
                } else if registers.frame_pointer == registers.sp.wrapping_sub(8) {
                    LeafCaller::InChain
                } else {
                    word(0)
                }
            }
        }
    }

    /// Which word from the stack pointer upwards returns from a frameless function that was interrupted, when a signal
    /// handler has injected a call of another function (`pushCall` in `runtime/signal_*.go`) whose depth is `depth`.
    pub(crate) fn interrupted_return_slot(self, depth: u64) -> Option<usize> {
        match self {
            // Below it lies the injected return address.
            Self::X86_64 => usize::try_from(depth / 8).ok()?.checked_add(1),
            // The interrupted function's link register, put aside for the injected one.
            Self::Aarch64 => (depth == 0).then_some(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STACK: [u64; 2] = [0x1000, 0x2000];

    fn check(architecture: Architecture, sp: u64, frame_pointer: u64, depth: u64, expect: LeafCaller) {
        let registers = UserRegisters { ip: 0x40_0000, sp, frame_pointer, link: 0x3000, goroutine: 0 };
        assert_eq!(
            architecture.leaf_caller(&registers, |index| STACK.get(index).copied(), depth),
            expect,
            "sp {sp:#x} fp {frame_pointer:#x} depth {depth}"
        );
    }

    #[test]
    fn x86_64_frames() {
        use LeafCaller::{InChain, Missing, Unreachable};
        let x86 = Architecture::X86_64;
        // A function without a frame, or before `push rbp`, or after `pop rbp`.
        check(x86, 0xc000_0100, 0xc000_0200, 0, Missing(0x1000));
        // Between `push rbp` and `mov rbp, rsp`.
        check(x86, 0xc000_0100, 0xc000_0200, 8, Missing(0x2000));
        // After `mov rbp, rsp`, and after `sub rsp, 0x40`.
        check(x86, 0xc000_0100, 0xc000_0100, 8, InChain);
        check(x86, 0xc000_0100, 0xc000_0140, 0x48, InChain);
        // Go 1.20 and older: `sub rsp` comes before RBP is saved.
        check(x86, 0xc000_0100, 0xc000_0200, 0x48, Unreachable);
    }

    #[test]
    fn aarch64_frames() {
        use LeafCaller::{InChain, Missing};
        let arm = Architecture::Aarch64;
        // A leaf without a frame: the link register holds the caller.
        check(arm, 0x4000_0100, 0x4000_01f8, 0, Missing(0x3000));
        // Frame made, frame pointer not yet set: the link register was stored at the stack pointer.
        check(arm, 0x4000_0100, 0x4000_01f8, 0x20, Missing(0x1000));
        // Frame complete.
        check(arm, 0x4000_0100, 0x4000_00f8, 0x20, InChain);
    }

    #[test]
    fn interrupted_functions_without_a_frame() {
        assert_eq!(Architecture::X86_64.interrupted_return_slot(0), Some(1));
        assert_eq!(Architecture::X86_64.interrupted_return_slot(8), Some(2), "RBP pushed");
        assert_eq!(Architecture::Aarch64.interrupted_return_slot(0), Some(0));
        assert_eq!(Architecture::Aarch64.interrupted_return_slot(0x100), None);
    }

    #[test]
    fn registers_are_read_in_rising_order() {
        let x86 = Architecture::X86_64.registers(&[1, 2, 3, 4]);
        assert_eq!(x86, UserRegisters { frame_pointer: 1, sp: 2, ip: 3, goroutine: 4, link: 0 });
        assert_eq!(Architecture::X86_64.register_count(), 4);
        let arm = Architecture::Aarch64.registers(&[1, 2, 3, 4, 5]);
        assert_eq!(arm, UserRegisters { goroutine: 1, frame_pointer: 2, link: 3, sp: 4, ip: 5 });
        assert_eq!(Architecture::Aarch64.register_count(), 5);
        assert_eq!(Architecture::X86_64.registers(&[1]), UserRegisters::default());
    }
}
