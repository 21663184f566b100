//! Alternating runs and their medians.

use super::error::BenchError;
use super::process::Usage;

/// One way to do a job: runs it once.
pub(super) type Contender<'a> = Box<dyn FnMut() -> Result<Usage, BenchError> + 'a>;

/// Runs every contender `runs` times, taking turns; what each used, in its order.
pub(super) fn alternate(runs: usize, contenders: &mut [Contender<'_>]) -> Result<Vec<Vec<Usage>>, BenchError> {
    let mut usages = vec![Vec::with_capacity(runs); contenders.len()];
    for _ in 0..runs {
        for (contender, usages) in contenders.iter_mut().zip(&mut usages) {
            usages.push(contender()?);
        }
    }
    Ok(usages)
}

/// The middle value, or the mean of the two in the middle; 0 for none.
pub(super) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let at = |index: usize| values.get(index).copied().unwrap_or_default();
    if values.len() % 2 == 1 { at(middle) } else { f64::midpoint(at(middle.wrapping_sub(1)), at(middle)) }
}

/// The median of CPU times, in seconds.
pub(super) fn median_cpu(usages: &[Usage]) -> f64 {
    median(usages.iter().map(|usage| usage.cpu.as_secs_f64()))
}

/// The median of peak memory, in bytes.
pub(super) fn median_peak(usages: &[Usage]) -> f64 {
    median(usages.iter().map(|usage| usage.peak as f64))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn medians() {
        let check = |values: &[f64], expected: f64| assert!((median(values.iter().copied()) - expected).abs() < 1e-12);
        check(&[], 0.0);
        check(&[3.0], 3.0);
        check(&[9.0, 1.0, 2.0], 2.0);
        check(&[9.0, 1.0, 2.0, 4.0], 3.0);
    }

    #[test]
    fn contenders_take_turns() {
        let order = std::cell::RefCell::new(Vec::new());
        let contender = |name: u64| -> Contender<'_> {
            let order = &order;
            Box::new(move || {
                order.borrow_mut().push(name);
                Ok(Usage { cpu: Duration::from_secs(name), ..Usage::default() })
            })
        };
        let usages = alternate(2, &mut [contender(1), contender(2)]).unwrap();
        assert_eq!(*order.borrow(), [1, 2, 1, 2]);
        assert!((median_cpu(&usages[1]) - 2.0).abs() < 1e-12);
    }
}
