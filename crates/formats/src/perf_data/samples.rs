//! Samples to sums: chains of addresses become stacks, alike samples are added up.

use firesteel_model::{FrameId, StackId, StackTree};
use hashbrown::HashMap;
use rapidhash::fast::SeedableState;

use super::byte_order::ByteOrder;
use super::chain_cache::{ChainCache, Meaning};
use super::layout::{Layout, SampleRecord};
use super::machine::{CpuMode, Machine};

/// What looks like an address this close to the top is a marker: `PERF_CONTEXT_MAX`.
const CONTEXT_MAX: u64 = 0u64.wrapping_sub(4095);

/// The markers in a chain of addresses, `enum perf_callchain_context`.
fn mode_of_marker(address: u64) -> Option<CpuMode> {
    match 0u64.wrapping_sub(address) {
        32 => Some(CpuMode::Hypervisor),
        128 => Some(CpuMode::Kernel),
        512 => Some(CpuMode::User),
        2176 => Some(CpuMode::GuestKernel),
        2560 => Some(CpuMode::GuestUser),
        _ => None,
    }
}

/// The registers that hold the address of the instruction: `PERF_REG_X86_IP` and `PERF_REG_ARM64_PC`.
const INSTRUCTION_X86: u32 = 8;
const INSTRUCTION_ARM64: u32 = 32;

/// What samples have in common that are added up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) stack: StackId,
    /// Number of the thread in [`Machine::threads`].
    pub(super) thread: u32,
    pub(super) event: u32,
}

/// Samples that were added up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sum {
    pub(super) key: Key,
    /// The time of the only sample, when times are kept.
    pub(super) time: Option<u64>,
    pub(super) value: i64,
    pub(super) count: u64,
}

/// The samples so far.
#[derive(Debug)]
pub(super) struct Samples {
    pub(super) tree: StackTree,
    pub(super) sums: Vec<Sum>,
    rows: HashMap<Key, usize, SeedableState<'static>>,
    keeps_times: bool,
    /// First and last time of a sample.
    pub(super) times: Option<(u64, u64)>,
    /// Samples whose chain is as long as the kernel makes one.
    pub(super) truncated: u64,
    /// Samples of which only the innermost user function is known: the stack was copied, to be unwound later.
    pub(super) not_unwound: u64,
    chain: Vec<FrameId>,
    cache: ChainCache,
}

impl Samples {
    pub(super) fn new(keeps_times: bool) -> Self {
        Self {
            tree: StackTree::default(),
            sums: Vec::new(),
            rows: HashMap::with_hasher(SeedableState::fixed()),
            keeps_times,
            times: None,
            truncated: 0,
            not_unwound: 0,
            chain: Vec::new(),
            cache: ChainCache::default(),
        }
    }

    /// Adds a sample of an event.
    pub(super) fn add(
        &mut self,
        sample: &SampleRecord<'_>,
        mode: CpuMode,
        (event, layout): (usize, &Layout),
        machine: &mut Machine,
        order: ByteOrder,
    ) {
        let stack = match sample.chain {
            Some(chain) if sample.registers.is_empty() => {
                self.truncated += u64::from(chain.len() >= layout.max_stack());
                let meaning = Meaning { mode, memory: machine.memory_version(sample.process) };
                let mut cache = std::mem::take(&mut self.cache);
                let stack = cache.stack(chain, meaning, || {
                    self.chain.clear();
                    self.walk(chain, mode, sample, machine, order);
                    self.push_chain()
                });
                self.cache = cache;
                stack
            }
            Some(chain) => {
                self.chain.clear();
                self.walk(chain, mode, sample, machine, order);
                self.copied_stack(sample, layout, machine, order);
                self.push_chain()
            }
            None => {
                self.chain.clear();
                self.chain.extend(sample.ip.map(|ip| frame(machine, mode, sample.process, ip)));
                self.push_chain()
            }
        };
        if let Some(time) = sample.time {
            let (first, last) = self.times.unwrap_or((time, time));
            self.times = Some((first.min(time), last.max(time)));
        }
        let key = Key { stack, thread: machine.thread(sample.process, sample.thread), event: event as u32 };
        let value = i64::try_from(sample.period.unwrap_or(1)).unwrap_or(i64::MAX);
        let time = sample.time.filter(|_| self.keeps_times);
        let sum = Sum { key, time, value, count: 1 };
        if time.is_some() {
            self.sums.push(sum);
            return;
        }
        let row = *self.rows.entry(key).or_insert(self.sums.len());
        match self.sums.get_mut(row) {
            Some(known) => {
                known.value = known.value.saturating_add(value);
                known.count += 1;
            }
            None => self.sums.push(sum),
        }
    }

    /// The stack of the frames that were found.
    fn push_chain(&mut self) -> StackId {
        let Self { chain, tree, .. } = self;
        chain.iter().rev().fold(StackId::ROOT, |stack, &frame| tree.push(stack, frame))
    }

    /// Frames of a chain, innermost first. The first address of each part is that of an instruction; the others are
    /// return addresses, and one byte before is inside the call.
    fn walk(
        &mut self,
        chain: &[[u8; 8]],
        mut mode: CpuMode,
        sample: &SampleRecord<'_>,
        machine: &mut Machine,
        order: ByteOrder,
    ) {
        let mut is_first = true;
        let mut rest = chain;
        while let Some((first, behind)) = rest.split_first() {
            let address = order.u64(*first);
            rest = behind;
            if address >= CONTEXT_MAX {
                if let Some(next) = mode_of_marker(address) {
                    mode = next;
                    is_first = true;
                }
                continue;
            }
            let address = if std::mem::replace(&mut is_first, false) { address } else { address.wrapping_sub(1) };
            if mode == CpuMode::User {
                // The rest of the chain is mostly the user's, in one memory.
                let (space, frames) = machine.user(sample.process);
                self.chain.push(space.frame(address, frames));
                while let Some((first, behind)) = rest.split_first() {
                    let address = order.u64(*first);
                    if address >= CONTEXT_MAX {
                        break;
                    }
                    self.chain.push(space.frame(address.wrapping_sub(1), frames));
                    rest = behind;
                }
            } else {
                self.chain.push(frame(machine, mode, sample.process, address));
            }
        }
    }

    /// Adds the innermost user function of a sample that has registers and a copy of the stack instead of a chain.
    fn copied_stack(&mut self, sample: &SampleRecord<'_>, layout: &Layout, machine: &mut Machine, order: ByteOrder) {
        let has_user_chain = sample
            .chain
            .is_some_and(|chain| chain.iter().any(|&word| mode_of_marker(order.u64(word)) == Some(CpuMode::User)));
        if has_user_chain || sample.stack.is_empty() {
            return;
        }
        let register = |number| layout.register(sample, number, order);
        // Only 64-bit ARM has a register of this number.
        if let Some(address) = register(INSTRUCTION_ARM64).or_else(|| register(INSTRUCTION_X86)) {
            self.not_unwound += 1;
            self.chain.push(frame(machine, CpuMode::User, sample.process, address));
        }
    }
}

fn frame(machine: &mut Machine, mode: CpuMode, process: u32, address: u64) -> FrameId {
    match mode {
        CpuMode::User => {
            let (space, frames) = machine.user(process);
            space.frame(address, frames)
        }
        CpuMode::Kernel => machine.kernel_frame(address),
        CpuMode::Unknown | CpuMode::Hypervisor | CpuMode::GuestKernel | CpuMode::GuestUser => {
            machine.foreign_frame(mode, address)
        }
    }
}
