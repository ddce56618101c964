use super::margins::{Margins, each_class};
use super::{RowLoss, Target};
use crate::catalog::DataDomain;
use crate::error::Result;

crate::entry! {
    /// Multilabel hinge loss: every class that is meant should be ahead of every other class by 1.
    ///
    /// The target is a row with 1 for each class that is meant and 0 for the others; a label means that class alone.
    /// Numbers between are independent probabilities, and the loss is its mean. The subgradient at a kink is 0.
    /// PyTorch's `multilabel_margin_loss`, which takes a list of labels instead.
    MultilabelMargin("multilabel_margin") in Row as Row {}
    aliases: ["multilabel_margin_loss"];
    formula: r"\frac1C \sum_{i, j} y_i (1 - y_j) \max(0, 1 - z_i + z_j)";
    prediction: DataDomain::Real;
    target: DataDomain::ClassOrProbabilities;
    properties: [Convex, NonNegative];
    source: "after Elisseeff, Weston 2001, Advances in Neural Information Processing Systems 14";
    reference: [
        "": [[1.0, 1.5, -3.0, 0.5], [0.0]] => [0.5];
    ];
}

impl RowLoss for MultilabelMargin {
    crate::identity!();
    fn evaluate(&self, row: &[f64], target: Target<'_>, _: f64, mut gradient: Option<&mut [f64]>) -> Result<f64> {
        let function = Self::ENTRY.name;
        let margins = Margins::new(function, row, 1.0, 1);
        if let Target::Label(label) = target
            && let Some(value) = margins.of_label(label, 1.0, gradient.as_deref_mut())
        {
            return Ok(value);
        }
        let y = each_class(function, row.len(), target)?;
        let ahead: Vec<[f64; 2]> = y.iter().map(|y| [*y, 1.0]).collect();
        margins.of_products(&ahead, Some(&y), gradient)
    }
}
