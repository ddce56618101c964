//! What runs in place allocates nothing of the order of its input.
#![allow(clippy::unwrap_used, reason = "a failed test is meant to panic")]

use discrepancy::batch::{Evaluation, Reduction, RowEvaluation};
use discrepancy::catalog::{self, DataDomain, Measure, Property};
use discrepancy::rows::RowTargets;
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// The most bytes that were in use at once during the work, beyond those before it.
fn peak(work: impl FnOnce()) -> usize {
    ALLOCATOR.reset_peak_usage();
    let before = ALLOCATOR.current_usage();
    work();
    ALLOCATOR.peak_usage() - before
}

// One test: peaks of tests that run at once would add up.
#[test]
fn gradients_in_place_need_a_block_a_thread() {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
    let bytes = 32 << 20;
    let least = bytes / 16;
    let mut measured = 0;
    for entry in catalog::entries().filter(|entry| !entry.is(Property::NotDifferentiable)) {
        let used = match entry.make(&entry.defaults()).unwrap() {
            Measure::Pointwise(loss) => {
                let legal = |domain: &DataDomain| if domain.contains(0.5) { 0.5 } else { 1.0 };
                let mut prediction = vec![legal(&entry.prediction) as f32; bytes / 4];
                let target = vec![legal(&entry.target) as f32; bytes / 4];
                pool.install(|| {
                    peak(|| {
                        let mean = Evaluation::gradient_in_place(&*loss, Reduction::Mean, &mut prediction, &target);
                        assert!(mean.is_ok());
                    })
                })
            }
            Measure::Row(loss) if loss.labelled().is_some() => {
                let classes = 4096;
                let mut scores: Vec<f32> = (0..bytes / 4).map(|i| (i % 100) as f32 * 0.1).collect();
                let labels: Vec<i64> = (0..scores.len() / classes).map(|i| i as i64).collect();
                let targets = RowTargets::labels(&labels);
                pool.install(|| {
                    peak(|| {
                        let reduction = Reduction::Mean;
                        let mean = RowEvaluation::gradient_in_place(&*loss, reduction, &mut scores, classes, targets);
                        assert!(mean.is_ok());
                    })
                })
            }
            _ => continue,
        };
        assert!(used < least, "{}: {used} bytes beside {bytes} in place", entry.name);
        measured += 1;
        println!("{:<36}{used:>9} bytes beside {bytes} in place", entry.name);
    }
    assert!(measured >= 13, "only {measured} losses were measured");
}
