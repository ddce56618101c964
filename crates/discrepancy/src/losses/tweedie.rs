use super::poisson::{NOT_NEGATIVE, near_one};
use super::{Coupling, Gamma, Loss, Poisson};
use crate::catalog::{DataDomain, Domain, Interval, Value};
use crate::number::Real;

crate::entry! {
    /// Tweedie loss of a logarithm: for amounts that are often zero, such as claims, with mean `e^z`.
    ///
    /// The variance is the mean to the power of `power`: 1 is the Poisson loss, 2 the gamma loss, between them sums
    /// of a random number of gamma variables. Terms that do not depend on the prediction are left out, so the value
    /// can be negative. scikit-learn's `HalfTweedieLoss`. Convex for powers from 1 to 2; from 2 on a target of 0 has
    /// no best prediction.
    Tweedie("tweedie") in Pointwise as Pointwise {
        /// p, the power of the mean that the variance is.
        power: f64 = Value::Number(1.5), Domain::number(Interval::from(0.0, f64::INFINITY));
    }
    aliases: [];
    formula: r"\frac{e^{(2 - p) z}}{2 - p} - y \frac{e^{(1 - p) z}}{1 - p}";
    prediction: DataDomain::Real;
    target: NOT_NEGATIVE;
    properties: [OnceDifferentiable, TwiceDifferentiable];
    source: "Jørgensen 1987, doi:10.1111/j.2517-6161.1987.tb01685.x";
    reference: [
        "": [[0.5], [2.0]] => [5.683253965661103];
        "power=3": [[0.5], [2.0]] => [-0.2386512185411911];
    ];
}

impl Tweedie {
    /// `e^((2-p) z)` and `y e^((1-p) z)`, and the two rates.
    #[inline(always)]
    fn terms<R: Real>(&self, z: R, y: R) -> [R; 4] {
        let (a, b) = (z.lit(2.0) - self.power, z.lit(1.0) - self.power);
        [(a * z).exp(), (b * z).exp().weighted(y), a, b]
    }
    /// `s e^((2-p) z) - t y e^((1-p) z)` for a mean near 1: `(s (e^z - 1) + (s - t y)) e^((1-p) z)`.
    #[inline(always)]
    fn near<R: Real>(&self, z: R, y: R, s: R, t: R) -> R {
        let b = z.lit(1.0) - self.power;
        (z.exp_m1() * s + (s - y * t)) * (b * z).exp()
    }
}

// At the two powers where a term is divided by 0 the loss is a logarithm's. At infinity the first term grows faster
// for powers below 1, the second for those above.
impl Loss for Tweedie {
    const COUPLING: Coupling = Coupling::Pair;
    // The two terms meet; in the value and the second derivative only beyond powers 1 and 2.
    const CANCELS: [bool; 3] = [true; 3];
    #[inline(always)]
    fn value<R: Real>(&self, z: R, y: R) -> R {
        let [first, second, a, b] = self.terms(z, y);
        match self.power {
            1.0 => Poisson {}.value(z, y),
            2.0 => Gamma {}.value(z, y),
            ..1.0 => (first / a).outgrowing(second / b),
            _ => (second / -b).outgrowing(first / -a),
        }
    }
    #[inline(always)]
    fn derivative<R: Real>(&self, z: R, y: R) -> R {
        let [first, second, ..] = self.terms(z, y);
        match self.power {
            1.0 => Poisson {}.derivative(z, y),
            2.0 => Gamma {}.derivative(z, y),
            power => {
                let far = if power < 1.0 { first.outgrowing(second) } else { -second.outgrowing(first) };
                R::when(near_one(z), self.near(z, y, z.lit(1.0), z.lit(1.0)), far)
            }
        }
    }
    #[inline(always)]
    fn second_derivative<R: Real>(&self, z: R, y: R) -> R {
        let [first, second, a, b] = self.terms(z, y);
        match self.power {
            1.0 => Poisson {}.second_derivative(z, y),
            2.0 => Gamma {}.second_derivative(z, y),
            power => {
                let (first, second) = (first * a, second * b);
                let far = if power < 1.0 { first.outgrowing(second) } else { (-second).outgrowing(-first) };
                R::when(near_one(z), self.near(z, y, a, b), far)
            }
        }
    }
}
