//! The part of a row of scores that was seen so far.

use crate::error::{Error, ErrorKind, Result};
use crate::number::{Real, Twofold};
use crate::sums::ExactSum;
use std::collections::BTreeMap;

/// Exponentials are kept in sums of this many binary orders each.
const ORDERS: f64 = 512.0;
/// Scores up to this size: 2^40. Beyond it, the last bit of a score is a factor that nobody means.
const LARGEST: f64 = 1_099_511_627_776.0;
const FUNCTION: &str = "RowState";
const MAGIC: [u8; 4] = *b"DRS1";

type Wide = Twofold<f64>;

/// What softmax cross entropy needs to know of the scores seen so far of one row: states of parts merge to the state of the
/// whole.
///
/// A row that is split over threads, chunks of a vocabulary or processes (tensor-parallel training) gives one result,
/// **the same bits for any split and any order**: each exponential is a function of its own score alone, and the sum
/// over the other classes is exact. With `x` the scores, `t` the true class, `O = Σ_{j≠t} e^{x_j}`:
///
/// | what | formula |
/// |---|---|
/// | [`value`](RowState::value) | `ln(1 + O e^{-x_t})`, which does not cancel however confident the row is |
/// | [`logsumexp`](RowState::logsumexp) | `ln(O + e^{x_t})` |
/// | [`gradient`](RowState::gradient) of a part | `e^{x_j} / (O + e^{x_t})`; of the true class `-O / (O + e^{x_t})` |
///
/// Results are right to 2 units in the last place of `f64`. A score is at most 2^40 in size, or `-inf` (a masked class).
/// It costs some 100 ns a score; a row in one place is faster through [`RowEvaluation`](crate::batch::RowEvaluation).
///
/// Source: the online softmax of Milakov, Gimelshein 2018, arXiv:1805.02867, whose running maximum is not needed here.
///
/// ```
/// use discrepancy::rows::RowState;
/// let (left, right) = ([17.0, 0.5], [0.0, -1.0]);
/// let (mut a, mut b) = (RowState::new(), RowState::new());
/// a.push(&left, Some(0))?; // the true class is the first of the left part
/// b.push(&right, None)?;
/// b.merge(&a)?;
/// assert_eq!(b.value()?, 1.2488538289773325e-7);
/// let mut gradient = [0.0; 2];
/// b.gradient(&right, None, &mut gradient)?;
/// assert_eq!(gradient, [4.1399372017674916e-8, 1.5229977842710896e-8]);
/// # Ok::<(), discrepancy::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RowState {
    /// `Σ e^x / 2^unit` over the other classes, by the unit of each.
    sums: BTreeMap<i64, ExactSum>,
    /// The true class's score, once it was seen.
    target: Option<f64>,
}

fn error(kind: ErrorKind, argument: &str, allowed: &str) -> Error {
    Error::new(kind, FUNCTION, argument, allowed)
}

/// `k ln 2` for an integer of 44 bits at most.
fn times_ln_2(k: f64) -> Wide {
    let [high, middle, low] = crate::number::elementary::LN_2;
    Twofold::product(k, high) + Twofold::product(k, middle) + Twofold::product(k, low)
}

impl RowState {
    /// Of no scores.
    #[must_use]
    pub fn new() -> Self {
        RowState::default()
    }

    /// Adds a part of the row; `label` is the true class's place in it, if it is there. After an error, or where the work is given
    /// up, nothing of the part is in.
    pub fn push(&mut self, scores: &[f64], label: Option<usize>) -> Result<()> {
        self.merge(&RowState::of(scores, label)?)
    }

    /// Of a part of the row.
    fn of(scores: &[f64], label: Option<usize>) -> Result<RowState> {
        check(scores, label)?;
        let mut state = RowState::new();
        for (j, x) in scores.iter().enumerate() {
            crate::stop::look_at(j);
            if Some(j) == label {
                state.target = Some(*x);
            } else if *x > f64::NEG_INFINITY {
                let unit = (x * std::f64::consts::LOG2_E / ORDERS).floor() * ORDERS;
                let exponential = (Twofold::from(*x) - times_ln_2(unit)).exp();
                let sum = state.sums.entry(unit as i64).or_default();
                sum.add(exponential.high);
                sum.add(exponential.low);
            }
        }
        Ok(state)
    }

    /// Adds the states of other parts of the same rows, all of them or, after an error, none. The index of the error is that of the
    /// first row that cannot be merged.
    ///
    /// ```
    /// use discrepancy::rows::RowState;
    /// let part = |label| {
    ///     let mut state = RowState::new();
    ///     state.push(&[1.0, 2.0], label).map(|()| state)
    /// };
    /// let mut rows = [part(None)?, part(Some(0))?];
    /// let before = rows.clone();
    /// // The true class of the second row is in both parts.
    /// let error = RowState::merge_all(&mut rows, &[part(Some(1))?, part(Some(1))?]).unwrap_err();
    /// assert_eq!((error.index(), &rows), (Some(1), &before));
    /// # Ok::<(), discrepancy::Error>(())
    /// ```
    pub fn merge_all(rows: &mut [RowState], others: &[RowState]) -> Result<()> {
        if rows.len() != others.len() {
            let allowed = format!("{} states", rows.len());
            return Err(error(ErrorKind::Shape, "other", &allowed).value(others.len()));
        }
        let both = |(row, other): (&RowState, &RowState)| row.target.is_some() && other.target.is_some();
        if let Some(index) = rows.iter().zip(others).position(both) {
            return Err(twice().at(index));
        }
        rows.iter_mut().zip(others).try_for_each(|(row, other)| row.merge(other))
    }

    /// Adds the state of another part of the same row.
    pub fn merge(&mut self, other: &RowState) -> Result<()> {
        if self.target.is_some() && other.target.is_some() {
            return Err(twice());
        }
        self.target = self.target.or(other.target);
        for (unit, sum) in &other.sums {
            self.sums.entry(*unit).or_default().merge(sum);
        }
        Ok(())
    }

    /// `ln O`; `-inf` for no other class.
    fn ln_others(&self) -> Wide {
        let mut from_top = self.sums.iter().rev();
        let Some((unit, top)) = from_top.next() else { return Twofold::from(f64::NEG_INFINITY) };
        let mut sum = twofold(top);
        if let Some((below, next)) = from_top.next() {
            // What lies two units below is less than 2^-500 of the whole.
            let distance = (below - unit) as f64;
            if distance >= -ORDERS {
                let power = f64::from_bits(((1023.0 + distance) as u64) << 52);
                sum = sum + twofold(next) * power;
            }
        }
        sum.ln() + times_ln_2(*unit as f64)
    }

    /// `ln O - x_t`.
    fn gap(&self) -> Result<Wide> {
        let Some(target) = self.target else {
            return Err(error(ErrorKind::NoContributingRows, "label", "a part that holds the true class"));
        };
        let others = self.ln_others();
        Ok(match (others.high == f64::NEG_INFINITY, target == f64::NEG_INFINITY) {
            (true, true) => {
                return Err(error(ErrorKind::NonFinite, "scores", "one finite score").value(target));
            }
            (true, false) => others,
            (false, true) => Twofold::from(f64::INFINITY),
            (false, false) => others - Twofold::from(target),
        })
    }

    /// Softmax cross entropy of the row, in nats.
    pub fn value(&self) -> Result<f64> {
        let gap = self.gap()?;
        Ok(if gap.high.is_infinite() { gap.high.max(0.0) } else { gap.softplus().round_to_machine() })
    }

    /// `ln Σ e^x` over all scores seen, the true class's among them.
    pub fn logsumexp(&self) -> Result<f64> {
        Ok(self.total()?.round_to_machine())
    }

    fn total(&self) -> Result<Wide> {
        let Some(target) = self.target.filter(|target| *target > f64::NEG_INFINITY) else {
            return Ok(self.ln_others());
        };
        let gap = self.gap()?;
        Ok(if gap.high.is_infinite() { Twofold::from(target) } else { gap.softplus() + Twofold::from(target) })
    }

    /// Writes the gradient with respect to the scores of a part, once all parts are merged.
    pub fn gradient(&self, scores: &[f64], label: Option<usize>, gradient: &mut [f64]) -> Result<()> {
        check(scores, label)?;
        if gradient.len() != scores.len() {
            let allowed = format!("length {}", scores.len());
            return Err(error(ErrorKind::Shape, "gradient", &allowed).value(gradient.len()));
        }
        let (gap, total) = (self.gap()?, self.total()?);
        for (j, (x, out)) in scores.iter().zip(gradient).enumerate() {
            crate::stop::look_at(j);
            *out = if Some(j) == label {
                // O / (O + e^x_t) is the logistic function of the gap.
                match gap.high {
                    f64::INFINITY => -1.0,
                    f64::NEG_INFINITY => 0.0,
                    _ => -gap.sigmoid().round_to_machine(),
                }
            } else if *x == f64::NEG_INFINITY {
                0.0
            } else {
                (Twofold::from(*x) - total).exp().round_to_machine()
            };
        }
        Ok(())
    }

    /// A form for other processes: equal states give equal bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        out.push(u8::from(self.target.is_some()));
        out.extend(self.target.unwrap_or(0.0).to_le_bytes());
        for (unit, sum) in &self.sums {
            out.extend(unit.to_le_bytes());
            sum.to_bytes(&mut out);
        }
        out
    }

    /// Reads what [`RowState::to_bytes`] wrote; anything else is [`ErrorKind::Corrupt`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let corrupt = || error(ErrorKind::Corrupt, "bytes", "a state of version 1");
        let rest = bytes.strip_prefix(&MAGIC).ok_or_else(corrupt)?;
        let (&[seen], rest) = rest.split_first_chunk::<1>().ok_or_else(corrupt)?;
        let (target, mut rest) = rest.split_first_chunk::<8>().ok_or_else(corrupt)?;
        let target = f64::from_le_bytes(*target);
        let legal = target.abs() <= LARGEST || target == f64::NEG_INFINITY;
        let mut state = RowState::new();
        match seen {
            0 if target == 0.0 => {}
            1 if legal => state.target = Some(target),
            _ => return Err(corrupt()),
        }
        while !rest.is_empty() {
            let (unit, tail) = rest.split_first_chunk::<8>().ok_or_else(corrupt)?;
            let unit = i64::from_le_bytes(*unit);
            rest = tail;
            let last = state.sums.last_key_value().map(|(unit, _)| *unit);
            let sum = ExactSum::from_bytes(&mut rest)?;
            let size = sum.to_f64();
            let whole = unit % ORDERS as i64 == 0 && unit.unsigned_abs() <= 2 * LARGEST as u64;
            if !whole || last.is_some_and(|last| last >= unit) || !(size > 0.0 && size.is_finite()) {
                return Err(corrupt());
            }
            state.sums.insert(unit, sum);
        }
        Ok(state)
    }
}

fn twice() -> Error {
    error(ErrorKind::Domain, "label", "the true class in one part only")
}

/// An exact sum to some 106 bits.
fn twofold(sum: &ExactSum) -> Wide {
    let high = sum.to_f64();
    let mut rest = sum.clone();
    rest.add(-high);
    Twofold::new(high, rest.to_f64())
}

fn check(scores: &[f64], label: Option<usize>) -> Result<()> {
    let legal = |x: f64| x.abs() <= LARGEST || x == f64::NEG_INFINITY;
    if let Some((j, x)) = scores.iter().enumerate().find(|(_, x)| !legal(**x)) {
        let kind = if x.is_finite() { ErrorKind::Domain } else { ErrorKind::NonFinite };
        return Err(error(kind, "scores", "numbers in [-2^40, 2^40], or -inf").at(j).value(x));
    }
    match label {
        Some(label) if label >= scores.len() => {
            let allowed = format!("a place below {}, the number of scores", scores.len());
            Err(error(ErrorKind::Domain, "label", &allowed).value(label))
        }
        _ => Ok(()),
    }
}
