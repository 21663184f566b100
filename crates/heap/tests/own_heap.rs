//! The heap of this very process. There is no test harness: it would run the test in a thread, which has a heap of its
//! own.

use std::fs;

fn main() {
    let is_preferred = firesteel_heap::prefer_huge_pages();
    let memory: Vec<Vec<u8>> = (1..64).map(|size| vec![size; usize::from(size) * 4096]).collect();
    assert!(memory.iter().zip(1u8..).all(|(part, size)| part.iter().all(|&byte| byte == size)));
    let heap = HeapMapping::read();
    // Sandboxes that stand in for a kernel may not know huge pages, or not tell.
    let Ok(enabled) = fs::read_to_string("/sys/kernel/mm/transparent_hugepage/enabled") else { return };
    let is_glibc = cfg!(all(target_os = "linux", target_env = "gnu"));
    assert_eq!(is_preferred, is_glibc);
    assert_eq!(heap.is_advised, is_glibc, "{heap:?}");
    // The kernel may have no huge page to give, but hardly for all of these.
    if is_glibc && !enabled.contains("[never]") {
        assert!(heap.huge_kilobytes >= 2048, "{heap:?}");
    }
}

/// The mappings of the heap, from `/proc/self/smaps` (proc_pid_smaps(5)).
#[derive(Debug, Default)]
struct HeapMapping {
    is_advised: bool,
    huge_kilobytes: u64,
}

impl HeapMapping {
    fn read() -> Self {
        let mut heap = Self::default();
        let mut is_heap = false;
        for line in fs::read_to_string("/proc/self/smaps").unwrap_or_default().lines() {
            let (key, value) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
            match key {
                _ if key.contains('-') => is_heap = line.ends_with("[heap]"),
                "AnonHugePages:" if is_heap => {
                    heap.huge_kilobytes += value.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or(0);
                }
                "VmFlags:" if is_heap => heap.is_advised |= value.split_whitespace().any(|flag| flag == "hg"),
                _ => {}
            }
        }
        heap
    }
}
