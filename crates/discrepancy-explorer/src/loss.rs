//! A pointwise loss: its curve, and all there is to say about one point.

use crate::catalogue::{coupling, pointwise};
use crate::number::{Number, numbers};
use discrepancy::catalog::DataDomain;
use discrepancy::losses::{Coupling, PointwiseLoss};
use discrepancy::{Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};

/// More steps than any screen has pixels.
const MOST_STEPS: usize = 4096;

/// Value, gradient and Hessian over a range of predictions.
#[derive(Deserialize)]
pub(crate) struct Curve {
    spec: String,
    target: Number,
    low: Number,
    high: Number,
    steps: usize,
}

#[derive(Serialize)]
pub(crate) struct Curved {
    /// The spec without what is a default.
    spec: String,
    coupling: &'static str,
    differentiable: bool,
    /// Value, derivative and second derivative in TeX, with the values of the parameters and the target in it.
    trace: [String; 3],
    /// Runs between kinks.
    runs: Vec<Run>,
    /// What holds at the kinks themselves.
    kinks: Vec<Dot>,
}

#[derive(Serialize)]
struct Run {
    x: Vec<Number>,
    value: Vec<Number>,
    gradient: Vec<Number>,
    hessian: Vec<Number>,
}

#[derive(Serialize)]
struct Dot {
    x: Number,
    at: [Number; 3],
}

/// Whether a target is in the loss's domain.
fn check_target(loss: &dyn PointwiseLoss, target: f64) -> Result<()> {
    check(loss, "target", &loss.entry().target, target)
}

fn check(loss: &dyn PointwiseLoss, argument: &str, domain: &DataDomain, x: f64) -> Result<()> {
    if domain.contains(x) {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Domain, loss.entry().name, argument, domain.to_string()).value(x))
}

/// Value, gradient and Hessian; NaN outside the domain.
fn at(loss: &dyn PointwiseLoss, prediction: f64, target: f64) -> [f64; 3] {
    if loss.entry().prediction.contains(prediction) { loss.at(prediction, target) } else { [f64::NAN; 3] }
}

impl Curve {
    pub(crate) fn answer(&self) -> Result<Curved> {
        let loss = pointwise(&self.spec)?;
        let (loss, target, low, high) = (loss.as_ref(), self.target.0, self.low.0, self.high.0);
        check_target(loss, target)?;
        if !(low < high && low.is_finite() && high.is_finite() && (1..=MOST_STEPS).contains(&self.steps)) {
            let allowed = format!("finite numbers that increase, in up to {MOST_STEPS} steps");
            return Err(Error::new(ErrorKind::Domain, loss.entry().name, "range", allowed));
        }
        let mut kinks: Vec<f64> = loss.kinks().into_iter().map(|u| prediction_of(loss.coupling(), u, target)).collect();
        kinks.retain(|kink| (low..=high).contains(kink));
        kinks.sort_by(f64::total_cmp);
        let step = |k: usize| low + (high - low) * (k as f64 / self.steps as f64);
        let mut runs = Vec::new();
        let mut start = low;
        for end in kinks.iter().map(|kink| kink.next_down()).chain([high]) {
            let inner = (0..=self.steps).map(step).filter(|x| start < *x && *x < end);
            let x: Vec<f64> = [start].into_iter().chain(inner).chain([end]).collect();
            if start <= end {
                runs.push(run(loss, &x, target));
            }
            start = end.next_up().next_up();
        }
        let dots = kinks.iter().map(|kink| Dot { x: Number(*kink), at: at(loss, *kink, target).map(Number) }).collect();
        Ok(Curved {
            spec: loss.spec(),
            coupling: coupling(loss),
            differentiable: loss.differentiable(),
            trace: loss.trace(Some(target)),
            runs,
            kinks: dots,
        })
    }
}

fn run(loss: &dyn PointwiseLoss, x: &[f64], target: f64) -> Run {
    let points: Vec<[f64; 3]> = x.iter().map(|x| at(loss, *x, target)).collect();
    let column = |order: usize| points.iter().map(|point| Number(point[order])).collect();
    Run { x: numbers(x), value: column(0), gradient: column(1), hessian: column(2) }
}

/// The prediction at which residual, margin or prediction is `u`.
fn prediction_of(coupling: Coupling, u: f64, target: f64) -> f64 {
    match coupling {
        Coupling::Residual => u + target,
        // Targets are signs.
        Coupling::Margin => u * target,
        Coupling::Pair => u,
    }
}

/// One prediction and one target.
#[derive(Deserialize)]
pub(crate) struct Point {
    spec: String,
    prediction: Number,
    target: Number,
}

#[derive(Serialize)]
pub(crate) struct Pointed {
    exact: [Number; 3],
    /// The same from `f32` inputs, rounded once to `f32`.
    single: [Number; 3],
    /// The formula as it stands in books, each step in `f32`.
    textbook: [Number; 3],
    /// The decimal digits that the textbook form is right to, up to the 7.2 that `f32` has.
    digits: [Number; 3],
}

impl Point {
    pub(crate) fn answer(&self) -> Result<Pointed> {
        let loss = pointwise(&self.spec)?;
        let (loss, x, y) = (loss.as_ref(), self.prediction.0, self.target.0);
        check_target(loss, y)?;
        check(loss, "prediction", &loss.entry().prediction, x)?;
        let (narrow_x, narrow_y) = (x as f32, y as f32);
        // Rounding the input may leave the domain.
        let narrow_fits =
            loss.entry().prediction.contains(narrow_x.into()) && loss.entry().target.contains(narrow_y.into());
        let wide = if narrow_fits { loss.at(narrow_x.into(), narrow_y.into()) } else { [f64::NAN; 3] };
        let mut textbook = if narrow_fits { loss.textbook(narrow_x, narrow_y) } else { [f32::NAN; 3] };
        if !loss.differentiable() {
            textbook[1] = f32::NAN;
            textbook[2] = f32::NAN;
        }
        let digits = [0, 1, 2].map(|k| Number(digits(textbook[k].into(), wide[k])));
        Ok(Pointed {
            exact: loss.at(x, y).map(Number),
            single: wide.map(|x| Number(f64::from(x as f32))),
            textbook: textbook.map(|x| Number(x.into())),
            digits,
        })
    }
}

/// How many decimal digits of `found` are right.
fn digits(found: f64, truth: f64) -> f64 {
    let most = -libm::log10(f64::from(f32::EPSILON / 2.0));
    if truth.is_nan() {
        return f64::NAN;
    }
    if found == truth || found == f64::from(truth as f32) {
        return most;
    }
    if !found.is_finite() || !truth.is_finite() || truth == 0.0 {
        return 0.0;
    }
    (-libm::log10(((found - truth) / truth).abs())).clamp(0.0, most)
}
