//! The formats: their names, how each is recognised and who reads it.

use std::fmt;

use crate::content::Content;
use crate::error::Error;
use crate::head::Head;
use crate::options::ReadOptions;
use crate::read::Read;

/// Declares [`Format`] from one table. Each row is a variant, its documentation, the name that people know it by, and
/// its module, which has `looks_like(head) -> bool` and `read(content, options)`.
macro_rules! formats {
    ($($(#[$doc:meta])* $variant:ident, $name:literal, $module:ident;)*) => {
        /// A format of profiles.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Format {
            $($(#[$doc])* $variant,)*
        }

        impl Format {
            /// Every format, in the order in which they are tried.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name that people know it by.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            /// Whether content that begins so is in this format, if it is in none of those before it in
            /// [`Format::ALL`].
            pub(crate) fn looks_like(self, head: &Head<'_>) -> bool {
                match self {
                    $(Self::$variant => crate::$module::looks_like(head),)*
                }
            }

            /// Reads content of this format.
            pub(crate) fn read(self, content: &mut Content<'_>, options: &ReadOptions) -> Result<Read, Error> {
                match self {
                    $(Self::$variant => crate::$module::read(content, options),)*
                }
            }
        }
    };
}

// The order matters: what has a magic number comes first, then what begins in a way of its own, then text that is
// told by its lines, the most general last.
formats! {
    /// perf's own recording, `perf.data`, as a file or from a pipe.
    PerfData, "perf.data", perf_data;
    /// A Java Flight Recorder recording.
    Jfr, "Java Flight Recorder", jfr;
    /// A Go execution trace, version 2 (Go 1.22 and later).
    GoTrace, "Go execution trace", go_trace;
    /// The binary CPU profiles of gperftools and of old Go releases.
    Gperftools, "gperftools CPU profile", gperftools;
    /// pprof protobuf (`profile.proto`).
    Pprof, "pprof protobuf", pprof;
    /// A Firefox profile as the profiler stores and exchanges it; samply writes it too.
    Firefox, "Firefox processed profile", firefox;
    /// A Firefox profile as the browser records it.
    Gecko, "Gecko profile", gecko;
    /// speedscope's own format.
    Speedscope, "speedscope", speedscope;
    /// What `node --prof-process --preprocess` makes of a V8 log.
    V8Profile, "V8 processed log", v8_profile;
    /// A CPU profile of Chrome, Node.js or any V8.
    ChromeCpuProfile, "Chrome CPU profile", chrome_cpu_profile;
    /// Trace events as Chrome and many others write them.
    TraceEvents, "Chrome trace events", trace_events;
    /// The cost centre profiles of GHC, text or JSON.
    GhcProfile, "GHC profile", ghc_profile;
    /// What `xctrace export` makes of a Time Profiler recording of Instruments.
    Xctrace, "xctrace XML", xctrace;
    /// A flame graph page of async-profiler.
    AsyncProfilerHtml, "async-profiler HTML", async_profiler_html;
    /// What `callgrind` and tools like it write.
    Callgrind, "callgrind", callgrind;
    /// The text that `go tool pprof -raw` prints.
    PprofRaw, "pprof -raw text", pprof_raw;
    /// The text profiles of gperftools and of Go's `debug=1`: heap, contention, threads, goroutines.
    PprofText, "legacy pprof text", pprof_text;
    /// Go's goroutines with their stacks: `debug=2` and what a crash prints.
    GoroutineDump, "Go goroutine dump", goroutine_dump;
    /// A thread dump of a Java virtual machine, as `jstack` prints it.
    Jstack, "jstack", jstack;
    /// What gdb prints for `thread apply all bt`.
    Gdb, "gdb backtraces", gdb;
    /// What Python's faulthandler prints.
    Faulthandler, "Python faulthandler", faulthandler;
    /// The report of macOS `sample`.
    MacosSample, "macOS sample", macos_sample;
    /// A hotspots report of VTune as CSV.
    Vtune, "VTune CSV", vtune;
    /// A call tree of Visual Studio as CSV.
    VisualStudio, "Visual Studio CSV", visual_studio;
    /// What bpftrace prints of a map keyed by stacks.
    Bpftrace, "bpftrace", bpftrace;
    /// What `profile`, `offcputime` and `stackcount` of bcc print.
    Bcc, "bcc stacks", bcc;
    /// The text that `perf script` prints.
    PerfScript, "perf script text", perf_script;
    /// A DTrace aggregation by stack.
    Dtrace, "DTrace", dtrace;
    /// A SystemTap aggregation by backtrace.
    SystemTap, "SystemTap", systemtap;
    /// What austin writes: stacks with process, thread and lines.
    Austin, "austin", austin;
    /// OpenTelemetry profiles, protobuf.
    Otlp, "OTLP profiles", otlp;
    /// Folded stacks: `frame;frame;frame count`.
    Folded, "folded stacks", folded;
}

impl Format {
    /// Every name, for an error.
    pub(crate) fn list() -> String {
        let names: Vec<&str> = Self::ALL.iter().map(|format| format.as_str()).collect();
        names.join(", ")
    }
}

impl fmt::Display for Format {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}
