//! What is drawn of each kind of entry: over which axis, with what held fixed.

use super::Ground;
use discrepancy::catalog::{DataDomain, Entry, Measure, Property, Value};
use discrepancy::distances::PairFunction;
use discrepancy::heads::{Head, HeadInput};
use discrepancy::losses::{Coupling, PointwiseLoss};
use discrepancy::penalties::Penalty;
use discrepancy::rows::{RowLoss, RowMap, RowTargets, Target};
use discrepancy::samples::SampleStatistic;
use discrepancy::sequences::{SequenceInput, SequenceLoss};
use discrepancy::tuples::TupleLoss;
use std::f64::consts::PI;

/// How many steps an axis is divided into.
const STEPS: usize = 240;

/// The titles of the panels.
pub(super) const VALUE: &str = "value";
pub(super) const GRADIENT: &str = "gradient";
const HESSIAN: &str = "Hessian";

/// A sheet before it is sampled.
pub(super) struct Plan<'a> {
    pub(super) axis: &'static str,
    /// What is held fixed.
    pub(super) note: String,
    pub(super) range: [f64; 2],
    pub(super) steps: usize,
    /// Abscissae that must be among the points.
    pub(super) marks: Vec<f64>,
    /// Panels, each with the labels of its curves.
    pub(super) panels: Vec<(&'static str, Vec<String>)>,
    /// The values of all curves, panel by panel; NaN where there is none.
    pub(super) at: Box<dyn Fn(f64) -> Vec<f64> + 'a>,
}

/// The plan of what a spec names; `None` if there is none for its kind.
pub(super) fn plan(measure: &Measure, ground: Ground) -> Option<Plan<'_>> {
    Some(match measure {
        Measure::Pointwise(loss) => pointwise(loss.as_ref(), ground),
        Measure::Row(loss) => row(loss.as_ref()),
        Measure::Map(map) => image(map.as_ref()),
        Measure::Head(head) => self::head(head.as_ref()),
        Measure::Sequence(loss) => sequence(loss.as_ref()),
        Measure::Tuple(loss) => tuple(loss.as_ref()),
        Measure::Penalty(penalty) => self::penalty(penalty.as_ref()),
        Measure::Pair(pair) if pair.entry().prediction == DataDomain::Probabilities => divergence(pair.as_ref()),
        Measure::Pair(pair) => distance(pair.as_ref()),
        Measure::Sample(statistic) => sample(statistic.as_ref()),
        _ => return None,
    })
}

/// Without the derivatives, of what has none.
fn derivable(entry: &Entry, mut panels: Vec<(&'static str, Vec<String>)>) -> Vec<(&'static str, Vec<String>)> {
    if entry.is(Property::NotDifferentiable) {
        panels.truncate(1);
    }
    panels
}

/// The length of a list among the parameters: as many classes or coordinates there must be.
fn list_length(values: &[Value]) -> Option<usize> {
    let length = |value: &Value| if let Value::List(list) = value { Some(list.len()) } else { None };
    values.iter().filter_map(length).find(|length| *length > 0)
}

/// A subscript.
fn digit(i: usize) -> char {
    ['₀', '₁', '₂', '₃', '₄', '₅', '₆', '₇', '₈', '₉'][i % 10]
}

fn pointwise(loss: &dyn PointwiseLoss, ground: Ground) -> Plan<'_> {
    let entry = loss.entry();
    let within = |domain: &DataDomain| {
        if let DataDomain::Within(interval) = domain { Some([interval.low, interval.high]) } else { None }
    };
    let unit = within(&entry.prediction).filter(|range| range.iter().all(|end| end.is_finite()));
    let targets: Vec<f64> = match (&entry.target, ground) {
        (_, Ground::PredictionAtOne) => vec![1.0],
        (DataDomain::Real, _) => vec![0.0],
        (DataDomain::Signs, _) => vec![1.0],
        (DataDomain::Within(interval), _) if !interval.contains(0.0) => vec![1.0],
        _ => vec![1.0, 0.0],
    };
    let (axis, wide) = match (loss.coupling(), unit) {
        (_, Some(_)) => ("probability p", 1.0),
        (_, None) if ground == Ground::PredictionAtOne => ("prediction z at the target y = 1", 3.0),
        (Coupling::Residual, _) => ("residual r = z − y", 3.0),
        (Coupling::Margin, _) => ("margin m = y z", 3.0),
        (Coupling::Pair, _) => ("prediction z", 6.0),
    };
    // At the target y, u is z - y, y z or z: kinks in u are here in z.
    let target = targets[0];
    let place = |u: f64| if loss.coupling() == Coupling::Residual { u + target } else { u };
    let marks: Vec<f64> = loss.kinks().into_iter().map(place).collect();
    // The picture is wide enough for all kinks.
    let reach = marks.iter().fold(wide, |reach: f64, mark| reach.max(1.5 * mark.abs()));
    let labels: Vec<String> = match (targets.as_slice(), &entry.target) {
        ([_], _) => vec![loss.spec()],
        (targets, _) => targets.iter().map(|y| format!("y = {y}")).collect(),
    };
    let panels = [VALUE, GRADIENT, HESSIAN].map(|title| (title, labels.clone())).to_vec();
    let at = move |z: f64| {
        let points: Vec<[f64; 3]> = targets.iter().map(|y| loss.at(z, *y)).collect();
        (0..3).flat_map(|order| points.iter().map(move |point| point[order])).collect::<Vec<f64>>()
    };
    Plan {
        axis,
        note: String::new(),
        // What has a lower end, as means have, begins there.
        range: unit.unwrap_or([within(&entry.prediction).map_or(-reach, |[low, _]| low.max(-reach)), reach]),
        steps: STEPS,
        marks,
        panels: derivable(entry, panels),
        at: Box::new(at),
    }
}

/// A row in which the true class, the first, stands against others that share the rest evenly.
fn row(loss: &dyn RowLoss) -> Plan<'_> {
    let entry = loss.entry();
    let classes = list_length(&loss.arguments().0).unwrap_or(3).max(2);
    let probabilities = entry.prediction == DataDomain::Probabilities;
    let at = move |x: f64| {
        let rest = if probabilities { (1.0 - x) / (classes - 1) as f64 } else { 0.0 };
        let mut row = vec![rest; classes];
        row[0] = x;
        let mut slopes = vec![f64::NAN; classes];
        // What fails leaves the slopes as they are.
        let _ = loss.value_and_gradient(&row, Target::Label(0), &mut slopes);
        vec![loss.value(&row, Target::Label(0)).unwrap_or(f64::NAN), slopes[0], slopes[1]]
    };
    let (axis, letter, others, range) = if probabilities {
        ("probability p₀ of the true class", 'p', "the others share the rest", [0.0, 1.0])
    } else {
        ("score z₀ of the true class", 'z', "the other scores are 0", [-6.0, 6.0])
    };
    let slopes = [0, 1].map(|i| format!("∂ℓ/∂{letter}{}", digit(i))).to_vec();
    Plan {
        axis,
        note: format!("{classes} classes; {others}"),
        range,
        steps: STEPS,
        marks: vec![0.0],
        panels: derivable(entry, vec![(VALUE, vec!["ℓ".into()]), (GRADIENT, slopes)]),
        at: Box::new(at),
    }
}

/// The image of three scores of which one moves.
fn image(map: &dyn RowMap) -> Plan<'_> {
    let at = move |x: f64| {
        let mut image = vec![f64::NAN; 3];
        let _ = map.apply(&[x, 0.0, -1.0], &mut image);
        image
    };
    let letter = if map.entry().target == DataDomain::Probabilities { 'p' } else { 'y' };
    Plan {
        axis: "score z₀",
        note: "scores (z₀, 0, −1)".into(),
        range: [-6.0, 6.0],
        steps: STEPS,
        marks: Vec::new(),
        panels: vec![("image", (0..3).map(|i| format!("{letter}{}", digit(i))).collect())],
        at: Box::new(at),
    }
}

/// A row that turns away from the weights of its class.
fn head(head: &dyn Head) -> Plan<'_> {
    let toward = |angle: f64| [2.0 * angle.cos(), 2.0 * angle.sin()];
    let weights: Vec<f64> = [0.0, 2.0 * PI / 3.0, 4.0 * PI / 3.0].into_iter().flat_map(toward).collect();
    let at = move |angle: f64| {
        let x = toward(angle);
        head.evaluate(HeadInput::new(&x, &weights, RowTargets::labels(&[0]))).map_or(vec![f64::NAN; 2], |result| {
            let by_x = &result.gradient_x;
            vec![result.value[0], by_x[1] * x[0] - by_x[0] * x[1]]
        })
    };
    Plan {
        axis: "angle θ between the row and the true class's weights",
        note: "three classes with weights of length 2 at 0°, 120° and 240°, a row of length 2".into(),
        range: [0.0, PI],
        steps: STEPS,
        marks: Vec::new(),
        panels: vec![(VALUE, vec!["ℓ".into()]), (GRADIENT, vec!["∂ℓ/∂θ".into()])],
        at: Box::new(at),
    }
}

/// A label that may come at the first of two steps or at the second.
fn sequence(loss: &dyn SequenceLoss) -> Plan<'_> {
    let at = move |p: f64| {
        let rows = [(1.0 - p).ln(), p.ln(), 0.5_f64.ln(), 0.5_f64.ln()];
        let mut slopes = [f64::NAN; 4];
        let value = loss.evaluate(SequenceInput::new(&rows, 2, &[1]), Some(&mut slopes)).unwrap_or(f64::NAN);
        vec![value, slopes[0], slopes[1]]
    };
    Plan {
        axis: "probability p of the label at the first step",
        note: "two steps, a blank and a label; both are equally likely at the second step".into(),
        range: [0.0, 1.0],
        steps: STEPS,
        marks: Vec::new(),
        panels: vec![(VALUE, vec!["ℓ".into()]), (GRADIENT, vec!["∂ℓ/∂ ln(1 − p)".into(), "∂ℓ/∂ ln p".into()])],
        at: Box::new(at),
    }
}

/// The first input moves, on a line or as the end of a vector in the plane; the others are 1, 2, …, or along an axis each.
fn tuple(loss: &dyn TupleLoss) -> Plan<'_> {
    let signature = loss.signature();
    let (names, vectors) = (signature.inputs.iter().map(|input| input.name), signature.vectors);
    let rows: Vec<Vec<f64>> = (0..signature.inputs.len())
        .map(|i| match (vectors, i % 2) {
            (false, _) => vec![i as f64],
            (true, 0) => vec![0.0, i as f64 / 2.0],
            (true, _) => vec![i as f64, 0.0],
        })
        .collect();
    let target = signature.target.map(|domain| if domain == DataDomain::Signs { -1.0 } else { 0.0 });
    let others: Vec<String> = signature.inputs[1..]
        .iter()
        .zip(&rows[1..])
        .map(|(input, row)| {
            let numbers: Vec<String> = row.iter().map(f64::to_string).collect();
            let text = numbers.join(", ");
            format!("{} {}", input.name, if vectors { format!("({text})") } else { text })
        })
        .chain(target.map(|target| format!("target {target}")))
        .collect();
    let first = signature.inputs[0].name;
    let moving = if vectors { format!("{first} (x, 1); ") } else { String::new() };
    let labels = names.map(|name| if vectors { format!("∂ℓ/∂{name} 1") } else { format!("∂ℓ/∂{name}") }).collect();
    let at = move |x: f64| {
        let moved = [x, 1.0];
        let inputs: Vec<&[f64]> = std::iter::once(if vectors { &moved[..] } else { &moved[..1] })
            .chain(rows[1..].iter().map(Vec::as_slice))
            .collect();
        match loss.value_and_gradients(&inputs, target) {
            Ok((value, gradients)) => [value].into_iter().chain(gradients.iter().map(|by| by[0])).collect(),
            Err(_) => vec![f64::NAN; inputs.len() + 1],
        }
    };
    Plan {
        axis: if vectors { "first coordinate x" } else { "first input x" },
        note: format!("{moving}{}", others.join(", ")),
        range: [-3.0, 3.0],
        steps: STEPS,
        marks: Vec::new(),
        panels: vec![(VALUE, vec!["ℓ".into()]), (GRADIENT, labels)],
        at: Box::new(at),
    }
}

/// One weight.
fn penalty(penalty: &dyn Penalty) -> Plan<'_> {
    let first = |of: discrepancy::Result<Vec<f64>>| of.map_or(f64::NAN, |of| of[0]);
    let at = move |w: f64| {
        let value = penalty.value(&[w]).unwrap_or(f64::NAN);
        vec![value, first(penalty.gradient(&[w])), first(penalty.proximal(&[w], 1.0))]
    };
    let curve = |label: &str| vec![label.to_owned()];
    Plan {
        axis: "weight w",
        note: "one weight; the proximal operator with step 1".into(),
        range: [-3.0, 3.0],
        steps: STEPS,
        marks: vec![0.0],
        panels: vec![(VALUE, curve("f(w)")), (GRADIENT, curve("∂f/∂w")), ("proximal operator", curve("prox(w)"))],
        at: Box::new(at),
    }
}

/// A coin beside a fair one, as either argument.
fn divergence(pair: &dyn PairFunction) -> Plan<'_> {
    let slopes = move |p: &[f64; 2], q: &[f64; 2]| {
        let (mut of_p, mut of_q) = ([f64::NAN; 2], [f64::NAN; 2]);
        let value = pair.value_and_gradient(p, q, &mut of_p, &mut of_q).unwrap_or(f64::NAN);
        [value, of_p[0] - of_p[1], of_q[0] - of_q[1]]
    };
    let at = move |x: f64| {
        let (moved, fair) = ([x, 1.0 - x], [0.5, 0.5]);
        let (first, second) = (slopes(&moved, &fair), slopes(&fair, &moved));
        vec![first[0], second[0], first[1], second[2]]
    };
    let labels = || vec!["d(x, ½)".to_owned(), "d(½, x)".to_owned()];
    Plan {
        axis: "probability x of a coin",
        note: "the coin as first and as second argument, beside a fair one".into(),
        range: [0.0, 1.0],
        steps: STEPS,
        marks: vec![0.5],
        panels: derivable(pair.entry(), vec![(VALUE, labels()), (GRADIENT, labels())]),
        at: Box::new(at),
    }
}

/// A vector that passes another.
fn distance(pair: &dyn PairFunction) -> Plan<'_> {
    let path = Path::of(pair);
    let (note, turn) = (path.note(), path.fixed[0]);
    let at = move |t: f64| {
        let moved = path.moved(t);
        let (mut of_a, mut of_b) = (vec![f64::NAN; moved.len()], vec![f64::NAN; moved.len()]);
        let _ = pair.value_and_gradient(&path.fixed, &moved, &mut of_a, &mut of_b);
        vec![pair.value(&path.fixed, &moved).unwrap_or(f64::NAN), of_b[0]]
    };
    let panels = vec![(VALUE, vec!["d(a, b)".to_owned()]), (GRADIENT, vec!["∂d/∂t".to_owned()])];
    Plan {
        axis: "coordinate t of b",
        note,
        range: [-2.0, 4.0],
        steps: STEPS,
        marks: vec![turn],
        panels: derivable(pair.entry(), panels),
        at: Box::new(at),
    }
}

/// A fixed vector and one that moves along its first coordinate.
#[derive(Clone, Debug)]
pub(crate) struct Path {
    /// The first vector.
    pub(crate) fixed: Vec<f64>,
    /// The second, but for its first coordinate.
    pub(crate) rest: Vec<f64>,
}

impl Path {
    /// With as many coordinates as the parameters ask for, else three.
    pub(crate) fn of(pair: &dyn PairFunction) -> Path {
        let length = list_length(&pair.arguments().0).unwrap_or(3);
        // A list has a number for each coordinate, or for each pair of coordinates.
        let fits = |n: usize| pair.value(&vec![1.0; n], &vec![0.0; n]).is_ok();
        let root = length.isqrt();
        let dimension = if root * root == length && !fits(length) && fits(root) { root } else { length };
        let fixed = [1.0, 2.0, 0.5].into_iter().cycle().take(dimension).collect();
        let rest = [0.0, 1.0, 0.5].into_iter().cycle().take(dimension).collect();
        Path { fixed, rest }
    }
    /// The moving vector at t.
    pub(crate) fn moved(&self, t: f64) -> Vec<f64> {
        let mut moved = self.rest.clone();
        moved[0] = t;
        moved
    }
    fn note(&self) -> String {
        let list = |numbers: &[f64]| numbers.iter().map(f64::to_string).collect::<Vec<String>>().join(", ");
        let comma = if self.rest.len() > 1 { ", " } else { "" };
        format!("a = ({}), b = (t{comma}{})", list(&self.fixed), list(&self.rest[1..]))
    }
}

/// A small sample, even and smooth.
const SAMPLE: [f64; 12] = [-1.6, -1.1, -0.8, -0.5, -0.3, -0.1, 0.1, 0.3, 0.5, 0.8, 1.1, 1.6];

/// A sample that is shifted against itself.
fn sample(statistic: &dyn SampleStatistic) -> Plan<'_> {
    let at = move |s: f64| {
        let moved = SAMPLE.map(|x| x + s);
        let gradient = statistic.gradient(&moved, &SAMPLE, 1);
        let value = statistic.value(&moved, &SAMPLE, 1).unwrap_or(f64::NAN);
        vec![value, gradient.map_or(f64::NAN, |gradient| gradient.iter().sum())]
    };
    let panels = vec![(VALUE, vec!["statistic".to_owned()]), (GRADIENT, vec!["sum over the sample".to_owned()])];
    Plan {
        axis: "shift s of the first sample",
        note: format!("a sample of {} numbers, shifted against itself", SAMPLE.len()),
        range: [-4.0, 4.0],
        // Statistics of samples take their time.
        steps: STEPS / 4,
        marks: vec![0.0],
        panels: derivable(statistic.entry(), panels),
        at: Box::new(at),
    }
}
