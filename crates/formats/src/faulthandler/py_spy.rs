//! `py-spy dump`: a process, its threads with what they do, their frames, with `--locals` their variables.

use firesteel_model::FrameKind;

use super::ThreadLine;
use crate::text_lines::TextFrame;
use crate::text_number::{decimal, hexadecimal};

/// The number in `Process 32545: python3 hot.py`.
pub(super) fn process(line: &str) -> Option<u32> {
    let (number, _) = line.strip_prefix("Process ")?.split_once(": ")?;
    u32::try_from(decimal(number)?).ok()
}

/// `Thread 32608 (active+gil): "worker thread"`; with `--nonblocking` or on other systems the number is hexadecimal.
pub(super) fn thread(line: &str) -> Option<ThreadLine<'_>> {
    let (id, rest) = line.strip_prefix("Thread ")?.split_once(" (")?;
    decimal(id).is_some().then_some(()).or_else(|| id.strip_prefix("0x").and_then(hexadecimal).map(|_| ()))?;
    let (state, rest) = rest.split_once(')')?;
    let is_state = state.split('+').all(|word| matches!(word, "active" | "idle" | "gil"));
    let name = match rest.trim_end() {
        "" => "",
        rest => rest.strip_prefix(": \"")?.strip_suffix('"')?,
    };
    is_state.then_some(ThreadLine { id, name, state, is_py_spy: true })
}

/// `    leaf (hot.py:4)`, or a native one: `    PyThread_acquire_lock (libpython3.11.so.1.0)`.
pub(super) fn frame(line: &str) -> Option<TextFrame<'_>> {
    let text = line.strip_prefix("    ").filter(|text| !text.starts_with(' '))?;
    let (name, place) = text.trim_end().strip_suffix(')')?.rsplit_once(" (")?;
    let source = place.rsplit_once(':').and_then(|(file, line)| Some((file, u32::try_from(decimal(line)?).ok()?)));
    let address = name.strip_prefix("0x").and_then(hexadecimal);
    Some(match source {
        Some((file, line)) => TextFrame { name, file, line, ..TextFrame::default() },
        None => TextFrame {
            name: if address.is_some() { "" } else { name },
            module: place,
            address: address.unwrap_or(0),
            kind: FrameKind::Native,
            ..TextFrame::default()
        },
    })
}

#[cfg(test)]
mod tests {
    use crate::format::Format;
    use crate::test_text::{details, read};

    #[test]
    fn reads_native_frames_and_skips_variables() {
        // Printed by py-spy 0.4.3 with `--native --locals`.
        insta::assert_snapshot!(details(&read(Format::Faulthandler, r#"Process 32545: /usr/bin/python3 hot.py
Python v3.11.7 (/usr/bin/python3.11)

Thread 32545 (idle): "MainThread"
    0x7f84ef0a3f16 (libc.so.6)
    PyThread_acquire_lock_timed (libpython3.11.so.1.0)
    Thread.join (threading.py:1119)
        Arguments:
            self: <Thread at 0x7f84eeb2c7d0>
            timeout: None
    <module> (hot.py:21)
Thread 32608 (active+gil): "worker thread"
    leaf (hot.py:4)
    worker (hot.py:14)
"#)), @r#"
        threads/count
        [1] process 32545 thread 32545 "MainThread" state="idle"
          <module> hot.py:21
          Thread.join threading.py:1119
          PyThread_acquire_lock_timed [libpython3.11.so.1.0] Native
          [libc.so.6] [libc.so.6] 0x7f84ef0a3f16 Native
        [1] process 32545 thread 32608 "worker thread" state="active+gil"
          worker hot.py:14
          leaf hot.py:4
        "#);
    }
}
