//! An example of a map of bpftrace.

use firesteel_formats::Format;

use super::Example;

/// Printed by bpftrace 0.17 for `profile:hz:49 { @[kstack, ustack, comm, pid] = count(); }`.
pub(crate) fn example() -> Example {
    let body = "@[
    kvfree_call_rcu+442
    do_mmap+1172
    ksys_mmap_pgoff+344
    do_syscall_64+113
    entry_SYSCALL_64_after_hwframe+118
,\x20
    0x7fdc1dccf9b3
    0x7fdc1dc0038c
, timeout, 1880]: 1
@[,\x20
    __GI___libc_malloc+362
, bash, 1902]: 3
";
    Example {
        format: Format::Bpftrace,
        head: b"Attaching 2 probes...\n\n\n".to_vec(),
        body: body.into(),
        tail: Vec::new(),
    }
}
