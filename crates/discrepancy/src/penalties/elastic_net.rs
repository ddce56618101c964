use super::{Penalty, sums};
use crate::catalog::{DataDomain, Domain, Interval, Value};
use crate::error::Result;
use crate::number::Twofold;

crate::entry! {
    /// A mixture of absolute and squared weights: sparse like `l1`, stable like `l2`.
    ///
    /// With the factor one half on the squares, as scikit-learn and glmnet have it.
    ElasticNet("elastic_net") in Penalty as Penalty {
        /// λ, the factor of the whole.
        lambda: f64 = Value::Number(1.0), Domain::number(Interval::from(0.0, f64::INFINITY));
        /// ρ, the share of the absolute values.
        l1_ratio: f64 = Value::Number(0.5), Domain::number(Interval::closed(0.0, 1.0));
    }
    aliases: [];
    formula: r"\lambda \left(\rho \sum_i |w_i| + \frac{1 - \rho}{2} \sum_i w_i^2\right)";
    prediction: DataDomain::Real;
    target: DataDomain::Real;
    properties: [Convex, Symmetric, NonNegative];
    source: "Zou, Hastie 2005, doi:10.1111/j.1467-9868.2005.00503.x";
    reference: [
        "": [[1.0, -2.0, 3.0]] => [6.5];
    ];
}

impl ElasticNet {
    /// The factors of the absolute values and of half the squares.
    fn factors(&self) -> (Twofold<f64>, Twofold<f64>) {
        let rest = Twofold::sum(1.0, -self.l1_ratio);
        (Twofold::product(self.lambda, self.l1_ratio), rest * self.lambda)
    }
}

impl Penalty for ElasticNet {
    crate::identity!();
    fn value(&self, weights: &[f64]) -> Result<f64> {
        sums::check(Self::ENTRY.name, weights)?;
        let (one, two) = self.factors();
        Ok(sums::absolute(weights, one).plus(sums::squares(weights, two * 0.5)).round())
    }
    fn gradient(&self, weights: &[f64]) -> Result<Vec<f64>> {
        sums::check(Self::ENTRY.name, weights)?;
        let (one, two) = self.factors();
        let slope = |w: f64| {
            let x = (one * sums::sign(w) + two * w).round_to_machine();
            if x.is_finite() { x } else { two.high * w }
        };
        Ok(sums::each(weights, slope))
    }
    fn proximal(&self, weights: &[f64], step: f64) -> Result<Vec<f64>> {
        sums::check(Self::ENTRY.name, weights)?;
        sums::check_step(Self::ENTRY.name, step)?;
        let (one, two) = self.factors();
        Ok(sums::each(weights, |w| sums::soften(w, one * step, two * step + 1.0)))
    }
}
