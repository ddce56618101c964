use super::euclidean_slopes::{Factor, Slopes};
use super::exact_gaps::{self, Share};
use super::norm::{Norm, Order, Signs, Summed};
use super::{Element, Input, Signature, Vectors};
use crate::catalog::{DataDomain, Domain, Interval, Value};
use crate::distances::termwise::{Double, Single};
use crate::error::{Error, ErrorKind, Result};
use crate::number::careful::{Careful, Checked, Quick, decided, deepening, settled};
use crate::number::guarded::power;
use crate::number::lane::run;
use crate::number::{Long, Real};
use std::cmp::Ordering;
use std::marker::PhantomData;

crate::entry! {
    /// Triplet margin loss: a positive example should be nearer to the anchor than a negative one, by a margin.
    ///
    /// Distances that are nearly equal keep the digits of their difference, taken from whole numbers if need be; of orders between
    /// whole ones, and above 16, what agrees beyond 256 bits is an error. At the kink the subgradient is 0, and so is
    /// that of the distance of equal vectors. Vectors are finite. PyTorch's `triplet_margin_loss` with its `eps` as
    /// `offset`; with `squared=true` and `margin=0.2` that of FaceNet.
    Triplet("triplet") in Tuple as Tuple {
        /// μ, by how much the positive should be nearer, in the unit of the distance.
        margin: f64 = Value::Number(1.0), Domain::number(Interval::from(0.0, f64::INFINITY));
        /// The order of the distance: 1 Manhattan, 2 Euclidean, `inf` Chebyshev, others Minkowski.
        p: f64 = Value::Number(2.0), Domain::number(Interval::closed(1.0, f64::INFINITY));
        /// Whether positive and negative are compared too, where they are nearer than anchor and negative (Balntas); of
        /// two equal distances each counts by half.
        swap: bool = Value::Word("false"), Domain::flag();
        /// Whether distances are squared.
        squared: bool = Value::Word("false"), Domain::flag();
        /// A number that is added to each difference; PyTorch adds 1e-6.
        offset: f64 = Value::Number(0.0), Domain::number(Interval::open(f64::NEG_INFINITY, f64::INFINITY));
    }
    aliases: ["triplet_margin_loss"];
    formula: r"\max(0, \|a - p\| - \|a - n\| + \mu)";
    prediction: DataDomain::Real;
    target: DataDomain::Real;
    properties: [NonNegative];
    source: "Schroff, Kalenichenko, Philbin 2015, doi:10.1109/CVPR.2015.7298682; Balntas, Riba, Ponsa, Mikolajczyk 2016, doi:10.5244/C.30.119";
    reference: [
        "": [[0.0, 0.0], [3.0, 4.0], [0.0, 5.5]] => [0.5];
        "squared=true,margin=0.2": [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0]] => [0.2];
        "p=1,swap=true": [[0.0, 0.0], [2.0, 2.0], [5.0, 2.0]] => [2.0];
    ];
}

/// The three distances; the last one only where it may count.
struct Distances<'a, R> {
    near: Norm<'a, R>,
    far: Norm<'a, R>,
    swapped: Option<Norm<'a, R>>,
    /// Their differences, where floats are not enough.
    gaps: Option<Gaps<R>>,
}

/// Differences of distances.
struct Gaps<R> {
    detour: R,
    /// Of the margin to the distance that counts.
    missing: R,
}

/// How much of the distance to the negative is that from the anchor, and how much that from the positive.
#[derive(Clone, Copy)]
struct Shares {
    anchor: f64,
    positive: f64,
}

/// A share of a number.
fn share<R: Careful>(share: f64, of: impl FnOnce() -> R) -> R {
    match share {
        0.0 => R::of(0.0),
        1.0 => of(),
        share => of() * share,
    }
}

impl<'a, R: Summed> Distances<'a, R> {
    /// How much nearer the negative is to the positive than to the anchor.
    fn detour(&self) -> R {
        if let Some(gaps) = &self.gaps {
            return gaps.detour;
        }
        self.swapped.as_ref().map_or(R::of(-1.0), |swapped| self.far.value().apart(swapped.value()))
    }
    fn of_positive(&self, of: impl FnOnce(&Norm<'a, R>) -> R) -> R {
        self.swapped.as_ref().map_or(R::of(0.0), of)
    }
    /// What is missing of the margin.
    fn missing(&self, shares: Shares, margin: f64) -> R {
        if let Some(gaps) = &self.gaps {
            return gaps.missing;
        }
        let far = match shares.anchor {
            1.0 => self.far.value(),
            // Of two equal ones.
            _ => self.of_positive(Norm::value),
        };
        self.near.value().apart(far).apart(R::of(-margin))
    }
    /// What the differences are multiplied by, for the order 2.
    fn factors(&self, shares: Shares) -> [R; 3] {
        let far = share(shares.anchor, || self.far.factor());
        [self.near.factor(), far, share(shares.positive, || self.of_positive(Norm::factor))]
    }
    /// By a coordinate of the anchor, the positive and the negative.
    fn slope(&self, signs: &[Signs; 3], shares: Shares, input: usize, i: usize) -> R {
        let near = || self.near.slope(&signs[0], i);
        let far = || share(shares.anchor, || self.far.slope(&signs[1], i));
        let swapped = || share(shares.positive, || self.of_positive(|norm| norm.slope(&signs[2], i)));
        match input {
            0 if shares.anchor == 0.0 => near(),
            0 => self.joined([(near(), 1.0, 0), (-far(), -shares.anchor, 1)], i),
            1 if shares.positive == 0.0 => -near(),
            1 => self.joined([(-near(), -1.0, 0), (-swapped(), -shares.positive, 2)], i),
            _ if shares.positive == 0.0 => far(),
            _ => self.joined([(far(), shares.anchor, 1), (swapped(), shares.positive, 2)], i),
        }
    }
    /// The sum of shares of two slopes; not a number where all that was known of it has cancelled.
    fn joined(&self, [(first, share, a), (second, other, b)]: [(R, f64, usize); 2], i: usize) -> R {
        let sum = first + second;
        let order = self.near.order();
        // Of the orders 1 and infinity slopes are signs and shares of them.
        let plain = !order.squared && (order.p == 1.0 || order.p == f64::INFINITY);
        if !R::WHOLE || plain || first.is_zero() || second.is_zero() {
            return sum;
        }
        if (first.abs().max(second.abs()) * LOST).le(sum.abs()) && !sum.is_zero() {
            return sum;
        }
        let norms = [Some(&self.near), Some(&self.far), self.swapped.as_ref()];
        let of = |share: f64, norm: usize| norms[norm].map(|norm| Share { share, ends: norm.ends() });
        let (Some(first), Some(second)) = (of(share, a), of(other, b)) else { return sum };
        // What neither whole numbers nor 256 bits tell from 0 is none.
        exact_gaps::slopes(order, [first, second], i).map_or(R::of(0.0), R::of_long)
    }
}

/// What 256 bits do not tell from 0, beside what cancelled.
const LOST: f64 = power(-190);

fn single(x: Quick) -> Factor {
    [x.value, 0.0, x.error]
}
fn double(x: Checked) -> Factor {
    [x.value.high, x.value.low, x.error]
}

impl Triplet {
    fn order(&self) -> Order {
        Order { p: self.p, squared: self.squared, offset: self.offset }
    }
    fn distances<'a, R: Summed>(&self, element: &Element<'a>) -> Result<Distances<'a, R>> {
        let [anchor, positive, negative] = [0, 1, 2].map(|i| element.inputs[i]);
        let norm = |a: &'a [f64], b: &'a [f64]| Norm::new(self.order(), a, b, element.level);
        let gaps = if R::WHOLE { Some(self.gaps([anchor, positive, negative])?) } else { None };
        Ok(Distances {
            near: norm(anchor, positive),
            far: norm(anchor, negative),
            swapped: self.swap.then(|| norm(positive, negative)),
            gaps,
        })
    }
    /// In whole numbers.
    fn gaps<R: Summed>(&self, [anchor, positive, negative]: [&[f64]; 3]) -> Result<Gaps<R>> {
        let gap = |first, second, margin| {
            exact_gaps::gap(self.order(), first, second, margin).ok_or_else(Self::undecided)
        };
        let (near, far, swapped) = ((anchor, positive), (anchor, negative), (positive, negative));
        let detour = if self.swap { gap(far, swapped, 0.0)? } else { Long::from(-1.0) };
        let other = if exact_gaps::side(detour) == Ordering::Less { far } else { swapped };
        Ok(Gaps { detour: R::of_long(detour), missing: R::of_long(gap(near, other, self.margin)?) })
    }
    fn undecided() -> Error {
        let allowed = "vectors whose distances do not agree beyond 256 bits";
        Error::new(ErrorKind::NonFinite, Self::ENTRY.name, "anchor", allowed)
    }
    fn shares(detour: Ordering) -> Shares {
        match detour {
            Ordering::Less => Shares { anchor: 1.0, positive: 0.0 },
            Ordering::Equal => Shares { anchor: 0.5, positive: 0.5 },
            Ordering::Greater => Shares { anchor: 0.0, positive: 1.0 },
        }
    }
}

impl Vectors for Triplet {
    const SIGNATURE: Signature = Signature {
        inputs: &[
            Input { name: "anchor", domain: DataDomain::Real },
            Input { name: "positive", domain: DataDomain::Real },
            Input { name: "negative", domain: DataDomain::Real },
        ],
        vectors: true,
        target: None,
    };
    fn element(&self, element: &Element<'_>, gradients: Option<&mut [&mut [f64]]>) -> Result<f64> {
        let mut distances = deepening!(element.epsilon, |R| self.distances::<R>(element));
        let shares = if self.swap {
            Triplet::shares(decided!(distances, |distances| distances.detour())?)
        } else {
            Triplet::shares(Ordering::Less)
        };
        let side = decided!(distances, |distances| distances.missing(shares, self.margin))?;
        if side != Ordering::Greater {
            gradients.into_iter().flatten().for_each(|gradient| gradient.fill(0.0));
            return Ok(0.0);
        }
        if let Some(gradients) = gradients {
            let [anchor, positive, negative] = [0, 1, 2].map(|i| element.inputs[i]);
            let order = self.order();
            let signs =
                [order.signs(anchor, positive), order.signs(anchor, negative), order.signs(positive, negative)];
            let mut sure = vec![0.0; anchor.len()];
            if self.p == 2.0 {
                let (rows, offset, level) = ([anchor, positive, negative], self.offset, element.level);
                let (out, sure) = (&mut *gradients, sure.as_mut_slice());
                if distances.is_quick() {
                    let factors = distances.quick()?.factors(shares).map(single);
                    run(level, Slopes { rows, offset, factors, out, sure, depth: PhantomData::<Single> });
                } else {
                    let factors = distances.checked()?.factors(shares).map(double);
                    run(level, Slopes { rows, offset, factors, out, sure, depth: PhantomData::<Double> });
                }
            }
            for i in (0..anchor.len()).filter(|i| sure[*i] == 0.0) {
                for (input, gradient) in gradients.iter_mut().enumerate() {
                    gradient[i] = settled!(distances, |distances| distances.slope(&signs, shares, input, i))?;
                    if gradient[i].is_nan() {
                        return Err(Self::undecided());
                    }
                }
            }
            // Zeros are positive ones.
            gradients.iter_mut().for_each(|gradient| gradient.iter_mut().for_each(|slope| *slope += 0.0));
        }
        settled!(distances, |distances| distances.missing(shares, self.margin))
    }
    fn exact(&self, element: &Element<'_>) -> Result<Long> {
        let distances = self.distances::<Long>(element)?;
        let side = if self.swap { distances.detour().side().unwrap_or(Ordering::Equal) } else { Ordering::Less };
        Ok(distances.missing(Triplet::shares(side), self.margin).max(Long::of(0.0)))
    }
}
