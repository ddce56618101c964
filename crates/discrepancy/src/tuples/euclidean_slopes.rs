//! The slopes of Euclidean distances among three vectors, in vectors of the processor.
//!
//! A slope is a difference times a factor of its distance, or a sum of two such products. Each has a bound of its error;
//! what is not sure is left to the caller.

use crate::distances::termwise::{Depth, joined_parts};
use crate::number::lane::{Block, Load, One, Several};
use crate::number::{Guarded, LANES, Machine, Real};
use fearless_simd::Simd;
use std::marker::PhantomData;

/// A factor in two floats, with a bound of its error.
pub(super) type Factor = [f64; 3];

/// Three vectors a, p, n of one length, and where the slopes go: of a those of `f₀|a - p| - f₁|a - n|`, and so on.
pub(super) struct Slopes<'a, 'b, D> {
    pub(super) rows: [&'a [f64]; 3],
    /// What is added to each difference.
    pub(super) offset: f64,
    /// Of a - p, of a - n, of p - n.
    pub(super) factors: [Factor; 3],
    pub(super) out: &'a mut [&'b mut [f64]],
    /// 1 for each coordinate that is sure.
    pub(super) sure: &'a mut [f64],
    pub(super) depth: PhantomData<D>,
}

/// A number of so many floats, with a bound of its error.
type Number<D, M> = Guarded<<D as Depth>::Of<M>, M>;

#[inline(always)]
fn product<D: Depth, M: Machine>(x: M, y: M, offset: f64, [high, low, error]: Factor) -> Number<D, M> {
    let d: Number<D, M> = Guarded::exact(D::of(x)) - Guarded::exact(D::of(y));
    let d = if offset == 0.0 { d } else { d + offset };
    d * Guarded { value: joined_parts::<D, M>(x.lit(high), x.lit(low)), error: x.lit(error) }
}

impl<D: Depth> Slopes<'_, '_, D> {
    #[inline(always)]
    fn each<C: Load>(self, load: C) {
        let Slopes { rows, offset, factors, out, sure, .. } = self;
        for start in (0..sure.len()).step_by(LANES) {
            let count = LANES.min(sure.len() - start);
            let mut x = [[0.0; LANES]; 3];
            for i in 0..3 {
                x[i][..count].copy_from_slice(&rows[i][start..start + count]);
            }
            let (mut slopes, mut known) = ([[0.0; LANES]; 3], [0.0; LANES]);
            for first in (0..LANES).step_by(C::WIDTH) {
                let part = first..first + C::WIDTH;
                let (a, p) = (load.load(&x[0][part.clone()]), load.load(&x[1][part.clone()]));
                let n = load.load(&x[2][part.clone()]);
                let near = product::<D, _>(a, p, offset, factors[0]);
                let far = product::<D, _>(a, n, offset, factors[1]);
                let swapped = product::<D, _>(p, n, offset, factors[2]);
                let by = [near - far, -near - swapped, far + swapped];
                let mut good = a.same(a);
                for i in 0..3 {
                    let parts = D::parts(by[i].value);
                    load.store(parts[0] + parts[1], &mut slopes[i][part.clone()]);
                    good = good & (by[i].sure(D::SURE) | by[i].error.le(a.lit(D::UNSEEN)));
                }
                load.store(C::Number::when(good, a.lit(1.0), a.lit(0.0)), &mut known[part]);
            }
            for (to, from) in out.iter_mut().zip(&slopes) {
                to[start..start + count].copy_from_slice(&from[..count]);
            }
            sure[start..start + count].copy_from_slice(&known[..count]);
        }
    }
}

impl<D: Depth> Block for Slopes<'_, '_, D> {
    #[inline(never)]
    fn scalar(self) {
        self.each(One);
    }
    #[inline(always)]
    fn lanes<S: Simd>(self, simd: S) {
        self.each(Several(simd));
    }
}
