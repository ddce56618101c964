use super::{HeadFormula, HeadRow, Layer, SpecialScore};
use crate::catalog::{DataDomain, Domain, Interval, Value};
use crate::error::{Error, ErrorKind, Result};
use crate::number::careful::Careful;
use crate::number::{Long, Real, Twofold};
use crate::rows::{SoftmaxCrossEntropy, Target};
use crate::sums::Whole;

crate::entry! {
    /// Large-margin softmax: the true class must win by an angle `margin` times as wide.
    ///
    /// The true class's score `‖W‖‖x‖ cos θ` becomes `‖W‖‖x‖ ψ(θ)` with `ψ(θ) = (-1)^k cos(mθ) - 2k` on
    /// `[kπ/m, (k+1)π/m]`. No bias. k counts the `cos(jπ/m)` above `cos θ`, and `cos(mθ)` is Chebyshev's `T_m(cos θ)`
    /// with derivative `m U_(m-1)`, finite also at θ = 0 and π. A zero row or weight has subgradient 0.
    LargeMarginSoftmax("large_margin_softmax") in Head as Head {
        /// The multiple m of the angle; 1 is plain softmax.
        margin: u32 = Value::Number(4.0), Domain::number(Interval::whole(1.0, 16.0));
        /// The true score is `(lambda W·x + ‖W‖‖x‖ψ) / (1 + lambda)`: large early in training.
        lambda: f64 = Value::Number(0.0), Domain::number(Interval::from(0.0, f64::INFINITY));
    }
    aliases: ["l_softmax"];
    formula: r"-\ln \frac{e^{\|W_y\| \|x\| \psi(\theta_y)}}{e^{\|W_y\| \|x\| \psi(\theta_y)} + \sum_{j \ne y} e^{\|W_j\| \|x\| \cos \theta_j}}";
    prediction: DataDomain::Real;
    target: DataDomain::ClassOrProbabilities;
    properties: [OnceDifferentiable, NonNegative];
    source: "Liu, Wen, Yu, Yang 2016, arXiv:1612.02295";
    reference: [
        "margin=1": [[1.0, 2.0], [1.0, 0.0, 0.0, 1.0], [1.0]] => [0.3132616875182228];
        "margin=2": [[1.0, 1.0], [1.0, 0.0, 0.0, 1.0], [1.0]] => [1.3132616875182228];
    ];
}

const PI: Twofold<f64> = Twofold { high: std::f64::consts::PI, low: f64::from_bits(0x3CA1_A626_3314_5C07) };

/// `cos(jπ/m)` by its Taylor series, reflected to angles up to a right one. Only compared with, and ψ and its slope
/// are continuous there: twofold precision is enough.
fn cosine(j: u32, m: u32) -> Twofold<f64> {
    if 2 * j > m {
        return -cosine(m - j, m);
    }
    if 2 * j == m {
        return Twofold::from(0.0);
    }
    let square = (PI * f64::from(j) / f64::from(m)).square();
    let mut sum = Twofold::from(1.0);
    for n in (1..=22).rev() {
        // 1 - t²/((2n-1) 2n) (1 - …)
        sum = -(sum * square / f64::from((2 * n - 1) * (2 * n))) + 1.0;
    }
    sum
}

/// The true class's score, and its gradients with respect to x and W.
struct TrueScore<R> {
    score: R,
    by_x: Vec<R>,
    by_weights: Vec<R>,
}

impl LargeMarginSoftmax {
    /// ψ and dψ/dc at `c = cos θ`, each rounded once: what takes the place of the cosine.
    ///
    /// ```
    /// use discrepancy::heads::LargeMarginSoftmax;
    /// let two = LargeMarginSoftmax::new(2_u32, 0.0)?;
    /// assert_eq!([1.0, 0.0, -1.0].map(|c| two.target_function(c)[0]), [1.0, -1.0, -3.0]);
    /// # Ok::<(), discrepancy::Error>(())
    /// ```
    #[must_use]
    pub fn target_function(&self, cosine: f64) -> [f64; 2] {
        let (value, slope) = self.psi(Long::from(cosine));
        [value.round(), slope.round()]
    }
    /// ψ and dψ/dc at `c = cos θ`.
    fn psi<R: Careful>(&self, c: R) -> (R, R) {
        let below = |j: u32| {
            let knot = cosine(j, self.margin);
            c.lt(c.lit2([knot.high, knot.low]))
        };
        let k = (1..self.margin).filter(|j| below(*j)).count();
        let sign = if k % 2 == 0 { 1.0 } else { -1.0 };
        // T_0, T_1 = 1, c and U_-1, U_0 = 0, 1; both follow f_(n+1) = 2 c f_n - f_(n-1).
        let (mut t, mut t_next) = (R::of(1.0), c);
        let (mut u, mut u_next) = (R::of(0.0), R::of(1.0));
        for _ in 0..self.margin {
            (t, t_next) = (t_next, c * t_next * 2.0 - t);
            (u, u_next) = (u_next, c * u_next * 2.0 - u);
        }
        (t * sign - 2.0 * k as f64, u * (sign * f64::from(self.margin)))
    }

    fn true_score<R: Whole>(&self, x: &[f64], w: &[f64]) -> TrueScore<R> {
        let (inner, x_norm, w_norm): (R, R, R) = (R::dot(x, w), R::dot(x, x).sqrt(), R::dot(w, w).sqrt());
        let product = x_norm * w_norm;
        if product.is_zero() {
            let zero = || x.iter().map(|_| R::of(0.0)).collect();
            return TrueScore { score: R::of(0.0), by_x: zero(), by_weights: zero() };
        }
        let c = inner / product;
        let (psi, slope) = self.psi(c);
        // f = (λ W·x + n ψ(c)) / (1 + λ), n = ‖W‖‖x‖, c = W·x / n:
        // ∂f/∂x = (λ + ψ') W + (ψ - c ψ') (‖W‖/‖x‖) x, over 1 + λ; the same for W.
        let whole = R::of(1.0) + self.lambda;
        let across = (slope + self.lambda) / whole;
        // The margin 1 leaves the score linear: ψ - c ψ' is exactly 0.
        let along = if self.margin == 1 { R::of(0.0) } else { (psi - c * slope) / whole };
        let gradient = |of: &[f64], other: &[f64], ratio: R| {
            of.iter().zip(other).map(|(&a, &b)| across * b + along * ratio * a).collect()
        };
        TrueScore {
            score: (inner * self.lambda + product * psi) / whole,
            by_x: gradient(x, w, w_norm / x_norm),
            by_weights: gradient(w, x, x_norm / w_norm),
        }
    }

    pub(super) fn target_weight(&self, _: Target<'_>) -> f64 {
        1.0
    }
    pub(super) fn times_power(&self, _: i32, _: Target<'_>) -> Option<Self> {
        None
    }
}

impl HeadFormula for LargeMarginSoftmax {
    const BIAS: bool = false;

    fn row<R: Whole>(&self, layer: Layer<'_>, x: &[f64], target: Target<'_>) -> Result<HeadRow<R>> {
        let Target::Label(class) = target else {
            let allowed = "labels: only a true class has a margin";
            return Err(Error::new(ErrorKind::Unsupported, layer.function, "target", allowed));
        };
        let loss = SoftmaxCrossEntropy::default();
        let TrueScore { score, by_x, by_weights } = self.true_score::<R>(x, layer.class(class));
        let shares = layer.shares(x, 1.0, Some((class, score)))?;
        let pull = loss.pulls(layer.function, &shares, target)?;
        let slopes = (0..layer.classes()).map(|c| SoftmaxCrossEntropy::slope_of(&shares, &pull, c)).collect();
        let special = Some(SpecialScore { class, by_x, by_weights });
        Ok(HeadRow { value: SoftmaxCrossEntropy::value_of(&pull), slopes, total: R::of(0.0), special })
    }
}
