//! A clock, a median, and the copy that everything is measured against.

use rayon::prelude::*;
use std::time::Instant;

pub fn time(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64()
}

pub fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

/// A copy of 256 MB arrays past the caches, on all threads: what memory can do.
pub struct Copy(Vec<f32>, Vec<f32>);

impl Copy {
    pub fn new() -> Self {
        let mut copy = Copy(vec![1.0; 64 << 20], vec![0.0; 64 << 20]);
        // The first one meets pages that are not there yet.
        copy.seconds_per_byte();
        copy
    }
    pub fn seconds_per_byte(&mut self) -> f64 {
        let bytes = (2 * 4 * self.0.len()) as f64;
        let chunk = 1 << 16;
        time(|| {
            self.0.par_chunks(chunk).zip(self.1.par_chunks_mut(chunk)).for_each(|(from, to)| {
                discrepancy_stream::copy(to, from);
            });
        }) / bytes
    }
}
