//! One pass over memory: blocks that fit in the first-level cache are loaded, checked, computed, summed and stored.
//!
//! ```text
//! for each task of blocks, on any thread
//!     for each block of rows
//!         compute it in the vectors that are tried first, values summed as they are made  (elements.rs)
//!         for the rows that were not certified: check, compute in two floats and more, patch, add  (block.rs)
//!         scale, round and store what is not stored yet
//! merge the tasks' sums
//! ```
//! The results do not depend on who computes what, because rows are independent and sums exact.

use super::block::BLOCK;
use super::deal::with_scratch;
use super::divisor::{Divisor, safe};
use super::element::Element;
use super::elements::{Left, Place, Rows};
use super::evaluation::{NanPolicy, Reduction};
use crate::catalog::DataDomain;
use crate::error::{Error, ErrorKind, Result};
use crate::losses::{Outputs, PointwiseLoss};
use crate::number::Level;
use crate::number::lane::{Block, run as run_block};
use crate::number::stored::Stored;
use crate::sums::{ExactSum, Moments};
use discrepancy_stream::Stores;
use fearless_simd::Simd;
use rayon::prelude::*;

/// Blocks of a task: enough work to be worth a thread's while.
const TASK: usize = 32;
/// Results of more bytes than this are stored past the caches, which they would not fit in.
pub(super) const STREAM: usize = 8 << 20;

/// The columns of a batch.
#[derive(Clone, Copy, Debug)]
pub(super) struct Columns<'a, E> {
    /// `None` where predictions are what the gradient's buffer holds.
    pub(super) prediction: Option<&'a [E]>,
    pub(super) target: &'a [E],
    pub(super) weights: Option<&'a [E]>,
}

/// Where rows' results go; what has no place is not computed.
#[derive(Debug)]
pub(super) struct Buffers<'a, E> {
    pub(super) value: Option<&'a mut [E]>,
    pub(super) gradient: Option<&'a mut [E]>,
    pub(super) hessian: Option<&'a mut [E]>,
    /// The values before they are rounded to the storage type.
    pub(super) wide: Option<&'a mut [f64]>,
}

impl<E> Default for Buffers<'_, E> {
    fn default() -> Self {
        Buffers { value: None, gradient: None, hessian: None, wide: None }
    }
}

/// How a batch is evaluated.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pass<'a> {
    pub(super) loss: &'a dyn PointwiseLoss,
    pub(super) nan: NanPolicy,
    pub(super) level: Level,
    /// What gradients are multiplied by, beside the rows' weights; `None` leaves rows alone.
    pub(super) scale: Option<Scale>,
}

/// The derivative of a reduction with respect to a row's weighted value, as `1 / divisor`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    divisor: Divisor,
}

impl Scale {
    pub(super) fn of(divisor: Divisor) -> Scale {
        Scale { divisor }
    }
    pub(super) fn divisor(self) -> Divisor {
        self.divisor
    }
    /// `1 / divisor` in two floats; 1 where the divisor is none.
    fn inverse(self) -> [f64; 2] {
        let divisor = self.divisor.plain().unwrap_or(1.0);
        let head = 1.0 / divisor;
        [head, (-head).mul_add(divisor, 1.0) * head]
    }
    pub(super) fn new<E: Element>(reduction: Reduction, pass: &Pass<'_>, columns: Columns<'_, E>) -> Result<Scale> {
        let name = pass.loss.entry().name;
        let divisor = match (reduction, columns.weights) {
            _ if pass.nan == NanPolicy::Omit => {
                let allowed = "a policy that leaves the number of rows as it is";
                return Err(Error::new(ErrorKind::Unsupported, name, "nan", allowed).value("omit"));
            }
            (Reduction::Sum, _) => Divisor::ONE,
            (Reduction::Mean, Some(weights)) => {
                let mut sum = crate::sums::ExactSum::new();
                weights.iter().for_each(|w| sum.add(w.widen()));
                Divisor::of_sum(name, &sum)?
            }
            _ => Divisor::of_count(name, columns.target.len())?,
        };
        Ok(Scale { divisor })
    }
}

/// Which sums of the values are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sums {
    /// None.
    None,
    /// What a mean needs.
    First,
    /// What a standard error needs.
    All,
}

/// When the values of a block are summed.
enum Summing<'a> {
    Not,
    /// As they are made.
    Here(&'a mut ExactSum),
    /// From memory.
    Later,
}

/// The part of a batch that one thread computes at a time.
struct Task<'a, 'b, E> {
    start: usize,
    columns: Columns<'a, E>,
    buffers: Buffers<'b, E>,
}

fn part<E>(column: &[E], start: usize, count: usize) -> &[E] {
    &column[start..start + count]
}
fn split<'b, E>(rest: &mut Option<&'b mut [E]>, count: usize) -> Option<&'b mut [E]> {
    rest.take().map(|slice| {
        let (head, tail) = slice.split_at_mut(count);
        *rest = Some(tail);
        head
    })
}

/// Evaluates a batch; gives the exact sums if they are wanted.
pub(super) fn run<E: Element>(
    pass: &Pass<'_>,
    columns: Columns<'_, E>,
    mut buffers: Buffers<'_, E>,
    sums: Sums,
) -> Result<Moments> {
    let n = columns.target.len();
    let entry = pass.loss.entry();
    for (name, buffer) in [("value", &buffers.value), ("gradient", &buffers.gradient), ("hessian", &buffers.hessian)] {
        if let Some(buffer) = buffer {
            pass.same_length(name, buffer.len(), n)?;
        }
    }
    if let Some(wide) = &buffers.wide {
        pass.same_length("value", wide.len(), n)?;
    }
    if (buffers.gradient.is_some() || buffers.hessian.is_some()) && !pass.loss.differentiable() {
        return Err(Error::new(ErrorKind::NotDifferentiable, entry.name, "gradient", "values only"));
    }
    let count = [&buffers.value, &buffers.gradient, &buffers.hessian].into_iter().flatten().count();
    let stream = count * n * size_of::<E>() > STREAM;
    let tasks: Vec<Task<'_, '_, E>> = (0..n)
        .step_by(TASK * BLOCK)
        .map(|start| {
            let count = (n - start).min(TASK * BLOCK);
            let columns = Columns {
                prediction: columns.prediction.map(|column| part(column, start, count)),
                target: part(columns.target, start, count),
                weights: columns.weights.map(|column| part(column, start, count)),
            };
            let [value, gradient, hessian] =
                [&mut buffers.value, &mut buffers.gradient, &mut buffers.hessian].map(|buffer| split(buffer, count));
            let wide = split(&mut buffers.wide, count);
            Task { start, columns, buffers: Buffers { value, gradient, hessian, wide } }
        })
        .collect();
    let work = |task: Task<'_, '_, E>| {
        with_scratch(|scratch: &mut Scratch<E::Lanes>| {
            discrepancy_stream::scope(|stores| pass.task(task, sums, stream.then_some(stores), scratch))
        })
    };
    // A small batch is done before a thread wakes up.
    let parts: Vec<Result<Moments>> = if tasks.len() == 1 {
        tasks.into_iter().map(work).collect()
    } else {
        tasks.into_par_iter().map(work).collect()
    };
    // Collected one by one, so that of several errors the first row's is reported, whatever the threads do.
    let mut total = Moments::new();
    for part in parts {
        total.merge(&part?);
    }
    Ok(total)
}

/// One block's columns: predictions, targets and their values, gradients, Hessians, weights.
struct Room<T> {
    prediction: [T; BLOCK],
    target: [T; BLOCK],
    weights: [T; BLOCK],
    value: [T; BLOCK],
    gradient: [T; BLOCK],
    hessian: [T; BLOCK],
}

impl<T: Copy + Default> Default for Room<T> {
    fn default() -> Self {
        let column = [T::default(); BLOCK];
        Room { prediction: column, target: column, weights: column, value: column, gradient: column, hessian: column }
    }
}

/// In `f64`.
type Wide = Room<f64>;

/// Room for the blocks of a task: wide, and as kernels read and write.
struct Scratch<N> {
    wide: Wide,
    narrow: Room<N>,
    left: Left,
    climbing: Climbing,
}

impl<N: Copy + Default> Default for Scratch<N> {
    fn default() -> Self {
        Scratch { wide: Room::default(), narrow: Room::default(), left: Left::default(), climbing: Climbing::default() }
    }
}

/// The rows of a block that were not certified, side by side, and their results.
#[derive(Default)]
struct Climbing {
    prediction: Vec<f64>,
    target: Vec<f64>,
    results: [Vec<f64>; 3],
}

impl Pass<'_> {
    /// Lengths must be equal.
    pub(super) fn same_length(&self, argument: &str, found: usize, wanted: usize) -> Result<()> {
        if found == wanted {
            return Ok(());
        }
        let allowed = format!("{wanted} elements, as many as predictions");
        Err(Error::new(ErrorKind::Shape, self.loss.entry().name, argument, allowed).value(found))
    }

    /// Whether gradients are scaled after they are computed: where rows have weights, or the divisor is far from 1.
    fn defers(&self, weighted: bool) -> bool {
        self.scale.is_some_and(|scale| weighted || scale.divisor.plain().is_none())
    }

    /// Stores its results past the caches if it is given such stores.
    fn task<'b, E: Element>(
        &self,
        mut task: Task<'_, 'b, E>,
        sums: Sums,
        stores: Option<&Stores<'b>>,
        scratch: &mut Scratch<E::Lanes>,
    ) -> Result<Moments> {
        let mut moments = Moments::new();
        let mut rounded = [E::default(); BLOCK];
        let n = task.columns.target.len();
        // Sums in registers as long as the values are made for them: the next block's are like this one's.
        let mut fused = sums == Sums::First && task.columns.weights.is_none() && task.buffers.wide.is_none();
        let (mut sum, mut summed) = (ExactSum::new(), 0);
        for first in (0..n).step_by(BLOCK) {
            let count = BLOCK.min(n - first);
            let columns = task.columns;
            let prediction = match (columns.prediction, &task.buffers.gradient) {
                (Some(prediction), _) => part(prediction, first, count),
                // What is left of it.
                (None, Some(gradient)) => part(gradient, 0, count),
                (None, None) => &[],
            };
            let target = part(columns.target, first, count);
            let next = match (columns.prediction, &task.buffers.gradient) {
                (Some(prediction), _) => ahead(prediction, first),
                (None, Some(gradient)) => ahead(gradient, 0),
                (None, None) => &[],
            };
            let next = [next, ahead(columns.target, first)];
            if fused {
                fused = self.compute([prediction, target], next, &task, Summing::Here(&mut sum), scratch);
            }
            let later = !fused && (sums != Sums::None || task.buffers.wide.is_some());
            if !fused {
                let summing = if later { Summing::Later } else { Summing::Not };
                self.compute([prediction, target], next, &task, summing, scratch);
            }
            if !scratch.left.is_empty() {
                self.climb(task.start + first, prediction, target, &task, scratch)?;
            }
            if fused {
                summed += count as u64;
                for (k, _) in scratch.left.iter().enumerate().filter(|(_, (_, orders))| orders & 1 == 1) {
                    let value = scratch.climbing.results[0][k];
                    if value.is_finite() {
                        sum.add(value);
                    } else {
                        summed -= 1;
                        self.sum(&[value], None, sums, &mut moments);
                    }
                }
            }
            let Scratch { wide, narrow, .. } = &mut *scratch;
            if let Some(weights) = columns.weights {
                self.widen(part(weights, first, count), &mut wide.weights[..count]);
            }
            let weights = columns.weights.map(|_| &wide.weights[..count]);
            if let Some(values) = split(&mut task.buffers.wide, count) {
                values.copy_from_slice(&wide.value[..count]);
            }
            if later && sums != Sums::None {
                self.sum(&wide.value[..count], weights, sums, &mut moments);
            }
            let deferred = self.defers(weights.is_some());
            if let Some(scale) = self.scale.filter(|_| deferred) {
                let single = E::NARROW;
                let gradient = &mut wide.gradient[..count];
                run_block(self.level, Scaled { gradient, weights, divisor: scale.divisor, single });
            }
            let Buffers { value, gradient, hessian, .. } = &mut task.buffers;
            let [value, gradient, hessian] = [value, gradient, hessian].map(|buffer| split(buffer, count));
            let columns = [
                (value, &wide.value, &narrow.value, true),
                (gradient, &wide.gradient, &narrow.gradient, !deferred),
                (hessian, &wide.hessian, &narrow.hessian, true),
            ];
            for (buffer, wide, narrow, ready) in columns {
                let Some(buffer) = buffer else { continue };
                let from = match E::of_lanes(&narrow[..count]) {
                    Some(narrow) if ready => narrow,
                    _ => {
                        run_block(self.level, Round { from: &wide[..count], to: &mut rounded[..count] });
                        &rounded[..count]
                    }
                };
                match stores {
                    Some(stores) => E::stream(stores, buffer, from),
                    None => buffer.copy_from_slice(from),
                }
            }
        }
        moments.merge(&Moments::of_sum(summed, sum));
        Ok(moments)
    }

    /// Computes one block in the vectors that are tried first; says whether the values were summed. Results that are stored as
    /// they are have been rounded then, all others are wide; what is not certified is noted in the scratch.
    fn compute<E: Element>(
        &self,
        [prediction, target]: [&[E]; 2],
        next: [&[E::Lanes]; 2],
        task: &Task<'_, '_, E>,
        summing: Summing<'_>,
        Scratch { wide, narrow, left, .. }: &mut Scratch<E::Lanes>,
    ) -> bool {
        let count = target.len();
        let prediction = lanes(prediction, &mut narrow.prediction[..count]);
        let target = lanes(target, &mut narrow.target[..count]);
        let deferred = self.defers(task.columns.weights.is_some());
        let stored = E::of_lanes(&[]).is_some();
        // Where a result is wanted: wide for what is still to be done with it.
        fn place<'a, N>(
            wanted: [bool; 2],
            wide: &'a mut [f64; BLOCK],
            narrow: &'a mut [N; BLOCK],
            count: usize,
        ) -> Place<'a, N> {
            let count = wanted.map(|wanted| if wanted { count } else { 0 });
            Place { wide: &mut wide[..count[0]], narrow: &mut narrow[..count[1]] }
        }
        let Buffers { value, gradient, hessian, .. } = &task.buffers;
        let later = matches!(summing, Summing::Later);
        let value = [later || value.is_some() && !stored, value.is_some() && stored];
        let gradient = [gradient.is_some() && (deferred || !stored), gradient.is_some() && stored && !deferred];
        let hessian = [hessian.is_some() && !stored, hessian.is_some() && stored];
        let rows = Rows {
            prediction,
            target,
            next,
            value: place(value, &mut wide.value, &mut narrow.value, count),
            gradient: place(gradient, &mut wide.gradient, &mut narrow.gradient, count),
            hessian: place(hessian, &mut wide.hessian, &mut narrow.hessian, count),
            factor: match self.scale {
                Some(scale) if !deferred => scale.inverse(),
                _ => [1.0, 0.0],
            },
            sum: if let Summing::Here(sum) = summing { Some(sum) } else { None },
            left,
        };
        E::elements(self.loss, self.level, rows)
    }

    /// Checks the rows that were not certified, computes them in two floats and more, and puts what was not certified into its
    /// place.
    #[cold]
    fn climb<E: Element>(
        &self,
        start: usize,
        prediction: &[E],
        target: &[E],
        task: &Task<'_, '_, E>,
        Scratch { wide, narrow, left, climbing }: &mut Scratch<E::Lanes>,
    ) -> Result<()> {
        let wanted = &task.buffers;
        let deferred = self.defers(task.columns.weights.is_some());
        let divisor = self.scale.filter(|_| !deferred).and_then(|scale| scale.divisor.plain()).unwrap_or(1.0);
        let entry = self.loss.entry();
        let Climbing { prediction: z, target: y, results } = climbing;
        self.load("prediction", &entry.prediction, prediction, start, left, z)?;
        self.load("target", &entry.target, target, start, left, y)?;
        results.iter_mut().for_each(|results| results.resize(z.len(), 0.0));
        let [value, gradient, hessian] = results;
        let outputs = Outputs {
            value,
            gradient: wanted.gradient.is_some().then_some(&mut gradient[..]),
            hessian: wanted.hessian.is_some().then_some(&mut hessian[..]),
        };
        self.loss.block(z, y, outputs);
        for (k, (row, mut orders)) in left.iter().enumerate() {
            if z[k].is_nan() || y[k].is_nan() {
                results.iter_mut().for_each(|results| results[k] = f64::NAN);
                orders = 0b111;
            } else if results[0][k].is_nan() {
                // Legal numbers whose limit does not exist, such as ∞ − ∞.
                let error = Error::new(ErrorKind::NonFinite, entry.name, "prediction", "a pair with a limit");
                let pair = format!("{} with target {}", prediction[row], target[row]);
                return Err(error.at(start + row).value(pair));
            }
            let places = [
                (&mut wide.value, &mut narrow.value, 1.0),
                (&mut wide.gradient, &mut narrow.gradient, divisor),
                (&mut wide.hessian, &mut narrow.hessian, 1.0),
            ];
            for (order, (wide, narrow, divisor)) in places.into_iter().enumerate() {
                if orders >> order & 1 == 1 {
                    wide[row] = results[order][k] / divisor;
                    narrow[row] = Stored::of(wide[row]);
                }
            }
        }
        Ok(())
    }

    /// The numbers of the rows that were not certified, if all are legal.
    fn load<E: Element>(
        &self,
        argument: &str,
        domain: &DataDomain,
        from: &[E],
        start: usize,
        left: &Left,
        to: &mut Vec<f64>,
    ) -> Result<()> {
        to.clear();
        for (row, _) in left.iter() {
            let x = from[row].widen();
            let legal = domain.contains(x) || (x.is_nan() && self.nan != NanPolicy::Error);
            if !legal {
                let kind = if x.is_nan() { ErrorKind::NonFinite } else { ErrorKind::Domain };
                let error = Error::new(kind, self.loss.entry().name, argument, domain.to_string());
                return Err(error.at(start + row).value(from[row]));
            }
            to.push(x);
        }
        Ok(())
    }

    fn sum(&self, values: &[f64], weights: Option<&[f64]>, sums: Sums, moments: &mut Moments) {
        let omitted = self.nan == NanPolicy::Omit && values.iter().any(|x| x.is_nan());
        match weights {
            None if !omitted && sums == Sums::First => moments.push_slice_first(values),
            None if !omitted => moments.push_slice(values),
            Some(weights) if !omitted => moments.push_weighted_slice(values, weights),
            _ => {
                for (i, value) in values.iter().enumerate().filter(|(_, value)| !value.is_nan()) {
                    match weights {
                        None => moments.push(*value),
                        Some(weights) => moments.push_weighted(*value, weights[i]),
                    }
                }
            }
        }
    }

    fn widen<E: Element>(&self, from: &[E], to: &mut [f64]) {
        run_block(self.level, Widen { from, to });
    }
}

/// What is read when the block that starts at `first` is done and another: it can be on its way till then.
fn ahead<E: Element>(column: &[E], first: usize) -> &[E::Lanes] {
    let rest = column.get(first + 2 * BLOCK..).unwrap_or_default();
    E::as_lanes(&rest[..rest.len().min(BLOCK)]).unwrap_or_default()
}

/// The same numbers as kernels read them, through `room` if need be.
fn lanes<'a, E: Element>(from: &'a [E], room: &'a mut [E::Lanes]) -> &'a [E::Lanes] {
    if let Some(lanes) = E::as_lanes(from) {
        return lanes;
    }
    E::to_lanes(from, room);
    room
}

/// Whether a product may leave the range of floats, or is of a weight of 0, which wins over any slope. Products of numbers that
/// were stored in 24 bits do not leave it where their result would be seen.
#[inline(always)]
fn doubtful(gradient: &[f64], weights: Option<&[f64]>, single: bool) -> bool {
    let mut doubtful = false;
    for (g, w) in gradient.iter().zip(weights.unwrap_or_default()) {
        doubtful |= if single { (*w == 0.0) & !g.is_finite() } else { !safe(*g, *g * *w) };
    }
    doubtful
}

/// `g w / divisor`, the product exact enough to be rounded once.
struct Scaled<'a> {
    gradient: &'a mut [f64],
    weights: Option<&'a [f64]>,
    divisor: Divisor,
    /// Whether the result is rounded to 24 bits: a product with the inverse is as good then, and far quicker.
    single: bool,
}

impl Block for Scaled<'_> {
    #[inline(always)]
    fn scalar(self) {
        let Scaled { gradient, weights, divisor: exact, single } = self;
        let Some(divisor) = exact.plain().filter(|_| !doubtful(gradient, weights, single)) else {
            for (i, g) in gradient.iter_mut().enumerate() {
                *g = exact.share(*g, weights.map_or(1.0, |weights| weights[i]));
            }
            return;
        };
        let inverse = 1.0 / divisor;
        match (weights, single) {
            (None, _) => {
                for g in gradient {
                    *g /= divisor;
                }
            }
            (Some(weights), true) => {
                for (g, w) in gradient.iter_mut().zip(weights) {
                    *g = *g * w * inverse;
                }
            }
            (Some(weights), false) => {
                for (g, w) in gradient.iter_mut().zip(weights) {
                    *g = *g * w / divisor;
                }
            }
        }
    }
    #[inline(always)]
    fn lanes<S: Simd>(self, _: S) {
        self.scalar();
    }
}

/// Simple loops, compiled for each level.
macro_rules! loops {
    ($($name:ident<$E:ident>($from:ident: $source:ty, $to:ident: $target:ty) |$x:ident| $result:expr;)*) => {$(
        struct $name<'a, $E> {
            $from: &'a [$source],
            $to: &'a mut [$target],
        }
        impl<$E: Element> Block for $name<'_, $E> {
            #[inline(always)]
            fn scalar(self) {
                // A loop, not a closure: what is not inlined here loses the vector instructions.
                for (to, $x) in self.$to.iter_mut().zip(self.$from) {
                    *to = $result;
                }
            }
            #[inline(always)]
            fn lanes<S: Simd>(self, _: S) {
                self.scalar();
            }
        }
    )*};
}
loops! {
    Widen<E>(from: E, to: f64) |x| x.widen();
    Round<E>(from: f64, to: E) |x| E::narrow(*x);
}
