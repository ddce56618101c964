//! Distances and divergences: known values, identities, extremes, errors.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use discrepancy::ErrorKind;
use discrepancy::catalog::{Measure, find};
use discrepancy::distances::{self, PairFunction, condensed, hamming_bits, hamming_labels, nearest, pairwise, rowwise};

fn make(spec: &str) -> Box<dyn PairFunction> {
    match find(spec).unwrap() {
        Measure::Pair(pair) => pair,
        other => panic!("{spec} is {other:?}"),
    }
}

fn value(spec: &str, a: &[f64], b: &[f64]) -> f64 {
    make(spec).value(a, b).unwrap()
}

/// Within `ulps` units in the last place.
fn close(found: f64, wanted: f64, ulps: f64) {
    let error = (found - wanted).abs();
    assert!(found == wanted || error <= ulps * wanted.abs() * f64::EPSILON, "{found:e}, wanted {wanted:e}");
}

const DISTANCES: [&str; 10] = [
    "euclidean",
    "squared_euclidean",
    "manhattan",
    "chebyshev",
    "minkowski:p=3",
    "minkowski:p=2.5",
    "standardized_euclidean:variances=[1 2 3]",
    "cosine",
    "pearson",
    "hamming",
];
const DIVERGENCES: [&str; 6] = [
    "kl_divergence",
    "jensen_shannon",
    "jensen_shannon_distance",
    "hellinger",
    "bhattacharyya",
    "bhattacharyya_coefficient",
];
const A: [f64; 3] = [1.0, 2.5, -3.25];
const B: [f64; 3] = [0.3, 7.0, 1e-3];

#[test]
fn known_values() {
    close(value("euclidean", &[0.0, 3.0], &[4.0, 0.0]), 5.0, 0.0);
    close(value("squared_euclidean", &[0.0, 3.0], &[4.0, 0.0]), 25.0, 0.0);
    close(value("cityblock", &[1.0, 0.0], &[0.0, 2.0]), 3.0, 0.0);
    close(value("chebyshev", &[1.0, 0.0], &[0.0, 2.0]), 2.0, 0.0);
    // 9^(1/3)
    close(value("minkowski:p=3", &[1.0, 0.0], &[0.0, 2.0]), 2.080_083_823_051_904, 1.0);
    close(value("minkowski:p=500", &[3e100, 0.0], &[0.0, 1e100]), 3e100, 1.0);
    close(value("cosine", &[1.0, 0.0], &[0.0, 1.0]), 1.0, 0.0);
    close(value("cosine", &[1.0, 1.0], &[1.0, 0.0]), 0.292_893_218_813_452_5, 1.0);
    close(value("pearson", &[1.0, 2.0, 3.0], &[1.0, 3.0, 2.0]), 0.5, 1.0);
    close(value("pearson", &[1e8 + 1.0, 1e8 + 2.0, 1e8 + 3.0], &[1.0, 3.0, 2.0]), 0.5, 1.0);
    close(value("hamming", &[1.0, 0.0, 0.0], &[0.0, 1.0, 0.0]), 2.0 / 3.0, 0.0);
    close(value("jensen_shannon_distance:base=2", &[1.0, 0.0], &[0.0, 1.0]), 1.0, 0.0);
    close(value("jensen_shannon_distance", &[1.0, 0.0], &[0.5, 0.5]), 0.464_501_404_022_459, 2.0);
    close(value("kl_divergence", &[0.5, 0.5], &[0.25, 0.75]), 0.143_841_036_225_890_46, 2.0);
    close(value("hellinger", &[1.0, 0.0], &[0.0, 1.0]), 1.0, 0.0);
    close(value("bhattacharyya", &[1.0, 0.0], &[0.5, 0.5]), std::f64::consts::LN_2 / 2.0, 1.0);
    assert_eq!(value("bhattacharyya", &[1.0, 0.0], &[0.0, 1.0]), f64::INFINITY);
    assert_eq!(value("kl_divergence", &[1.0, 0.0], &[0.0, 1.0]), f64::INFINITY);
}

#[test]
fn symmetric_and_zero_at_identity() {
    for spec in DISTANCES {
        assert_eq!(value(spec, &A, &A), 0.0, "{spec}");
        assert_eq!(value(spec, &A, &B), value(spec, &B, &A), "{spec}");
        assert!(value(spec, &A, &B) > 0.0, "{spec}");
    }
    let (p, q) = ([0.125, 0.25, 0.625], [0.3, 0.3, 0.4]);
    for spec in DIVERGENCES {
        if spec != "bhattacharyya_coefficient" {
            assert_eq!(value(spec, &p, &p), 0.0, "{spec}");
        }
        if spec != "kl_divergence" {
            assert_eq!(value(spec, &p, &q), value(spec, &q, &p), "{spec}");
        }
    }
}

#[test]
fn triangle_inequality() {
    let c = [2.0, 2.0, 2.0];
    for spec in DISTANCES.iter().filter(|s| !["squared_euclidean", "cosine", "pearson"].contains(s)) {
        let (ab, bc, ac) = (value(spec, &A, &B), value(spec, &B, &c), value(spec, &A, &c));
        assert!(ac <= ab + bc && ab <= ac + bc, "{spec}");
    }
}

#[test]
fn powers_of_two_change_no_digit() {
    for k in [-600, -3, 5, 600] {
        let factor = 2f64.powi(k);
        let (a, b) = (A.map(|x| x * factor), B.map(|x| x * factor));
        for spec in DISTANCES {
            let wanted = match spec {
                "squared_euclidean" => value(spec, &A, &B) * factor * factor,
                "cosine" | "pearson" | "hamming" => value(spec, &A, &B),
                _ => value(spec, &A, &B) * factor,
            };
            assert_eq!(value(spec, &a, &b), wanted, "{spec} at 2^{k}");
        }
    }
    close(value("euclidean", &[3e200, 0.0], &[0.0, 4e200]), 5e200, 1.0);
    close(value("euclidean", &[3e-200, 0.0], &[0.0, 4e-200]), 5e-200, 1.0);
    close(value("euclidean", &[1e200, 1e-200], &[1e200, 2e-200]), 1e-200, 1.0);
    assert_eq!(value("chebyshev", &[f64::MAX / 2.0], &[-f64::MAX / 2.0]), f64::MAX);
}

#[test]
fn nearly_parallel_and_nearly_equal() {
    // tan(angle) = 1e-12: 1 - cos = 5e-25 (1 - 7.5e-25).
    close(value("cosine", &[1.0, 0.0], &[1.0, 1e-12]), 5e-25, 2.0);
    close(value("cosine", &[1e200, 0.0], &[1e-200, 1e-212]), 5e-25, 4.0);
    assert_eq!(value("cosine", &A, &A.map(|x| 3.0 * x)), 0.0);
    let h = f64::EPSILON;
    let (p, q) = ([0.5, 0.5], [0.5 + h, 0.5 - h]);
    // JS = δ²/2 with δ = h, KL = 2 δ², H² = δ²/2, to 2^-100.
    close(value("jensen_shannon", &p, &q), h * h / 2.0, 2.0);
    close(value("kl_divergence", &p, &q), h * h * 2.0, 2.0);
    close(value("hellinger", &p, &q), h * 0.5f64.sqrt(), 2.0);
}

#[test]
fn gradients_match_differences() {
    let check = |spec: &str, a: &[f64], b: &[f64]| {
        let pair = make(spec);
        let (mut ga, mut gb) = (vec![0.0; a.len()], vec![0.0; a.len()]);
        pair.value_and_gradient(a, b, &mut ga, &mut gb).unwrap();
        for (side, gradient) in [ga, gb].iter().enumerate() {
            for i in 0..a.len() {
                let at = |h: f64| {
                    let mut rows = [a.to_vec(), b.to_vec()];
                    rows[side][i] += h;
                    pair.value(&rows[0], &rows[1]).unwrap()
                };
                let h = 2f64.powi(-18);
                let slope = (at(h) - at(-h)) / (2.0 * h);
                let scale = gradient[i].abs().max(1e-3);
                assert!((slope - gradient[i]).abs() <= 1e-6 * scale, "{spec} {side} {i}: {slope} {}", gradient[i]);
            }
        }
    };
    for spec in DISTANCES.iter().filter(|s| **s != "hamming") {
        check(spec, &A, &B);
    }
    let (p, q) = ([0.1, 0.2, 0.7], [0.3, 0.3, 0.4]);
    check("kl_divergence:generalized=true", &p, &q);
    for spec in DIVERGENCES {
        check(&format!("{spec}:normalize=true"), &p, &q);
    }
    for spec in ["kl_divergence", "jensen_shannon", "jensen_shannon_distance"] {
        check(&format!("{spec}:normalize=true,base=2"), &p, &q);
    }
}

#[test]
fn gradient_at_coincidence_is_zero() {
    for spec in DISTANCES.iter().filter(|s| **s != "hamming") {
        let (mut a, mut b) = ([1.0; 3], [1.0; 3]);
        make(spec).value_and_gradient(&A, &A, &mut a, &mut b).unwrap();
        if *spec != "chebyshev" {
            assert_eq!((a, b), ([0.0; 3], [0.0; 3]), "{spec}");
        }
    }
}

#[test]
fn weights_count_as_repetition() {
    let repeated = |x: [f64; 3]| [x[0], x[0], x[2], x[2], x[2]];
    for spec in DISTANCES.iter().filter(|s| !s.starts_with("standard")) {
        let weighted = make(spec).value_weighted(&A, &B, &[2.0, 0.0, 3.0]).unwrap();
        close(weighted, value(spec, &repeated(A), &repeated(B)), 1.0);
    }
}

#[test]
fn matrices() {
    let e = distances::Euclidean::default();
    let a = [0.0, 0.0, 3.0, 4.0, 6.0, 8.0];
    assert_eq!(condensed(&e, &a, 2).unwrap(), [5.0, 10.0, 5.0]);
    assert_eq!(pairwise(&e, &a, &a, 2).unwrap(), [0.0, 5.0, 10.0, 5.0, 0.0, 5.0, 10.0, 5.0, 0.0]);
    assert_eq!(rowwise(&e, &a, &a, 2).unwrap(), [0.0; 3]);
    assert_eq!(nearest(&e, &[3.0, 4.0], &a, 2, 3).unwrap(), [(1, 0.0), (0, 5.0), (2, 5.0)]);
    assert_eq!(hamming_bits(&[0b1011_u64], &[0b0001], 4).unwrap(), 0.5);
    assert_eq!(hamming_labels(&["a", "b"], &["a", "c"]).unwrap(), 0.5);
    let error = pairwise(&e, &a, &[0.0, 0.0, f64::NAN, 1.0], 2).unwrap_err();
    assert_eq!((error.argument(), error.index()), ("b", Some(2)));
}

#[test]
fn errors() {
    let kind = |spec: &str, a: &[f64], b: &[f64]| make(spec).value(a, b).unwrap_err().kind();
    assert_eq!(kind("euclidean", &[1.0], &[1.0, 2.0]), ErrorKind::Shape);
    assert_eq!(kind("euclidean", &[], &[]), ErrorKind::NoContributingRows);
    assert_eq!(kind("cosine", &[0.0], &[1.0]), ErrorKind::Domain);
    assert_eq!(kind("pearson", &[1.0, 1.0], &[1.0, 2.0]), ErrorKind::Domain);
    assert_eq!(kind("standardized_euclidean", &[1.0], &[1.0]), ErrorKind::Shape);
    assert_eq!(kind("hellinger", &[0.5, 0.6], &[0.5, 0.5]), ErrorKind::Domain);
    assert_eq!(kind("hellinger", &[-0.5, 1.5], &[0.5, 0.5]), ErrorKind::Domain);
    let error = make("manhattan").value(&[1.0, f64::INFINITY], &[1.0, 2.0]).unwrap_err();
    assert_eq!((error.kind(), error.argument(), error.index()), (ErrorKind::NonFinite, "a", Some(1)));
    assert_eq!(find("minkowski:p=0.5").unwrap_err().kind(), ErrorKind::Parameter);
}
