//! The repository keeps its own rules.

use firesteel_xtask::tidy;

#[test]
fn tidy() {
    let report = tidy::check(&firesteel_xtask::repository()).unwrap();
    assert!(report.findings.is_empty(), "\n{report}");
}
