//! The elementary functions against the 256-bit float: plain within 3 ULP, twofold within the error that
//! [`Guarded`] counts with, and the same bits on every level.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a broken bound must stop the test")]

use discrepancy::number::lane::{Block, run};
use discrepancy::number::{Approximate, Compensated, Guarded, LANES, Lane, Level, Long, Real, Short, Twofold};
use fearless_simd::Simd;

const NAMES: [&str; 4] = ["exp", "exp_m1", "ln", "ln_1p"];

fn apply<R: Real>(function: usize, x: R) -> R {
    match function {
        0 => x.exp(),
        1 => x.exp_m1(),
        2 => x.ln(),
        _ => x.ln_1p(),
    }
}

/// Floats of all magnitudes, dense where the functions change their ways.
fn points(function: usize) -> Vec<f64> {
    let mut state = 7_u64 + function as u64;
    let mut next = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let mut all = Vec::new();
    for _ in 0..6000 {
        let wide = 2f64.powi((next() * 120.0) as i32 - 100) * (1.0 + next());
        let narrow = (next() - 0.5) * 4.0;
        let long = (next() - 0.5) * 1400.0;
        all.extend([wide, -wide, narrow, long, 1.0 + narrow * 1e-6, narrow * 1e-9]);
    }
    // Subnormal results are rounded again; they have their own test.
    let legal = |x: &f64| match function {
        0 | 1 => (-700.0..709.0).contains(x),
        2 => *x > 0.0,
        _ => *x > -1.0,
    };
    all.into_iter().filter(legal).collect()
}

/// |got − truth| / |truth|, the difference taken in 256 bits.
fn relative(got: Long, truth: Long) -> f64 {
    if truth.same(truth.lit(0.0)) {
        return if got.same(truth) { 0.0 } else { f64::INFINITY };
    }
    ((got - truth) / truth).abs().to_f64()
}

#[test]
fn plain_functions_are_within_three_ulp() {
    for (function, name) in NAMES.iter().enumerate() {
        let mut worst = (0.0, 0.0);
        for x in points(function) {
            let (got, truth) = (apply(function, x), apply(function, Long::from(x)));
            let rounded = truth.to_f64();
            let ulp = (rounded.abs().next_up() - rounded.abs()).max(f64::MIN_POSITIVE * f64::EPSILON);
            let error = (Long::from(got) - truth).abs().to_f64() / ulp;
            if error > worst.0 {
                worst = (error, x);
            }
        }
        println!("{name}: {:.3} ULP at {:e}", worst.0, worst.1);
        assert!(worst.0 > 0.4, "{name}: the points are too easy");
        assert!(worst.0 <= 3.0, "{name}: {:.3} ULP at {:e}", worst.0, worst.1);
    }
}

#[test]
fn twofold_functions_are_as_exact_as_the_guard_counts_with() {
    let bound = <Twofold<f64> as Approximate<f64>>::FUNCTION;
    for (function, name) in NAMES.iter().enumerate() {
        let mut worst = (0.0, 0.0);
        // Below 2^-900 the low part leaves the range; the guard counts that apart.
        for x in points(function).into_iter().filter(|x| function != 0 || *x > -620.0) {
            // A low part makes sure that it counts.
            let low = x * f64::EPSILON / 5.0;
            let input = Twofold::new(x, low);
            let got = apply(function, input);
            let truth = apply(function, Long::from(x) + low);
            let error = relative(Long::from(got.high) + got.low, truth);
            if error > worst.0 {
                worst = (error, x);
            }
        }
        println!("{name}: 2^{:.1} at {:e}", f64::log2(worst.0), worst.1);
        assert!(worst.0 <= bound, "{name}: 2^{:.1} at {:e}", f64::log2(worst.0), worst.1);
    }
}

#[test]
fn compensated_functions_are_as_exact_as_the_guard_counts_with() {
    type Number = Compensated<f64>;
    let bound = |name: &str| match name {
        "exp" | "ln_1p_unit" | "sigmoid" => <Number as Approximate<f64>>::SHORT,
        "exp_m1" => <Number as Approximate<f64>>::EXP_M1,
        _ => <Number as Approximate<f64>>::FUNCTION,
    };
    type Case = (&'static str, fn(Number) -> Number, fn(Long) -> Long);
    let functions: [Case; 7] = [
        ("exp", Real::exp, Real::exp),
        ("exp_m1", Real::exp_m1, Real::exp_m1),
        ("ln", Real::ln, Real::ln),
        ("ln_1p", Real::ln_1p, Real::ln_1p),
        ("ln_1p_unit", Real::ln_1p_unit, Real::ln_1p),
        ("sqrt", Real::sqrt, Real::sqrt),
        ("sigmoid", Real::sigmoid, Real::sigmoid),
    ];
    for (k, (name, function, truth)) in functions.into_iter().enumerate() {
        let legal = |x: &f64| match name {
            "ln_1p_unit" => (0.0..1.0).contains(x),
            // What is left of tails below the range.
            "sigmoid" => x.abs() < 600.0,
            "sqrt" => *x > 0.0,
            _ => true,
        };
        let points = points([0, 1, 2, 3, 3, 2, 0][k]);
        let (mut worst, mut certified, mut count) = ((0.0, 0.0), 0, 0);
        for x in points.into_iter().filter(legal) {
            count += 1;
            // A tail makes sure that it counts.
            let tail = x * f64::EPSILON / 5.0;
            let got = function(Compensated { head: x, tail });
            if got.tail.is_nan() {
                continue;
            }
            certified += 1;
            // The exponent's own rounding is not the function's error.
            let error = relative(Long::from(got.head) + got.tail, truth(Long::from(x) + tail));
            if error > worst.0 {
                worst = (error, x);
            }
        }
        println!("{name}: 2^{:.1} at {:e}, {certified} of {count}", f64::log2(worst.0), worst.1);
        assert!(worst.0 <= bound(name), "{name}: 2^{:.1} at {:e}", f64::log2(worst.0), worst.1);
        assert!(certified * 10 >= count * 9, "{name}: {certified} of {count}");
    }
}

/// `ln(x / y)` in one float.
struct Quotients<'a> {
    pairs: &'a [(f64, f64)],
    out: &'a mut Vec<f64>,
}

impl Block for Quotients<'_> {
    fn scalar(self) {
        self.out.extend(self.pairs.iter().map(|(x, y)| Short(*x).ln_quotient(Short(*y)).0));
    }
    fn lanes<S: Simd>(self, simd: S) {
        for pairs in self.pairs.chunks_exact(LANES) {
            let [x, y]: [[f64; LANES]; 2] = [std::array::from_fn(|i| pairs[i].0), std::array::from_fn(|i| pairs[i].1)];
            let log = Short(Lane::load(simd, &x)).ln_quotient(Short(Lane::load(simd, &y)));
            let mut out = [0.0; LANES];
            log.0.store(&mut out);
            self.out.extend(out);
        }
    }
}

/// Pairs of all magnitudes, many next to each other.
fn quotients() -> Vec<(f64, f64)> {
    let mut pairs: Vec<(f64, f64)> = Vec::new();
    for (i, x) in points(2).into_iter().enumerate() {
        let factor = [1.0 + f64::EPSILON, 1.0 - 1e-9, 1.001, 1.41, 1.5, 0.667, 2.0, 3e40, 7e-60][i % 9];
        pairs.extend([(x, x * factor), (x * factor, 1.0)]);
    }
    pairs.retain(|(x, y)| *x > 1e-290 && *y > 1e-290);
    pairs.truncate(pairs.len() / LANES * LANES);
    assert!(pairs.len() > 10_000);
    pairs
}

#[test]
fn twofold_logarithms_of_quotients_are_as_exact_as_the_guard_counts_with() {
    let mut worst = (0.0, (0.0, 0.0));
    for (x, y) in quotients().into_iter().filter(|(x, y)| *x < 1e100 && *y < 1e100 && *x > 1e-130 && *y > 1e-130) {
        let (low_x, low_y) = (x * f64::EPSILON / 5.0, -y * f64::EPSILON / 7.0);
        let got = Twofold::new(x, low_x).ln_quotient(Twofold::new(y, low_y));
        let truth = ((Long::from(x) + low_x) / (Long::from(y) + low_y)).ln();
        let error = relative(Long::from(got.high) + got.low, truth);
        if error > worst.0 {
            worst = (error, (x, y));
        }
    }
    let bound = <Twofold<f64> as Approximate<f64>>::FUNCTION;
    println!("ln_quotient: 2^{:.1} at {:e}, {:e}", f64::log2(worst.0), worst.1.0, worst.1.1);
    assert!(worst.0 <= bound, "2^{:.1} at {:e}, {:e}", f64::log2(worst.0), worst.1.0, worst.1.1);
}

#[test]
fn short_logarithms_of_quotients_are_as_exact_as_the_guard_counts_with() {
    let pairs = quotients();
    let mut all = Vec::new();
    for level in Level::available() {
        let mut out = Vec::new();
        run(level, Quotients { pairs: &pairs, out: &mut out });
        all.push(out);
    }
    let mut worst = (0.0, (0.0, 0.0));
    for (i, (x, y)) in pairs.iter().enumerate() {
        let truth = (Long::from(*x) / Long::from(*y)).ln();
        let error = relative(Long::from(all[0][i]), truth);
        if error > worst.0 {
            worst = (error, (*x, *y));
        }
        assert!(all.iter().all(|out| out[i].to_bits() == all[0][i].to_bits()), "levels differ at {x:e}, {y:e}");
    }
    println!("ln_quotient: 2^{:.1} at {:e}, {:e}", f64::log2(worst.0), worst.1.0, worst.1.1);
    // Counted with: 2^-42.
    assert!(worst.0 <= 2f64.powi(-46), "2^{:.1} at {:e}, {:e}", f64::log2(worst.0), worst.1.0, worst.1.1);
}

#[test]
fn subnormal_results_are_kept() {
    for x in [-708.5, -720.0, -740.0, -745.0, -745.2, -800.0] {
        let (got, truth) = (Real::exp(x), Long::from(x).exp().to_f64());
        assert!((got - truth).abs() <= 5e-324, "exp({x}) = {got:e}, not {truth:e}");
    }
    for x in [5e-324, 1e-310, f64::MIN_POSITIVE] {
        assert_eq!(Real::ln(x).to_bits(), Long::from(x).ln().to_f64().to_bits(), "ln({x:e})");
    }
}

/// Compositions that meet both ends of the range of floats on their way.
const COMPOSITIONS: usize = 12;

fn compose<R: Real>(which: usize, a: R, b: R, c: R) -> R {
    match which {
        0 => a * b,
        1 => a / b,
        2 => a * b / c,
        3 => a / b / c,
        4 => a / (b * c),
        5 => a / b / 3.7,
        6 => a.sqrt() * b,
        7 => (a * b).sqrt() / c,
        8 => (a / b).ln(),
        9 => a.ln() * b,
        10 => (a * b).ln_1p() / c,
        _ => (a * b).exp_m1() / c,
    }
}

#[test]
fn errors_are_within_their_bounds_at_both_ends_of_the_range() {
    type Checked = Guarded<Twofold<f64>, f64>;
    let mut state = 3_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let mut draw = || loop {
        // In two steps, since a power may be below the range where the product is not.
        let exponent = (next() * 2090.0) as i32 - 1070;
        let x = (1.0 + next()) * 2f64.powi(exponent / 2) * 2f64.powi(exponent - exponent / 2);
        if x > 0.0 && x.is_finite() {
            return x;
        }
    };
    let mut bounded = [0; COMPOSITIONS];
    for _ in 0..4000 {
        let [a, b, c] = [draw(), draw(), draw()];
        for (which, bounded) in bounded.iter_mut().enumerate() {
            let of = |x: f64| Checked::exact(Twofold::from(x));
            let got = compose(which, of(a), of(b), of(c));
            if !(got.value.high.is_finite() && got.value.low.is_finite() && got.error.is_finite()) {
                continue;
            }
            *bounded += 1;
            assert!(got.error >= 0.0, "{which} of {a:e}, {b:e}, {c:e}: an error of {:e}", got.error);
            let truth = compose(which, Long::from(a), Long::from(b), Long::from(c));
            let error = (Long::from(got.value.high) + got.value.low - truth).abs().to_f64();
            assert!(error <= got.error, "{which} of {a:e}, {b:e}, {c:e}: wrong by {error:e}, not {:e}", got.error);
        }
    }
    println!("bounded results: {bounded:?}");
    assert!(bounded.iter().all(|count| *count > 500), "{bounded:?}");
}

struct All<'a> {
    function: usize,
    from: &'a [f64],
    to: &'a mut [f64],
}

impl Block for All<'_> {
    fn scalar(self) {
        self.to.iter_mut().zip(self.from).for_each(|(to, from)| *to = apply(self.function, *from));
    }
    fn lanes<S: Simd>(self, simd: S) {
        for (from, to) in self.from.as_chunks::<LANES>().0.iter().zip(self.to.as_chunks_mut::<LANES>().0) {
            apply(self.function, Lane::load(simd, from)).store(to);
        }
    }
}

#[test]
fn every_level_gives_the_same_bits() {
    for (function, name) in NAMES.iter().enumerate() {
        let mut from = points(function);
        from.extend([0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, 5e-324, -745.1, 709.9, -1.0]);
        from.truncate(from.len() / LANES * LANES);
        let bits = |level: Level| {
            let mut to = vec![0.0; from.len()];
            run(level, All { function, from: &from, to: &mut to });
            to.iter().map(|x| if x.is_nan() { u64::MAX } else { x.to_bits() }).collect::<Vec<u64>>()
        };
        for level in Level::available() {
            assert_eq!(bits(level), bits(Level::Scalar), "{name} at {level:?}");
        }
    }
}
