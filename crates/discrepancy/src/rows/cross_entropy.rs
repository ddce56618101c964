use super::shares::{check_length, check_probabilities, check_target};
use super::{RowLoss, Target};
use crate::catalog::{Base, DataDomain, Domain, Interval, Value};
use crate::distances::termwise::{Slope, Sums, Termwise, evaluate};
use crate::distances::{Gradients, PairInput};
use crate::error::{Error, ErrorKind, Result};
use crate::number::careful::{Careful, deepening, settled};
use crate::number::{Long, Real};

crate::entry! {
    /// Cross entropy of a row of probabilities, without any clamp.
    ///
    /// It is the entropy of the target plus the Kullback–Leibler divergence from it. `0 ln 0 = 0`; a probability of 0
    /// for what can happen costs infinity. Where logits are at hand use `softmax_cross_entropy`.
    CrossEntropy("cross_entropy") in Row as Row {
        /// The base of the logarithm: `e` for nats, 2 for bits.
        base: Base = Value::Word("e"), Domain::number(Interval::open(1.0, f64::INFINITY)).or(&["e"]);
    }
    aliases: ["categorical_cross_entropy_from_probabilities"];
    formula: r"-\sum_i y_i \ln p_i";
    prediction: DataDomain::Probabilities;
    target: DataDomain::ClassOrProbabilities;
    properties: [Convex, NonNegative, StrictlyProper];
    source: "Good 1952, doi:10.1111/j.2517-6161.1952.tb00104.x";
    reference: [
        "": [[0.25, 0.5, 0.25], [1.0]] => [std::f64::consts::LN_2];
        "base=2": [[0.25, 0.5, 0.25], [0.0]] => [2.0];
    ];
}

impl CrossEntropy {
    fn check_row(row: &[f64], target: Target<'_>, epsilon: f64) -> Result<()> {
        if row.is_empty() {
            return Err(Error::new(ErrorKind::Shape, Self::ENTRY.name, "prediction", "at least one class").value(0));
        }
        check_probabilities(Self::ENTRY.name, "prediction", row, epsilon)?;
        check_target(Self::ENTRY.name, row.len(), target, epsilon)
    }
}

impl RowLoss for CrossEntropy {
    crate::identity!();
    fn evaluate(
        &self,
        row: &[f64],
        target: Target<'_>,
        epsilon: f64,
        mut gradient: Option<&mut [f64]>,
    ) -> Result<f64> {
        if let Some(value) = self.straight(row, target, epsilon, gradient.as_deref_mut()) {
            return Ok(value);
        }
        Self::check_row(row, target, epsilon)?;
        if let Some(gradient) = gradient {
            check_length(Self::ENTRY.name, "gradient", gradient.len(), row.len())?;
            for (j, (slot, &p)) in gradient.iter_mut().zip(row).enumerate() {
                let y = target.probability(j);
                if y == 0.0 {
                    *slot = 0.0;
                    continue;
                }
                let mut slope = deepening!(epsilon, |R| Ok(self.slope::<R>(p, y)));
                *slot = settled!(slope, |slope| *slope)?;
            }
        }
        let mut value = deepening!(epsilon, |R| Ok(self.value_of::<R>(row, target)));
        settled!(value, |value| *value)
    }
    fn truth(&self, row: &[f64], target: Target<'_>, epsilon: f64) -> Result<[Vec<Long>; 3]> {
        Self::check_row(row, target, epsilon)?;
        let gradient = row.iter().enumerate().map(|(j, p)| self.slope(*p, target.probability(j))).collect();
        Ok([vec![self.value_of(row, target)], gradient, Vec::new()])
    }
}

impl CrossEntropy {
    /// An ordinary row of probabilities, in vectors.
    fn straight(&self, row: &[f64], target: Target<'_>, epsilon: f64, gradient: Option<&mut [f64]>) -> Option<f64> {
        let Target::Probabilities(y) = target else { return None };
        let input = PairInput { epsilon, ..PairInput::new(row, y) };
        let found = if let Some(gradient) = gradient {
            let mut unused = vec![0.0; row.len()];
            evaluate(self, input, Some(&mut Gradients { a: gradient, b: &mut unused }))
        } else {
            evaluate(self, input, None)
        };
        found.filter(|found| found.complete).map(|found| found.value)
    }
    fn value_of<R: Careful>(&self, row: &[f64], target: Target<'_>) -> R {
        let mut sum = R::of(0.0);
        for (j, &p) in row.iter().enumerate() {
            let y = target.probability(j);
            if y > 0.0 {
                sum = sum - R::of(p).ln() * y;
            }
        }
        self.base.scale(sum)
    }
    fn slope<R: Careful>(&self, p: f64, y: f64) -> R {
        if y == 0.0 { R::of(0.0) } else { self.base.scale(-(R::of(y) / p)) }
    }
}

impl Termwise for CrossEntropy {
    const COUNT: usize = 4;
    const DISTRIBUTIONS: bool = true;
    // Probabilities may be a little above 1.
    const SIGNED: bool = true;
    const FUNCTIONS: f64 = 1.0;
    const SLOPES: bool = true;
    #[inline(always)]
    fn terms<R: Real>(&self, p: R, y: R) -> Sums<R> {
        let zero = p.lit(0.0);
        let log = R::when(p.same(zero), p.lit(f64::INFINITY), p.lit(1.0).ln_quotient(p));
        let term = log.weighted(y);
        [term, p, y, term.abs(), zero]
    }
    fn finish<R: Real>(&self, sums: Sums<R>, _: f64) -> R {
        self.base.scale(sums[0])
    }
    #[inline(always)]
    fn slopes<R: Real>(&self, p: R, y: R) -> [Slope<R>; 2] {
        // The target is data; it has no derivative.
        let zero = p.lit(0.0);
        let in_p = R::when(y.same(zero), zero, self.base.scale(zero - y / p));
        [Slope::of(in_p), Slope::of(zero)]
    }
}
