//! Large-margin softmax: ψ(θ), and the pull on a row between two classes.

use crate::number::Number;
use discrepancy::Result;
use discrepancy::heads::{Head, HeadInput, LargeMarginSoftmax};
use discrepancy::rows::RowTargets;
use serde::{Deserialize, Serialize};
use std::f64::consts::PI;

#[derive(Deserialize)]
pub(crate) struct Question {
    margin: u32,
    lambda: Number,
    /// The angle between the row and its class, in radians.
    angle: Number,
    /// The angle between the two classes.
    between: Number,
    /// The length of the row.
    length: Number,
    steps: usize,
}

#[derive(Serialize)]
pub(crate) struct Answered {
    angle: Vec<Number>,
    psi: Vec<Number>,
    /// Where one cosine gives way to the next.
    knots: Vec<[Number; 2]>,
    /// ψ and the cosine at the angle.
    at: [Number; 2],
    /// The loss of the row between the two classes over its angle, and at it.
    loss: Vec<Number>,
    loss_at: Number,
    /// The same without a margin.
    plain_at: Number,
    /// The angle up to which a row is nearer to its class by the margin: where both classes are equally likely.
    boundary: Option<Number>,
}

impl Question {
    pub(crate) fn answer(&self) -> Result<Answered> {
        let head = LargeMarginSoftmax::new(self.margin, self.lambda.0)?;
        let plain = LargeMarginSoftmax::new(1_u32, 0.0)?;
        let steps = self.steps.clamp(8, 2048);
        let psi = |angle: f64| head.target_function(libm::cos(angle))[0];
        let loss = |head: &LargeMarginSoftmax, angle: f64| -> Result<f64> {
            let x = [self.length.0 * libm::cos(angle), self.length.0 * libm::sin(angle)];
            // The row's class points along the axis, the other one stands at its angle.
            let weights = [1.0, 0.0, libm::cos(self.between.0), libm::sin(self.between.0)];
            Ok(head.evaluate(HeadInput::new(&x, &weights, RowTargets::labels(&[0])))?.value[0])
        };
        let angles: Vec<f64> = (0..=steps).map(|k| PI * k as f64 / steps as f64).collect();
        let losses = angles.iter().map(|angle| loss(&head, *angle).map(Number)).collect::<Result<Vec<Number>>>()?;
        // The loss grows with the angle on the way to the other class.
        let (mut inside, mut outside) = (0.0, self.between.0);
        let even = |angle: f64| loss(&head, angle).map(|loss| loss < std::f64::consts::LN_2);
        let crossed = even(inside)? && !even(outside)?;
        for _ in 0..40 {
            let middle = 0.5 * (inside + outside);
            if even(middle)? { inside = middle } else { outside = middle }
        }
        Ok(Answered {
            boundary: crossed.then_some(Number(inside)),
            psi: angles.iter().map(|angle| Number(psi(*angle))).collect(),
            knots: (1..self.margin)
                .map(|k| PI * f64::from(k) / f64::from(self.margin))
                .map(|angle| [Number(angle), Number(psi(angle))])
                .collect(),
            at: [Number(psi(self.angle.0)), Number(plain.target_function(libm::cos(self.angle.0))[0])],
            angle: angles.into_iter().map(Number).collect(),
            loss: losses,
            loss_at: Number(loss(&head, self.angle.0)?),
            plain_at: Number(loss(&plain, self.angle.0)?),
        })
    }
}
