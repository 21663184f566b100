//! Files small enough to be read at one sitting.

use super::report::{Finding, Report};
use super::source_tree::SourceFile;

/// Lines that a file should not exceed.
pub(super) const AIM: usize = 400;

/// Lines that a file must not exceed.
const LIMIT: usize = 600;

pub(super) fn check(file: &SourceFile, report: &mut Report) {
    if file.is_recorded() || !file.has_ending(&["rs", "ts", "js", "go", "sh", "css"]) {
        return;
    }
    let lines = file.text.lines().count();
    if lines > LIMIT {
        let message = format!("{lines} lines: split it, {LIMIT} is the limit");
        report.findings.push(Finding::new(&file.path, 0, message));
    } else if lines > AIM {
        report.long_files.push((file.path.clone(), lines));
    }
}

#[cfg(test)]
mod tests {
    use super::super::source_tree::tests::file;
    use super::*;

    #[test]
    fn limits() {
        let check = |lines: usize, findings: usize, long: usize| {
            let mut report = Report::default();
            super::check(&file("a.rs", &"x\n".repeat(lines)), &mut report);
            assert_eq!((report.findings.len(), report.long_files.len()), (findings, long), "{lines} lines");
        };
        check(AIM, 0, 0);
        check(AIM + 1, 0, 1);
        check(LIMIT, 0, 1);
        check(LIMIT + 1, 1, 0);
    }
}
