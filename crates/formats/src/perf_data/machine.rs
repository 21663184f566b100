//! The machine that was recorded: its processes, their memory and their threads' names, as of the record that was read
//! last.

use firesteel_model::{FrameId, FrameKind};
use hashbrown::HashMap;
use rapidhash::fast::SeedableState;

use super::address_space::{AddressSpace, Region, Regions};
use super::byte_order::{ByteOrder, Fields, text_of};
use super::frames::{FileIdentity, Frames, KERNEL, MappedFile};
use super::layout::RECORD_HEADER;
use crate::byte_table::ByteTable;

/// Bits of `misc` in a record's header.
mod misc {
    pub(super) const CPU_MODE: u16 = 7;
    /// The memory holds data, or the command was set by `exec`: by kind of record.
    pub(super) const MMAP_DATA: u16 = 1 << 13;
    pub(super) const COMM_EXEC: u16 = 1 << 13;
    /// A build id stands where inode and device would.
    pub(super) const MMAP_BUILD_ID: u16 = 1 << 14;
}

/// `PROT_EXEC`.
const EXECUTABLE: u32 = 4;

/// What the processor ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CpuMode {
    Unknown,
    Kernel,
    User,
    Hypervisor,
    GuestKernel,
    GuestUser,
}

impl CpuMode {
    /// Reads the bits of a record's header.
    pub(super) fn of(misc: u16) -> Self {
        match misc & misc::CPU_MODE {
            1 => Self::Kernel,
            2 => Self::User,
            3 => Self::Hypervisor,
            4 => Self::GuestKernel,
            5 => Self::GuestUser,
            _ => Self::Unknown,
        }
    }
}

/// A thread under one name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct RawThread {
    pub(super) process: u32,
    pub(super) thread: u32,
    /// Number of its name; `None` when no record says it.
    pub(super) name: Option<u32>,
}

/// What was recorded of the machine so far.
#[derive(Debug, Default)]
pub(super) struct Machine {
    pub(super) frames: Frames,
    spaces: Table<u32, AddressSpace>,
    kernel: Regions,
    kernel_frames: Table<u64, FrameId>,
    special: [Option<MappedFile>; 3],
    /// Number of states of memory so far.
    versions: u64,
    /// State of the kernel's memory.
    kernel_version: u64,
    /// Names of threads by process and thread.
    names: Table<(u32, u32), u32>,
    texts: ByteTable,
    threads: Vec<RawThread>,
    thread_numbers: Table<RawThread, u32>,
    /// Threads under their present names.
    present: Table<(u32, u32), u32>,
}

/// A hash table with a fixed seed.
type Table<K, V> = HashMap<K, V, SeedableState<'static>>;

impl Machine {
    /// Takes a record of mapped memory, `PERF_RECORD_MMAP` or `PERF_RECORD_MMAP2`; `None` when it ends early.
    pub(super) fn mapped(&mut self, record: &[u8], misc: u16, is_second: bool, order: ByteOrder) -> Option<()> {
        let mut fields = Fields::new(record.get(RECORD_HEADER..)?, order);
        let process = fields.u32()?;
        let _thread = fields.u32()?;
        let (start, length, offset) = (fields.u64()?, fields.u64()?, fields.u64()?);
        let mut identity = FileIdentity::default();
        let mut is_executable = misc & misc::MMAP_DATA == 0;
        if is_second {
            if misc & misc::MMAP_BUILD_ID == 0 {
                identity.inode = [fields.u64()?, fields.u64()?, fields.u64()?];
            } else {
                let [size, _, _, _] = *fields.bytes(4)?.first_chunk()?;
                identity.build_id = fields.bytes(20)?.get(..usize::from(size).min(20))?.to_vec();
            }
            is_executable &= fields.u32()? & EXECUTABLE != 0;
            let _flags = fields.u32()?;
        }
        let name = text_of(fields.rest());
        let end = start.saturating_add(length);
        match CpuMode::of(misc) {
            CpuMode::Kernel => self.kernel_mapped(name, start, end, offset, identity),
            CpuMode::GuestKernel => {}
            _ if !is_executable => {}
            _ => {
                let file_offset = if is_anonymous(name) {
                    identity = FileIdentity { name: format!("/tmp/perf-{process}.map").into(), ..Default::default() };
                    start
                } else {
                    name.clone_into(&mut identity.name);
                    // The kernel says the address of the vdso as its offset, but it begins where it begins.
                    if name == b"[vdso]" { 0 } else { offset }
                };
                let file = self.frames.file(identity, file_offset.saturating_add(length));
                self.versions += 1;
                let space = self.spaces.entry(process).or_default();
                space.version = self.versions;
                space.insert(Region { start, end, file_offset, file });
            }
        }
        Some(())
    }

    fn kernel_mapped(&mut self, name: &[u8], start: u64, end: u64, text: u64, mut identity: FileIdentity) {
        // The kernel's own record is called `[kernel.kallsyms]_text`, after the symbol whose address is its offset.
        let is_kernel = name.starts_with(KERNEL);
        identity.start = if is_kernel && text != 0 { text } else { start };
        identity.name = if is_kernel { KERNEL.to_vec() } else { name.to_vec() };
        let file = self.frames.file(identity, end);
        self.insert_kernel(Region { start, end, file_offset: start, file });
    }

    fn insert_kernel(&mut self, region: Region) {
        self.kernel.insert(region);
        self.kernel_frames.clear();
        self.versions += 1;
        self.kernel_version = self.versions;
    }

    /// Takes `PERF_RECORD_KSYMBOL`: code that the kernel made at run time, such as a BPF program.
    pub(super) fn kernel_symbol(&mut self, record: &[u8], order: ByteOrder) -> Option<()> {
        const UNREGISTER: u16 = 1;
        let mut fields = Fields::new(record.get(RECORD_HEADER..)?, order);
        let (start, length) = (fields.u64()?, fields.u32()?);
        let (_kind, flags) = (fields.u16()?, fields.u16()?);
        if flags & UNREGISTER != 0 {
            return Some(());
        }
        let name = text_of(fields.rest()).to_vec();
        let end = start.saturating_add(u64::from(length));
        let file = self.frames.file(FileIdentity { name, start, is_function: true, ..Default::default() }, end);
        self.insert_kernel(Region { start, end, file_offset: start, file });
        Some(())
    }

    /// Takes `PERF_RECORD_COMM`: the name of a thread.
    pub(super) fn named(&mut self, record: &[u8], misc: u16, order: ByteOrder) -> Option<()> {
        let mut fields = Fields::new(record.get(RECORD_HEADER..)?, order);
        let (process, thread) = (fields.u32()?, fields.u32()?);
        let (name, _) = self.texts.intern(text_of(fields.rest()));
        self.names.insert((process, thread), name);
        self.present.remove(&(process, thread));
        if misc & misc::COMM_EXEC != 0 {
            // A new program has nothing of the old one's memory.
            self.spaces.remove(&process);
        }
        Some(())
    }

    /// Takes `PERF_RECORD_FORK`: a new thread or process, which begins as a copy.
    pub(super) fn forked(&mut self, record: &[u8], order: ByteOrder) -> Option<()> {
        let mut fields = Fields::new(record.get(RECORD_HEADER..)?, order);
        let (process, parent) = (fields.u32()?, fields.u32()?);
        let (thread, parent_thread) = (fields.u32()?, fields.u32()?);
        if process != parent {
            let mut space = self.spaces.get(&parent).map(AddressSpace::forked).unwrap_or_default();
            self.versions += 1;
            space.version = self.versions;
            self.spaces.insert(process, space);
        }
        let name = self.names.get(&(parent, parent_thread)).or_else(|| self.names.get(&(parent, parent))).copied();
        match name {
            Some(name) => self.names.insert((process, thread), name),
            None => self.names.remove(&(process, thread)),
        };
        self.present.remove(&(process, thread));
        Some(())
    }

    /// Number of a thread under its present name.
    pub(super) fn thread(&mut self, process: u32, thread: u32) -> u32 {
        if let Some(&present) = self.present.get(&(process, thread)) {
            return present;
        }
        let name = self.names.get(&(process, thread)).copied();
        let raw = RawThread { process, thread, name };
        let threads = &mut self.threads;
        let number = *self.thread_numbers.entry(raw).or_insert_with(|| {
            threads.push(raw);
            threads.len() as u32 - 1
        });
        self.present.insert((process, thread), number);
        number
    }

    /// Every thread that was sampled, under each of its names.
    pub(super) fn threads(&self) -> &[RawThread] {
        &self.threads
    }

    /// The name of a thread, as perf gives it when no record does.
    pub(super) fn thread_name(&self, thread: &RawThread) -> String {
        match thread.name {
            Some(name) => String::from_utf8_lossy(self.texts.get(name)).into_owned(),
            None if thread.thread == 0 => "swapper".to_owned(),
            None => format!(":{}", thread.thread.cast_signed()),
        }
    }

    /// Numbers of the present states of the memory of a process and of the kernel.
    pub(super) fn memory_version(&self, process: u32) -> (u64, u64) {
        (self.spaces.get(&process).map_or(0, |space| space.version), self.kernel_version)
    }

    /// The memory of a process, to look up addresses in, with the frames that they become.
    pub(super) fn user(&mut self, process: u32) -> (&mut AddressSpace, &mut Frames) {
        (self.spaces.entry(process).or_default(), &mut self.frames)
    }

    /// The frame at an address of the kernel.
    pub(super) fn kernel_frame(&mut self, address: u64) -> FrameId {
        if let Some(&known) = self.kernel_frames.get(&address) {
            return known;
        }
        let file = match self.kernel.find(address) {
            Some(region) => region.file,
            None => self.special(0, KERNEL),
        };
        let frame = self.frames.in_kernel(file, address);
        self.kernel_frames.insert(address, frame);
        frame
    }

    /// The frame at an address of a guest, of the hypervisor, or of nobody knows what.
    pub(super) fn foreign_frame(&mut self, mode: CpuMode, address: u64) -> FrameId {
        let file = match mode {
            CpuMode::GuestKernel => self.special(1, b"[guest.kernel.kallsyms]"),
            CpuMode::Hypervisor => self.special(2, b"[hypervisor]"),
            _ => return self.frames.unmapped(address, FrameKind::Unknown),
        };
        self.frames.in_kernel(file, address)
    }

    fn special(&mut self, number: usize, name: &[u8]) -> MappedFile {
        let frames = &mut self.frames;
        let mut file = || frames.file(FileIdentity { name: name.to_vec(), ..FileIdentity::default() }, 0);
        match self.special.get_mut(number) {
            Some(slot) => *slot.get_or_insert_with(file),
            None => file(),
        }
    }
}

/// Whether memory is in no file, so that only whoever made the code in it can name it.
fn is_anonymous(name: &[u8]) -> bool {
    const PREFIXES: [&[u8]; 8] =
        [b"//anon", b"/anon_hugepage", b"/dev/zero", b"[anon", b"[heap", b"[stack", b"/SYSV", b"/memfd:"];
    name.is_empty() || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}
