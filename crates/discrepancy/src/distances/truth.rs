//! What the distances between rows of truth values share: a number other than 0 is true.

use super::pair::{Gradients, Pair, Wide, wide};
use crate::error::{Error, ErrorKind, Result};

/// The weights of the coordinates in which both rows, one of them or none is true.
pub(super) struct Truth {
    pub(super) both: Wide,
    pub(super) first: Wide,
    pub(super) second: Wide,
    pub(super) neither: Wide,
}

impl Truth {
    /// Counts; there are no gradients.
    pub(super) fn of(pair: &Pair<'_>, gradients: Option<&Gradients<'_>>) -> Result<Truth> {
        if gradients.is_some() {
            return Err(Error::new(ErrorKind::NotDifferentiable, pair.function, "gradient", "values only"));
        }
        let zero = wide(0.0);
        let mut truth = Truth { both: zero, first: zero, second: zero, neither: zero };
        for (i, (a, b)) in pair.a.iter().zip(pair.b).enumerate() {
            let count = match (*a != 0.0, *b != 0.0) {
                (true, true) => &mut truth.both,
                (true, false) => &mut truth.first,
                (false, true) => &mut truth.second,
                (false, false) => &mut truth.neither,
            };
            *count = *count + wide(pair.scaled_weight(i));
        }
        Ok(truth)
    }
    /// The coordinates that differ; the same to the last bit if the rows change places.
    pub(super) fn unequal(&self) -> Wide {
        self.first + self.second
    }
}

/// `x / y`, rounded once; nothing out of nothing is nothing.
pub(super) fn share(x: Wide, y: Wide) -> f64 {
    if x.high == 0.0 { 0.0 } else { (x / y).round_to_machine() }
}
