use super::labelled::{Answer, LabelFormula, Labelled, LabelledLoss};
use super::shares::{Shares, all_near, check_classes, check_length, check_target, scaled_weights};
use super::spread::{Spread, SpreadAnswer, SpreadFormula, SpreadLoss};
use super::jacobian;
use super::softmax::Centred;
use super::{HessianKind, RowLoss, Target};
use crate::catalog::{DataDomain, Domain, Interval, ParameterType, Value};
use crate::distances::pair::scaled;
use crate::error::{Error, ErrorKind, Result};
use crate::number::careful::{Careful, deepening, settled};
use crate::number::{Long, Real, Twofold};

crate::entry! {
    /// Softmax cross entropy of a row of logits: minus the logarithm of the true class's probability.
    ///
    /// Exact in both tails: logits `[17, 0]` with label 0 cost 4.14e-8, not 0, and the gradient of the true class is
    /// minus the sum of the other probabilities. A logit of minus infinity is a class that cannot be.
    ///
    /// With class weights w it is `-Σ w_i y_i ln p_i`, and the `mean` over rows divides by the sum of the true
    /// classes' weights, as in PyTorch; the mean by count divides by the number of rows.
    SoftmaxCrossEntropy("softmax_cross_entropy") in Row as Row {
        /// T: the logits are divided by it.
        temperature: f64 = Value::Number(1.0), Domain::number(Interval::open(0.0, f64::INFINITY));
        /// How much of the target is spread evenly over the classes.
        label_smoothing: f64 = Value::Number(0.0), Domain::number(Interval::from(0.0, 1.0));
        /// The weight of the squared log-partition `(ln Σ e^z)²`, which keeps logits from drifting. Class weights do
        /// not weigh it.
        z_loss: f64 = Value::Number(0.0), Domain::number(Interval::from(0.0, f64::INFINITY));
        /// What the smoothed share is spread over: `all` C classes (PyTorch, Optax, Keras, burn), or only the C − 1
        /// `others`, so that the true class keeps exactly one minus the share.
        smoothing_over: SmoothingOver = Value::Word("all"), Domain::words(&["all", "others"]);
        /// A weight for each class; an empty list weighs all by 1.
        class_weight: Vec<f64> = Value::List(Vec::new()), Domain::list(Interval::from(0.0, f64::INFINITY));
    }
    aliases: ["categorical_cross_entropy", "multinomial_logistic", "softmax_loss"];
    formula: r"-\sum_i y_i \ln \frac{e^{z_i / T}}{\sum_k e^{z_k / T}} + \zeta \left(\ln \sum_k e^{z_k / T}\right)^2";
    prediction: DataDomain::Real;
    target: DataDomain::ClassOrProbabilities;
    properties: [OnceDifferentiable, TwiceDifferentiable, NonNegative, StrictlyProper, ClassificationCalibrated];
    source: "Bridle 1990, doi:10.1007/978-3-642-76153-9_28";
    reference: [
        "": [[17.0, 0.0], [0.0]] => [4.139937633089748e-08];
        "": [[1.0, 2.0, 3.0], [2.0]] => [0.4076059644443803];
        "label_smoothing=0.5": [[0.0, 1.0], [1.0]] => [0.5632616875182228];
    ];
}

/// What label smoothing spreads its share over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmoothingOver {
    /// All C classes: `(1 - ε) y + ε / C`.
    All,
    /// The C − 1 others: `(1 - ε) y + ε (1 - y) / (C - 1)`.
    Others,
}

impl ParameterType for SmoothingOver {
    fn from_value(value: &Value) -> Option<SmoothingOver> {
        Some(if *value == Value::Word("others") { SmoothingOver::Others } else { SmoothingOver::All })
    }
    fn to_value(&self) -> Value {
        Value::Word(match self {
            SmoothingOver::All => "all",
            SmoothingOver::Others => "others",
        })
    }
}

/// The targets of a row as they enter the formula: smoothed, then weighted.
pub(crate) struct Pull<R> {
    /// `w_j y_j` for each class.
    own: Vec<R>,
    /// The sum over all classes but the one of the largest score.
    miss: R,
    /// The sum over all classes.
    total: R,
    /// What follows for the row.
    answer: SpreadAnswer<R>,
}

/// A row and its target, taken apart.
type Prepared<R> = (Shares<R>, Pull<R>);

impl SoftmaxCrossEntropy {
    /// The Hessian `diag(p) - p pᵀ` (over T²), C×C, row by row. The target matters only where classes are weighted.
    ///
    /// ```
    /// use discrepancy::rows::{SoftmaxCrossEntropy, Target};
    /// let loss = SoftmaxCrossEntropy::default();
    /// assert_eq!(loss.hessian(&[0.0, 0.0], Target::Label(0))?, [0.25, -0.25, -0.25, 0.25]);
    /// # Ok::<(), discrepancy::Error>(())
    /// ```
    pub fn hessian(&self, row: &[f64], target: Target<'_>) -> Result<Vec<f64>> {
        check_target(Self::ENTRY.name, row.len(), target, f64::EPSILON)?;
        let classes = row.len();
        let mut row = deepening!(f64::EPSILON, |R| self.prepare::<R>(row, target, f64::EPSILON));
        let one = |k: usize| {
            let (i, j) = (k / classes, k % classes);
            settled!(row, |(shares, pull)| self.curvature(shares, pull, (i, j), 1.0, false))
        };
        (0..classes * classes).map(one).collect()
    }

    /// The Hessian times a vector, without the matrix.
    ///
    /// ```
    /// use discrepancy::rows::{SoftmaxCrossEntropy, Target};
    /// let loss = SoftmaxCrossEntropy::default();
    /// assert_eq!(loss.hessian_product(&[0.0, 0.0], Target::Label(0), &[2.0, 0.0])?, [0.5, -0.5]);
    /// # Ok::<(), discrepancy::Error>(())
    /// ```
    pub fn hessian_product(&self, row: &[f64], target: Target<'_>, v: &[f64]) -> Result<Vec<f64>> {
        check_length(Self::ENTRY.name, "v", v.len(), row.len())?;
        check_target(Self::ENTRY.name, row.len(), target, f64::EPSILON)?;
        let epsilon = f64::EPSILON;
        let mut parts = deepening!(epsilon, |R| {
            let (shares, pull) = self.prepare::<R>(row, target, epsilon)?;
            let numbers = jacobian::numbers::<Centred, R>(&shares, v);
            Ok((shares, pull, numbers))
        });
        let one = |j: usize| {
            settled!(parts, |(shares, pull, numbers)| self.curvature_product(shares, pull, numbers, v, j))
        };
        (0..v.len()).map(one).collect()
    }

    /// Checks the row, and takes it and its target apart.
    fn prepare<R: Careful>(&self, row: &[f64], target: Target<'_>, epsilon: f64) -> Result<Prepared<R>> {
        check_target(Self::ENTRY.name, row.len(), target, epsilon)?;
        let shares = Shares::new(Self::ENTRY.name, row, self.temperature)?;
        let pull = self.pulls(Self::ENTRY.name, &shares, target)?;
        Ok((shares, pull))
    }
    fn answered<R: Careful>(&self, row: &[f64], label: usize) -> Result<(Shares<R>, Answer<R>)> {
        check_classes(Self::ENTRY.name, "class_weight", self.class_weight.len(), row.len())?;
        let shares = Shares::new(Self::ENTRY.name, row, self.temperature)?;
        let answer = self.answer(shares.labelled(label), R::of(self.weight_of(label)));
        Ok((shares, answer))
    }
    fn evaluate_label(&self, row: &[f64], label: usize, epsilon: f64, gradient: Option<&mut [f64]>) -> Result<f64> {
        check_target(Self::ENTRY.name, row.len(), Target::Label(label), epsilon)?;
        let mut parts = deepening!(epsilon, |R| self.answered::<R>(row, label));
        if let Some(gradient) = gradient {
            check_length(Self::ENTRY.name, "gradient", gradient.len(), row.len())?;
            for (j, slot) in gradient.iter_mut().enumerate() {
                *slot = settled!(parts, |(shares, answer)| answer.slope(shares, label, j))?;
            }
        }
        settled!(parts, |(_, answer)| answer.value)
    }
    /// The target as it enters the formula.
    pub(crate) fn pulls<R: Careful>(&self, function: &str, shares: &Shares<R>, target: Target<'_>) -> Result<Pull<R>> {
        let classes = shares.classes();
        check_classes(function, "class_weight", self.class_weight.len(), classes)?;
        if self.label_smoothing > 0.0 && self.smoothing_over == SmoothingOver::Others && classes < 2 {
            let allowed = "at least two classes, to smooth over the others";
            return Err(Error::new(ErrorKind::Shape, function, "prediction", allowed).value(classes));
        }
        let weight = |j: usize| self.class_weight.get(j).map(|w| R::of(*w));
        let own = (0..classes).map(|j| self.pull(R::of(target.probability(j)), weight(j), classes));
        let own: Vec<R> = own.collect();
        let mut miss = R::of(0.0);
        for (j, y) in own.iter().enumerate() {
            if j != shares.top {
                miss = miss + *y;
            }
        }
        let mut surprise = R::of(0.0);
        for (j, y) in own.iter().enumerate().filter(|(_, y)| !y.is_zero()) {
            surprise = surprise + shares.surprise(j) * *y;
        }
        let total = miss + own[shares.top];
        let answer = self.answer_to_pulls(Spread {
            surprise,
            own: own[shares.top],
            miss,
            pulled: total,
            rest: shares.rest,
            total: shares.total,
            logsumexp: shares.logsumexp(),
        });
        Ok(Pull { own, miss, total, answer })
    }

    /// The value of a row that is taken apart.
    pub(crate) fn value_of<R: Careful>(pull: &Pull<R>) -> R {
        pull.answer.value
    }

    /// The derivative with respect to score j, before rounding.
    pub(crate) fn slope_of<R: Careful>(shares: &Shares<R>, pull: &Pull<R>, j: usize) -> R {
        if j == shares.top { pull.answer.top } else { pull.answer.slope(shares.weight[j], pull.own[j]) }
    }

    /// `p_j Σy - y_j`, where the difference is taken before the division, where it is most exact.
    fn residual<R: Careful>(shares: &Shares<R>, pull: &Pull<R>, j: usize) -> R {
        let y = pull.own[j];
        let numerator = if j == shares.top {
            pull.miss - y * shares.rest
        } else {
            shares.weight[j] * pull.total - y * shares.total
        };
        numerator / shares.total
    }

    /// An entry of the second derivatives, `factor` times.
    fn curvature<R: Careful>(
        &self,
        shares: &Shares<R>,
        pull: &Pull<R>,
        (i, j): (usize, usize),
        factor: f64,
        gauss_newton: bool,
    ) -> R {
        let (p, q) = (shares.probability(i), shares.probability(j));
        let softmax = if i == j { p * shares.complement(i) } else { -(p * q) };
        let mut sum = self.own_factor(shares, pull, gauss_newton) * softmax;
        if self.z_loss != 0.0 {
            sum = sum + p * q * self.z_loss * 2.0;
        }
        self.per_square(sum * factor)
    }

    fn curvature_product<R: Careful>(
        &self,
        shares: &Shares<R>,
        pull: &Pull<R>,
        numbers: &jacobian::Numbers<R>,
        v: &[f64],
        j: usize,
    ) -> R {
        let product = jacobian::at::<Centred, R>(shares, numbers, v, j);
        let mut sum = self.own_factor(shares, pull, false) * product;
        if self.z_loss != 0.0 {
            // The mean of v.
            sum = sum + (numbers.number + v[shares.top]) * shares.probability(j) * self.z_loss * 2.0;
        }
        self.per_square(sum)
    }

    /// The factor of `diag(p) - p pᵀ`.
    fn own_factor<R: Careful>(&self, shares: &Shares<R>, pull: &Pull<R>, gauss_newton: bool) -> R {
        if self.z_loss == 0.0 || gauss_newton {
            return pull.total;
        }
        pull.total + shares.logsumexp() * self.z_loss * 2.0
    }

    /// Over T².
    fn per_square<R: Careful>(&self, x: R) -> R {
        x.over_number(self.temperature).over_number(self.temperature)
    }
}

impl LabelFormula for SoftmaxCrossEntropy {
    fn temperature(&self) -> f64 {
        self.temperature
    }
    fn class_weights(&self) -> &[f64] {
        &self.class_weight
    }
    #[inline(always)]
    fn answer<R: Real>(&self, row: Labelled<R>, class_weight: R) -> Answer<R> {
        let (mut value, mut own) = (row.surprise.weighted(class_weight), -(row.others * class_weight));
        let mut other = class_weight;
        if self.z_loss != 0.0 {
            let drift = row.logsumexp * self.z_loss;
            value = value + row.logsumexp * drift;
            own = own + row.weight * drift * 2.0;
            other = other + drift * 2.0;
        }
        let mut share = row.total.lit(1.0) / row.total;
        if self.temperature != 1.0 {
            share = share / self.temperature;
        }
        Answer { value, own: own * share, other: other * share }
    }
}

impl SpreadFormula for SoftmaxCrossEntropy {
    fn temperature(&self) -> f64 {
        self.temperature
    }
    fn class_weights(&self) -> &[f64] {
        &self.class_weight
    }
    fn takes(&self, classes: usize) -> bool {
        let smooths = self.label_smoothing == 0.0 || self.smoothing_over == SmoothingOver::All || classes > 1;
        smooths && [0, classes].contains(&self.class_weight.len()) && all_near(&self.class_weight)
    }
    #[inline(always)]
    fn pull<R: Real>(&self, probability: R, class_weight: Option<R>, classes: usize) -> R {
        let mut y = probability;
        if self.label_smoothing > 0.0 {
            let keep = y * (y.lit(1.0) - self.label_smoothing);
            let share = y.lit(self.label_smoothing);
            y = match self.smoothing_over {
                SmoothingOver::All => keep + share / classes as f64,
                SmoothingOver::Others => keep + (y.lit(1.0) - y) * share / (classes - 1) as f64,
            };
        }
        if let Some(w) = class_weight { y * w } else { y }
    }
    #[inline(always)]
    fn answer_to_pulls<R: Real>(&self, row: Spread<R>) -> SpreadAnswer<R> {
        // p_j Σy - y_j; of the largest score, whose w is 1, without what cancels for certain.
        let (mut value, mut force, mut top) = (row.surprise, row.pulled, row.miss - row.own * row.rest);
        if self.z_loss != 0.0 {
            let drift = row.logsumexp * self.z_loss;
            value = value + row.logsumexp * drift;
            (force, top) = (force + drift * 2.0, top + drift * 2.0);
        }
        let mut by_pull = row.total.lit(1.0);
        let mut share = by_pull / row.total;
        if self.temperature != 1.0 {
            (by_pull, share) = (by_pull / self.temperature, share / self.temperature);
        }
        SpreadAnswer { value, top: top * share, by_weight: force * share, by_pull }
    }
}

impl RowLoss for SoftmaxCrossEntropy {
    crate::identity!();
    fn evaluate(
        &self,
        row: &[f64],
        target: Target<'_>,
        epsilon: f64,
        gradient: Option<&mut [f64]>,
    ) -> Result<f64> {
        if let (Target::Label(label), 0.0) = (target, self.label_smoothing) {
            return self.evaluate_label(row, label, epsilon, gradient);
        }
        let mut parts = deepening!(epsilon, |R| self.prepare::<R>(row, target, epsilon));
        if let Some(gradient) = gradient {
            check_length(Self::ENTRY.name, "gradient", gradient.len(), row.len())?;
            for (j, slot) in gradient.iter_mut().enumerate() {
                *slot = settled!(parts, |(shares, pull)| Self::slope_of(shares, pull, j))?;
            }
        }
        settled!(parts, |(_, pull)| Self::value_of(pull))
    }
    fn hessian_diagonal(
        &self,
        row: &[f64],
        target: Target<'_>,
        epsilon: f64,
        kind: HessianKind,
    ) -> Result<Vec<f64>> {
        let mut parts = deepening!(epsilon, |R| self.prepare::<R>(row, target, epsilon));
        check_target(Self::ENTRY.name, row.len(), target, epsilon)?;
        let factor = if kind == HessianKind::Majorizer { 2.0 } else { 1.0 };
        let gauss_newton = kind == HessianKind::GaussNewton;
        let one = |j: usize| match kind {
            HessianKind::Absolute => {
                settled!(parts, |(shares, pull)| Self::residual(shares, pull, j)).map(f64::abs)
            }
            _ => settled!(
                parts,
                |(shares, pull)| self.curvature(shares, pull, (j, j), factor, gauss_newton)
            ),
        };
        (0..row.len()).map(one).collect()
    }
    fn truth(&self, row: &[f64], target: Target<'_>, epsilon: f64) -> Result<[Vec<Long>; 3]> {
        let (shares, pull) = self.prepare::<Long>(row, target, epsilon)?;
        let gradient = (0..row.len()).map(|j| Self::slope_of(&shares, &pull, j)).collect();
        let hessian = (0..row.len()).map(|j| self.curvature(&shares, &pull, (j, j), 1.0, false)).collect();
        Ok([vec![Self::value_of(&pull)], gradient, hessian])
    }
    fn labelled(&self) -> Option<&dyn LabelledLoss> {
        // A smoothed label is a row of probabilities.
        (self.label_smoothing == 0.0).then_some(self)
    }
    fn spread(&self) -> Option<&dyn SpreadLoss> {
        Some(self)
    }
    fn logsumexp(&self, row: &[f64], epsilon: f64) -> Result<f64> {
        let mut shares = deepening!(epsilon, |R| Shares::<R>::new(Self::ENTRY.name, row, self.temperature));
        settled!(shares, |shares| shares.logsumexp())
    }
    fn scaled_by(&self, power: i32, target: Target<'_>) -> Option<Box<dyn RowLoss>> {
        let alone = matches!(target, Target::Label(_)) && self.label_smoothing == 0.0;
        let class_weight = scaled_weights(&self.class_weight, power, alone)?;
        Some(Box::new(SoftmaxCrossEntropy { class_weight, z_loss: scaled(self.z_loss, power), ..self.clone() }))
    }
    fn weight(&self, target: Target<'_>) -> f64 {
        if self.class_weight.is_empty() {
            return 1.0;
        }
        let weight = |j: usize| self.class_weight.get(j).copied().unwrap_or(1.0);
        match target {
            Target::Label(label) => weight(label),
            Target::Probabilities(y) => {
                let terms = y.iter().enumerate().map(|(j, y)| Twofold::product(*y, weight(j)));
                terms.fold(Twofold::from(0.0), |sum, term| sum + term).round_to_machine()
            }
        }
    }
}
