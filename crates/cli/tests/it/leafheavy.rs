//! Caller chains of hot leaves, where profilers that follow frame pointers alone lose the caller.

use firesteel_testkit::leafheavy::{Judgement, judge};
use firesteel_testkit::perf_tool::judge_perf_record;
use firesteel_testkit::{GoProgram, LinkMode, Toolchain, recording_turn};

use crate::figures::{self, Recorded, seconds};
use crate::{SCRATCH, folder};

/// The greatest share of user samples that may have a wrong chain.
const WRONG: f64 = 0.005;
/// How far the share of chains that the program's own profile lacks may be above what its few samples explain.
const UNEXPLAINED: f64 = 0.08;
/// The greatest share of its own samples whose chains are not here, where there are ten times as many.
const MISSED: f64 = 0.03;

pub(crate) fn check(recorded: &Recorded) {
    let judgement = judge(&recorded.stacks, Some(&recorded.own_stacks));
    println!("{}: leafheavy by firesteel: {judgement}", recorded.toolchain.version());
    let Judgement { user, workers, missed, expected_unseen, .. } = judgement;
    assert!(user > 1000 && workers > user * 9 / 10, "{workers} of {user} samples are of the workers");
    assert!(judgement.wrong_share() <= WRONG, "{judgement}");
    assert!(judgement.cut_share() <= 0.02, "{judgement}");
    assert!(judgement.unseen_share() <= expected_unseen + UNEXPLAINED, "{judgement}");
    assert!(missed <= MISSED, "{judgement}");
}

#[test]
fn chains_with_the_newest_go() {
    check(figures::newest());
}

#[test]
fn chains_with_an_older_go() {
    check(figures::older());
}

/// Beside it: what `perf record -g` makes of the same program.
#[test]
#[ignore = "measures the system's perf, which may not be there: run by hand"]
fn perf_for_comparison() {
    for toolchain in [Toolchain::newest(), Toolchain::older()] {
        let program = GoProgram::LEAFHEAVY.build(&toolchain, LinkMode::Plain, SCRATCH);
        let _turn = recording_turn();
        match judge_perf_record(&program, seconds(6), folder().path()) {
            Some(judgement) => println!("{}: leafheavy by perf record -g: {judgement}", toolchain.version()),
            None => println!("there is no `perf` here"),
        }
    }
}
