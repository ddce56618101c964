//! One formula of a few numbers and a target over one block, at one level, in the numbers that results of its type are
//! tried in first; what is not certified is computed alone.

use crate::error::{Error, ErrorKind, Result};
use crate::number::guarded::power;
use crate::number::lane::{Block, Load, One, Several, run};
use crate::number::stored::{First, Stored};
use crate::number::{Guarded, LANES, Machine, Real};
use crate::tuples::{Formula, TupleInput};
use fearless_simd::Simd;
use std::marker::PhantomData;

struct Kernel<'a, T, L, const N: usize> {
    loss: &'a L,
    /// What results are stored in.
    stored: PhantomData<T>,
    inputs: [&'a [f64]; N],
    target: &'a [f64],
    value: &'a mut [f64],
    gradients: Option<&'a mut [Vec<f64>]>,
}

/// Elements that are computed together.
type Group = [f64; LANES];

/// Computes again what is not sure.
#[cold]
#[inline(never)]
fn again<L: Formula<N>, const N: usize>(
    loss: &L,
    inputs: &[Group; N],
    target: &Group,
    sure: &Group,
    value: &mut Group,
    slopes: &mut [Group; N],
) {
    for k in (0..LANES).filter(|k| sure[*k] != 1.0) {
        let (found, by) = loss.deep(inputs.map(|input| input[k]), target[k]);
        value[k] = found;
        slopes.iter_mut().zip(by).for_each(|(slopes, slope)| slopes[k] = slope);
    }
}

/// Value and derivatives, the latter 0 if they are not wanted.
#[inline(always)]
fn formula<L: Formula<N>, R: Real, const N: usize>(loss: &L, inputs: [R; N], target: R, gradient: bool) -> (R, [R; N]) {
    let slopes = if gradient { loss.slopes(inputs, target) } else { [target.lit(0.0); N] };
    (loss.value(inputs, target), slopes)
}

/// Value and derivatives of one machine number, and which of its elements are sure.
#[inline(always)]
fn results<L: Formula<N>, T: Stored, M: Machine, const N: usize>(
    loss: &L,
    inputs: [M; N],
    target: M,
    gradient: bool,
) -> (M, [M; N], M::Mask) {
    let exact = |x: M| Guarded::<_, M>::exact(T::First::<M>::of(x));
    let (mut out, mut careful, mut sure) = (inputs, [exact(target); N], target.same(target));
    for i in 0..N {
        careful[i] = exact(inputs[i]);
    }
    for x in inputs.into_iter().chain([target]) {
        sure = T::ordinary(x).map_or(sure, |ordinary| sure & ordinary);
    }
    let (value, slopes) = formula(loss, careful, exact(target), gradient);
    sure = sure & T::First::certified(value);
    for i in 0..N {
        out[i] = slopes[i].value.rounded();
        sure = sure & T::First::certified(slopes[i]);
    }
    (value.value.rounded(), out, sure)
}

impl<T: Stored, L: Formula<N>, const N: usize> Kernel<'_, T, L, N> {
    #[inline(always)]
    fn each<C: Load>(self, load: C) {
        let Kernel { loss, inputs, target, value, gradients, .. } = self;
        let (gradient, gradients) = (gradients.is_some(), gradients.unwrap_or_default());
        for start in (0..value.len()).step_by(LANES) {
            let count = LANES.min(value.len() - start);
            // Padded with its last element, which is legal data.
            let mut x = [[inputs[0][start + count - 1]; LANES]; N];
            for i in 0..N {
                let from = &inputs[i][start..start + count];
                x[i] = [from[count - 1]; LANES];
                x[i][..count].copy_from_slice(from);
            }
            let mut y = [target[start + count - 1]; LANES];
            y[..count].copy_from_slice(&target[start..start + count]);
            let (mut values, mut slopes, mut sure): (Group, [Group; N], Group) =
                ([0.0; LANES], [[0.0; LANES]; N], [0.0; LANES]);
            for first in (0..LANES).step_by(C::WIDTH) {
                let part = first..first + C::WIDTH;
                let y = load.load(&y[part.clone()]);
                let mut numbers = [y; N];
                for i in 0..N {
                    numbers[i] = load.load(&x[i][part.clone()]);
                }
                let (found, by, known) = results::<L, T, _, N>(loss, numbers, y, gradient);
                load.store(found, &mut values[part.clone()]);
                for i in 0..N {
                    load.store(by[i], &mut slopes[i][part.clone()]);
                }
                load.store(C::Number::when(known, y.lit(1.0), y.lit(0.0)), &mut sure[part]);
            }
            if sure != [1.0; LANES] {
                again(loss, &x, &y, &sure, &mut values, &mut slopes);
            }
            value[start..start + count].copy_from_slice(&values[..count]);
            for (to, from) in gradients.iter_mut().zip(&slopes) {
                to[start..start + count].copy_from_slice(&from[..count]);
            }
        }
    }
}

impl<T: Stored, L: Formula<N>, const N: usize> Block for Kernel<'_, T, L, N> {
    #[inline(never)]
    fn scalar(self) {
        self.each(One);
    }
    #[inline(always)]
    fn lanes<S: Simd>(self, simd: S) {
        self.each(Several(simd));
    }
}

/// Computes a block that has been checked. A value that is no number is an error: there is no limit.
pub(crate) fn evaluate<L: Formula<N>, const N: usize>(
    function: &str,
    loss: &L,
    input: &TupleInput<'_>,
    value: &mut [f64],
    mut gradients: Option<&mut [Vec<f64>]>,
) -> Result<()> {
    let wrong = || Error::new(ErrorKind::Shape, function, "inputs", format!("{N} inputs and a target"));
    let inputs: [&[f64]; N] = input.inputs.try_into().map_err(|_| wrong())?;
    let target = input.target.ok_or_else(wrong)?;
    if let Some(gradients) = &mut gradients {
        if gradients.len() != N {
            return Err(wrong());
        }
        gradients.iter_mut().for_each(|gradient| gradient.resize(value.len(), 0.0));
    }
    let out = &mut *value;
    if input.epsilon > power(-30) {
        run(input.level, Kernel { loss, stored: PhantomData::<f32>, inputs, target, value: out, gradients });
    } else {
        run(input.level, Kernel { loss, stored: PhantomData::<f64>, inputs, target, value: out, gradients });
    }
    match value.iter().position(|x| x.is_nan()) {
        None => Ok(()),
        Some(i) => {
            // Legal numbers whose limit does not exist, such as ∞ − ∞.
            let name = L::SIGNATURE.inputs[0].name;
            let error = Error::new(ErrorKind::NonFinite, function, name, "numbers with a limit");
            Err(error.at(i).value(format!("{} with target {}", inputs[0][i], target[i])))
        }
    }
}
