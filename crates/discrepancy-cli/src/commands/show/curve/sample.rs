//! From a plan to points, so that no jump is missed.

use super::plan::Plan;
use super::{Curve, Panel, Sheet};

type Point = [f64; 2];

impl Plan<'_> {
    /// Computes all curves.
    pub(super) fn sample(&self) -> Sheet {
        let [low, high] = self.range;
        let step = |i: usize| low + (high - low) * i as f64 / self.steps as f64;
        let mut places: Vec<f64> = (0..=self.steps).map(step).collect();
        places.extend(self.marks.iter().filter(|mark| **mark >= low && **mark <= high));
        places.sort_by(f64::total_cmp);
        places.dedup();
        let values: Vec<Vec<f64>> = places.iter().map(|x| (self.at)(*x)).collect();
        let mut number = 0;
        let mut panels = Vec::new();
        for (title, labels) in &self.panels {
            let mut curves = Vec::new();
            for (colour, label) in labels.iter().enumerate() {
                let points: Vec<Point> = places.iter().zip(&values).map(|(x, values)| [*x, values[number]]).collect();
                let (runs, dots) = self.runs(number, &points);
                curves.push(Curve { label: label.clone(), colour, runs, points, dots });
                number += 1;
            }
            panels.push(Panel { title: (*title).to_owned(), limits: limits(&curves), curves });
        }
        Sheet { axis: self.axis.to_owned(), low, high, note: self.note.clone(), panels }
    }

    /// Cuts a curve where it jumps; gives the values at marked places where it does.
    fn runs(&self, number: usize, points: &[Point]) -> (Vec<Vec<Point>>, Vec<Point>) {
        let ys = || points.iter().map(|p| p[1]).filter(|y| y.is_finite());
        let spread = ys().fold(f64::NEG_INFINITY, f64::max) - ys().fold(f64::INFINITY, f64::min);
        let mut runs: Vec<Vec<Point>> = vec![Vec::new()];
        let mut jumps = Vec::new();
        let mut before: Option<Point> = None;
        for point in points {
            if !point[1].is_finite() {
                runs.push(Vec::new());
                before = None;
                continue;
            }
            // Five times the mean slope: a jump, or a steep place?
            if let Some(before) =
                before.filter(|before| (point[1] - before[1]).abs() > 5.0 * spread / self.steps as f64)
                && let Some([left, right]) = self.jump(number, before, *point)
            {
                extend(&mut runs, left);
                runs.push(vec![right]);
                jumps.push([left[0], right[0]]);
            }
            extend(&mut runs, *point);
            before = Some(*point);
        }
        runs.retain(|run| !run.is_empty());
        let jumped = |mark: &f64| jumps.iter().any(|[left, right]| left <= mark && mark <= right);
        let dot = |mark: &f64| [*mark, (self.at)(*mark)[number]];
        let dots = self.marks.iter().filter(|mark| jumped(mark)).map(dot).filter(|dot| dot[1].is_finite()).collect();
        (runs, dots)
    }

    /// Both sides of a jump between two points; `None` if it was only steep.
    fn jump(&self, number: usize, mut left: Point, mut right: Point) -> Option<[Point; 2]> {
        let height = (right[1] - left[1]).abs();
        for _ in 0..60 {
            let x = (left[0] + right[0]) / 2.0;
            if x <= left[0] || x >= right[0] {
                break;
            }
            let middle = [x, (self.at)(x)[number]];
            if (middle[1] - left[1]).abs() > (right[1] - middle[1]).abs() {
                right = middle
            } else {
                left = middle
            }
            if (right[1] - left[1]).abs() < height / 2.0 {
                return None;
            }
        }
        Some([left, right])
    }
}

/// Adds a point to the last run, unless it is there already.
fn extend(runs: &mut [Vec<Point>], point: Point) {
    if let Some(run) = runs.last_mut().filter(|run| run.last() != Some(&point)) {
        run.push(point);
    }
}

/// The ordinates worth showing: all, unless a few run away.
fn limits(curves: &[Curve]) -> [f64; 2] {
    let mut ys: Vec<f64> = curves.iter().flat_map(|c| c.runs.iter().flatten()).map(|p| p[1]).collect();
    ys.sort_by(f64::total_cmp);
    let (Some(&least), Some(&most)) = (ys.first(), ys.last()) else { return [0.0, 1.0] };
    let quantile = |share: f64| ys[((ys.len() - 1) as f64 * share) as usize];
    let (tenth, ninth) = (quantile(0.1), quantile(0.9));
    // Zero belongs to every picture.
    let low = least.max(tenth - 3.0 * (ninth - tenth)).min(0.0);
    let high = most.min(ninth + 3.0 * (ninth - tenth)).max(0.0);
    if low == high { [low - 1.0, high + 1.0] } else { [low, high] }
}
