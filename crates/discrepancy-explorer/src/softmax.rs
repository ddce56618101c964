//! Softmax and cross entropy on top, with all that lies between logits and gradient.

use crate::number::{Number, floats, numbers};
use discrepancy::catalog::{Measure, find};
use discrepancy::rows::log_softmax::LogSoftmax;
use discrepancy::rows::softmax::Softmax;
use discrepancy::rows::{HessianKind, Product, RowMap, Target};
use discrepancy::{Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};

/// As many classes as the page has bars for.
const MOST_CLASSES: usize = 64;

#[derive(Deserialize)]
pub(crate) struct Question {
    logits: Vec<Number>,
    /// A probability for each class.
    target: Vec<Number>,
    temperature: Number,
    smoothing: Number,
    /// Of the focal loss beside it.
    gamma: Number,
}

#[derive(Serialize)]
pub(crate) struct Answered {
    probabilities: Vec<Number>,
    log_probabilities: Vec<Number>,
    /// The target after smoothing.
    target: Vec<Number>,
    /// `∂p_i/∂z_j`, row by row.
    jacobian: Vec<Vec<Number>>,
    loss: Number,
    gradient: Vec<Number>,
    hessian: Vec<Number>,
    logsumexp: Number,
    /// `∂l/∂p_i`, by the cross entropy of probabilities.
    by_probability: Vec<Number>,
    /// `∂l/∂p_i · ∂p_i/∂z_j` in row j: the terms of the chain rule.
    terms: Vec<Vec<Number>>,
    /// Value and gradient of the focal loss, where the target is one class.
    focal: Option<(Number, Vec<Number>)>,
}

impl Question {
    pub(crate) fn answer(&self) -> Result<Answered> {
        let (logits, target) = (floats(&self.logits), floats(&self.target));
        let (n, temperature) = (logits.len(), self.temperature.0);
        if n > MOST_CLASSES {
            return Err(Error::new(ErrorKind::Shape, "softmax", "logits", format!("up to {MOST_CLASSES}")).value(n));
        }
        let softmax = Softmax::new(temperature)?;
        let mut p = vec![0.0; n];
        softmax.apply(&logits, &mut p)?;
        let mut log_p = vec![0.0; n];
        LogSoftmax::new(temperature)?.apply(&logits, &mut log_p)?;
        // Column by column; the matrix is symmetric.
        let mut jacobian: Vec<Vec<f64>> = Vec::new();
        for j in 0..n {
            let unit: Vec<f64> = (0..n).map(|i| if i == j { 1.0 } else { 0.0 }).collect();
            let mut column = vec![0.0; n];
            softmax.product(Product::JacobianVector, &logits, &unit, f64::EPSILON, &mut column)?;
            jacobian.push(column);
        }
        let Measure::Row(loss) =
            find(&format!("softmax_cross_entropy:temperature={temperature},label_smoothing={}", self.smoothing.0))?
        else {
            unreachable!("it is a loss of rows")
        };
        let soft = Target::Probabilities(&target);
        let mut gradient = vec![0.0; n];
        let value = loss.value_and_gradient(&logits, soft, &mut gradient)?;
        let hessian = loss.hessian_diagonal(&logits, soft, f64::EPSILON, HessianKind::Exact)?;
        // The gradient is (p - y') / T: what the target became is read off it.
        let smoothed = if self.smoothing.0 == 0.0 {
            target.clone()
        } else {
            p.iter().zip(&gradient).map(|(p, g)| p - g * temperature).collect()
        };
        let Measure::Row(of_probabilities) = find("cross_entropy")? else { unreachable!("it is a loss of rows") };
        let mut by_probability = vec![0.0; n];
        of_probabilities.value_and_gradient(&p, Target::Probabilities(&smoothed), &mut by_probability)?;
        let term =
            |column: &Vec<f64>| column.iter().zip(&by_probability).map(|(slope, by)| Number(slope * by)).collect();
        Ok(Answered {
            terms: jacobian.iter().map(term).collect(),
            by_probability: numbers(&by_probability),
            probabilities: numbers(&p),
            log_probabilities: numbers(&log_p),
            target: numbers(&smoothed),
            jacobian: jacobian.iter().map(|column| numbers(column)).collect(),
            loss: Number(value),
            gradient: numbers(&gradient),
            hessian: numbers(&hessian),
            logsumexp: Number(loss.logsumexp(&logits, f64::EPSILON)?),
            focal: self.focal(&logits, &target)?,
        })
    }

    fn focal(&self, logits: &[f64], target: &[f64]) -> Result<Option<(Number, Vec<Number>)>> {
        let Some(class) = target.iter().position(|y| *y == 1.0) else {
            return Ok(None);
        };
        let Measure::Row(focal) = find(&format!("softmax_focal:gamma={}", self.gamma.0))? else {
            unreachable!("it is a loss of rows")
        };
        let mut gradient = vec![0.0; logits.len()];
        let value = focal.value_and_gradient(logits, Target::Label(class), &mut gradient)?;
        Ok(Some((Number(value), numbers(&gradient))))
    }
}
