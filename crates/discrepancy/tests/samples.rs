//! Maximum mean discrepancy: values by hand, gradients by differences, permutation tests.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use discrepancy::ErrorKind;
use discrepancy::catalog::{Measure, find};
use discrepancy::samples::{MaximumMeanDiscrepancy, SampleStatistic};

fn make(spec: &str) -> Box<dyn SampleStatistic> {
    match find(spec).unwrap() {
        Measure::Sample(statistic) => statistic,
        other => panic!("{spec} is {other:?}"),
    }
}

const X: [f64; 8] = [0.1, 0.7, -0.4, 1.5, 0.9, -0.2, 0.3, 0.35];
const Y: [f64; 8] = [2.1, 1.7, 1.4, 2.5, 2.9, 2.2, 3.3, 1.35];

#[test]
fn by_hand() {
    // Energy distance of {0, 1} and {3, 5}: 2·3.5 − 1 − 2, each row with itself counted: 2·3.5 − 0.5 − 1.
    let (x, y) = ([0.0, 1.0], [3.0, 5.0]);
    assert_eq!(make("mmd:kernel=energy").value(&x, &y, 1).unwrap(), 5.0 - 1.0);
    assert_eq!(make("mmd:kernel=energy,estimator=biased").value(&x, &y, 1).unwrap(), 5.5);
    // The kernel is at most 1, and its sums are kept to some 100 bits.
    assert!(make("mmd:estimator=biased").value(&X, &X, 2).unwrap().abs() <= 2f64.powi(-98));
    // The distances 1, 2, 2, 3, 4, 5.
    let widths = MaximumMeanDiscrepancy::default().bandwidths(&x, &y, 1).unwrap();
    assert_eq!(widths, [2.5]);
}

#[test]
fn gradients_match_differences() {
    for kernel in ["rbf", "laplace", "inverse_multiquadric", "polynomial", "energy"] {
        for estimator in ["biased", "unbiased", "linear"] {
            let mmd = make(&format!("mmd:kernel={kernel},bandwidth=1.5,estimator={estimator}"));
            let gradient = mmd.gradient(&X, &Y, 2).unwrap();
            for i in 0..X.len() {
                let at = |h: f64| {
                    let mut x = X;
                    x[i] += h;
                    mmd.value(&x, &Y, 2).unwrap()
                };
                let h = 2f64.powi(-18);
                let slope = (at(h) - at(-h)) / (2.0 * h);
                let error = (slope - gradient[i]).abs();
                assert!(
                    error <= 1e-6 * gradient[i].abs().max(1e-2),
                    "{kernel} {estimator} {i}: {slope} {}",
                    gradient[i]
                );
            }
        }
    }
}

#[test]
fn permutations() {
    for estimator in ["biased", "unbiased", "linear"] {
        let mmd = make(&format!("mmd:estimator={estimator}"));
        let test = mmd.permutation_test(&X, &Y, 2, 99, 7).unwrap();
        assert_eq!(test, mmd.permutation_test(&X, &Y, 2, 99, 7).unwrap());
        assert_eq!(test.statistic, mmd.value(&X, &Y, 2).unwrap());
        assert!(test.p_value >= 0.01 && test.p_value < 0.2, "{test:?}");
    }
}

#[test]
fn errors() {
    let kind = |x: &[f64], y: &[f64]| make("mmd").value(x, y, 2).unwrap_err().kind();
    assert_eq!(kind(&[1.0], &Y), ErrorKind::Shape);
    assert_eq!(kind(&[1.0, 2.0], &Y), ErrorKind::NoContributingRows);
    assert_eq!(kind(&[1.0, 2.0, f64::NAN, 1.0], &Y), ErrorKind::NonFinite);
    assert_eq!(kind(&[1.0; 4], &[1.0; 4]), ErrorKind::Domain);
}
