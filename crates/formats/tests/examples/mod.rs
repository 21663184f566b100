//! An input of every format, which can be made as long as a test wants it.

use std::io::{self, Read};

use firesteel_formats::Format;

/// A small input that says the same again and again.
pub(crate) struct Example {
    /// The format that it is recognised as.
    pub(crate) format: Format,
    /// What comes once at the beginning.
    pub(crate) head: Vec<u8>,
    /// What may be repeated any number of times, at least once. It holds at least two different stacks.
    pub(crate) body: Vec<u8>,
    /// What comes once at the end.
    pub(crate) tail: Vec<u8>,
}

impl Example {
    /// The input with the body repeated.
    pub(crate) fn repeated(&self, times: usize) -> Repeated<'_> {
        Repeated { example: self, times, piece: 0, position: 0 }
    }

    /// The shortest input.
    pub(crate) fn once(&self) -> Vec<u8> {
        [self.head.as_slice(), &self.body, &self.tail].concat()
    }
}

/// An input that is made while it is read.
pub(crate) struct Repeated<'a> {
    example: &'a Example,
    times: usize,
    piece: usize,
    position: usize,
}

impl Read for Repeated<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let piece = match self.piece {
                0 => &self.example.head,
                piece if piece <= self.times => &self.example.body,
                piece if piece == self.times + 1 => &self.example.tail,
                _ => return Ok(0),
            };
            let rest = &piece[self.position..];
            if rest.is_empty() {
                self.piece += 1;
                self.position = 0;
                continue;
            }
            let count = rest.len().min(buffer.len());
            buffer[..count].copy_from_slice(&rest[..count]);
            self.position += count;
            return Ok(count);
        }
    }
}

/// Declares the modules of all examples.
macro_rules! examples {
    ($($module:ident,)*) => {
        $(mod $module;)*

        /// An example of every format, by the name of its module.
        pub(crate) fn by_module() -> Vec<(&'static str, Example)> {
            vec![$((stringify!($module), $module::example()),)*]
        }
    };
}

examples! {
    async_profiler_html,
    austin,
    bcc,
    bpftrace,
    callgrind,
    chrome_cpu_profile,
    dtrace,
    faulthandler,
    firefox,
    folded,
    gdb,
    gecko,
    ghc_profile,
    go_trace,
    goroutine_dump,
    gperftools,
    jfr,
    jstack,
    macos_sample,
    otlp,
    perf_data,
    perf_script,
    pprof,
    pprof_raw,
    pprof_text,
    speedscope,
    systemtap,
    trace_events,
    v8_profile,
    visual_studio,
    vtune,
    xctrace,
}

/// An example of every format.
pub(crate) fn all() -> Vec<Example> {
    by_module().into_iter().map(|(_, example)| example).collect()
}
