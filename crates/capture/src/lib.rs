//! Live things to profiles: processes by the kernel's perf events, Go services by their pprof endpoints.
//!
//! The only crate that talks to the kernel, and with it the only one with `unsafe` code.

pub mod fetch;
pub mod perf;
