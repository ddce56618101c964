//! One formula straight through rows stored in single precision: loaded, checked, computed and rounded without a stop.
//!
//! It gives up where anything needs a closer look: a number outside its domain, a result that is not sure, a limit that
//! does not exist. `batch/block.rs` and `batch/pass.rs` then take the same rows again, with all that a message needs.

use super::block::{BLOCK, element};
use crate::catalog::DataDomain;
use crate::losses::{Loss, Precision};
use crate::number::lane::{Block, Load, Several, run};
use crate::number::{LANES, Level, Machine, Real};
use fearless_simd::Simd;

/// Where a result goes; in both places, in one, or nowhere.
#[derive(Debug, Default)]
pub struct Place<'a> {
    /// Before it is rounded: for sums, or where more is to be done with it.
    pub wide: Option<&'a mut [f64]>,
    /// Rounded.
    pub narrow: Option<&'a mut [f32]>,
}

impl Place<'_> {
    /// Of the first so many rows.
    fn first(&mut self, count: usize) -> Place<'_> {
        Place {
            wide: self.wide.as_deref_mut().map(|out| &mut out[..count]),
            narrow: self.narrow.as_deref_mut().map(|out| &mut out[..count]),
        }
    }
    fn wanted(&self) -> bool {
        self.wide.is_some() || self.narrow.is_some()
    }
}

/// Rows, and what of them is wanted; all slices have one length, [`BLOCK`] at most.
#[derive(Debug)]
pub struct Rows<'a> {
    /// The predictions.
    pub prediction: &'a [f32],
    /// The targets.
    pub target: &'a [f32],
    /// The values.
    pub value: Place<'a>,
    /// The derivatives, times `factor`.
    pub gradient: Place<'a>,
    /// The second derivatives.
    pub hessian: Place<'a>,
    /// What the derivatives are multiplied by before they are rounded.
    pub factor: f64,
}

struct Straight<'a, 'b, L> {
    loss: &'a L,
    domains: [DataDomain; 2],
    rows: Rows<'b>,
    done: &'a mut bool,
}

/// Computes rows if nothing about them is special; says whether it did.
pub fn evaluate<L: Loss>(loss: &L, level: Level, domains: [DataDomain; 2], rows: Rows<'_>) -> bool {
    let mut done = false;
    run(level, Straight { loss, domains, rows, done: &mut done });
    done
}

/// As [`DataDomain::contains`], of all numbers of a vector.
#[inline(always)]
fn legal<M: Machine>(domain: DataDomain, x: M) -> M::Mask {
    match domain {
        DataDomain::Real | DataDomain::Truth => x.same(x),
        DataDomain::Within(i) => {
            let (low, high) = (x.lit(i.low), x.lit(i.high));
            let low = if i.low_included { low.le(x) } else { low.lt(x) };
            let inside = low & if i.high_included { x.le(high) } else { x.lt(high) };
            if i.whole { inside & x.round().same(x) } else { inside }
        }
        DataDomain::Signs => x.abs().same(x.lit(1.0)),
        DataDomain::Binary => x.same(x.lit(0.0)) | x.same(x.lit(1.0)),
        DataDomain::ClassOrProbabilities | DataDomain::Probabilities => x.lit(0.0).le(x),
    }
}

/// Numbers that are taken at once, at least.
const STEP: usize = 2 * LANES;

impl<L: Loss> Block for Straight<'_, '_, L> {
    fn scalar(self) {
        // Without vectors there is nothing to gain.
    }
    #[inline(always)]
    fn lanes<S: Simd>(self, simd: S) {
        let load = Several(simd);
        match (self.rows.gradient.wanted(), self.rows.hessian.wanted()) {
            (false, false) => self.through::<_, 0>(load),
            (_, false) => self.through::<_, 1>(load),
            (_, true) => self.through::<_, 2>(load),
        }
    }
}

impl<L: Loss> Straight<'_, '_, L> {
    /// Up to derivative number `ORDER`.
    #[inline(always)]
    fn through<C: Load, const ORDER: usize>(self, load: C) {
        let Straight { loss, domains, rows, done } = self;
        // Its own copy cannot change while results are written, so what depends on parameters only is computed once.
        let loss = &loss.clone();
        let Rows { prediction, target, mut value, mut gradient, mut hessian, factor } = rows;
        let n = prediction.len();
        // Said once here, the lengths need not be looked at again below.
        assert!(n <= BLOCK && target.len() == n);
        for place in [&value, &gradient, &hessian] {
            assert!(place.wide.as_ref().is_none_or(|out| out.len() == n));
            assert!(place.narrow.as_ref().is_none_or(|out| out.len() == n));
        }
        let mut labels = L::CANCELS != L::CANCELS_AT_LABELS;
        if labels {
            for y in target {
                labels &= *y == 0.0 || *y == 1.0;
            }
        }
        let one = load.load(&[1.0; LANES][..C::WIDTH]);
        let mut all = one.same(one);
        let (whole, rest) = (n - n % STEP, n % STEP);
        // The last few, padded with the last element, which is data like others.
        let (mut z, mut y) = ([0.0; STEP], [0.0; STEP]);
        if rest > 0 {
            (z, y) = ([prediction[n - 1]; STEP], [target[n - 1]; STEP]);
            z[..rest].copy_from_slice(&prediction[whole..]);
            y[..rest].copy_from_slice(&target[whole..]);
        }
        let (mut wide, mut narrow) = ([[0.0; STEP]; 3], [[0.0; STEP]; 3]);
        let [wide_value, wide_gradient, wide_hessian] = &mut wide;
        let [narrow_value, narrow_gradient, narrow_hessian] = &mut narrow;
        let first = Rows {
            prediction: &prediction[..whole],
            target: &target[..whole],
            value: value.first(whole),
            gradient: gradient.first(whole),
            hessian: hessian.first(whole),
            factor,
        };
        let last = Rows {
            prediction: &z[..if rest > 0 { STEP } else { 0 }],
            target: &y,
            value: Place { wide: Some(wide_value), narrow: Some(narrow_value) },
            gradient: Place { wide: Some(wide_gradient), narrow: Some(narrow_gradient) },
            hessian: Place { wide: Some(wide_hessian), narrow: Some(narrow_hessian) },
            factor,
        };
        // A loop over both, so that the formula stands here once.
        for mut rows in [first, last] {
            for start in (0..rows.prediction.len()).step_by(2 * C::WIDTH) {
                let part = start..start + 2 * C::WIDTH;
                let z = load.load_single(&rows.prediction[part.clone()]);
                let y = load.load_single(&rows.target[part.clone()]);
                let (results, sure) = both::<L, C, ORDER>(loss, domains, labels, factor, z, y);
                all = all & sure;
                put(load, &mut rows.value, part.clone(), results[0]);
                if ORDER >= 1 {
                    put(load, &mut rows.gradient, part.clone(), results[1]);
                }
                if ORDER >= 2 {
                    put(load, &mut rows.hessian, part, results[2]);
                }
            }
        }
        for (k, place) in [&mut value, &mut gradient, &mut hessian].into_iter().enumerate() {
            if let Some(out) = &mut place.wide {
                out[whole..].copy_from_slice(&wide[k][..rest]);
            }
            if let Some(out) = &mut place.narrow {
                out[whole..].copy_from_slice(&narrow[k][..rest]);
            }
        }
        let mut sure = [1.0; LANES];
        load.store(C::Number::when(all, one, one.lit(0.0)), &mut sure[..C::WIDTH]);
        *done = sure == [1.0; LANES];
    }
}

/// The results of two vectors, and whether nothing about them is special.
#[inline(always)]
fn both<L: Loss, C: Load, const ORDER: usize>(
    loss: &L,
    domains: [DataDomain; 2],
    labels: bool,
    factor: f64,
    z: [C::Number; 2],
    y: [C::Number; 2],
) -> ([[C::Number; 2]; 3], <C::Number as Real>::Mask) {
    let (low, sure) = one::<L, C, ORDER>(loss, domains, labels, factor, z[0], y[0]);
    let (high, also) = one::<L, C, ORDER>(loss, domains, labels, factor, z[1], y[1]);
    ([[low[0], high[0]], [low[1], high[1]], [low[2], high[2]]], sure & also)
}

#[inline(always)]
fn one<L: Loss, C: Load, const ORDER: usize>(
    loss: &L,
    domains: [DataDomain; 2],
    labels: bool,
    factor: f64,
    z: C::Number,
    y: C::Number,
) -> ([C::Number; 3], <C::Number as Real>::Mask) {
    let legal = legal(domains[0], z) & legal(domains[1], y);
    let (mut results, sure) = element(loss, Precision::Plain, labels, z, y, ORDER >= 1, ORDER >= 2);
    let limit = results[0].same(results[0]);
    if ORDER >= 1 {
        results[1] = results[1] * factor;
    }
    (results, legal & sure & limit)
}

#[inline(always)]
fn put<C: Load>(load: C, place: &mut Place<'_>, part: std::ops::Range<usize>, numbers: [C::Number; 2]) {
    if let Some(out) = &mut place.wide {
        let (low, high) = out[part.clone()].split_at_mut(C::WIDTH);
        load.store(numbers[0], low);
        load.store(numbers[1], high);
    }
    if let Some(out) = &mut place.narrow {
        load.store_single(numbers, &mut out[part]);
    }
}
