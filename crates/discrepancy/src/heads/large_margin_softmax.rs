use super::{Head, HeadResult, Wide, check_scores, dot, round, shape};
use crate::catalog::{Arguments, DataDomain, Domain, Entry, Interval, Value};
use crate::error::{Error, ErrorKind, Result};
use crate::number::Real;
use crate::rows::shares::Shares;
use crate::rows::{SoftmaxCrossEntropy, Target};

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
}

const PI: Wide = Wide { high: std::f64::consts::PI, low: f64::from_bits(0x3CA1_A626_3314_5C07) };

/// `cos(jπ/m)` by its Taylor series, reflected to angles up to a right one.
fn cosine(j: u32, m: u32) -> Wide {
    if 2 * j > m {
        return -cosine(m - j, m);
    }
    if 2 * j == m {
        return Wide::from(0.0);
    }
    let square = (PI * f64::from(j) / f64::from(m)).square();
    let mut sum = Wide::from(1.0);
    for n in (1..=22).rev() {
        // 1 - t²/((2n-1) 2n) (1 - …)
        sum = -(sum * square / f64::from((2 * n - 1) * (2 * n))) + 1.0;
    }
    sum
}

impl LargeMarginSoftmax {
    /// ψ and dψ/dc at `c = cos θ`.
    fn psi(&self, c: Wide, knots: &[Wide]) -> (Wide, Wide) {
        let k = knots.iter().filter(|knot| c.lt(**knot)).count();
        let sign = if k % 2 == 0 { 1.0 } else { -1.0 };
        // T_0, T_1 = 1, c and U_-1, U_0 = 0, 1; both follow f_(n+1) = 2 c f_n - f_(n-1).
        let (mut t, mut t_next) = (Wide::from(1.0), c);
        let (mut u, mut u_next) = (Wide::from(0.0), Wide::from(1.0));
        for _ in 0..self.margin {
            (t, t_next) = (t_next, c * t_next * 2.0 - t);
            (u, u_next) = (u_next, c * u_next * 2.0 - u);
        }
        (t * sign - 2.0 * k as f64, u * (sign * f64::from(self.margin)))
    }

    /// The true class's score, and its gradients with respect to x and W.
    fn true_score(&self, x: &[f64], w: &[f64], knots: &[Wide]) -> (Wide, Vec<Wide>, Vec<Wide>) {
        let (inner, x_norm, w_norm) = (dot(x, w), dot(x, x).sqrt(), dot(w, w).sqrt());
        let product = x_norm * w_norm;
        if product.high == 0.0 {
            let zero = vec![Wide::from(0.0); x.len()];
            return (Wide::from(0.0), zero.clone(), zero);
        }
        let c = inner / product;
        let (psi, slope) = self.psi(c, knots);
        // f = (λ W·x + n ψ(c)) / (1 + λ), n = ‖W‖‖x‖, c = W·x / n:
        // ∂f/∂x = (λ + ψ') W + (ψ - c ψ') (‖W‖/‖x‖) x, over 1 + λ; the same for W.
        let whole = Wide::sum(1.0, self.lambda);
        let across = (slope + self.lambda) / whole;
        let along = (psi - c * slope) / whole;
        let gradient = |of: &[f64], other: &[f64], ratio: Wide| {
            of.iter().zip(other).map(|(&a, &b)| across * b + along * ratio * a).collect::<Vec<_>>()
        };
        let score = (inner * self.lambda + product * psi) / whole;
        (score, gradient(x, w, w_norm / x_norm), gradient(w, x, x_norm / w_norm))
    }
}

impl Head for LargeMarginSoftmax {
    fn entry(&self) -> &'static Entry {
        Self::ENTRY
    }
    fn arguments(&self) -> Arguments {
        self.parameter_values()
    }
    fn evaluate(&self, x: &[f64], weights: &[f64], bias: Option<&[f64]>, labels: &[usize]) -> Result<HeadResult> {
        let name = Self::ENTRY.name;
        if bias.is_some() {
            return Err(Error::new(ErrorKind::Unsupported, name, "bias", "none: the margin is an angle"));
        }
        let (width, classes) = shape(name, x, weights, None, labels)?;
        let knots: Vec<Wide> = (1..self.margin).map(|j| cosine(j, self.margin)).collect();
        let (loss, zero) = (SoftmaxCrossEntropy::default(), Wide::from(0.0));
        let mut dw = vec![zero; weights.len()];
        let (mut value, mut dx) = (Vec::with_capacity(labels.len()), Vec::with_capacity(x.len()));
        for (i, (x, &label)) in x.chunks(width).zip(labels).enumerate() {
            let own = &weights[label * width..(label + 1) * width];
            let (score, own_dx, own_dw) = self.true_score(x, own, &knots);
            let mut scores: Vec<Wide> = weights.chunks(width).map(|w| dot(w, x)).collect();
            scores[label] = score;
            check_scores(name, &scores, i)?;
            let shares = Shares::of_scores(name, &scores, 1.0)?;
            value.push(loss.value_of(&shares, Target::Label(label)));
            let mut dx_row = vec![zero; width];
            for c in 0..classes {
                let slope = loss.slope_of(&shares, Target::Label(label), c);
                for d in 0..width {
                    let (by_x, by_w) = if c == label {
                        (own_dx[d], own_dw[d])
                    } else {
                        (Wide::from(weights[c * width + d]), Wide::from(x[d]))
                    };
                    dx_row[d] = dx_row[d] + slope * by_x;
                    dw[c * width + d] = dw[c * width + d] + slope * by_w;
                }
            }
            dx.extend(round(&dx_row));
        }
        Ok(HeadResult { value, dx, dw: round(&dw), db: Vec::new() })
    }
}
