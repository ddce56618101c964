//! Maximum mean discrepancy and energy distance: values by hand, gradients by differences, permutation tests.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use discrepancy::ErrorKind;
use discrepancy::catalog::{Measure, find};
use discrepancy::samples::{Bandwidth, MaximumMeanDiscrepancy, SampleStatistic};

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

/// Kernels that are functions of the distance over the bandwidth.
const RADIAL: [&str; 3] = ["rbf", "laplace", "inverse_multiquadric"];

#[test]
fn units_do_not_show() {
    // 2^k x and 2^k y with 2^k σ are the same data in another unit.
    for k in [-1000, -600, -3, 4, 515, 520, 1000] {
        let scaled = |rows: &[f64]| rows.iter().map(|x| x * 2f64.powi(k)).collect::<Vec<f64>>();
        for kernel in RADIAL {
            for estimator in ["biased", "unbiased", "linear"] {
                let here = MaximumMeanDiscrepancy::new(kernel, 1.5, estimator).unwrap();
                let there = MaximumMeanDiscrepancy::new(kernel, 1.5 * 2f64.powi(k), estimator).unwrap();
                assert_eq!(there.value(&scaled(&X), &scaled(&Y), 2), here.value(&X, &Y, 2), "{kernel} 2^{k}");
                let gradient = here.gradient(&X, &Y, 2).unwrap();
                let expected: Vec<f64> = gradient.iter().map(|g| g * 2f64.powi(-k)).collect();
                assert_eq!(there.gradient(&scaled(&X), &scaled(&Y), 2).unwrap(), expected, "{kernel} 2^{k}");
            }
            let median = make(&format!("mmd:kernel={kernel},bandwidth=aggregated"));
            assert_eq!(median.value(&scaled(&X), &scaled(&Y), 2), median.value(&X, &Y, 2), "{kernel} 2^{k}");
        }
        // The energy distance has the unit of the data.
        let energy = make("mmd:kernel=energy");
        let expected = energy.value(&X, &Y, 2).unwrap() * 2f64.powi(k);
        assert_eq!(energy.value(&scaled(&X), &scaled(&Y), 2).unwrap(), expected);
        assert_eq!(energy.gradient(&scaled(&X), &scaled(&Y), 2), energy.gradient(&X, &Y, 2));
    }
    let overflow = MaximumMeanDiscrepancy::new("polynomial", 1.0, "biased").unwrap();
    assert_eq!(overflow.value(&[1e200, 1.0], &[1.0, 2.0], 1).unwrap_err().kind(), ErrorKind::NonFinite);
}

#[test]
fn aggregated_is_the_mean_over_its_bandwidths() {
    for kernel in RADIAL {
        let aggregated = MaximumMeanDiscrepancy::new(kernel, Bandwidth::Aggregated, "biased").unwrap();
        let widths = aggregated.bandwidths(&X, &Y, 2).unwrap();
        let median = MaximumMeanDiscrepancy::new(kernel, Bandwidth::Median, "biased").unwrap();
        assert_eq!(widths[2..3], median.bandwidths(&X, &Y, 2).unwrap());
        let each = widths.iter().map(|width| MaximumMeanDiscrepancy::new(kernel, *width, "biased").unwrap());
        let mean = each.map(|mmd| mmd.value(&X, &Y, 2).unwrap()).sum::<f64>() / widths.len() as f64;
        assert!((aggregated.value(&X, &Y, 2).unwrap() - mean).abs() <= 4.0 * f64::EPSILON * mean);
        let test = aggregated.permutation_test(&X, &Y, 2, 99, 7).unwrap();
        assert!(test.p_value < 0.1, "{test:?}");
    }
}

/// By a list of all distances.
#[test]
fn the_median_is_that_of_all_distances() {
    let rows: Vec<f64> = (0..41_u32).map(|i| f64::from(i * i % 37) * 0.7 + f64::from(i)).collect();
    for n in [3, 4, 20, 40] {
        let (x, y) = rows[..n + 1].split_at(n / 2);
        let mut all: Vec<f64> =
            (0..=n).flat_map(|i| (0..i).map(move |j| (i, j))).map(|(i, j)| (rows[i] - rows[j]).abs()).collect();
        all.sort_by(f64::total_cmp);
        let half = all.len() / 2;
        let median = if all.len() % 2 == 1 { all[half] } else { (all[half] + all[half - 1]) / 2.0 };
        let mmd = MaximumMeanDiscrepancy::new("rbf", Bandwidth::Median, "biased").unwrap();
        assert_eq!(mmd.bandwidths(x, y, 1).unwrap(), [median]);
    }
}

#[test]
fn its_own_permutation_test_is_the_general_one() {
    let mmd = make("mmd:estimator=biased,bandwidth=1");
    let test = mmd.permutation_test(&X, &Y, 2, 40, 3).unwrap();
    /// The same statistic, without a test of its own.
    #[derive(Debug)]
    struct Plain(Box<dyn SampleStatistic>);
    impl SampleStatistic for Plain {
        fn entry(&self) -> &'static discrepancy::catalog::Entry {
            self.0.entry()
        }
        fn arguments(&self) -> discrepancy::catalog::Arguments {
            self.0.arguments()
        }
        fn value(&self, x: &[f64], y: &[f64], dimension: usize) -> discrepancy::Result<f64> {
            self.0.value(x, y, dimension)
        }
        fn gradient(&self, x: &[f64], y: &[f64], dimension: usize) -> discrepancy::Result<Vec<f64>> {
            self.0.gradient(x, y, dimension)
        }
    }
    assert_eq!(Plain(mmd).permutation_test(&X, &Y, 2, 40, 3).unwrap(), test);
}

/// Within so many units in the last place.
fn close(found: f64, wanted: f64, ulps: f64, what: &str) {
    let error = (found - wanted).abs();
    assert!(found == wanted || error <= ulps * wanted.abs() * f64::EPSILON, "{what}: {found:e}, wanted {wanted:e}");
}

const WEIGHTS: [f64; 8] = [1.0, 3.0, 2.0, 1.0, 0.0, 1.0, 4.0, 2.0];

/// Each point as often as its weight says.
fn repeated(points: &[f64], weights: &[f64], dimension: usize) -> Vec<f64> {
    let rows = points.chunks(dimension).zip(weights);
    rows.flat_map(|(row, weight)| row.repeat(*weight as usize)).collect()
}

#[test]
fn energy_distances_are_those_of_the_energy_kernel() {
    for estimator in ["biased", "unbiased"] {
        let (energy, mmd) = (
            make(&format!("energy_distance:estimator={estimator}")),
            make(&format!("mmd:kernel=energy,estimator={estimator}")),
        );
        for dimension in [1, 2, 4] {
            close(energy.value(&X, &Y, dimension).unwrap(), mmd.value(&X, &Y, dimension).unwrap(), 1.0, estimator);
            let gradients = [&energy, &mmd].map(|statistic| statistic.gradient(&X, &Y, dimension).unwrap());
            // Where it is 0, the kernel's two floats leave some 2^-100.
            let both = gradients[0].iter().zip(&gradients[1]).filter(|(found, _)| **found != 0.0);
            both.for_each(|(found, wanted)| close(*found, *wanted, 2.0, estimator));
        }
    }
}

#[test]
fn energy_distances_on_a_line_are_those_of_a_line_in_the_plane() {
    let plane = |line: &[f64]| line.iter().flat_map(|x| [*x, 0.0]).collect::<Vec<f64>>();
    for spec in ["energy_distance", "energy_distance:root=true", "energy_distance:estimator=unbiased"] {
        let energy = make(spec);
        for scale in [1.0, 1e-300, 1e300] {
            let (x, y) = (X.map(|x| x * scale), [&Y.map(|y| (y - 1.9) * scale)[..], &[0.0, scale]].concat());
            let found = energy.value(&x, &y, 1).unwrap();
            close(found, energy.value(&plane(&x), &plane(&y), 2).unwrap(), 1.0, spec);
            let (on, off) = (energy.gradient(&x, &y, 1).unwrap(), energy.gradient(&plane(&x), &plane(&y), 2).unwrap());
            off.chunks(2).zip(on).for_each(|(off, on)| close(off[0], on, 2.0, spec));
        }
    }
}

#[test]
fn energy_distances_with_whole_weights_are_those_of_repeated_points() {
    for spec in ["energy_distance", "energy_distance:root=true", "energy_distance:alpha=1.5"] {
        for dimension in [1, 2] {
            let (energy, weights) = (make(spec), &WEIGHTS[..8 / dimension]);
            let (x, y) = (repeated(&X, weights, dimension), repeated(&Y, weights, dimension));
            let weighted = energy.value_weighted(&X, Some(weights), &Y, Some(weights), dimension).unwrap();
            assert_eq!(weighted, energy.value(&x, &y, dimension).unwrap(), "{spec}");
            // In what unit weights are does not show, nor in which order the points come.
            let thirds: Vec<f64> = weights.iter().rev().map(|w| w * 0.75).collect();
            let turned: Vec<f64> = X.chunks(dimension).rev().flatten().copied().collect();
            let again = energy.value_weighted(&turned, Some(&thirds), &Y, Some(weights), dimension).unwrap();
            assert_eq!(weighted, again, "{spec}");
        }
    }
    // Weights too far apart for whole numbers of one unit.
    let energy = make("energy_distance");
    let far = energy.value_weighted(&[0.0, 5.0], Some(&[1.0, 1e-50]), &[2.0], None, 1).unwrap();
    close(far, 4.0, 1.0, "far weights");
}

#[test]
fn energy_distances_have_gradients() {
    for spec in
        ["energy_distance:root=true", "energy_distance:alpha=0.75", "energy_distance:alpha=2,estimator=unbiased"]
    {
        for dimension in [1, 2] {
            let energy = make(spec);
            let gradient = energy.gradient(&X, &Y, dimension).unwrap();
            for i in 0..X.len() {
                let at = |h: f64| {
                    let mut x = X;
                    x[i] += h;
                    energy.value(&x, &Y, dimension).unwrap()
                };
                let h = 2f64.powi(-18);
                let slope = (at(h) - at(-h)) / (2.0 * h);
                assert!((slope - gradient[i]).abs() <= 1e-6 * gradient[i].abs().max(1e-2), "{spec} {i}: {slope}");
            }
        }
    }
}

#[test]
fn energy_distances_of_equal_samples_are_nothing() {
    for spec in ["energy_distance", "energy_distance:root=true", "energy_distance:alpha=0.5,root=true"] {
        for dimension in [1, 2] {
            let (energy, turned) = (make(spec), X.chunks(dimension).rev().flatten().copied().collect::<Vec<f64>>());
            assert_eq!(energy.value(&X, &turned, dimension).unwrap(), 0.0, "{spec}");
            assert!(energy.gradient(&X, &turned, dimension).unwrap().iter().all(|g| *g == 0.0), "{spec}");
        }
    }
    // Far below what two floats would leave of the sums.
    let moved = X.map(|x| x * (1.0 + 2f64.powi(-50)));
    let [on, off] = [1, 2].map(|dimension| make("energy_distance").value(&X, &moved, dimension).unwrap());
    assert!(on > 0.0 && off > 0.0 && off < 1e-15);
}

#[test]
fn permutations_of_energy_distances() {
    for (spec, dimension) in
        [("energy_distance", 1), ("energy_distance:root=true", 2), ("energy_distance:alpha=1.5", 1)]
    {
        let energy = make(spec);
        let test = energy.permutation_test(&X, &Y, dimension, 99, 7).unwrap();
        assert_eq!(test.statistic, energy.value(&X, &Y, dimension).unwrap(), "{spec}");
        assert!(test.p_value < 0.1, "{spec}: {}", test.p_value);
        let same = energy.permutation_test(&X, &X, dimension, 99, 7).unwrap();
        assert_eq!(same.p_value, 1.0, "{spec}");
    }
}

#[test]
fn energy_distances_say_what_they_do_not_do() {
    let refused =
        |spec: &str, weights: Option<&[f64]>| make(spec).value_weighted(&X, weights, &Y, None, 1).unwrap_err();
    assert_eq!(refused("energy_distance:root=true,estimator=unbiased", None).argument(), "root");
    assert_eq!(refused("energy_distance:estimator=unbiased", Some(&WEIGHTS)).argument(), "weights");
    assert_eq!(refused("energy_distance", Some(&[0.0; 8])).argument(), "x_weights");
    let beyond = make("energy_distance:alpha=2").value(&[1e300], &[-1e300], 1).unwrap_err();
    assert_eq!(beyond.kind(), ErrorKind::NonFinite);
}
