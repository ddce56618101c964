use super::{SequenceInput, SequenceLoss};
use crate::catalog::{DataDomain, Domain, Interval, Value};
use crate::error::{Error, ErrorKind, Result};
use crate::number::careful::{Careful, deepening, settled};
use crate::stop::look;

crate::entry! {
    /// Connectionist temporal classification: the cost of labels that may be spread over the steps in any way.
    ///
    /// Minus the logarithm of the probability of all these ways. A way gives each step a label or the blank; repeated
    /// labels count once, blanks not at all. The gradient is by the log-probabilities as they are given, minus the
    /// expected number of times that a class is used at a step; softmax is not part of it. Labels that do not fit
    /// into the steps cost infinity, which has no gradient. PyTorch's `ctc_loss`.
    Ctc("ctc") in Sequence as Sequence {
        /// The class that stands for no label.
        blank: u32 = Value::Number(0.0), Domain::number(Interval::whole(0.0, 4_294_967_295.0));
        /// Whether labels that do not fit cost 0 instead of infinity, without a gradient.
        zero_infinity: bool = Value::Word("false"), Domain::flag();
    }
    aliases: ["ctc_loss"];
    formula: r"-\ln \sum_{\pi \to y} \prod_t p_t(\pi_t)";
    prediction: DataDomain::Real;
    target: DataDomain::ClassOrProbabilities;
    properties: [];
    source: "Graves, Fernández, Gomez, Schmidhuber 2006, doi:10.1145/1143844.1143891";
    reference: [
        "": [[-0.5, -1.0], [-0.25, -2.0], [1.0]] => [0.8713726644812979];
    ];
}

/// A logarithm; `None` of 0.
type Log<R> = Option<R>;

/// The logarithm of a sum, from the largest term on, so that nothing leaves the range.
fn log_sum<R: Careful>(terms: &[Log<R>]) -> Log<R> {
    let mut present: Vec<R> = terms.iter().filter_map(|term| *term).collect();
    let mut top = 0;
    for (i, term) in present.iter().enumerate() {
        if present[top].lt(*term) {
            top = i;
        }
    }
    if present.is_empty() {
        return None;
    }
    let largest = present.swap_remove(top);
    let rest = present.iter().fold(R::of(0.0), |sum, term| sum + (*term - largest).exp_of_gap());
    Some(if present.is_empty() { largest } else { largest + rest.ln_1p() })
}

/// Logarithms of what leads to a place up to a step, and of what leads from it to the end; both with the step's own
/// factor.
struct Ways<R> {
    forward: Vec<Vec<Log<R>>>,
    backward: Vec<Vec<Log<R>>>,
    /// Of all ways.
    total: Log<R>,
}

impl<R: Careful> Ways<R> {
    /// Minus the logarithm of the probability of all ways.
    fn cost(&self) -> R {
        self.total.map_or(R::of(f64::INFINITY), |total| -total)
    }
}

impl Ctc {
    /// The labels with a blank before, between and behind.
    fn places(&self, labels: &[usize]) -> Vec<usize> {
        let blank = self.blank as usize;
        labels.iter().flat_map(|label| [blank, *label]).chain([blank]).collect()
    }

    fn ways<R: Careful>(input: &SequenceInput<'_>, places: &[usize]) -> Ways<R> {
        let rows: Vec<&[f64]> = input.log_probabilities.chunks(input.classes).collect();
        // One direction; the other is the same with steps and places turned round.
        let run = |rows: &[&[f64]], places: &[usize]| {
            let own = |t: usize, s: usize| Some(rows[t][places[s]]).filter(|x| *x > f64::NEG_INFINITY).map(R::of);
            let mut table: Vec<Vec<Log<R>>> = Vec::with_capacity(rows.len());
            for t in 0..rows.len() {
                look();
                let before = table.last();
                let row = (0..places.len()).map(|s| {
                    let from = |back: usize| before.and_then(|row| row[s.checked_sub(back)?]);
                    // A blank between may be left out, but not between equal labels.
                    let skips = s >= 2 && places[s] != places[s - 2];
                    let reached = match before {
                        None => (s < 2).then(|| R::of(0.0)),
                        Some(_) => log_sum(&[from(0), from(1), if skips { from(2) } else { None }]),
                    };
                    Some(reached? + own(t, s)?)
                });
                table.push(row.collect());
            }
            table
        };
        let turned = |x: &[usize]| x.iter().rev().copied().collect::<Vec<usize>>();
        let forward = run(&rows, places);
        let last: Vec<&[f64]> = rows.iter().rev().copied().collect();
        let mut backward = run(&last, &turned(places));
        backward.reverse();
        backward.iter_mut().for_each(|row| row.reverse());
        let ends = forward.last().map_or(&[][..], |row| &row[row.len().saturating_sub(2)..]);
        let total = log_sum(ends);
        Ways { forward, backward, total }
    }

    /// The probability that a step uses a class, given that the labels come out.
    fn share<R: Careful>(ways: &Ways<R>, row: &[f64], places: &[usize], (t, class): (usize, usize)) -> R {
        let Some(total) = ways.total else { return R::of(0.0) };
        let terms = places.iter().enumerate().filter(|(_, place)| **place == class).filter_map(|(s, _)| {
            // Both have the step's own factor.
            Some((ways.forward[t][s]? - row[class] + ways.backward[t][s]? - total).exp())
        });
        terms.fold(R::of(0.0), |sum, term| sum + term)
    }
}

impl SequenceLoss for Ctc {
    crate::identity!();
    fn evaluate(&self, input: SequenceInput<'_>, gradient: Option<&mut [f64]>) -> Result<f64> {
        let function = Self::ENTRY.name;
        input.check(function)?;
        let blank = self.blank as usize;
        if blank >= input.classes {
            let allowed = format!("classes 0 to {}", input.classes - 1);
            return Err(Error::new(ErrorKind::Domain, function, "blank", allowed).value(blank));
        }
        if let Some(i) = input.labels.iter().position(|label| *label == blank) {
            return Err(Error::new(ErrorKind::Domain, function, "labels", "labels other than the blank").at(i).value(blank));
        }
        let places = self.places(input.labels);
        let mut ways = deepening!(input.epsilon, |R| Ok(Self::ways::<R>(&input, &places)));
        let possible = ways.checked()?.total.is_some();
        if let Some(gradient) = gradient {
            let wanted = input.log_probabilities.len();
            if gradient.len() != wanted {
                let allowed = format!("length {wanted}");
                return Err(Error::new(ErrorKind::Shape, function, "gradient", allowed).value(gradient.len()));
            }
            if !possible && !self.zero_infinity {
                let allowed = "labels that fit into the steps";
                return Err(Error::new(ErrorKind::NotDifferentiable, function, "labels", allowed));
            }
            for (i, slot) in gradient.iter_mut().enumerate() {
                look();
                let (t, class) = (i / input.classes, i % input.classes);
                let row = &input.log_probabilities[t * input.classes..][..input.classes];
                let share = settled!(ways, |ways| Self::share(ways, row, &places, (t, class)))?;
                *slot = 0.0 - share;
            }
        }
        if !possible {
            return Ok(if self.zero_infinity { 0.0 } else { f64::INFINITY });
        }
        settled!(ways, |ways| ways.cost())
    }
}
