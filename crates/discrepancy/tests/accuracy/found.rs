//! What one output of one table shows.

use crate::support::{Case, Exact, Format, ulps};
use discrepancy::catalog;
use std::fmt;

/// The worst number of one output of one table, and whatever is beyond the bound.
#[derive(Clone, Debug)]
pub struct Found {
    pub entry: &'static str,
    /// The table's name without the storage type.
    pub table: String,
    pub format: Format,
    pub output: String,
    /// What the catalogue promises, in units in the last place.
    pub bound: f64,
    pub points: usize,
    /// How many numbers are only right by the clause for results far below their input terms.
    pub clause: usize,
    pub worst: f64,
    /// The case of the worst.
    pub at: Option<Place>,
    pub failures: Vec<String>,
}

/// A case of a table.
#[derive(Clone, Debug)]
pub struct Place {
    pub line: usize,
    pub spec: String,
    /// The inputs as the table has them.
    pub inputs: Vec<String>,
}

/// The entry's name in the name of a table.
pub fn name(table: &str) -> &str {
    table.split('.').next().unwrap_or(table)
}

impl Found {
    pub fn new(table: &str, format: Format, output: &str) -> Found {
        let entry = catalog::entry(name(table)).unwrap();
        let accuracy = entry.accuracy();
        Found {
            entry: entry.name,
            table: table.to_owned(),
            format,
            output: output.to_owned(),
            bound: if format.name() == "f32" { accuracy.f32 } else { accuracy.f64 },
            points: 0,
            clause: 0,
            worst: 0.0,
            at: None,
            failures: Vec::new(),
        }
    }

    /// Compares one number; `beneath` is the exponent of what the clause allows beside the bound, if it may apply.
    pub fn compare(&mut self, case: &Case, got: f64, truth: &Exact, beneath: Option<i64>) {
        self.points += 1;
        let error = ulps(got, truth, self.format);
        let allowed = beneath.map_or(self.bound, |beneath| {
            let step =
                (truth.binade().unwrap_or(self.format.smallest) - self.format.bits + 1).max(self.format.smallest);
            self.bound.max(1.0) + 2f64.powi((beneath - step).clamp(-1000, 1000) as i32)
        });
        if error > allowed {
            let true_value = truth.to_f64();
            let Found { table, output, .. } = &*self;
            let (format, line) = (self.format.name(), case.line);
            let what = format!(
                "{table}.{format} line {line} {}: {output} {got:e}, true {true_value:e}: {error:.3} ULP",
                case.spec
            );
            self.failures.push(what);
        } else if error > self.bound {
            self.clause += 1;
        } else if error > self.worst {
            self.worst = error;
            self.at = Some(Place { line: case.line, spec: case.spec.clone(), inputs: case.text.clone() });
        }
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Found { table, output, points, clause, worst, bound, .. } = self;
        let line = self.at.as_ref().map_or(0, |place| place.line);
        let format = self.format.name();
        write!(
            f,
            "{table}.{format} {output}: {points} numbers, {clause} by the clause, worst {worst:.4} of {bound} (line {line})"
        )
    }
}
