//! Worked examples, written beside the formula.

use super::entry::Entry;

/// One evaluation with its true value, rounded to `f64`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReferenceRow {
    /// Parameters as in a spec string, `gamma=2`; those left out have their defaults.
    pub parameters: &'static str,
    /// What it acts on: a prediction and a target, a row of scores and a label, two vectors, two samples on a line,
    /// weights; for a sequence its rows and then the labels; of several inputs each, and then the target;
    /// for a head the features, the weights row by row, and the label.
    pub inputs: &'static [&'static [f64]],
    /// The result; several numbers for a map.
    pub value: &'static [f64],
}

impl ReferenceRow {
    /// The spec string of what is evaluated.
    #[must_use]
    pub fn spec(&self, entry: &Entry) -> String {
        let colon = if self.parameters.is_empty() { "" } else { ":" };
        format!("{}{colon}{}", entry.name, self.parameters)
    }
    /// In one line: `minkowski:p=3([0, 0], [3, 4]) = 4.497941445275415`.
    #[must_use]
    pub fn line(&self, entry: &Entry) -> String {
        let list = |numbers: &[f64]| {
            let text = numbers.iter().map(|x| super::parameter::plain(*x)).collect::<Vec<String>>().join(", ");
            if numbers.len() == 1 { text } else { format!("[{text}]") }
        };
        let inputs: Vec<String> = self.inputs.iter().map(|input| list(input)).collect();
        format!("{}({}) = {}", self.spec(entry), inputs.join(", "), list(self.value))
    }
}
