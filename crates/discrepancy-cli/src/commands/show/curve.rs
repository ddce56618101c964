//! What there is to see of an entry: values and derivatives along one axis.

mod plan;
mod sample;

use discrepancy::catalog::{Arguments, Entry, Measure, Value};
use plan::{GRADIENT, VALUE, plan};

pub(crate) use plan::Path;

/// Curves over one axis, in one panel or several.
#[derive(Clone, Debug)]
pub(crate) struct Sheet {
    /// What the axis is, with its letter.
    pub(crate) axis: String,
    pub(crate) low: f64,
    pub(crate) high: f64,
    /// What is held fixed.
    pub(crate) note: String,
    pub(crate) panels: Vec<Panel>,
}

/// Curves that share an ordinate.
#[derive(Clone, Debug)]
pub(crate) struct Panel {
    pub(crate) title: String,
    pub(crate) curves: Vec<Curve>,
    /// The ordinates worth showing.
    pub(crate) limits: [f64; 2],
}

/// A function of the abscissa.
#[derive(Clone, Debug)]
pub(crate) struct Curve {
    pub(crate) label: String,
    /// Curves of one colour belong together.
    pub(crate) colour: usize,
    /// Runs of points without a jump; NaN and infinities are in none.
    pub(crate) runs: Vec<Vec<[f64; 2]>>,
    /// All points, in order; NaN where there is no value.
    pub(crate) points: Vec<[f64; 2]>,
    /// Values at the places where it jumps.
    pub(crate) dots: Vec<[f64; 2]>,
}

/// Where several pointwise losses meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ground {
    /// Each over its own axis.
    Own,
    /// All over the prediction, at the target 1.
    PredictionAtOne,
}

/// The curves of an entry with these parameter values, and what is drawn; `None` if there is nothing to draw.
pub(crate) fn drawing(entry: &Entry, values: &Arguments, ground: Ground) -> Option<(Sheet, Measure)> {
    let draw = |values: &Arguments| {
        let measure = entry.make(values).ok()?;
        let sheet = plan(&measure, ground)?.sample();
        let seen = sheet.panels.iter().any(|panel| panel.curves.iter().any(|curve| !curve.runs.is_empty()));
        seen.then_some((sheet, measure))
    };
    // An empty list may be no usable value: variances must be as many as coordinates, matrices have their square.
    let filled = |list: &[f64]| {
        let (mut filled, mut said) = (values.clone(), Vec::new());
        for (parameter, value) in entry.parameters.iter().zip(&mut filled.0) {
            if *value == Value::List(Vec::new()) {
                *value = Value::List(list.to_vec());
                said.push(format!("{} = {value}", parameter.name));
            }
        }
        let (mut sheet, measure) = draw(&filled)?;
        sheet.note = std::iter::once(sheet.note).chain(said).collect::<Vec<String>>().join("; ");
        Some((sheet, measure))
    };
    let matrix = [1.0, 0.5, 0.0, 0.5, 2.0, 0.0, 0.0, 0.0, 1.5];
    draw(values).or_else(|| filled(&[0.5, 1.0, 1.5])).or_else(|| filled(&matrix))
}

/// The curves of several sheets over one axis, each named by its spec.
pub(crate) fn overlay(specs: &[String], sheets: Vec<Sheet>) -> Sheet {
    let mut whole = Sheet {
        axis: String::new(),
        low: f64::INFINITY,
        high: f64::NEG_INFINITY,
        note: String::new(),
        panels: [VALUE, GRADIENT]
            .map(|title| Panel { title: title.to_owned(), curves: Vec::new(), limits: [0.0, 1.0] })
            .to_vec(),
    };
    // More panels than value and gradient would be too much to see.
    let mut limits: [Vec<[f64; 2]>; 2] = [Vec::new(), Vec::new()];
    for (colour, (spec, sheet)) in specs.iter().zip(sheets).enumerate() {
        (whole.low, whole.high) = (whole.low.min(sheet.low), whole.high.max(sheet.high));
        (whole.axis, whole.note) = (sheet.axis, sheet.note);
        for (place, panel) in sheet.panels.into_iter().take(2).enumerate() {
            let several = panel.curves.len() > 1;
            limits[place].push(panel.limits);
            for curve in panel.curves {
                let label = if several { format!("{spec}, {}", curve.label) } else { spec.clone() };
                whole.panels[place].curves.push(Curve { label, colour, ..curve });
            }
        }
    }
    for (panel, limits) in whole.panels.iter_mut().zip(limits) {
        // The one that grows fastest must not flatten the others.
        let middle = |end: usize| {
            let mut ends: Vec<f64> = limits.iter().map(|limits| limits[end]).collect();
            ends.sort_by(|a, b| a.abs().total_cmp(&b.abs()));
            ends.get(ends.len() / 2).copied().unwrap_or(0.0)
        };
        panel.limits = [1.1 * middle(0), 1.1 * middle(1)];
    }
    whole.panels.retain(|panel| !panel.curves.is_empty());
    whole
}

#[cfg(test)]
#[allow(clippy::panic, reason = "a failed test is meant to panic")]
mod tests {
    use super::*;
    use discrepancy::catalog;
    use discrepancy::losses::Coupling;

    #[test]
    fn no_line_goes_across_a_jump() {
        let mut jumps = 0;
        for entry in catalog::entries() {
            let Some((sheet, Measure::Pointwise(loss))) = drawing(entry, &entry.defaults(), Ground::Own) else {
                continue;
            };
            // Over the residual at the target 0, over the margin and the prediction at 1.
            let target = if loss.coupling() == Coupling::Residual { 0.0 } else { 1.0 };
            for kink in loss.kinks() {
                let sides = [kink - 1e-9, kink + 1e-9].map(|z| loss.at(z, target));
                for (order, panel) in sheet.panels.iter().enumerate() {
                    let curve = &panel.curves[0];
                    assert!(curve.points.iter().any(|point| point[0] == kink), "{}: {kink} is no point", entry.name);
                    if (sides[0][order] - sides[1][order]).abs() < 0.1 {
                        continue;
                    }
                    let across = |run: &Vec<[f64; 2]>| {
                        run.first().is_some_and(|p| p[0] < kink) && run.last().is_some_and(|p| p[0] > kink)
                    };
                    assert!(!curve.runs.iter().any(across), "{}: a line crosses {kink}", entry.name);
                    assert_eq!(
                        curve.dots.iter().filter(|dot| dot[0] == kink).count(),
                        1,
                        "{}: no dot at {kink}",
                        entry.name
                    );
                    jumps += 1;
                }
            }
        }
        assert!(jumps > 0);
    }

    #[test]
    fn what_is_smooth_is_drawn_in_one_line() {
        for entry in catalog::entries().filter(|entry| entry.is(catalog::Property::TwiceDifferentiable)) {
            let (sheet, _) = drawing(entry, &entry.defaults(), Ground::Own).unwrap_or_else(|| panic!("{}", entry.name));
            for curve in sheet.panels.iter().flat_map(|panel| &panel.curves) {
                assert_eq!(curve.runs.len(), 1, "{}, {}", entry.name, curve.label);
            }
        }
    }
}
