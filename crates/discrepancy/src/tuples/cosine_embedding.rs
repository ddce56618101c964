use super::norm::Summed;
use super::{Element, Input, Signature, Vectors};
use crate::catalog::{DataDomain, Domain, Interval, Value};
use crate::distances::{Cosine, Gradients, PairFunction, PairInput};
use crate::error::{Error, Result};
use crate::sums::{Fixed, fixed_dot};
use crate::number::careful::{Careful, decided, deepening, settled};
use crate::number::{Level, Long, Real};
use std::cmp::Ordering;

crate::entry! {
    /// Cosine embedding loss: two vectors should point the same way, or not, as the target says.
    ///
    /// Where the target is 1 the cosine distance, which keeps its digits for vectors that are nearly parallel; where it is
    /// −1, by how much the cosine is above the margin, with the subgradient 0 at the kink. A vector of zeros has no
    /// direction: an error. PyTorch's `cosine_embedding_loss`.
    CosineEmbedding("cosine_embedding") in Tuple as Tuple {
        /// μ, the cosine that vectors of target −1 may have.
        margin: f64 = Value::Number(0.0), Domain::number(Interval::closed(-1.0, 1.0));
    }
    aliases: ["cosine_embedding_loss"];
    formula: r"\begin{cases} 1 - \cos(x_1, x_2) & y = 1 \\ \max(0, \cos(x_1, x_2) - \mu) & y = -1 \end{cases}";
    prediction: DataDomain::Real;
    target: DataDomain::Signs;
    properties: [NonNegative, Bounded];
    source: "Hadsell, Chopra, LeCun 2006, doi:10.1109/CVPR.2006.100";
    reference: [
        "": [[1.0, 0.0], [1.0, 1.0], [1.0]] => [0.2928932188134525];
        "margin=0.5": [[1.0, 0.0], [1.0, 1.0], [-1.0]] => [0.2071067811865475];
    ];
}

/// What the cosine is made of.
struct Products<R> {
    own: [R; 2],
    both: R,
    /// In whole numbers, where floats are not enough.
    whole: Option<[Fixed; 3]>,
}

impl<R: Summed> Products<R> {
    fn of(a: &[f64], b: &[f64], level: Level) -> Self {
        if let Some([both, first, second, ..]) = R::sums(&Cosine::default(), a, b, level) {
            return Products { own: [first, second], both, whole: None };
        }
        let whole = R::WHOLE.then(|| [fixed_dot(a, a), fixed_dot(b, b), fixed_dot(a, b)]);
        Products { own: [R::dot(a, a), R::dot(b, b)], both: R::dot(a, b), whole }
    }
    /// How much the cosine is above the margin.
    fn above(&self, margin: f64) -> R {
        let lengths = self.own[0].sqrt() * self.own[1].sqrt();
        let cosine = self.both / lengths;
        if margin == 0.0 {
            return cosine;
        }
        match &self.whole {
            // Both of one sign: the difference of the squares, in which whole numbers cancel, over the sum.
            Some([aa, bb, ab]) if ab.is_positive() == (margin > 0.0) => {
                let squared = Fixed::of_float(margin);
                let difference = ab.times(ab).minus(&squared.times(&squared).times(aa).times(bb));
                R::of_fixed(&difference) / (lengths * (self.both + lengths * margin))
            }
            _ => cosine - margin,
        }
    }
}

impl CosineEmbedding {
    /// The cosine distance, and its gradients.
    fn distance(element: &Element<'_>, gradients: Option<&mut [&mut [f64]]>) -> Result<f64> {
        let [a, b] = [element.inputs[0], element.inputs[1]];
        let gradients = match gradients {
            Some([a, b]) => Some(Gradients { a, b }),
            _ => None,
        };
        let input = PairInput { epsilon: element.epsilon, level: element.level, ..PairInput::new(a, b) };
        let named = |error: Error| {
            let argument = if error.argument() == "b" { "second" } else { "first" };
            error.within(Self::ENTRY.name).about(argument)
        };
        Cosine::default().evaluate(input, gradients).map_err(named)
    }
}

impl Vectors for CosineEmbedding {
    const SIGNATURE: Signature = Signature {
        inputs: &[
            Input { name: "first", domain: DataDomain::Real },
            Input { name: "second", domain: DataDomain::Real },
        ],
        vectors: true,
        target: Some(DataDomain::Signs),
    };
    fn element(&self, element: &Element<'_>, mut gradients: Option<&mut [&mut [f64]]>) -> Result<f64> {
        let wanted = gradients.is_some();
        let zero = element.inputs.iter().any(|row| row.iter().all(|x| *x == 0.0));
        if element.target == 1.0 || zero {
            return Self::distance(element, gradients);
        }
        let (a, b) = (element.inputs[0], element.inputs[1]);
        let mut products = deepening!(element.epsilon, |R| Ok(Products::<R>::of(a, b, element.level)));
        let side = decided!(products, |products| products.above(self.margin))?;
        if side != Ordering::Greater {
            gradients.into_iter().flatten().for_each(|gradient| gradient.fill(0.0));
            return Ok(0.0);
        }
        if wanted {
            Self::distance(element, gradients.as_deref_mut())?;
            gradients.into_iter().flatten().for_each(|gradient| gradient.iter_mut().for_each(|slope| *slope = 0.0 - *slope));
        }
        settled!(products, |products| products.above(self.margin))
    }
    fn exact(&self, element: &Element<'_>) -> Result<Long> {
        let above = |margin| Products::<Long>::of(element.inputs[0], element.inputs[1], element.level).above(margin);
        Ok(if element.target == 1.0 { -above(1.0) } else { above(self.margin).max(Long::of(0.0)) })
    }
}
