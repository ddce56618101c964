//! A line through points, the best under a loss of the residual.

use crate::catalogue::pointwise;
use crate::number::{Number, floats};
use discrepancy::catalog::DataDomain;
use discrepancy::losses::{Coupling, PointwiseLoss, Squared};
use discrepancy::sums::Moments;
use discrepancy::{Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};

/// As many points as are dragged by hand.
const MOST_POINTS: usize = 40;

#[derive(Deserialize)]
pub(crate) struct Question {
    x: Vec<Number>,
    y: Vec<Number>,
    specs: Vec<String>,
}

#[derive(Serialize)]
pub(crate) struct Line {
    spec: String,
    slope: Number,
    intercept: Number,
    /// The mean loss.
    mean: Number,
}

impl Question {
    pub(crate) fn answer(&self) -> Result<Vec<Line>> {
        let (x, y) = (floats(&self.x), floats(&self.y));
        let good = x.len() == y.len() && (2..=MOST_POINTS).contains(&x.len());
        if !good || x.iter().chain(&y).any(|x| !x.is_finite()) {
            let allowed = format!("2 to {MOST_POINTS} pairs of finite numbers");
            return Err(Error::new(ErrorKind::Shape, "explorer", "points", allowed));
        }
        let points = Points { x, y };
        self.specs.iter().map(|spec| points.fit(pointwise(spec)?.as_ref())).collect()
    }
}

struct Points {
    x: Vec<f64>,
    y: Vec<f64>,
}

impl Points {
    fn mean(&self, loss: &dyn PointwiseLoss, [slope, intercept]: [f64; 2]) -> f64 {
        let mut sum = Moments::new();
        for (x, y) in self.x.iter().zip(&self.y) {
            sum.push(loss.at(slope * x + intercept, *y)[0]);
        }
        sum.mean().unwrap_or(f64::INFINITY)
    }

    /// Losses with corners have their best line through corners above or below two of the points; smooth ones where Newton's steps end. Both are tried,
    /// and Newton starts from each of the best few, for losses that are not convex.
    fn fit(&self, loss: &dyn PointwiseLoss) -> Result<Line> {
        let any = loss.entry().prediction == DataDomain::Real && loss.entry().target == DataDomain::Real;
        if loss.coupling() != Coupling::Residual || !loss.differentiable() || !any {
            let allowed = "losses of a residual that may be any number, with a derivative";
            return Err(Error::new(ErrorKind::Unsupported, loss.entry().name, "spec", allowed));
        }
        let score = |line: [f64; 2]| (self.mean(loss, line), line);
        let mut found = vec![score(self.newton(&Squared::default(), [0.0, 0.0]))];
        // Where the loss has its corners, as residuals; smooth losses start from lines through points.
        let corners = Some(loss.kinks()).filter(|kinks| !kinks.is_empty()).unwrap_or_else(|| vec![0.0]);
        let places: Vec<(f64, f64)> =
            self.x.iter().zip(&self.y).flat_map(|(x, y)| corners.iter().map(move |corner| (*x, y + corner))).collect();
        for (i, one) in places.iter().enumerate() {
            for other in &places[..i] {
                let slope = (one.1 - other.1) / (one.0 - other.0);
                if slope.is_finite() {
                    found.push(score([slope, one.1 - slope * one.0]));
                }
            }
        }
        found.sort_by(|a, b| a.0.total_cmp(&b.0));
        let starts: Vec<[f64; 2]> = found.iter().take(3).map(|(_, line)| *line).collect();
        found.extend(starts.into_iter().map(|start| score(self.newton(loss, start))));
        let best = found.into_iter().min_by(|a, b| a.0.total_cmp(&b.0));
        let (mean, [slope, intercept]) = best.unwrap_or((f64::NAN, [f64::NAN; 2]));
        Ok(Line { spec: loss.spec(), slope: Number(slope), intercept: Number(intercept), mean: Number(mean) })
    }

    /// Newton's method with steps that are shortened until they go down.
    fn newton(&self, loss: &dyn PointwiseLoss, mut line: [f64; 2]) -> [f64; 2] {
        let mut value = self.mean(loss, line);
        for _ in 0..40 {
            let (mut g, mut h) = ([0.0; 2], [[0.0; 2]; 2]);
            for (x, y) in self.x.iter().zip(&self.y) {
                let [_, first, second] = loss.at(line[0] * x + line[1], *y);
                let (direction, second) = ([*x, 1.0], second.max(0.0));
                for a in 0..2 {
                    g[a] += first * direction[a];
                    (0..2).for_each(|b| h[a][b] += second * direction[a] * direction[b]);
                }
            }
            // Where curvature is missing, a little of it in all directions.
            let flat = h[0][0] * h[1][1] - h[0][1] * h[0][1] <= 1e-9 * h[0][0] * h[1][1];
            let ridge = if flat { 1e-6 * (1.0 + h[0][0] + h[1][1]) } else { 0.0 };
            let (a, b, c) = (h[0][0] + ridge, h[0][1], h[1][1] + ridge);
            let determinant = a * c - b * b;
            let step = [(c * g[0] - b * g[1]) / determinant, (a * g[1] - b * g[0]) / determinant];
            let tried = (0..40).map(|k| 0.5_f64.powi(k)).find_map(|part| {
                let next = [line[0] - part * step[0], line[1] - part * step[1]];
                let there = self.mean(loss, next);
                (there < value).then_some((there, next))
            });
            let Some((there, next)) = tried else { break };
            (value, line) = (there, next);
        }
        line
    }
}
