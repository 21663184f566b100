//! What stands at the root end of stacks: starts of goroutines and threads, test runners, work of the runtime.

/// Whether a function is what a goroutine or thread of a Go program starts in, before any code that somebody
/// wrote for this program.
pub(crate) fn is_goroutine_root(name: &str) -> bool {
    matches!(
        name,
        "runtime.goexit"
            | "runtime.goexit.abi0"
            | "runtime.goexit0"
            | "runtime.main"
            | "runtime.mstart"
            | "runtime.mstart.abi0"
            | "runtime.mstart0"
            | "runtime.mstart1"
            | "runtime.mstart1.abi0"
            | "runtime.rt0_go"
            | "runtime.rt0_go.abi0"
    )
}

/// Whether a function belongs to Go's runner of tests and benchmarks.
pub(crate) fn is_harness(name: &str) -> bool {
    matches!(
        name,
        "testing.(*B).launch"
            | "testing.(*B).runN"
            | "testing.(*B).run1"
            | "testing.(*B).run1.func1"
            | "testing.(*B).run"
            | "testing.(*B).doBench"
            | "testing.(*B).Run"
            | "testing.(*B).Run.func1"
            | "testing.(*B).RunParallel.func1"
            | "testing.tRunner"
    )
}

/// The group of work that the runtime does by itself, from the function that such a stack begins with.
pub(crate) fn group_of_root(name: &str) -> Option<&'static str> {
    let function = name.strip_prefix("runtime.")?;
    // Function literals belong to the function that they are in.
    let function = function.split('.').next().unwrap_or(function);
    Some(match function {
        "gcBgMarkWorker"
        | "bgsweep"
        | "bgscavenge"
        | "gcStart"
        | "gcMarkDone"
        | "gcMarkTermination"
        | "gcDrain"
        | "gcDrainMarkWorkerDedicated"
        | "gcDrainMarkWorkerFractional"
        | "gcDrainMarkWorkerIdle"
        | "scanstack"
        | "forcegchelper"
        | "runfinq"
        | "runFinalizers"
        | "runCleanups"
        | "_GC" => "[GC]",
        "mcall" | "park_m" | "schedule" | "findRunnable" | "findrunnable" | "gosched_m" | "gopreempt_m"
        | "goschedImpl" | "startTheWorld" | "sysmon" | "stopm" | "startm" | "mPark" | "exitsyscall0" => "[scheduler]",
        "timerproc" | "runtimer" | "netpoll" => "[timers]",
        "sigprof" | "sighandler" | "sigtrampgo" | "sigtramp" | "sigreturn__sigaction" | "profileWriter" => "[signal]",
        _ => return None,
    })
}

/// Whether a function is where a goroutine helps the collector because it allocates.
pub(crate) fn is_assist(name: &str) -> bool {
    name == "runtime.gcAssistAlloc"
}

/// What stands for the work of assists.
pub(crate) const ASSIST: &str = "[GC assist]";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_of_the_runtime_is_grouped() {
        for (name, expect) in [
            ("runtime.gcBgMarkWorker", Some("[GC]")),
            ("runtime.gcBgMarkWorker.func2", Some("[GC]")),
            ("runtime.mcall", Some("[scheduler]")),
            ("runtime.sigtrampgo", Some("[signal]")),
            ("runtime.mallocgc", None),
            ("main.mcall", None),
            ("runtime.", None),
        ] {
            assert_eq!(group_of_root(name), expect, "{name}");
        }
    }
}
