//! An input of every format, which can be made as long as a test wants it.

mod async_profiler_html;
mod austin;
mod bcc;
mod bpftrace;
mod callgrind;
mod chrome_cpu_profile;
mod dtrace;
mod faulthandler;
mod firefox;
mod folded;
mod gdb;
mod gecko;
mod ghc_profile;
mod go_trace;
mod goroutine_dump;
mod gperftools;
mod jfr;
mod jstack;
mod macos_sample;
mod otlp;
mod perf_data;
mod perf_script;
mod pprof;
mod pprof_raw;
mod pprof_text;
mod speedscope;
mod systemtap;
mod trace_events;
mod v8_profile;
mod visual_studio;
mod vtune;
mod xctrace;

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

/// An example of every format.
pub(crate) fn all() -> Vec<Example> {
    [
        async_profiler_html::example(),
        austin::example(),
        bcc::example(),
        bpftrace::example(),
        callgrind::example(),
        chrome_cpu_profile::example(),
        dtrace::example(),
        faulthandler::example(),
        firefox::example(),
        folded::example(),
        gdb::example(),
        gecko::example(),
        ghc_profile::example(),
        go_trace::example(),
        goroutine_dump::example(),
        gperftools::example(),
        jfr::example(),
        jstack::example(),
        macos_sample::example(),
        otlp::example(),
        perf_data::example(),
        perf_script::example(),
        pprof::example(),
        pprof_raw::example(),
        pprof_text::example(),
        speedscope::example(),
        systemtap::example(),
        trace_events::example(),
        v8_profile::example(),
        visual_studio::example(),
        vtune::example(),
        xctrace::example(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
