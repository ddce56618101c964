//! What a loss of rows gives for each row of a batch.

use crate::arguments::external;
use crate::columns::{Lists, widen};
use crate::evaluation::{Values, Written, tolerance, within};
use datafusion::arrow::array::{Array, ArrayRef, Float64Array};
use datafusion::error::Result;
use discrepancy::batch::RowEvaluation;
use discrepancy::catalog::DataDomain;
use discrepancy::rows::{RowLoss, RowTargets, Target};
use discrepancy::{Error, ErrorKind};

/// Rows of so many numbers in all are computed in one go, on this thread: the library wakes no others for them.
const TOGETHER: usize = 1 << 11;

/// Two columns that a loss of rows takes.
struct Rows<'a> {
    loss: &'a dyn RowLoss,
    scores: Lists<'a>,
    targets: Targets<'a>,
    written: Written,
}

enum Targets<'a> {
    Labels(Float64Array),
    Probabilities(Lists<'a>),
}

/// Rows of one length, one behind the other.
#[derive(Default)]
struct Block {
    rows: Vec<usize>,
    width: usize,
    scores: Vec<f64>,
    labels: Vec<i64>,
    probabilities: Vec<f64>,
}

/// Computes the rows for which `wanted` holds and in which nothing is NULL, with the bits of [`RowEvaluation`].
pub(crate) fn rows(
    loss: &dyn RowLoss,
    scores: &ArrayRef,
    target: &ArrayRef,
    written: Written,
    wanted: &dyn Fn(usize) -> bool,
) -> Result<Values> {
    let name = loss.entry().name;
    let targets = if target.data_type().is_nested() {
        Targets::Probabilities(Lists::new(name, "target", target)?)
    } else {
        Targets::Labels(widen(name, "target", target)?)
    };
    let rows = Rows { loss, scores: Lists::new(name, "scores", scores)?, targets, written };
    let (mut all, mut block) = (Values::default(), Block::default());
    for row in (0..rows.scores.len()).filter(|row| wanted(*row)) {
        let given = rows.given(row).map_err(|error| error.context(format!("row {row}")))?;
        let Some((scores, target)) = given else { continue };
        if block.width != scores.len() || block.scores.len() + scores.len() > TOGETHER {
            rows.finish(&mut block, &mut all)?;
            block.width = scores.len();
        }
        block.rows.push(row);
        block.scores.extend(scores);
        match target {
            Target::Label(label) => block.labels.push(label as i64),
            Target::Probabilities(y) => block.probabilities.extend(y),
        }
    }
    rows.finish(&mut block, &mut all)?;
    Ok(all)
}

impl Rows<'_> {
    /// Scores and target of a row; `None` if one of them is NULL.
    fn given(&self, row: usize) -> Result<Option<(&[f64], Target<'_>)>> {
        let Some(scores) = self.scores.row(row)? else { return Ok(None) };
        let target = match &self.targets {
            Targets::Probabilities(lists) => match lists.row(row)? {
                Some(y) => Target::Probabilities(y),
                None => return Ok(None),
            },
            Targets::Labels(labels) if labels.is_null(row) => return Ok(None),
            Targets::Labels(labels) => {
                let label = labels.value(row);
                if label < 0.0 {
                    let error =
                        Error::new(ErrorKind::Domain, self.loss.entry().name, "target", "a class label 0, 1, …");
                    return Err(external(error.at(row).value(label)));
                }
                Target::Label(label as usize)
            }
        };
        Ok(Some((scores, target)))
    }

    /// Computes the rows of a block, and empties it.
    fn finish(&self, block: &mut Block, all: &mut Values) -> Result<()> {
        let block = std::mem::take(block);
        match self.together(&block) {
            Some(values) => all.values.extend(values),
            None => {
                for row in &block.rows {
                    let value = self.one(*row).map_err(|error| error.context(format!("row {row}")))?;
                    all.values.extend(value);
                }
            }
        }
        all.rows.extend(block.rows);
        Ok(())
    }

    /// All rows of a block at once; `None` where they must go one by one, for a fault among them or a wider tolerance.
    fn together(&self, block: &Block) -> Option<Vec<f64>> {
        if block.width == 0 || self.scores.epsilon() != f64::EPSILON {
            return None;
        }
        let targets = match &self.targets {
            Targets::Labels(_) => RowTargets::labels(&block.labels),
            Targets::Probabilities(lists) if lists.epsilon() != f64::EPSILON => return None,
            Targets::Probabilities(_) => RowTargets::Probabilities(&block.probabilities),
        };
        RowEvaluation::new(self.loss, &block.scores, block.width, targets).ok()?.values().ok()
    }

    /// A row alone.
    fn one(&self, row: usize) -> Result<Option<f64>> {
        let Some((scores, target)) = self.given(row)? else { return Ok(None) };
        let sums = self.loss.entry().prediction == DataDomain::Probabilities;
        let narrow = self.scores.epsilon();
        let mut wide = if sums { tolerance(scores, &self.scores, self.written[0]) } else { narrow };
        if let (Targets::Probabilities(lists), Target::Probabilities(y)) = (&self.targets, target) {
            wide = wide.max(tolerance(y, lists, self.written[1]));
        }
        within([narrow, wide], |epsilon| {
            self.value(scores, target, epsilon).map_err(|error| {
                // The row's own error says where in the row it is, not where in a batch of one.
                self.loss.evaluate(scores, target, epsilon, None).err().unwrap_or(error)
            })
        })
    }

    /// The value of a row in a type of this spacing at 1.
    fn value(&self, scores: &[f64], target: Target<'_>, epsilon: f64) -> discrepancy::Result<f64> {
        let single = epsilon == f64::from(f32::EPSILON) && self.is_single();
        if scores.is_empty() || !(single || epsilon == f64::EPSILON) {
            return self.loss.evaluate(scores, target, epsilon, None);
        }
        let width = scores.len();
        if single {
            // They came as these. The sum of one value is that value, before it is rounded to the storage type.
            let narrow = |from: &[f64]| from.iter().map(|x| *x as f32).collect::<Vec<f32>>();
            let sum =
                |targets: RowTargets<'_, f32>| RowEvaluation::new(self.loss, &narrow(scores), width, targets)?.sum();
            return match target {
                Target::Label(label) => sum(RowTargets::labels(&[label as i64])),
                Target::Probabilities(y) => sum(RowTargets::Probabilities(&narrow(y))),
            };
        }
        let value = |targets: RowTargets<'_, f64>| RowEvaluation::new(self.loss, scores, width, targets)?.values();
        let values = match target {
            Target::Label(label) => value(RowTargets::labels(&[label as i64])),
            Target::Probabilities(y) => value(RowTargets::Probabilities(y)),
        };
        Ok(values?[0])
    }

    /// Whether all data are floats of 32 bits.
    fn is_single(&self) -> bool {
        let single = |lists: &Lists<'_>| lists.epsilon() == f64::from(f32::EPSILON);
        single(&self.scores)
            && match &self.targets {
                Targets::Labels(_) => true,
                Targets::Probabilities(lists) => single(lists),
            }
    }
}
