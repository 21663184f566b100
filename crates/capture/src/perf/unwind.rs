//! From a sample's chain of addresses to its true stack.
//!
//! The kernel follows frame pointers. Go keeps them, but a function that has no frame (a typical hot leaf),
//! or has not set it up yet, or has already taken it down, leaves the frame pointer at its caller's: the chain
//! then lacks the caller. Go's own stack-depth table (`pcsp` in pclntab) says where the return address is,
//! and the words sampled from the top of the stack hold it. Sources: golang/go issue 73753 (the gap),
//! `runtime/traceback.go` (how Go's own unwinder reads `pcsp`), `runtime/asm_amd64.s` (`morestack`).

use hashbrown::HashMap;
use pclntab::FunctionKind;
use perf_event_open_sys::bindings;
use rapidhash::fast::SeedableState;

use crate::perf::arch::{Architecture, LeafCaller, UserRegisters};
use crate::perf::process::{CodeAddress, Processes};
use crate::perf::record::SampleRecord;
use crate::perf::stacks::RawFrame;

/// A sample's stack.
#[derive(Debug, Default)]
pub(crate) struct Unwound {
    /// Frames, leaf first.
    pub(crate) frames: Vec<RawFrame>,
    /// The kernel's limit cut the chain.
    pub(crate) truncated: bool,
    /// The chain ends where Go's runtime switched to another stack.
    pub(crate) stack_switch: bool,
    /// The leaf's caller is missing and could not be found.
    pub(crate) caller_unreachable: bool,
}

/// What unwinding needs to know of a Go function at an address.
#[derive(Clone, Copy, Debug, Default)]
struct GoCode {
    /// Bytes of stack between the stack pointer and the return address; `None` outside Go code.
    depth: Option<u64>,
    /// The function is the outermost one of its stack.
    top: bool,
    /// The function sets the stack pointer to another stack.
    switches: bool,
    /// The function is `runtime.morestack`, called from prologues.
    morestack: bool,
    /// The function is `runtime.mcall`, whose callees run after the goroutine has been put aside.
    mcall: bool,
    /// The function was not called: a signal handler made it look as if the interrupted instruction had called it.
    injected: bool,
}

/// Turns samples into stacks.
#[derive(Debug)]
pub(crate) struct Unwinder {
    architecture: Architecture,
    deepest: usize,
    code: HashMap<CodeAddress, GoCode, SeedableState<'static>>,
    /// The last frame's function was injected, so its caller's address is that of an instruction, not behind a call.
    interrupted: bool,
}

// Addresses this close to the top of the address space are markers, not code (`PERF_CONTEXT_MAX`).
const CONTEXT_MARKER: u64 = bindings::PERF_CONTEXT_MAX;
const CONTEXT_KERNEL: u64 = bindings::PERF_CONTEXT_KERNEL;
const CONTEXT_USER: u64 = bindings::PERF_CONTEXT_USER;

impl Unwinder {
    /// An unwinder for chains of at most `deepest` frames.
    pub(crate) fn new(deepest: usize) -> Self {
        let code = HashMap::with_hasher(SeedableState::fixed());
        Self { architecture: Architecture::current(), deepest, code, interrupted: false }
    }

    /// Unwinds a sample into `out`, whose former content is dropped.
    pub(crate) fn unwind(&mut self, processes: &mut Processes, sample: &SampleRecord<'_>, out: &mut Unwound) {
        out.frames.clear();
        (out.truncated, out.stack_switch, out.caller_unreachable) = (false, false, false);
        self.interrupted = false;
        let (mut in_user, mut user_seen) = (true, false);
        let mut count = 0usize;
        let mut first_in_context = true;
        let mut ended = false;
        for address in sample.chain.iter() {
            if address >= CONTEXT_MARKER {
                // The kernel's frames come first. What looks like a marker behind them is nothing but what a stray
                // frame pointer led to.
                if address == CONTEXT_USER || (address == CONTEXT_KERNEL && !user_seen) {
                    in_user = address == CONTEXT_USER;
                    first_in_context = true;
                }
                continue;
            }
            count += 1;
            let is_leaf = std::mem::replace(&mut first_in_context, false);
            // A return address points behind its call; one byte before is inside it.
            let is_exact = is_leaf || self.interrupted;
            let code = if is_exact { address } else { address.wrapping_sub(1) };
            user_seen |= in_user;
            if !in_user {
                out.frames.push(RawFrame::Kernel(code));
            } else if is_leaf {
                ended = self.user_leaf(processes, sample, code, out);
            } else if !ended {
                ended = self.user_caller(processes, sample.process, code, out);
            }
        }
        out.truncated = count >= self.deepest && !ended;
        if out.truncated {
            out.frames.push(RawFrame::Truncated);
        }
    }

    /// Adds the user leaf and whichever of its callers the chain lacks. Says whether the stack ends here.
    fn user_leaf(
        &mut self,
        processes: &mut Processes,
        sample: &SampleRecord<'_>,
        address: u64,
        out: &mut Unwound,
    ) -> bool {
        let location = processes.lookup(sample.process, address);
        out.frames.push(RawFrame::User(location));
        let code = self.go_code(processes, location);
        self.interrupted = code.injected;
        if code.top {
            return true;
        }
        let (Some(depth), Some(registers)) = (code.depth, sample.registers) else { return false };
        if registers.ip != address {
            return false;
        }
        if code.morestack {
            return self.morestack(processes, sample, &registers, out);
        }
        match self.architecture.leaf_caller(&registers, |index| sample.stack.get(index), depth) {
            LeafCaller::InChain => false,
            LeafCaller::Missing(caller) if code.injected => {
                self.interrupted_function(processes, sample, caller, depth, out)
            }
            LeafCaller::Missing(caller) => {
                let inserted = self.insert_caller(processes, sample.process, caller, out);
                // A function that switches stacks may already be on the other one.
                out.caller_unreachable = inserted.is_none() && !code.switches;
                inserted.unwrap_or(false)
            }
            LeafCaller::Unreachable => {
                out.caller_unreachable = !code.switches;
                false
            }
        }
    }

    /// Adds the function that a signal interrupted to inject a call and, if that function has no frame, its caller.
    fn interrupted_function(
        &mut self,
        processes: &mut Processes,
        sample: &SampleRecord<'_>,
        address: u64,
        depth: u64,
        out: &mut Unwound,
    ) -> bool {
        self.interrupted = false;
        let location = processes.lookup(sample.process, address);
        if location.binary.is_none() {
            out.caller_unreachable = true;
            return false;
        }
        out.frames.push(RawFrame::User(location));
        let code = self.go_code(processes, location);
        if code.top || code.depth != Some(0) {
            return code.top;
        }
        let slot = self.architecture.interrupted_return_slot(depth);
        let caller = slot.and_then(|slot| sample.stack.get(slot));
        let inserted = caller.and_then(|caller| self.insert_caller(processes, sample.process, caller, out));
        out.caller_unreachable = inserted.is_none();
        inserted.unwrap_or(false)
    }

    /// `runtime.morestack` is called by a function that has no frame yet: while still on the goroutine's
    /// stack, the first word is the way back into that function and the second is that function's caller.
    fn morestack(
        &mut self,
        processes: &mut Processes,
        sample: &SampleRecord<'_>,
        registers: &UserRegisters,
        out: &mut Unwound,
    ) -> bool {
        // Behind the switch, the frame pointer is cleared and the words belong to the system stack.
        if registers.frame_pointer == 0 {
            out.stack_switch = true;
            return true;
        }
        for word in sample.stack.iter().take(2) {
            match self.insert_caller(processes, sample.process, word, out) {
                None => {
                    out.stack_switch = true;
                    return true;
                }
                Some(true) => return true,
                Some(false) => {}
            }
        }
        false
    }

    /// Adds a caller of the chain. Says whether the stack ends here.
    fn user_caller(&mut self, processes: &mut Processes, process: u32, address: u64, out: &mut Unwound) -> bool {
        let location = processes.lookup(process, address);
        out.frames.push(RawFrame::User(location));
        let code = self.go_code(processes, location);
        self.interrupted = code.injected;
        // Called by morestack, the runtime is on the system stack and the chain has nothing more to say.
        out.stack_switch = code.morestack;
        // What called mcall waits, or goes on in another thread by now. Since some release mcall clears the frame
        // pointer; before, the chain ran on into that goroutine's stack, whatever it held by then.
        code.top || code.morestack || code.mcall
    }

    /// Adds a caller found on the stack, if it can be one: an address inside Go code or another binary's.
    /// `None` when it cannot; else whether the stack ends here.
    fn insert_caller(
        &mut self,
        processes: &mut Processes,
        process: u32,
        return_address: u64,
        out: &mut Unwound,
    ) -> Option<bool> {
        let location = processes.lookup(process, return_address.wrapping_sub(1));
        location.binary?;
        out.frames.push(RawFrame::User(location));
        Some(self.go_code(processes, location).top)
    }

    fn go_code(&mut self, processes: &Processes, location: CodeAddress) -> GoCode {
        if let Some(&known) = self.code.get(&location) {
            return known;
        }
        let found = look_up_go_code(processes, location).unwrap_or_default();
        self.code.insert(location, found);
        found
    }
}

fn look_up_go_code(processes: &Processes, location: CodeAddress) -> Option<GoCode> {
    let binary = processes.binaries.get(location.binary?).content.as_ref()?;
    let function = binary.go()?.function_at(location.address)?;
    let flags = function.flags();
    Some(GoCode {
        depth: function.stack_delta(location.address).and_then(|depth| u64::try_from(depth).ok()),
        // A signal handler returns to `sigreturn`, which nobody called: the frame pointer is still that of the
        // interrupted function, which is not in the chain itself.
        top: flags.is_top_frame() || function.name().starts_with("runtime.sigreturn"),
        switches: flags.writes_stack_pointer(),
        // What functions without a closure call goes on in `morestack` by a jump.
        morestack: function.kind() == FunctionKind::MoreStack || function.name() == "runtime.morestack_noctxt",
        mcall: function.kind() == FunctionKind::MCall,
        injected: matches!(
            function.kind(),
            FunctionKind::AsyncPreempt | FunctionKind::SigPanic | FunctionKind::DebugCall
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::perf::record::Words;

    fn unwind(chain: &[u64], deepest: usize) -> Vec<String> {
        let bytes: Vec<u8> = chain.iter().flat_map(|word| word.to_ne_bytes()).collect();
        let sample = SampleRecord {
            process: 1,
            thread: 1,
            period: 1,
            chain: Words::new(&bytes),
            registers: None,
            stack: Words::default(),
        };
        let mut out = Unwound::default();
        Unwinder::new(deepest).unwind(&mut Processes::default(), &sample, &mut out);
        let frames = out.frames.iter().map(|frame| match frame {
            RawFrame::User(location) => format!("user {:#x}", location.address),
            RawFrame::Kernel(address) => format!("kernel {address:#x}"),
            RawFrame::Truncated => "truncated".to_owned(),
        });
        frames.collect()
    }

    #[test]
    fn return_addresses_point_into_their_calls() {
        let chain = [CONTEXT_KERNEL, 0xffff_8000_0000, 0xffff_8000_0101, CONTEXT_USER, 0x400, 0x501];
        let expect = ["kernel 0xffff80000000", "kernel 0xffff80000100", "user 0x400", "user 0x500"];
        assert_eq!(unwind(&chain, 127), expect);
    }

    #[test]
    fn a_chain_at_the_limit_is_marked() {
        assert_eq!(unwind(&[CONTEXT_USER, 0x400, 0x501], 2), ["user 0x400", "user 0x500", "truncated"]);
        assert_eq!(unwind(&[CONTEXT_USER, 0x400], 2), ["user 0x400"]);
        assert_eq!(unwind(&[], 2), [""; 0]);
    }
}
