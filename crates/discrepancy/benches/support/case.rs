//! An entry of any kind at a shape: its inputs, room for its results, and one call that fills it.

use super::data::Sequence;
use discrepancy::batch::{Element, Evaluation, PairEvaluation, PairResults, Reduction, RowEvaluation};
use discrepancy::catalog::{DataDomain, Measure, Property};
use discrepancy::distances::PairFunction;
use discrepancy::losses::PointwiseLoss;
use discrepancy::rows::{RowLoss, RowTargets};
use discrepancy::samples::SampleStatistic;

/// What is asked of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// The value of each row.
    Value,
    /// The same, and the gradient.
    Gradient,
    /// The same, and the second derivative.
    Hessian,
    /// The mean of the values.
    Mean,
    /// The mean of the values, and its gradient: a training step.
    Step,
}

/// What a command calls them.
pub const OUTPUTS: [(&str, Output); 5] = [
    ("value", Output::Value),
    ("gradient", Output::Gradient),
    ("hessian", Output::Hessian),
    ("mean", Output::Mean),
    ("step", Output::Step),
];

/// Storage types that are measured.
pub const TYPES: [&str; 2] = ["f32", "f64"];

/// `10000000`; rows and columns, `4096x32000`; rows, rows and columns, `2000x2000x128`.
pub type Shape = Vec<usize>;

/// An entry with its inputs.
pub trait Case {
    /// The outputs it has.
    fn outputs(&self) -> Vec<Output>;
    /// The bytes that an output must read and write once.
    fn bytes(&self, output: Output) -> usize;
    /// Computes it. The buffers of the caller are used again where the library can.
    fn run(&mut self, output: Output);
    /// The mean of the values that the last run left.
    fn mean(&self) -> f64;
    /// Gives back what the last run allocated, so that it is not part of the next one's time.
    fn forget(&mut self) {}
    /// The inputs as raw bytes, for others to compute the same.
    fn inputs(&self) -> Vec<Vec<u8>>;
}

/// What targets of classes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Targets {
    /// Classes: 0 or 1, or a label for each row.
    Hard,
    /// Probabilities: uniform in [0, 1], or a row of them for each row.
    Soft,
}

/// Whether an entry takes soft targets beside hard ones.
pub fn takes_soft(measure: &Measure) -> bool {
    match measure {
        Measure::Pointwise(loss) => loss.entry().target == DataDomain::UNIT,
        Measure::Row(loss) => loss.labelled().is_some(),
        _ => false,
    }
}

/// The entry at a shape, with inputs of a storage type.
pub fn case(measure: Measure, shape: &[usize], dtype: &str, targets: Targets) -> Result<Box<dyn Case>, String> {
    match dtype {
        "f32" => typed::<f32>(measure, shape, targets),
        "f64" => typed::<f64>(measure, shape, targets),
        other => Err(format!("no measurement of {other}")),
    }
}

fn typed<E: Element>(measure: Measure, shape: &[usize], targets: Targets) -> Result<Box<dyn Case>, String> {
    match (measure, shape) {
        (Measure::Pointwise(loss), [count]) => Ok(Box::new(Pointwise::<E>::new(loss, *count, targets))),
        (Measure::Row(loss), [rows, classes]) => Ok(Box::new(Rows::<E>::new(loss, *rows, *classes, targets))),
        (Measure::Pair(metric), [rows, width]) => Ok(Box::new(Pairs::<E>::new(metric, *rows, *rows, *width, false))),
        (Measure::Pair(metric), [a, b, width]) => Ok(Box::new(Pairs::<E>::new(metric, *a, *b, *width, true))),
        (Measure::Sample(statistic), [rows, width]) => Ok(Box::new(Samples::new::<E>(statistic, *rows, *width))),
        (measure, shape) => Err(format!("no measurement of {measure:?} at {shape:?}")),
    }
}

fn raw<E: Element>(numbers: &[E]) -> Vec<u8> {
    let wide = numbers.iter().map(|x| x.widen());
    if size_of::<E>() == 4 {
        wide.flat_map(|x| (x as f32).to_le_bytes()).collect()
    } else {
        wide.flat_map(f64::to_le_bytes).collect()
    }
}

fn average<E: Element>(values: &[E]) -> f64 {
    values.iter().map(|x| x.widen()).sum::<f64>() / values.len() as f64
}

/// Only what can be has gradients.
fn differentiable(not: bool, outputs: &[Output]) -> Vec<Output> {
    outputs.iter().copied().filter(|output| !not || matches!(output, Output::Value | Output::Mean)).collect()
}

struct Pointwise<E> {
    loss: Box<dyn PointwiseLoss>,
    prediction: Vec<E>,
    target: Vec<E>,
    value: Vec<E>,
    gradient: Vec<E>,
    hessian: Vec<E>,
    reduced: Option<f64>,
}

impl<E: Element> Pointwise<E> {
    fn new(loss: Box<dyn PointwiseLoss>, count: usize, targets: Targets) -> Self {
        let entry = loss.entry();
        let prediction = Sequence(1).column(&entry.prediction, count, 1);
        // Targets of classes, where a fraction is allowed too.
        let hard = entry.target == DataDomain::UNIT && targets == Targets::Hard;
        let domain = if hard { DataDomain::Binary } else { entry.target };
        let target = Sequence(2).column(&domain, count, 1);
        let room = || vec![E::default(); count];
        Pointwise { loss, prediction, target, value: room(), gradient: room(), hessian: Vec::new(), reduced: None }
    }
}

impl<E: Element> Case for Pointwise<E> {
    fn outputs(&self) -> Vec<Output> {
        differentiable(!self.loss.differentiable(), &OUTPUTS.map(|(_, output)| output))
    }
    fn bytes(&self, output: Output) -> usize {
        let arrays = match output {
            Output::Mean => 2,
            Output::Value | Output::Step => 3,
            Output::Gradient => 4,
            Output::Hessian => 5,
        };
        arrays * size_of_val(&self.prediction[..])
    }
    fn run(&mut self, output: Output) {
        let batch = Evaluation::new(&*self.loss, &self.prediction, &self.target).unwrap();
        self.reduced = None;
        match output {
            Output::Value => batch.values_into(&mut self.value).unwrap(),
            Output::Gradient => batch.value_and_gradient_into(&mut self.value, &mut self.gradient).unwrap(),
            Output::Hessian => {
                self.hessian.resize(self.value.len(), E::default());
                let (value, gradient, hessian) = (&mut self.value, &mut self.gradient, &mut self.hessian);
                batch.value_gradient_hessian_into(value, gradient, hessian).unwrap();
            }
            Output::Mean => self.reduced = Some(batch.mean().unwrap()),
            Output::Step => {
                self.reduced = Some(batch.reduce_and_gradient_into(Reduction::Mean, &mut self.gradient).unwrap());
            }
        }
    }
    fn mean(&self) -> f64 {
        self.reduced.unwrap_or_else(|| average(&self.value))
    }
    fn inputs(&self) -> Vec<Vec<u8>> {
        vec![raw(&self.prediction), raw(&self.target)]
    }
}

/// Rows of scores, a label for each, or a row of probabilities.
struct Rows<E> {
    loss: Box<dyn RowLoss>,
    classes: usize,
    scores: Vec<E>,
    labels: Vec<i64>,
    /// Empty where there are labels.
    probabilities: Vec<E>,
    value: Vec<E>,
    gradient: Vec<E>,
    reduced: Option<f64>,
}

impl<E: Element> Rows<E> {
    fn new(loss: Box<dyn RowLoss>, rows: usize, classes: usize, targets: Targets) -> Self {
        let scores = Sequence(1).column(&loss.entry().prediction, rows * classes, classes);
        let (labels, probabilities) = match targets {
            Targets::Hard => (Sequence(2).labels(rows, classes), Vec::new()),
            Targets::Soft => (Vec::new(), Sequence(2).column(&DataDomain::Probabilities, rows * classes, classes)),
        };
        let (value, gradient) = (vec![E::default(); rows], vec![E::default(); rows * classes]);
        Rows { loss, classes, scores, labels, probabilities, value, gradient, reduced: None }
    }
}

impl<E: Element> Case for Rows<E> {
    fn outputs(&self) -> Vec<Output> {
        let outputs = [Output::Value, Output::Gradient, Output::Mean, Output::Step];
        differentiable(self.loss.entry().is(Property::NotDifferentiable), &outputs)
    }
    fn bytes(&self, output: Output) -> usize {
        let matrix = size_of_val(&self.scores[..]);
        let targets = size_of_val(&self.labels[..]) + size_of_val(&self.probabilities[..]);
        let value = size_of_val(&self.value[..]);
        targets
            + match output {
                Output::Mean => matrix,
                Output::Value => matrix + value,
                Output::Step => 2 * matrix,
                Output::Gradient | Output::Hessian => 2 * matrix + value,
            }
    }
    fn run(&mut self, output: Output) {
        let targets = if self.probabilities.is_empty() {
            RowTargets::labels(&self.labels)
        } else {
            RowTargets::Probabilities(&self.probabilities)
        };
        let batch = RowEvaluation::new(&*self.loss, &self.scores, self.classes, targets).unwrap();
        self.reduced = None;
        match output {
            Output::Value => batch.values_into(&mut self.value).unwrap(),
            Output::Gradient | Output::Hessian => {
                batch.value_and_gradient_into(&mut self.value, &mut self.gradient).unwrap();
            }
            Output::Mean => self.reduced = Some(batch.mean().unwrap()),
            Output::Step => {
                self.reduced = Some(batch.reduce_and_gradient_into(Reduction::Mean, &mut self.gradient).unwrap());
            }
        }
    }
    fn mean(&self) -> f64 {
        self.reduced.unwrap_or_else(|| average(&self.value))
    }
    fn inputs(&self) -> Vec<Vec<u8>> {
        let labels = self.labels.iter().flat_map(|label| label.to_le_bytes()).collect();
        vec![raw(&self.scores), if self.probabilities.is_empty() { labels } else { raw(&self.probabilities) }]
    }
}

/// Two matrices of rows: row against row, or all against all.
struct Pairs<E> {
    metric: Box<dyn PairFunction>,
    all: bool,
    width: usize,
    a: Vec<E>,
    b: Vec<E>,
    results: PairResults<E>,
}

impl<E: Element> Pairs<E> {
    fn new(metric: Box<dyn PairFunction>, a: usize, b: usize, width: usize, all: bool) -> Self {
        let entry = metric.entry();
        let (a, b) = (
            Sequence(1).column(&entry.prediction, a * width, width),
            Sequence(2).column(&entry.target, b * width, width),
        );
        Pairs { metric, all, width, a, b, results: PairResults::default() }
    }
}

impl<E: Element> Case for Pairs<E> {
    fn outputs(&self) -> Vec<Output> {
        let outputs: &[Output] = if self.all { &[Output::Value] } else { &[Output::Value, Output::Gradient] };
        differentiable(self.metric.entry().is(Property::NotDifferentiable), outputs)
    }
    fn bytes(&self, output: Output) -> usize {
        let (rows_a, rows_b) = (self.a.len() / self.width, self.b.len() / self.width);
        let values = size_of::<E>() * if self.all { rows_a * rows_b } else { rows_a };
        let inputs = size_of_val(&self.a[..]) + size_of_val(&self.b[..]);
        values + inputs * if output == Output::Gradient { 2 } else { 1 }
    }
    fn run(&mut self, output: Output) {
        let pairs = PairEvaluation::new(&*self.metric, &self.a, &self.b, self.width).unwrap();
        match output {
            Output::Gradient => {
                let PairResults { value, gradient_a, gradient_b } = &mut self.results;
                value.resize(self.a.len() / self.width, E::default());
                gradient_a.resize(self.a.len(), E::default());
                gradient_b.resize(self.a.len(), E::default());
                pairs.rowwise_with_gradients_into(value, gradient_a, gradient_b).unwrap();
            }
            _ if self.all => self.results.value = pairs.matrix().unwrap(),
            _ => self.results.value = pairs.rowwise().unwrap(),
        }
    }
    fn mean(&self) -> f64 {
        average(&self.results.value)
    }
    fn forget(&mut self) {
        // Gradients go to the same memory each time.
        self.results.value = Vec::new();
    }
    fn inputs(&self) -> Vec<Vec<u8>> {
        vec![raw(&self.a), raw(&self.b)]
    }
}

/// Two samples of as many rows.
struct Samples {
    statistic: Box<dyn SampleStatistic>,
    width: usize,
    size: usize,
    x: Vec<f64>,
    y: Vec<f64>,
    value: f64,
}

impl Samples {
    fn new<E: Element>(statistic: Box<dyn SampleStatistic>, rows: usize, width: usize) -> Self {
        let mut sequence = Sequence(1);
        // Statistics of samples take `f64`; the numbers are those of the type.
        let mut sample =
            || sequence.column::<E>(&DataDomain::UNIT, rows * width, width).iter().map(|x| x.widen()).collect();
        let (x, y) = (sample(), sample());
        Samples { statistic, width, size: size_of::<E>(), x, y, value: f64::NAN }
    }
}

impl Case for Samples {
    fn outputs(&self) -> Vec<Output> {
        vec![Output::Value]
    }
    fn bytes(&self, _: Output) -> usize {
        (self.x.len() + self.y.len()) * self.size
    }
    fn run(&mut self, _: Output) {
        self.value = self.statistic.value(&self.x, &self.y, self.width).unwrap();
    }
    fn mean(&self) -> f64 {
        self.value
    }
    fn inputs(&self) -> Vec<Vec<u8>> {
        let raw = |sample: &Vec<f64>| {
            if self.size == 4 { raw(&sample.iter().map(|x| *x as f32).collect::<Vec<_>>()) } else { raw(sample) }
        };
        vec![raw(&self.x), raw(&self.y)]
    }
}
