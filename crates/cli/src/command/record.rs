//! `firesteel record`: sample a program or a process.

use std::path::Path;
use std::process::Child;
use std::time::{Duration, Instant};

use firesteel_capture::perf::{self, Note, RecordOptions, Recording, Target};
use firesteel_model::Hertz;
use rustix::process::{Pid, Signal, kill_process};

use crate::arguments::{FilterArguments, OutputArguments, RecordArguments, SamplingArguments};
use crate::error::CommandError;
use crate::exit_code::Exit;
use crate::filters;
use crate::output;
use crate::progress::RecordProgress;
use crate::signals::stop_flag;
use crate::summary;
use crate::terminal::Terminal;
use crate::view::View;

/// How long a program may take to end after it was told to.
const GRACE: Duration = Duration::from_secs(5);

pub(crate) fn run(arguments: RecordArguments, terminal: &mut Terminal<'_>) -> Result<Exit, CommandError> {
    let RecordArguments { sampling, duration, output, pid, command } = arguments;
    let target = pid.map_or(Target::Launch(command), Target::Attach);
    record(&target, duration, &sampling, &output, &FilterArguments::default(), terminal)
}

/// Records a target and writes the report.
pub(crate) fn record(
    target: &Target,
    duration: Option<Duration>,
    sampling: &SamplingArguments,
    output: &OutputArguments,
    filters: &FilterArguments,
    terminal: &mut Terminal<'_>,
) -> Result<Exit, CommandError> {
    output::check(output)?;
    let filter = filters::compile_for_live(filters)?;
    let options = RecordOptions { frequency: Hertz(sampling.frequency), duration, kernel: !sampling.user_only };
    let stop = stop_flag();
    let mut progress = RecordProgress::new(target, duration, terminal);
    let recorded = perf::record(target, &options, &stop, &mut progress);
    progress.finish();
    let Recording { mut profile, summary, running } = recorded?;
    for note in &summary.notes {
        profile.metadata.comments.push(explain(note).to_owned());
    }
    let filtered = filters::apply(&filter, &profile, terminal)?;
    let view = View::new("", &filtered.profile, &output.view.names, terminal)
        .filtered(&filtered.outcome, filters::granularity(filters));
    summary::recorded(&view, &summary, terminal);
    let written = output::write(&[view], &label(target), output, terminal);
    // Whatever became of the report, a program that we started is not left behind unasked.
    if let Some(child) = running.filter(|_| !sampling.keep_running) {
        end(child, terminal);
    }
    written?;
    match summary.exit {
        Some(status) => {
            let exit = Exit::of_program(status);
            if exit != Exit::Success {
                terminal.say(format!("note: the program ended with {status}, which is this command's exit code, too"));
            }
            Ok(exit)
        }
        None => Ok(Exit::Success),
    }
}

/// What a note means to the user.
pub(crate) fn explain(note: &Note) -> &'static str {
    match note {
        Note::NoHardwareCycles => {
            "no hardware cycle counter here, as in most virtual machines: sampling by the cpu-clock timer"
        }
        Note::UserFramesOnly => {
            "user frames only: the kernel may be sampled by root, or after `sudo sysctl kernel.perf_event_paranoid=1`"
        }
        Note::KernelNamesHidden => "kernel functions have no names: `sudo sysctl kernel.kptr_restrict=0` shows them",
        _ => "recorded differently from what was asked for",
    }
}

/// A short name for the target, for file names.
fn label(target: &Target) -> String {
    match target {
        Target::Launch(command) => command
            .first()
            .and_then(|program| Path::new(program).file_name())
            .map_or_else(|| "program".to_owned(), |name| name.to_string_lossy().into_owned()),
        Target::Attach(process) => process.to_string(),
    }
}

/// Tells a program to end and waits for it.
fn end(mut child: Child, terminal: &mut Terminal<'_>) {
    if matches!(child.try_wait(), Ok(Some(_))) {
        return;
    }
    let process = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    let Some(process) = process else { return };
    terminal.say(format!("ending the program (pid {}) with SIGTERM; `--keep-running` would leave it", child.id()));
    // It may have ended by itself in between.
    let _ = kill_process(process, Signal::TERM);
    let deadline = Instant::now() + GRACE;
    while Instant::now() < deadline {
        if !matches!(child.try_wait(), Ok(None)) {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    terminal.say(format!("note: the program (pid {}) has not ended yet and is left alone", child.id()));
}
