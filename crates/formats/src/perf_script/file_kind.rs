//! What kind of code a mapped file holds, by its name.

use firesteel_model::FrameKind;

/// What kind of code a file holds.
pub(super) fn kind(file: &[u8]) -> FrameKind {
    let base = file.rsplit(|&byte| byte == b'/').next().unwrap_or(&[]);
    let is_kernel_image = base.starts_with(b"vmlinux") || base.ends_with(b".ko") || is_packed_module(base);
    if is_jit_map(file) || (base.starts_with(b"jitted-") && base.ends_with(b".so")) {
        FrameKind::Jit
    } else if is_kernel_image || (file.starts_with(b"[") && !is_user_region(file)) {
        FrameKind::Kernel
    } else {
        FrameKind::Unknown
    }
}

/// Regions in brackets that are not the kernel's.
fn is_user_region(file: &[u8]) -> bool {
    [&b"[vdso]"[..], b"[vsyscall]", b"[heap]", b"[stack]", b"[stack:", b"[anon", b"[uprobes]"]
        .iter()
        .any(|region| file.starts_with(region))
}

/// `module.ko.xz` and the like.
fn is_packed_module(base: &[u8]) -> bool {
    [&b".ko.xz"[..], b".ko.gz", b".ko.zst"].iter().any(|suffix| base.ends_with(suffix))
}

/// `/tmp/perf-PID.map` anywhere in the name, as in a container's root.
fn is_jit_map(file: &[u8]) -> bool {
    let Some(start) = memchr::memmem::find(file, b"/tmp/perf-") else { return false };
    let rest = file.get(start + 10..).unwrap_or(&[]);
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    digits > 0 && rest.get(digits..).is_some_and(|rest| rest.starts_with(b".map"))
}
