use super::euclidean_slopes::{Factor, Slopes};
use super::norm::{Norm, Order, Signs, Summed};
use super::{Element, Input, Signature, Vectors};
use crate::catalog::{DataDomain, Domain, Interval, Value};
use crate::distances::termwise::{Double, Single};
use crate::error::Result;
use crate::number::careful::{Careful, Checked, Quick, decided, deepening, settled};
use crate::number::lane::run;
use crate::number::{Long, Real};
use std::cmp::Ordering;
use std::marker::PhantomData;

crate::entry! {
    /// Triplet margin loss: a positive example should be nearer to the anchor than a negative one, by a margin.
    ///
    /// Distances that are nearly equal keep the digits of their difference; what is below 2⁻²⁰⁰ of them is none. At the kink the subgradient is 0, and so is
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
        self.swapped.as_ref().map_or(R::of(-1.0), |swapped| self.far.value().apart(swapped.value()))
    }
    fn of_positive(&self, of: impl FnOnce(&Norm<'a, R>) -> R) -> R {
        self.swapped.as_ref().map_or(R::of(0.0), of)
    }
    /// What is missing of the margin.
    fn missing(&self, shares: Shares, margin: f64) -> R {
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
            0 => near() - far(),
            1 if shares.positive == 0.0 => -near(),
            1 => -near() - swapped(),
            _ if shares.positive == 0.0 => far(),
            _ => far() + swapped(),
        }
    }
}

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
    fn distances<'a, R: Summed>(&self, element: &Element<'a>) -> Distances<'a, R> {
        let [anchor, positive, negative] = [0, 1, 2].map(|i| element.inputs[i]);
        let norm = |a: &'a [f64], b: &'a [f64]| Norm::new(self.order(), a, b, element.level);
        Distances {
            near: norm(anchor, positive),
            far: norm(anchor, negative),
            swapped: self.swap.then(|| norm(positive, negative)),
        }
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
        let mut distances = deepening!(element.epsilon, |R| Ok(self.distances::<R>(element)));
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
                }
            }
            // Zeros are positive ones.
            gradients.iter_mut().for_each(|gradient| gradient.iter_mut().for_each(|slope| *slope += 0.0));
        }
        settled!(distances, |distances| distances.missing(shares, self.margin))
    }
    fn exact(&self, element: &Element<'_>) -> Result<Long> {
        let distances = self.distances::<Long>(element);
        let side = if self.swap { distances.detour().side().unwrap_or(Ordering::Equal) } else { Ordering::Less };
        Ok(distances.missing(Triplet::shares(side), self.margin).max(Long::of(0.0)))
    }
}
