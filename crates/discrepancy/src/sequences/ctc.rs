use super::{SequenceInput, SequenceLoss};
use crate::catalog::{DataDomain, Domain, Interval, Value};
use crate::distances::pair;
use crate::error::{Error, ErrorKind, Result};
use crate::number::careful::{Careful, Checked, Quick, deepening, settled};
use crate::number::guarded::power;
use crate::number::{Long, Real};
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

/// How a number stands for a probability: as it is, or, in 256 bits, as its logarithm.
///
/// Logarithms know probabilities however small. But each sum of them takes an exponential, and the bound of its errors
/// more than doubles with every step, so that in fewer bits they would never be sure.
trait Probability: Careful {
    /// Of a logarithm.
    fn of_logarithm(x: f64) -> Self;
    fn certain() -> Self;
    fn and(self, other: Self) -> Self;
    fn or(self, other: Self) -> Self;
    /// The power of two that brings it near 1; 0 where it is near enough, or so small that too little is known of it.
    fn shift(self) -> i32;
    fn shifted(self, shift: i64) -> Self;
    fn logarithm(self) -> Self;
    /// The quotient as a number.
    fn over(self, whole: Self) -> Self;
}

/// Rows whose largest probability is below this are taken in another unit …
const COMFORTABLE: f64 = power(-100);
/// … but not below this.
const SMALL: f64 = power(-1000);

macro_rules! as_itself {
    ($($number:ty),*) => {
        $(impl Probability for $number {
            fn of_logarithm(x: f64) -> Self {
                if x <= 0.0 { Self::of(x).exp_of_gap() } else { Self::of(x).exp() }
            }
            fn certain() -> Self {
                Self::of(1.0)
            }
            fn and(self, other: Self) -> Self {
                self * other
            }
            fn or(self, other: Self) -> Self {
                self + other
            }
            fn shift(self) -> i32 {
                let size = self.leading();
                if SMALL < size && size < COMFORTABLE { -pair::exponent(size) } else { 0 }
            }
            fn shifted(mut self, mut shift: i64) -> Self {
                while shift != 0 {
                    let step = shift.clamp(-1000, 1000);
                    self = self * pair::scaled(1.0, step as i32);
                    shift -= step;
                }
                self
            }
            fn logarithm(self) -> Self {
                self.ln()
            }
            fn over(self, whole: Self) -> Self {
                self / whole
            }
        })*
    };
}
as_itself!(Quick, Checked);

impl Probability for Long {
    fn of_logarithm(x: f64) -> Self {
        Long::from(x)
    }
    fn certain() -> Self {
        Long::from(0.0)
    }
    fn and(self, other: Self) -> Self {
        self + other
    }
    fn or(self, other: Self) -> Self {
        // From the larger term on, so that nothing leaves the range.
        let (small, large) = if self.lt(other) { (self, other) } else { (other, self) };
        large + (small - large).exp().ln_1p()
    }
    fn shift(self) -> i32 {
        0
    }
    fn shifted(self, _: i64) -> Self {
        self
    }
    fn logarithm(self) -> Self {
        self
    }
    fn over(self, whole: Self) -> Self {
        (self - whole).exp()
    }
}

/// A probability; `None` of what cannot be.
type Chance<R> = Option<R>;

/// The probability of any of the ways.
fn any<R: Probability>(ways: impl IntoIterator<Item = Chance<R>>) -> Chance<R> {
    ways.into_iter().flatten().reduce(R::or)
}

/// Probabilities of places, step by step; those of step t are in units of `2^-exponents[t]`, so that products over many
/// steps stay in the range.
struct Table<R> {
    rows: Vec<Vec<Chance<R>>>,
    exponents: Vec<i64>,
}

impl<R: Probability> Table<R> {
    /// What leads to each place at each step, with the step's own factor or without; steps and places may be turned round.
    fn new<'s>(steps: impl Iterator<Item = &'s Vec<Chance<R>>>, places: &[usize], with_own: bool) -> Table<R>
    where
        R: 's,
    {
        let mut table = Table { rows: Vec::new(), exponents: Vec::new() };
        let (mut before, mut exponent): (Option<Vec<Chance<R>>>, i64) = (None, 0);
        for step in steps {
            look();
            let reached = (0..places.len()).map(|s| {
                let Some(row) = &before else { return (s < 2).then(R::certain) };
                let from = |back: usize| row[s.checked_sub(back)?];
                // A blank between may be left out, but not between equal labels.
                let skips = s >= 2 && places[s] != places[s - 2];
                any([from(0), from(1), if skips { from(2) } else { None }])
            });
            let reached: Vec<Chance<R>> = reached.collect();
            let own = reached.iter().zip(places).map(|(way, place)| Some((*way)?.and(step[*place]?)));
            let mut own: Vec<Chance<R>> = own.collect();
            let larger = |a: R, b: R| if a.lt(b) { b } else { a };
            let shift = own.iter().flatten().copied().reduce(larger).map_or(0, R::shift);
            if shift != 0 {
                own.iter_mut().flatten().for_each(|x| *x = x.shifted(shift.into()));
            }
            let after = exponent + i64::from(shift);
            table.rows.push(if with_own { own.clone() } else { reached });
            table.exponents.push(if with_own { after } else { exponent });
            (before, exponent) = (Some(own), after);
        }
        table
    }
}

/// What leads to a place up to a step, with the step's own factor; and what leads from it to the end, without.
struct Ways<R> {
    forward: Table<R>,
    backward: Table<R>,
    /// Of all ways, in units of the last step.
    total: Chance<R>,
}

impl<R: Probability> Ways<R> {
    fn exponent(&self) -> i64 {
        self.forward.exponents.last().copied().unwrap_or(0)
    }

    /// Minus the logarithm of the probability of all ways.
    fn cost(&self) -> R {
        let Some(total) = self.total else { return R::of(f64::INFINITY) };
        let (cost, exponent) = (-total.logarithm(), self.exponent() as f64);
        if exponent == 0.0 { cost } else { cost + R::of(2.0).ln() * exponent }
    }

    /// The probability that a step uses a class, which is at these places, given that the labels come out.
    fn share(&self, t: usize, places: &[usize]) -> R {
        let way = |s: &usize| Some(self.forward.rows[t][*s]?.and(self.backward.rows[t][*s]?));
        let (Some(sum), Some(total)) = (any(places.iter().map(way)), self.total) else { return R::of(0.0) };
        let shift = self.exponent() - self.forward.exponents[t] - self.backward.exponents[t];
        sum.over(total).shifted(shift)
    }
}

/// The classes of a sequence, and where each is among the labels with a blank before, between and behind.
struct Places {
    classes: Vec<usize>,
    /// Of each place, the place of its class in `classes`.
    of: Vec<usize>,
    /// Of each class, its places.
    by_class: Vec<Vec<usize>>,
}

impl Places {
    fn new(blank: usize, labels: &[usize]) -> Places {
        let places: Vec<usize> = labels.iter().flat_map(|label| [blank, *label]).chain([blank]).collect();
        let mut classes = places.clone();
        classes.sort_unstable();
        classes.dedup();
        let of: Vec<usize> = places.iter().map(|class| classes.partition_point(|c| c < class)).collect();
        let mut by_class = vec![Vec::new(); classes.len()];
        of.iter().enumerate().for_each(|(s, class)| by_class[*class].push(s));
        Places { classes, of, by_class }
    }
}

impl Ctc {
    fn ways<R: Probability>(input: &SequenceInput<'_>, places: &Places) -> Ways<R> {
        let probability = |x: f64| (x > f64::NEG_INFINITY).then(|| R::of_logarithm(x));
        let step = |row: &[f64]| {
            look();
            places.classes.iter().map(|class| probability(row[*class])).collect()
        };
        let steps: Vec<Vec<Chance<R>>> = input.log_probabilities.chunks(input.classes).map(step).collect();
        let forward = Table::new(steps.iter(), &places.of, true);
        let turned: Vec<usize> = places.of.iter().rev().copied().collect();
        let mut backward = Table::new(steps.iter().rev(), &turned, false);
        backward.rows.reverse();
        backward.rows.iter_mut().for_each(|row| row.reverse());
        backward.exponents.reverse();
        let ends = forward.rows.last().map_or(&[][..], |row| &row[row.len().saturating_sub(2)..]);
        let end = |k: usize| ends.get(k).copied().flatten();
        let total = any([end(0), end(1)]);
        Ways { forward, backward, total }
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
        let places = Places::new(blank, input.labels);
        let mut ways = deepening!(input.epsilon, |R| Ok(Self::ways::<R>(&input, &places)));
        // Of no precision.
        let possible =
            if ways.is_quick() { ways.quick()?.total.is_some() } else { ways.checked()?.total.is_some() };
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
            gradient.fill(0.0);
            for (t, row) in gradient.chunks_mut(input.classes).enumerate() {
                look();
                for (class, places) in places.classes.iter().zip(&places.by_class) {
                    row[*class] = 0.0 - settled!(ways, |ways| ways.share(t, places))?;
                }
            }
        }
        if !possible {
            return Ok(if self.zero_infinity { 0.0 } else { f64::INFINITY });
        }
        settled!(ways, |ways| ways.cost())
    }
}
