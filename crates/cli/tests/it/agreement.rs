//! The perf_event profile and the program's own CPU profile of one run say the same.

use firesteel_testkit::agreement::{self_samples, total_variation};

use crate::figures::{self, Recorded};

/// The program's own profile has a hundred samples a second: chance alone makes it differ by some percent.
const DISTANCE: f64 = 0.2;

fn check(recorded: &Recorded) {
    let (here, own) = (self_samples(&recorded.stacks), self_samples(&recorded.own_stacks));
    let (distance, shares) = total_variation(&here, &own);
    let version = recorded.toolchain.version();
    let (samples, own_samples) = (here.values().sum::<u64>(), own.values().sum::<u64>());
    println!("{version}: total-variation distance {distance:.4} ({samples} samples, its own {own_samples})");
    for (a, b, name) in shares.iter().take(5) {
        println!("  {:6.2} % here, {:6.2} % in its own: {name}", 100.0 * a, 100.0 * b);
    }
    assert!(own_samples > 100, "{own_samples} samples in the program's own profile");
    assert!(distance <= DISTANCE, "distance {distance}: {:?}", &shares[..shares.len().min(8)]);
}

#[test]
fn self_time_with_the_newest_go() {
    check(figures::newest());
}

#[test]
fn self_time_with_an_older_go() {
    check(figures::older());
}
