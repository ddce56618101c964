use super::margins::Margins;
use super::shares::{check_classes, check_target};
use super::{RowLoss, Target};
use crate::catalog::{DataDomain, Domain, Interval, Value};
use crate::error::Result;

crate::entry! {
    /// Multiclass hinge loss: the true class should be ahead of every other class by a margin.
    ///
    /// What is missing of the margins, or its squares, over the number of classes. For a row of target probabilities
    /// it is the mean over the classes. The subgradient at a kink is 0. PyTorch's `multi_margin_loss`; the weight of
    /// the true class does not count in a mean over rows.
    MultiMargin("multi_margin") in Row as Row {
        /// The power: 1 for what is missing, 2 for its square.
        p: u32 = Value::Number(1.0), Domain::number(Interval::whole(1.0, 2.0));
        /// μ, by how much the true class should be ahead.
        margin: f64 = Value::Number(1.0), Domain::number(Interval::from(0.0, f64::INFINITY));
        /// A weight for each class, that of the true class counts; an empty list weighs all by 1.
        class_weight: Vec<f64> = Value::List(Vec::new()), Domain::list(Interval::from(0.0, f64::INFINITY));
    }
    aliases: ["multi_margin_loss", "weston_watkins"];
    formula: r"\frac{w_y}{C} \sum_{j \ne y} \max(0, \mu - z_y + z_j)^p";
    prediction: DataDomain::Real;
    target: DataDomain::ClassOrProbabilities;
    properties: [Convex, NonNegative];
    source: "Weston, Watkins 1999, European Symposium on Artificial Neural Networks";
    reference: [
        "": [[1.0, 1.5, -3.0, 0.5], [0.0]] => [0.5];
        "p=2,margin=2": [[1.0, 1.5, -3.0, 0.5], [0.0]] => [2.125];
    ];
}

impl RowLoss for MultiMargin {
    crate::identity!();
    fn evaluate(&self, row: &[f64], target: Target<'_>, epsilon: f64, mut gradient: Option<&mut [f64]>) -> Result<f64> {
        let function = Self::ENTRY.name;
        check_target(function, row.len(), target, epsilon)?;
        check_classes(function, "class_weight", self.class_weight.len(), row.len())?;
        let margins = Margins::new(function, row, self.margin, self.p);
        if let Target::Label(label) = target {
            let weight = self.class_weight.get(label).copied().unwrap_or(1.0);
            if let Some(value) = margins.of_label(label, weight, gradient.as_deref_mut()) {
                return Ok(value);
            }
        }
        let ahead = |i: usize| [target.probability(i), self.class_weight.get(i).copied().unwrap_or(1.0)];
        let ahead: Vec<[f64; 2]> = (0..row.len()).map(ahead).collect();
        margins.of_products(&ahead, None, gradient)
    }
}
