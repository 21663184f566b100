//! Names of frames and roots as folded text shows them.

use std::io::Write as _;

use firesteel_model::{Address, FrameKind};

use super::options::{FoldOptions, InlinedSuffix};

/// What the name of a frame in folded text depends on.
pub(crate) struct Annotated<'a> {
    pub(crate) name: &'a [u8],
    pub(crate) kind: FrameKind,
    pub(crate) inlined: bool,
    pub(crate) unnamed: bool,
    /// Whether perf printed white space in place of a symbol, which the collapser takes for the name.
    pub(crate) blank: bool,
    pub(crate) mapping_file: &'a [u8],
    pub(crate) address: Address,
    /// File of the source, empty when unknown.
    pub(crate) source_file: &'a [u8],
    pub(crate) source_line: u32,
}

/// Appends the name of a frame with the suffixes that the options ask for.
///
/// The kernel suffix follows `stackcollapse-perf.pl`: every mapping in brackets has it, the vdso
/// included, so that text that was folded before compares equal.
pub(crate) fn annotated(frame: &Annotated<'_>, options: &FoldOptions, text: &mut Vec<u8>) {
    let start = text.len();
    if frame.blank {
        text.push(b' ');
    } else if frame.unnamed {
        // The collapser puts the name of the mapping in brackets, those that are in brackets too.
        let name = frame.name.strip_prefix(b"[").and_then(|name| name.strip_suffix(b"]")).unwrap_or(frame.name);
        let (open, close): (&[u8], &[u8]) = if frame.is_in_brackets() { (b"[[", b"]") } else { (b"[", b"") };
        text.extend_from_slice(open);
        text.extend_from_slice(name);
        text.extend_from_slice(close);
        if options.addresses {
            // Writing to a vector cannot fail.
            let _ = write!(text, " <{:x}>", frame.address.0);
        }
        text.push(b']');
    } else {
        text.extend_from_slice(frame.name);
    }
    if let Some(file) = frame.shown_file(options) {
        text.push(b':');
        text.extend_from_slice(file);
        // Writing to a vector cannot fail.
        let _ = write!(text, ":{}", frame.source_line);
    }
    escape(text.get_mut(start..).unwrap_or_default());
    let suffix = suffix(frame, options);
    if !suffix.is_empty() && !text.get(start..).unwrap_or_default().ends_with(suffix) {
        text.extend_from_slice(suffix);
    }
}

/// The suffix that the options ask for.
fn suffix(frame: &Annotated<'_>, options: &FoldOptions) -> &'static [u8] {
    if frame.inlined {
        match options.annotate_inlined {
            InlinedSuffix::Always => b"_[i]",
            InlinedSuffix::JitOnly if frame.kind == FrameKind::Jit => b"_[i]",
            _ => b"",
        }
    } else if options.annotate_kernel && (frame.kind == FrameKind::Kernel || frame.is_in_brackets()) {
        b"_[k]"
    } else if options.annotate_jit && frame.kind == FrameKind::Jit {
        b"_[j]"
    } else {
        b""
    }
}

impl Annotated<'_> {
    /// Whether the function's name alone is what is shown.
    pub(crate) fn is_plain(&self, options: &FoldOptions) -> bool {
        !self.unnamed && !self.blank && suffix(self, options).is_empty() && self.shown_file(options).is_none()
    }

    /// The file whose line is shown, without its folders.
    fn shown_file(&self, options: &FoldOptions) -> Option<&[u8]> {
        if !options.source_lines || self.source_line == 0 {
            return None;
        }
        self.source_file.rsplit(|&byte| byte == b'/').next().filter(|base| !base.is_empty())
    }

    /// Whether the mapping is one in brackets, such as the kernel's.
    fn is_in_brackets(&self) -> bool {
        self.mapping_file.starts_with(b"[") && memchr::memmem::find(self.mapping_file, b"unknown").is_none()
    }
}

/// Replaces what separates frames and lines.
fn escape(name: &mut [u8]) {
    for byte in name {
        match byte {
            b';' => *byte = b':',
            b'\n' | b'\r' => *byte = b' ',
            _ => {}
        }
    }
}

/// The label of a thread's root frame.
pub(crate) fn root_label(label: &str) -> Vec<u8> {
    let mut label = label.as_bytes().to_vec();
    escape(&mut label);
    for byte in &mut label {
        if *byte == b' ' {
            *byte = b'_';
        }
    }
    label
}
