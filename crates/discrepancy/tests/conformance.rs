//! Laws over the whole catalogue of pointwise losses: dual numbers, levels, ragged lengths, special values, bad input.
//! Nothing here names a loss: entries come from the catalogue.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed law stops the test")]

mod support;

use discrepancy::batch::elements::{Left, Place, Rows};
use discrepancy::batch::{Element, Evaluation, NanPolicy};
use discrepancy::catalog::{self, DataDomain, Measure, Property};
use discrepancy::losses::{Coupling, PointwiseLoss};
use discrepancy::number::Level;
use discrepancy::sums::ExactSum;
use support::{F32, F64, ulps};

/// The pointwise losses with default parameters.
fn pointwise() -> Vec<Box<dyn PointwiseLoss>> {
    let all: Vec<_> = catalog::entries()
        .filter_map(|entry| match entry.make(&entry.defaults()).unwrap() {
            Measure::Pointwise(loss) => Some(loss),
            _ => None,
        })
        .collect();
    assert!(all.len() >= 12, "the catalogue has shrunk");
    all
}

fn loss(spec: &str) -> Box<dyn PointwiseLoss> {
    match catalog::find(spec).unwrap_or_else(|error| panic!("{spec}: {error}")) {
        Measure::Pointwise(loss) => loss,
        other => panic!("{spec} is {other:?}"),
    }
}

/// Legal predictions and targets of a loss, ordinary and extreme, in pairs.
fn points(loss: &dyn PointwiseLoss) -> Vec<(f64, f64)> {
    let numbers = [0.0, 1e-300, 1e-9, 0.1, 0.5, 1.0, 1.5, 3.0, 17.0, 40.0, 300.0, 1e5, 1e200];
    let signed = numbers.iter().flat_map(|x| [*x, -*x]);
    let legal = |domain: &DataDomain| signed.clone().filter(|x| domain.contains(*x)).collect::<Vec<f64>>();
    let (z, y) = (legal(&loss.entry().prediction), legal(&loss.entry().target));
    let pairs: Vec<(f64, f64)> = z.iter().flat_map(|z| y.iter().map(move |y| (*z, *y))).collect();
    assert!(pairs.len() >= 10);
    pairs
}

/// A spread of legal predictions and targets as `f32`, which are `f64` too.
fn spread(loss: &dyn PointwiseLoss) -> Vec<(f64, f64)> {
    let mut state = 1_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let mut draw = |domain: &DataDomain| {
        let pick = next();
        let x = match (pick * 4.0) as u32 {
            0 => (next() - 0.5) * 8.0,
            1 => (next() - 0.5) * 200.0,
            2 => next(),
            _ => (next() - 0.5).signum() * 2f64.powi((next() * 80.0) as i32 - 50) * (1.0 + next()),
        };
        let x = f64::from(x as f32);
        let fallback = if pick < 0.5 { 1.0 } else { 0.0 };
        [x, x.abs(), x.abs().fract(), fallback, fallback * 2.0 - 1.0].into_iter().find(|x| domain.contains(*x)).unwrap()
    };
    (0..2000).map(|_| (draw(&loss.entry().prediction), draw(&loss.entry().target))).collect()
}

#[test]
fn results_are_those_of_the_formula_in_256_bits() {
    for loss in pointwise() {
        let points = spread(&*loss);
        let (z, y): (Vec<f64>, Vec<f64>) = points.iter().copied().unzip();
        let narrow = |x: &[f64]| x.iter().map(|x| *x as f32).collect::<Vec<f32>>();
        let orders = if loss.differentiable() { 3 } else { 1 };
        let (wide, single) = if orders == 3 {
            let wide = Evaluation::new(&*loss, &z, &y).unwrap().value_gradient_hessian().unwrap();
            let single = Evaluation::new(&*loss, &narrow(&z), &narrow(&y)).unwrap().value_gradient_hessian().unwrap();
            ([wide.value, wide.gradient, wide.hessian], [single.value, single.gradient, single.hessian])
        } else {
            let wide = Evaluation::new(&*loss, &z, &y).unwrap().values().unwrap();
            let single = Evaluation::new(&*loss, &narrow(&z), &narrow(&y)).unwrap().values().unwrap();
            ([wide, Vec::new(), Vec::new()], [single, Vec::new(), Vec::new()])
        };
        for (i, (z, y)) in points.iter().enumerate() {
            let truth = loss.witness(*z, *y);
            for order in 0..orders {
                let exact = support::Exact::of(truth[order]);
                // The witness is rounded itself, by half a step.
                let error = ulps(wide[order][i], &exact, F64);
                assert!(error <= 2.5, "{} at {z}, {y}: {order} is {}, {error} ULP", loss.spec(), wide[order][i]);
                let error = ulps(f64::from(single[order][i]), &exact, F32);
                assert!(error <= 0.51, "{} at {z}, {y}: {order} is {}, {error} ULP", loss.spec(), single[order][i]);
            }
        }
    }
}

#[test]
fn derivatives_are_those_of_the_value_by_dual_numbers() {
    for loss in pointwise().iter().filter(|loss| loss.differentiable()) {
        let mut compared = 0;
        for (z, y) in points(&**loss) {
            let u = match loss.coupling() {
                Coupling::Residual => z - y,
                Coupling::Margin => y * z,
                Coupling::Pair => z,
            };
            let ([_, gradient, hessian], dual) = (loss.at(z, y), loss.dual(z, y));
            // At 0 the formulas of softplus and sigmoid change branch, which a dual number takes for a kink.
            // Nor is it the residual where that is beyond 256 bits beside a place where pieces meet.
            let whole = loss.coupling() != Coupling::Residual || (u + y == z && z - u == y);
            let smooth = u != 0.0 && whole && !loss.kinks().contains(&u);
            for (formula, dual) in [(gradient, dual[0]), (hessian, dual[1])] {
                // Dual numbers meet infinities earlier than the formulas do, and lose the tails of underflow.
                // Where terms of size 1 cancel, two floats keep a rest of some 1e-32.
                let cancelled = formula == 0.0 && dual.abs() < 1e-29;
                if smooth && !cancelled && dual.is_finite() && formula.is_finite() && dual.abs() > 1e-250 {
                    compared += 1;
                    let error = ((formula - dual) / dual).abs();
                    assert!(error < 1e-14, "{} at {z}, {y}: formula {formula}, dual number {dual}", loss.spec());
                }
            }
        }
        assert!(compared > 5, "{}: nothing was compared", loss.spec());
    }
}

/// Where the first numbers are in doubt although nobody watches them, with the error that may be.
fn unwatched(loss: &dyn PointwiseLoss, z: f64, y: f64) -> Option<(usize, f64)> {
    let doubts = loss.doubts(z, y).into_iter().enumerate();
    doubts.map(|(k, (error, watched))| (k, if watched { 0.0 } else { error })).find(|(_, error)| *error > 1.0)
}

#[test]
fn whatever_cancels_in_the_first_numbers_is_watched() {
    let mut crossings = 0;
    for entry in pointwise().iter().map(|loss| loss.entry()) {
        // All parameters of the tables, and the inputs with them.
        let table = |kind: &str| support::table_if_any(&format!("{}.{kind}", entry.name)).unwrap_or_default();
        let cases: Vec<_> = table("f32").into_iter().chain(table("f64")).collect();
        for case in &cases {
            let loss = loss(&case.spec);
            let [z, y] = [case.inputs[0][0], case.inputs[1][0]];
            assert_eq!(unwatched(&*loss, z, y), None, "{} at {z}, {y}", case.spec);
        }
        // And where a result changes its sign: there it is smaller than any of its terms.
        let mut specs: Vec<&str> = cases.iter().map(|case| case.spec.as_str()).chain([entry.name]).collect();
        specs.sort_unstable();
        specs.dedup();
        for loss in specs.iter().map(|spec| loss(spec)).filter(|loss| loss.differentiable()) {
            let legal = |z: &f64| entry.prediction.contains(*z);
            let grid: Vec<f64> = (-300..=300).map(|i| f64::from(i) / 29.0).filter(legal).collect();
            for y in [-1.0, 0.0, 0.3, 1.0].into_iter().filter(|y| entry.target.contains(*y)) {
                for pair in grid.windows(2) {
                    for k in 0..3 {
                        let sign = |z: f64| loss.at(z, y)[k].signum();
                        let (mut low, mut high) = (pair[0], pair[1]);
                        if sign(low) == sign(high) || loss.at(low, y)[k] == 0.0 || loss.at(high, y)[k] == 0.0 {
                            continue;
                        }
                        while low.next_up() < high && (low + high) / 2.0 != low && (low + high) / 2.0 != high {
                            let middle = (low + high) / 2.0;
                            if sign(middle) == sign(low) { low = middle } else { high = middle }
                        }
                        crossings += 1;
                        assert_eq!(unwatched(&*loss, low, y), None, "{} at {low}, {y}", loss.spec());
                    }
                }
            }
        }
    }
    assert!(crossings >= 10, "only {crossings} changes of sign were found");
}

/// Rounding passes no float, but it may end on one: a residual that a formula compares with a parameter is looked at twice.
#[test]
fn residuals_beside_a_parameter_are_on_their_side_of_it() {
    let mut compared = 0;
    for entry in pointwise().iter().map(|loss| loss.entry()) {
        for parameter in entry.parameters {
            let spec = format!("{}:{}=0.5", entry.name, parameter.name);
            let Ok(Measure::Pointwise(loss)) = catalog::find(&spec) else { continue };
            if loss.coupling() != Coupling::Residual || !loss.differentiable() {
                continue;
            }
            for (z, y) in [(0.5, 1e-30), (0.5, -1e-30), (-0.5, 1e-30), (-0.5, -1e-30), (1e-30, 0.5), (-1e-30, 0.5)] {
                let (z, y) = (z as f32, y as f32);
                let results = Evaluation::new(&*loss, &[z], &[y]).unwrap().value_gradient_hessian().unwrap();
                let truth = loss.witness(f64::from(z), f64::from(y));
                for (got, truth) in [results.value[0], results.gradient[0], results.hessian[0]].into_iter().zip(truth) {
                    let error = ulps(f64::from(got), &support::Exact::of(truth), F32);
                    assert!(error <= 0.51, "{spec} at {z:e}, {y:e}: {got:e}, not {truth:e}");
                    compared += 1;
                }
            }
        }
    }
    assert!(compared >= 100, "only {compared} results were compared");
}

/// The bits of value, gradient and Hessian of rows of a type; of the value alone where there are no derivatives.
fn bits<E: Element>(
    loss: &dyn PointwiseLoss,
    level: Level,
    points: &[(f64, f64)],
) -> discrepancy::Result<Vec<[u64; 3]>> {
    let (z, y): (Vec<E>, Vec<E>) = points.iter().map(|(z, y)| (E::narrow(*z), E::narrow(*y))).unzip();
    let batch = Evaluation::new(loss, &z, &y).unwrap().nan(NanPolicy::Propagate).level(level);
    // NaN has many bit patterns; which one appears is not a promise.
    let bits = |x: &E| if x.widen().is_nan() { u64::MAX } else { x.widen().to_bits() };
    let value: Vec<u64> = batch.values()?.iter().map(bits).collect();
    if !loss.differentiable() {
        return Ok(value.into_iter().map(|x| [x; 3]).collect());
    }
    let (first, all) = (batch.value_and_gradient()?, batch.value_gradient_hessian()?);
    for (i, value) in value.iter().enumerate() {
        // Whatever else is asked for.
        assert_eq!([*value; 2], [bits(&first.value[i]), bits(&all.value[i])], "{} at {:?}", loss.spec(), points[i]);
        assert_eq!(bits(&first.gradient[i]), bits(&all.gradient[i]), "{} at {:?}", loss.spec(), points[i]);
    }
    let row = |i: usize| [&all.value[i], &all.gradient[i], &all.hessian[i]].map(bits);
    Ok((0..z.len()).map(row).collect())
}

fn same_bits_in_any_company<E: Element>() {
    let mut compared = 0;
    for loss in pointwise() {
        let points = points(&*loss);
        let label = |y: f64| y == 0.0 || y == 1.0;
        // Alone, among labels, and among targets of all kinds.
        let labels: Vec<(f64, f64)> = points.iter().copied().filter(|(_, y)| label(*y)).collect();
        let run = |points: &[(f64, f64)]| bits::<E>(&*loss, Level::best(), points);
        for company in [&points, &labels, &spread(&*loss)] {
            if let Ok(together) = run(company) {
                compared += 1;
                for (point, together) in company.iter().zip(together) {
                    assert_eq!(run(&[*point]).unwrap()[0], together, "{} at {point:?}", loss.spec());
                }
            }
        }
    }
    assert!(compared >= 12, "only {compared} batches could be computed");
}

#[test]
fn an_element_has_the_same_bits_in_any_company() {
    same_bits_in_any_company::<f32>();
    same_bits_in_any_company::<f64>();
}

fn same_bits_at_every_level<E: Element>() {
    let mut compared = 0;
    for loss in pointwise() {
        let points: Vec<_> =
            points(&*loss).into_iter().filter(|point| bits::<E>(&*loss, Level::best(), &[*point]).is_ok()).collect();
        if points.is_empty() {
            continue;
        }
        for n in (0..=130).chain([511, 512, 513, 1025]) {
            let part: Vec<(f64, f64)> = (0..n).map(|i| points[(i * 7 + n) % points.len()]).collect();
            let reference = bits::<E>(&*loss, Level::Scalar, &part).unwrap();
            for level in Level::available() {
                compared += 1;
                assert_eq!(bits::<E>(&*loss, level, &part).unwrap(), reference, "{} {level:?} length {n}", loss.spec());
            }
        }
    }
    assert!(compared > 1000, "only {compared} batches were compared");
}

#[test]
fn every_level_and_every_ragged_length_gives_the_same_bits() {
    same_bits_at_every_level::<f32>();
    same_bits_at_every_level::<f64>();
}

#[test]
fn sums_do_not_depend_on_threads_or_order() {
    for loss in pointwise() {
        let points = points(&*loss);
        let rows: Vec<(f64, f64)> =
            (0..5000).map(|i| points[(i * 31) % points.len()]).filter(|(z, _)| z.abs() < 100.0).collect();
        let run = |threads: usize, rows: &[(f64, f64)]| {
            let (z, y): (Vec<f64>, Vec<f64>) = rows.iter().copied().unzip();
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| Evaluation::new(&*loss, &z, &y).unwrap().moments().unwrap().to_bytes())
        };
        let reference = run(1, &rows);
        let mut reversed = rows.clone();
        reversed.reverse();
        for threads in [2, 3, 7, 16] {
            assert_eq!(run(threads, &rows), reference, "{} with {threads} threads", loss.spec());
            assert_eq!(run(threads, &reversed), reference, "{} reversed", loss.spec());
        }
    }
}

/// The first declared property that the loss contradicts on the sample points.
fn contradiction(loss: &dyn PointwiseLoss, properties: &[Property]) -> Option<Property> {
    let points = points(loss);
    let slack = 1e-15;
    properties.iter().copied().find(|property| match property {
        Property::NonNegative => points.iter().any(|(z, y)| loss.at(*z, *y)[0] < 0.0),
        Property::Bounded => points.iter().any(|(z, y)| loss.at(*z, *y)[0] > 1e6),
        Property::Lipschitz => points.iter().any(|(z, y)| loss.at(*z, *y)[1].abs() > 1e3),
        Property::NotDifferentiable => loss.differentiable(),
        Property::Symmetric => points.iter().any(|(z, y)| {
            let legal = loss.entry().prediction.contains(*y) && loss.entry().target.contains(*z);
            legal && loss.at(*z, *y)[0].to_bits() != loss.at(*y, *z)[0].to_bits()
        }),
        Property::Convex => points.iter().any(|(a, y)| {
            points.iter().filter(|(_, other)| other == y).any(|(b, _)| {
                let middle = loss.at(a / 2.0 + b / 2.0, *y)[0];
                let [at_a, at_b] = [*a, *b].map(|z| loss.at(z, *y)[0] / 2.0);
                middle > at_a + at_b + (at_a.abs() + at_b.abs()) * slack
            })
        }),
        Property::OnceDifferentiable => !loss.differentiable() || !loss.kinks().is_empty(),
        _ => false,
    })
}

#[test]
fn declared_properties_hold_and_a_wrong_declaration_is_caught() {
    let mut caught = 0;
    for loss in pointwise() {
        let declared = loss.entry().properties;
        assert_eq!(contradiction(&*loss, declared), None, "{} declares what it is not", loss.spec());
        let all = [
            Property::Convex,
            Property::Bounded,
            Property::Lipschitz,
            Property::Symmetric,
            Property::OnceDifferentiable,
        ];
        let planted: Vec<Property> = all.into_iter().filter(|p| !declared.contains(p)).collect();
        caught += planted.iter().filter(|p| contradiction(&*loss, &[**p]).is_some()).count();
    }
    assert!(caught >= 12, "only {caught} planted declarations were caught");
}

#[test]
fn special_values_give_a_limit_or_a_named_error() {
    let special = [
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        0.0,
        -0.0,
        f64::MIN_POSITIVE,
        5e-324,
        -5e-324,
        1.0,
        -1.0,
        f64::MAX,
        f64::MIN,
    ];
    for loss in pointwise() {
        for z in special {
            for y in special {
                match Evaluation::new(&*loss, &[z], &[y]).unwrap().values() {
                    Ok(value) => {
                        assert!(!value[0].is_nan(), "{} of {z}, {y} is NaN", loss.spec());
                        assert!(!z.is_nan() && !y.is_nan(), "{} ignored a NaN", loss.spec());
                    }
                    Err(error) => {
                        assert_eq!(error.function(), loss.entry().name);
                        assert_eq!(error.index(), Some(0));
                        assert!(error.offending_value().is_some() && !error.allowed().is_empty(), "{error}");
                    }
                }
            }
        }
    }
}

#[test]
fn nan_is_an_error_unless_asked_otherwise() {
    for loss in pointwise() {
        let (z, y) = points(&*loss)[0];
        let (z, y) = ([z, f64::NAN, z], [y, y, y]);
        let batch = || Evaluation::new(&*loss, &z, &y).unwrap();
        assert_eq!(batch().values().unwrap_err().index(), Some(1));
        let rows = batch().nan(NanPolicy::Propagate).values().unwrap();
        assert!(rows[1].is_nan() && !rows[0].is_nan());
        assert!(batch().nan(NanPolicy::Propagate).mean().unwrap().is_nan());
        assert_eq!(batch().nan(NanPolicy::Omit).moments().unwrap().count(), 2);
    }
}

#[test]
fn the_mean_over_nothing_is_an_error_and_the_sum_is_zero() {
    for loss in pointwise() {
        let none: [f64; 0] = [];
        let batch = Evaluation::new(&*loss, &none, &none).unwrap();
        assert_eq!(batch.sum().unwrap(), 0.0);
        assert_eq!(batch.mean().unwrap_err().kind(), discrepancy::ErrorKind::NoContributingRows);
    }
}

#[test]
fn every_file_of_a_family_is_in_its_list() {
    let source = format!("{}/src", env!("CARGO_MANIFEST_DIR"));
    let mut files = 0;
    for family in ["losses"] {
        let list = std::fs::read_to_string(format!("{source}/{family}.rs")).unwrap();
        for file in std::fs::read_dir(format!("{source}/{family}")).unwrap() {
            let stem = file.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned();
            assert!(list.contains(&format!("{stem}::")), "{family}/{stem}.rs is not in the list of {family}.rs");
            files += 1;
        }
    }
    assert!(files >= 12);
}

/// Not among the quick tests: an entry is often tried out before its formula is written a second time in mpmath.
#[test]
#[ignore = "run by cargo xtask test"]
fn every_entry_has_reference_tables() {
    let missing: Vec<String> = catalog::entries()
        .flat_map(|entry| ["f32", "f64"].map(|dtype| format!("{}.{dtype}", entry.name)))
        .filter(|name| support::table_if_any(name).is_none())
        .collect();
    assert!(missing.is_empty(), "write the formulas in reference/entries and run cargo xtask reference: {missing:?}");
}

#[test]
fn names_are_unique_and_found_by_spec() {
    let mut seen = std::collections::BTreeSet::new();
    for entry in catalog::entries() {
        for name in std::iter::once(&entry.name).chain(entry.aliases) {
            assert!(seen.insert(*name), "{name} names two things");
            assert_eq!(catalog::entry(name).unwrap().name, entry.name);
        }
        assert!(!entry.summary().is_empty() && !entry.formula.is_empty() && !entry.source.is_empty(), "{}", entry.name);
    }
}

#[test]
fn confident_rows_keep_their_digits() {
    let bce = loss("binary_cross_entropy_with_logits");
    let value = Evaluation::new(&*bce, &[-20.0_f32], &[0.0]).unwrap().values().unwrap()[0];
    assert_eq!(value, 2.061_153_6e-9);
    let focal = loss("focal:alpha=none,gamma=0");
    for z in [-745.0, -20.0, -0.1, 0.0, 0.3, 36.7, 700.0] {
        for y in [0.0, 1.0] {
            assert_eq!(focal.at(z, y)[0].to_bits(), bce.at(z, y)[0].to_bits(), "focal with gamma 0 at {z}, {y}");
        }
    }
}

/// Results would stay right if the first numbers never certified anything, only slow; and wrong data would pass if they had
/// other domains than the catalogue.
fn certified_are_ordinary_rows<E: Element<Lanes = E>>() {
    let numbers = [f32::NAN, f32::INFINITY, -7.5, -1.0, -0.25, 0.0, 1e-3, 0.5, 0.75, 1.0, 1.000_000_1, 2.0, 9.5];
    for (level, loss) in
        Level::available().into_iter().flat_map(|level| pointwise().into_iter().map(move |loss| (level, loss)))
    {
        let (mut ordinary, mut settled, mut outside) = (0, 0, 0);
        for (z, y) in numbers.iter().flat_map(|z| numbers.iter().map(move |y| (*z, *y))) {
            let (z, y) = (f64::from(z), f64::from(y));
            let (mut value, mut left) = ([0.0], Left::default());
            let rows = Rows {
                prediction: &[E::narrow(z)],
                target: &[E::narrow(y)],
                next: [&[]; 2],
                value: Place { wide: &mut value, narrow: &mut [] },
                gradient: Place::default(),
                hessian: Place::default(),
                factor: [1.0, 0.0],
                sum: None,
                left: &mut left,
            };
            E::elements(&*loss, level, rows);
            let done = left.is_empty();
            let entry = loss.entry();
            if !(entry.prediction.contains(z) && entry.target.contains(y)) {
                outside += 1;
                assert!(!done, "{} took {z} with target {y}", loss.spec());
            } else if z.is_finite() && y.is_finite() && loss.at(z, y)[0].is_finite() {
                ordinary += 1;
                settled += usize::from(done);
            }
        }
        assert!(
            outside > 0 && ordinary > 0 && settled * 10 >= ordinary * 9,
            "{}: {settled} of {ordinary}",
            loss.spec()
        );
    }
}

#[test]
fn ordinary_rows_are_certified_and_nothing_outside_its_domain_is() {
    certified_are_ordinary_rows::<f32>();
    certified_are_ordinary_rows::<f64>();
}

/// Values of rows that are all certified and, if it was asked for and could be made, their sum.
fn certified(
    loss: &dyn PointwiseLoss,
    level: Level,
    rows: &[(f32, f32)],
    sum: Option<&mut ExactSum>,
) -> Option<(Vec<f64>, bool)> {
    let (prediction, target): (Vec<f32>, Vec<f32>) = rows.iter().copied().unzip();
    let (mut value, mut left) = (vec![0.0; rows.len()], Left::default());
    let rows = Rows {
        prediction: &prediction,
        target: &target,
        next: [&[]; 2],
        value: Place { wide: &mut value, narrow: &mut [] },
        gradient: Place::default(),
        hessian: Place::default(),
        factor: [1.0, 0.0],
        sum,
        left: &mut left,
    };
    let summed = f32::elements(loss, level, rows);
    left.is_empty().then_some((value, summed))
}

/// Rows of the absolute loss with values of these sizes: tiny, huge, far apart, none at all, at the edges of what fits.
fn sizes() -> Vec<Vec<(f32, f32)>> {
    let sizes: [&[f32]; 11] = [
        &[1.0],
        &[0.0, -0.0],
        &[1e-30],
        &[1e30],
        &[1e-30, 1.0],
        &[1e-20, 1e-20, 0.0, 3e3],
        &[16_383.999, 16_384.0],
        &[16_384.002],
        &[32_768.0, 65_536.0],
        &[f32::INFINITY, 1.0],
        &[1e-45, 1e38, 0.1],
    ];
    let row = |sizes: &[f32], i: usize| {
        let (size, part) = (sizes[i % sizes.len()], 1.0 + (i * 37 % 512) as f32 / 512.0);
        // Numbers without a short fraction, and beside them the sizes themselves.
        if i.is_multiple_of(3) { (size, 0.0) } else { (-size * part, 0.3 * size.min(1.0)) }
    };
    sizes.iter().map(|sizes| (0..512).map(|i| row(sizes, i)).collect()).collect()
}

/// The sum that is made in registers is the exact sum of the values; where it cannot be made, nothing is added.
#[test]
fn sums_in_registers_are_those_of_their_terms() {
    let cases = pointwise().into_iter().map(|loss| {
        let spread: Vec<(f32, f32)> = spread(&*loss).iter().map(|(z, y)| (*z as f32, *y as f32)).collect();
        let mild = spread.iter().copied().filter(|(z, _)| z.abs() < 9.0);
        let blocks = vec![spread[..512].to_vec(), mild.take(512).collect()];
        (loss, blocks)
    });
    let cases: Vec<_> = cases.chain([(loss("absolute"), sizes()), (loss("squared"), sizes())]).collect();
    for level in Level::available() {
        let (mut settled, mut left) = (0, 0);
        for (loss, block) in cases.iter().flat_map(|(loss, blocks)| blocks.iter().map(move |block| (loss, block))) {
            for length in [1, 15, 16, 17, 100, 511, 512] {
                let rows = &block[..length.min(block.len())];
                let Some((values, false)) = certified(&**loss, level, rows, None) else { continue };
                let mut start = ExactSum::new();
                start.add(0.1);
                let (mut terms, mut sum) = (start.clone(), start.clone());
                let (same, done) = certified(&**loss, level, rows, Some(&mut sum)).unwrap();
                assert_eq!(same, values);
                if done {
                    settled += 1;
                    values.iter().for_each(|value| terms.add(*value));
                } else {
                    left += 1;
                }
                assert_eq!(sum, terms, "{} at {level:?}, {length} rows like {:?}", loss.spec(), rows[0]);
            }
        }
        assert!(settled > 200 && left > 20, "{settled} sums in registers, {left} not");
    }
    // The whole way, with what follows a block that was not summed so; moments with squares are summed in another way.
    for (loss, blocks) in &cases {
        let (z, y): (Vec<f32>, Vec<f32>) = blocks.iter().chain(blocks).flatten().copied().unzip();
        for level in Level::available() {
            let batch = Evaluation::new(&**loss, &z, &y).unwrap().level(level);
            let (first, all) = (batch.first_moments().unwrap(), batch.moments().unwrap());
            assert_eq!(first.count(), all.count());
            assert_eq!(first.sum().to_bits(), all.sum().to_bits(), "{} at {level:?}", loss.spec());
        }
    }
}
