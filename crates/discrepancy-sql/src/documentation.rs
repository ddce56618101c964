//! The functions described, from the catalogue.

use crate::aggregate::Statistic;
use crate::arguments::names;
use crate::shape::Shape;
use discrepancy::catalog::{self, Entry};
use std::fmt;

/// What kind of SQL function it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FunctionKind {
    /// One value for each row.
    Scalar,
    /// One value for each group.
    Aggregate,
}

impl fmt::Display for FunctionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            FunctionKind::Scalar => "scalar",
            FunctionKind::Aggregate => "aggregate",
        })
    }
}

/// A parameter of a function.
#[derive(Clone, Debug, PartialEq)]
pub struct ParameterDocumentation {
    /// Its name in the catalogue; in a call it is known by its place, or by this (see [`crate::sql`]).
    pub name: &'static str,
    /// What it means.
    pub summary: &'static str,
    /// The value when it is left out.
    pub default: String,
    /// What it may be.
    pub domain: String,
}

/// One SQL function.
#[derive(Clone, Debug, PartialEq)]
pub struct FunctionDocumentation {
    /// The name it is called by.
    pub name: String,
    /// Other names for the same function.
    pub aliases: Vec<String>,
    /// Scalar or aggregate.
    pub kind: FunctionKind,
    /// The call, with optional arguments in brackets.
    pub signature: String,
    /// What it gives.
    pub summary: String,
    /// The names of all arguments, in order: the data, then the parameters.
    pub arguments: Vec<&'static str>,
    /// Its parameters, in order.
    pub parameters: Vec<ParameterDocumentation>,
}

/// All functions that [`crate::register`] registers, in the order of the catalogue.
#[must_use]
pub fn documentation() -> Vec<FunctionDocumentation> {
    let mut all = Vec::new();
    for entry in catalog::entries() {
        let Some(shape) = Shape::of(entry) else { continue };
        all.push(describe(entry, "", false, FunctionKind::Scalar, ""));
        if shape.aggregates() {
            for (statistic, weighted) in Statistic::FORMS {
                let what = match (statistic, weighted) {
                    (Statistic::Mean, false) => "Exact mean. ",
                    (Statistic::Mean, true) => "Exact weighted mean. ",
                    (Statistic::Sum, _) => "Exact sum. ",
                    (Statistic::StandardError, false) => "Standard error of the mean. ",
                    (Statistic::StandardError, true) => "Standard error of the weighted mean. ",
                    (Statistic::Moments, _) => "Exact sums, as bytes. ",
                };
                all.push(describe(entry, statistic.prefix(weighted), weighted, FunctionKind::Aggregate, what));
            }
        }
    }
    all
}

fn describe(entry: &Entry, prefix: &str, weighted: bool, kind: FunctionKind, what: &str) -> FunctionDocumentation {
    let name = format!("{prefix}{}", entry.name);
    let names = names(entry, weighted);
    let (data, optional) = names.split_at(names.len() - entry.parameters.len());
    // Optional from the right: `f(a, b[, c[, d]])`.
    let opened: String = optional.iter().map(|parameter| format!("[, {parameter}")).collect();
    let signature = format!("{name}({}{opened}{})", data.join(", "), "]".repeat(optional.len()));
    let parameters = entry.parameters.iter().map(|parameter| ParameterDocumentation {
        name: parameter.name,
        summary: parameter.doc.trim().lines().next().unwrap_or_default().trim(),
        default: parameter.default.to_string(),
        domain: parameter.domain.to_string(),
    });
    FunctionDocumentation {
        name,
        aliases: crate::arguments::aliases(entry, prefix),
        kind,
        signature,
        summary: format!("{what}{}", entry.summary()),
        arguments: names.clone(),
        parameters: parameters.collect(),
    }
}
