//! DWARF: source lines, and the functions that the compiler put into their callers.

use std::borrow::Cow;
use std::fmt;
use std::path::Path;

use addr2line::Loader;
use firesteel_model::FrameKind;
use firesteel_symbols::{SymbolFrame, demangle};

/// Most functions at one address. Compilers stay far below; a broken file may say anything.
const DEEPEST: usize = 256;

/// The debug information of a file.
pub(crate) struct DebugInfo(Loader);

impl fmt::Debug for DebugInfo {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("DebugInfo")
    }
}

impl DebugInfo {
    /// Opens a file that has debug information; `None` when it cannot be read.
    pub(crate) fn open(path: &Path) -> Option<Self> {
        Loader::new(path).ok().map(Self)
    }

    /// Calls `visit` with the functions at a link-time address, innermost first. A function without a name has an empty
    /// one.
    pub(crate) fn frames(&self, address: u64, mut visit: impl FnMut(SymbolFrame<'_>)) {
        let Ok(mut frames) = self.0.find_frames(address) else { return };
        // A frame is known to be inlined when another one comes behind it.
        let mut held: Option<SymbolFrame<'_>> = None;
        for _ in 0..DEEPEST {
            let Ok(Some(frame)) = frames.next() else { break };
            let raw = frame.function.as_ref().and_then(|function| function.raw_name().ok().map(Cow::into_owned));
            let raw = raw.unwrap_or_default();
            let name = demangle(&raw).into_owned();
            let system_name = if name == raw { String::new() } else { raw };
            let location = frame.location;
            let file = location.as_ref().and_then(|location| location.file).unwrap_or_default().to_owned();
            let next = SymbolFrame {
                name: name.into(),
                system_name: system_name.into(),
                file: file.into(),
                line: location.and_then(|location| location.line).unwrap_or(0),
                start_line: 0,
                inlined: false,
                kind: FrameKind::Native,
            };
            if let Some(inlined) = held.replace(next) {
                visit(SymbolFrame { inlined: true, ..inlined });
            }
        }
        if let Some(outermost) = held {
            visit(outermost);
        }
    }
}
