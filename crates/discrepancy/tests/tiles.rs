//! Matrices go through tiles of pairs: they hold the bits of their single pairs whatever the data, the blocking, the threads or
//! the kind of vectors.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed test is meant to panic")]

use discrepancy::batch::{Element, NanPolicy, PairEvaluation};
use discrepancy::catalog::{self, DataDomain, Family, Measure, Value};
use discrepancy::distances::{PairFunction, condensed};

struct Sequence(u64);

impl Sequence {
    fn next(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Kinds of rows, of which each makes something hard.
const KINDS: [&str; 10] =
    ["ordinary", "whole", "far", "close", "huge", "tiny", "parallel", "constant", "mixed", "repeated"];

fn row(sequence: &mut Sequence, domain: &DataDomain, width: usize, kind: &str, base: &[f64]) -> Vec<f64> {
    let mut row: Vec<f64> = (0..width).map(|_| sequence.next()).collect();
    match domain {
        DataDomain::Probabilities => {
            if kind == "mixed" {
                row.iter_mut().filter(|x| **x < 0.3).for_each(|x| *x = 0.0);
                row[0] = 1.0;
            }
            if kind == "close" {
                row.iter_mut().zip(base).for_each(|(x, base)| *x = base + *x * 1e-9);
            }
            if kind == "repeated" {
                row = base.to_vec();
            }
            let sum: f64 = row.iter().sum();
            row.iter_mut().for_each(|x| *x /= sum);
        }
        DataDomain::Truth => row.iter_mut().for_each(|x| *x = f64::from(*x < 0.4)),
        _ => {
            let sign = |x: f64| x - 0.5;
            match kind {
                "whole" => row.iter_mut().for_each(|x| *x = (*x * 7.0).floor() - 3.0),
                "far" => row.iter_mut().for_each(|x| *x += 1e8),
                "close" => row.iter_mut().zip(base).for_each(|(x, base)| *x = base + sign(*x) * 1e-12),
                "huge" => row.iter_mut().for_each(|x| *x = sign(*x) * 1e200),
                "tiny" => row.iter_mut().for_each(|x| *x = sign(*x) * 1e-200),
                "parallel" => {
                    let factor = sequence.next() + 0.1;
                    row.iter_mut().zip(base).for_each(|(x, base)| *x = base * factor + sign(*x) * 1e-14);
                }
                "constant" => row.iter_mut().for_each(|x| *x = 1.0 + *x * 1e-13),
                "mixed" => {
                    row.iter_mut().enumerate().for_each(|(i, x)| *x = sign(*x) * 10f64.powi((i % 9) as i32 * 4 - 16))
                }
                "repeated" => row = base.to_vec(),
                _ => row.iter_mut().for_each(|x| *x = sign(*x) * 4.0),
            }
        }
    }
    row
}

/// Every entry, with lists as long as rows are wide.
fn metrics(width: usize) -> Vec<Box<dyn PairFunction>> {
    let mut made = Vec::new();
    for entry in catalog::entries().filter(|e| matches!(e.family, Family::Distance | Family::Divergence)) {
        let mut arguments = entry.defaults();
        for parameter in entry.parameters.iter().filter(|p| p.domain.list) {
            let one: Vec<f64> = (1..=width).map(|i| i as f64 * 0.3).collect();
            let two = (0..width * width).map(|i| if i % (width + 1) == 0 { 3.0 } else { 0.5 / width as f64 }).collect();
            let list = if parameter.name == "variances" { one } else { two };
            entry.set(&mut arguments, parameter.name, Value::List(list)).unwrap();
        }
        if let Measure::Pair(pair) = entry.make(&arguments).unwrap() {
            made.push(pair);
        }
    }
    for spec in
        ["minkowski:p=1", "minkowski:p=3", "minkowski:p=2.5", "kl_divergence:base=2", "kl_divergence:generalized=true"]
    {
        if let Ok(Measure::Pair(pair)) = catalog::find(spec) {
            made.push(pair);
        }
    }
    made
}

/// Rows of `f64` of one kind each, a kind after the other, as the type stores them.
fn sides<E: Element>(metric: &dyn PairFunction, width: usize, rows: [usize; 2], kinds: &[&str]) -> [Vec<E>; 2] {
    let mut sequence = Sequence(0x9E37_79B9_7F4A_7C15 ^ width as u64);
    let base: Vec<f64> = row(&mut sequence, &metric.entry().prediction, width, "ordinary", &[]);
    rows.map(|rows| {
        let one = |i: usize| row(&mut sequence, &metric.entry().prediction, width, kinds[i % kinds.len()], &base);
        (0..rows).flat_map(one).map(E::narrow).collect()
    })
}

fn law<E: Element>(width: usize, rows: [usize; 2], kinds: &[&str], threads: &[usize]) {
    for metric in metrics(width) {
        let [a, b] = sides::<E>(&*metric, width, rows, kinds);
        let what = format!("{} {} of {width}, {kinds:?}", metric.spec(), E::NAME);
        let single = |i: usize, j: usize| {
            let pair =
                PairEvaluation::new(&*metric, &a[i * width..][..width], &b[j * width..][..width], width).unwrap();
            pair.rowwise().map(|value| value[0].widen())
        };
        for threads in threads {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(*threads).build().unwrap();
            let matrix = pool.install(|| PairEvaluation::new(&*metric, &a, &b, width).unwrap().matrix());
            let matrix = match matrix {
                Ok(matrix) => matrix,
                Err(error) => {
                    // The first pair that has none, row by row.
                    let wrong = (0..rows[0] * rows[1]).find_map(|k| single(k / rows[1], k % rows[1]).err());
                    assert_eq!(wrong.map(|wrong| wrong.kind()), Some(error.kind()), "{what}: {error}");
                    continue;
                }
            };
            for (k, value) in matrix.iter().enumerate() {
                let (i, j) = (k / rows[1], k % rows[1]);
                let wanted = single(i, j).unwrap();
                let found = value.widen();
                assert_eq!(found.to_bits(), wanted.to_bits(), "{what}: {found:e}, alone {wanted:e} at {i}, {j}");
            }
        }
    }
}

#[test]
fn a_matrix_has_the_bits_of_its_pairs() {
    for kinds in KINDS.iter().map(std::slice::from_ref).chain([&KINDS[..]]) {
        law::<f64>(7, [21, 19], kinds, &[2]);
        law::<f32>(7, [21, 19], kinds, &[2]);
    }
}

#[test]
fn blocks_and_threads_do_not_show() {
    let kinds = &["ordinary", "ordinary", "whole", "close"];
    for width in [1, 2, 130] {
        law::<f64>(width, [40, 70], kinds, &[1, 3]);
        law::<f32>(width, [40, 70], kinds, &[3]);
    }
}

#[test]
fn condensed_is_the_upper_half() {
    fn law<E: Element>() {
        for (width, rows) in [(3, 5), (4, 75)] {
            for metric in metrics(width) {
                let [a, _] = sides::<E>(&*metric, width, [rows, 0], &["ordinary", "whole"]);
                let (Ok(matrix), Ok(half)) =
                    (PairEvaluation::new(&*metric, &a, &a, width).unwrap().matrix(), condensed(&*metric, &a, width))
                else {
                    continue;
                };
                let pairs = (0..rows).flat_map(|i| (i + 1..rows).map(move |j| i * rows + j));
                let wanted: Vec<u64> = pairs.map(|k| matrix[k].widen().to_bits()).collect();
                assert_eq!(half.iter().map(|x| x.widen().to_bits()).collect::<Vec<_>>(), wanted, "{}", metric.spec());
            }
        }
    }
    law::<f64>();
    law::<f32>();
}

#[test]
fn rows_with_nan_are_nan_and_the_first_wrong_number_is_named() {
    for metric in metrics(3) {
        let [mut a, b] = sides::<f64>(&*metric, 3, [20, 20], &["ordinary"]);
        a[3 * 11 + 1] = f64::NAN;
        let pairs = PairEvaluation::new(&*metric, &a, &b, 3).unwrap();
        assert_eq!(pairs.matrix().unwrap_err().index(), Some(34), "{}", metric.spec());
        let matrix = pairs.nan(NanPolicy::Propagate).unwrap().matrix().unwrap();
        for (k, value) in matrix.iter().enumerate() {
            assert_eq!(value.is_nan(), k / 20 == 11, "{}", metric.spec());
        }
    }
}

/// Prints a digest of matrices, to be compared between processes that run at different levels.
#[test]
fn every_level_gives_the_same_bits() {
    if std::env::var_os("DISCREPANCY_TILES_PRINT").is_some() {
        let mut digest = 0_u64;
        for metric in metrics(9) {
            for kind in ["ordinary", "whole", "mixed", "close"] {
                let [a, b] = sides::<f64>(&*metric, 9, [30, 30], &[kind]);
                if let Ok(matrix) = PairEvaluation::new(&*metric, &a, &b, 9).unwrap().matrix() {
                    digest = matrix.iter().fold(digest, |d, x| (d ^ x.to_bits()).wrapping_mul(0x100_0000_01b3));
                }
                let [a, b] = sides::<f32>(&*metric, 9, [30, 30], &[kind]);
                if let Ok(matrix) = PairEvaluation::new(&*metric, &a, &b, 9).unwrap().matrix() {
                    digest =
                        matrix.iter().fold(digest, |d, x| (d ^ u64::from(x.to_bits())).wrapping_mul(0x100_0000_01b3));
                }
            }
        }
        println!("digest {digest:016x}");
        return;
    }
    let digests = ["scalar", "avx2", "avx512"].map(|level| {
        let run = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["every_level_gives_the_same_bits", "--exact", "--nocapture"])
            .env("DISCREPANCY_LEVEL", level)
            .env("DISCREPANCY_TILES_PRINT", "1")
            .output()
            .unwrap();
        let text = String::from_utf8(run.stdout).unwrap();
        text.lines().find_map(|line| line.split_once("digest ").map(|(_, d)| d.to_owned())).unwrap()
    });
    assert_eq!(digests[0], digests[1]);
    assert_eq!(digests[0], digests[2]);
}
