//! An entry of the catalogue, and the macro that writes it beside its formula.

use super::domain::DataDomain;
use super::parameter::{Arguments, Parameter, Value};
use super::reference::ReferenceRow;
use crate::error::{Error, ErrorKind, Result};
use std::fmt;

/// What an entry acts on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Family {
    /// Losses of one prediction and one target.
    Pointwise,
    /// Losses of a row of scores and a class or a row of probabilities.
    Row,
    /// A linear layer and a row loss in one.
    Head,
    /// Losses of a sequence of rows and a shorter sequence of labels.
    Sequence,
    /// Losses of several inputs: a mean and a variance, two or three vectors.
    Tuple,
    /// Penalties on a vector of weights.
    Penalty,
    /// Distances between two vectors.
    Distance,
    /// Divergences between two distributions.
    Divergence,
    /// Optimal transport.
    Transport,
    /// Statistics of two samples.
    Sample,
}

impl Family {
    /// All families, in the order of the catalogue.
    pub const ALL: [Family; 10] = [
        Family::Pointwise,
        Family::Row,
        Family::Head,
        Family::Sequence,
        Family::Tuple,
        Family::Penalty,
        Family::Distance,
        Family::Divergence,
        Family::Transport,
        Family::Sample,
    ];
    /// The name, in lower case.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Family::Pointwise => "pointwise",
            Family::Row => "row",
            Family::Head => "head",
            Family::Sequence => "sequence",
            Family::Tuple => "tuple",
            Family::Penalty => "penalty",
            Family::Distance => "distance",
            Family::Divergence => "divergence",
            Family::Transport => "transport",
            Family::Sample => "sample",
        }
    }
}
impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A property that an entry declares and that the conformance tests try to falsify.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Property {
    /// Convex in the prediction.
    Convex,
    /// `f(-u) = f(u)` in the residual, or `f(a, b) = f(b, a)`.
    Symmetric,
    /// Lipschitz in the prediction.
    Lipschitz,
    /// A first derivative everywhere.
    OnceDifferentiable,
    /// A second derivative everywhere.
    TwiceDifferentiable,
    /// Never below zero.
    NonNegative,
    /// Bounded above.
    Bounded,
    /// Minimised in expectation by the true probability.
    StrictlyProper,
    /// Minimising it leads to the best classifier.
    ClassificationCalibrated,
    /// A metric: zero only for equal arguments, symmetric, triangle inequality.
    Metric,
    /// No derivative at all.
    NotDifferentiable,
}

impl Property {
    /// In words, to follow "it is".
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Property::Convex => "convex",
            Property::Symmetric => "symmetric",
            Property::Lipschitz => "Lipschitz continuous",
            Property::OnceDifferentiable => "differentiable everywhere",
            Property::TwiceDifferentiable => "twice differentiable everywhere",
            Property::NonNegative => "never below zero",
            Property::Bounded => "bounded above",
            Property::StrictlyProper => "strictly proper (least in expectation at the true probability)",
            Property::ClassificationCalibrated => "calibrated for classification (least where the best classifier is)",
            Property::Metric => "a metric",
            Property::NotDifferentiable => "without a derivative",
        }
    }
}

/// One thing that the library can compute.
pub struct Entry {
    /// The unique name.
    pub name: &'static str,
    /// Other names it is found by.
    pub aliases: &'static [&'static str],
    /// What it acts on.
    pub family: Family,
    /// Meaning, use and limits, in Markdown; the first line is the summary.
    pub doc: &'static str,
    /// The definition in TeX.
    pub formula: &'static str,
    /// The parameters, in order.
    pub parameters: &'static [Parameter],
    /// Declared properties.
    pub properties: &'static [Property],
    /// Paper, DOI or book.
    pub source: &'static str,
    /// Worked examples; the tests hold the library to them, `reference/` has many more.
    pub reference: &'static [ReferenceRow],
    /// What a prediction (or the first argument) may be.
    pub prediction: DataDomain,
    /// What a target (or the second argument) may be.
    pub target: DataDomain,
    /// Makes the thing itself from parameter values.
    pub build: fn(&Arguments) -> Result<Measure>,
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Entry({})", self.name)
    }
}

impl Entry {
    /// The first line of the doc.
    #[must_use]
    pub fn summary(&self) -> &'static str {
        self.doc.trim().lines().next().unwrap_or_default().trim()
    }
    /// Whether a property is declared.
    #[must_use]
    pub fn is(&self, property: Property) -> bool {
        self.properties.contains(&property)
    }
    /// The default values of all parameters.
    #[must_use]
    pub fn defaults(&self) -> Arguments {
        Arguments(self.parameters.iter().map(|p| p.default.clone()).collect())
    }
    /// Checks the values and makes the thing.
    pub fn make(&self, arguments: &Arguments) -> Result<Measure> {
        self.check(arguments)?;
        (self.build)(arguments)
    }
    /// Whether there is one value for each parameter, each in its domain.
    pub fn check(&self, arguments: &Arguments) -> Result<()> {
        if arguments.0.len() != self.parameters.len() {
            let allowed = format!("{} parameters", self.parameters.len());
            return Err(Error::new(ErrorKind::Shape, self.name, "parameters", allowed).value(arguments.0.len()));
        }
        self.parameters.iter().zip(&arguments.0).try_for_each(|(p, v)| p.check(self.name, v))
    }
    /// The spec string of these values; defaults are left out.
    #[must_use]
    pub fn spec(&self, arguments: &Arguments) -> String {
        let given: Vec<String> = self
            .parameters
            .iter()
            .zip(&arguments.0)
            .filter(|(p, v)| p.default != **v)
            .map(|(p, v)| format!("{}={v}", p.name))
            .collect();
        if given.is_empty() { self.name.to_owned() } else { format!("{}:{}", self.name, given.join(",")) }
    }
    /// The place of a parameter by name.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<usize> {
        self.parameters.iter().position(|p| p.name == name)
    }
    /// Replaces one parameter's value, checked.
    pub fn set(&self, arguments: &mut Arguments, name: &str, value: Value) -> Result<()> {
        let Some(place) = self.parameter(name) else {
            return Err(super::spec::unknown_parameter(self, name));
        };
        self.parameters[place].check(self.name, &value)?;
        arguments.0[place] = value;
        Ok(())
    }
}

/// What a spec names, ready to compute.
#[derive(Debug)]
#[non_exhaustive]
pub enum Measure {
    /// A loss of one prediction and one target.
    Pointwise(Box<dyn crate::losses::PointwiseLoss>),
    /// A loss of a row of scores.
    Row(Box<dyn crate::rows::RowLoss>),
    /// A map of a row of scores.
    Map(Box<dyn crate::rows::RowMap>),
    /// A linear layer and a loss of its scores.
    Head(Box<dyn crate::heads::Head>),
    /// A loss of a sequence.
    Sequence(Box<dyn crate::sequences::SequenceLoss>),
    /// A loss of several inputs.
    Tuple(Box<dyn crate::tuples::TupleLoss>),
    /// A penalty on weights.
    Penalty(Box<dyn crate::penalties::Penalty>),
    /// A distance or divergence of two rows.
    Pair(Box<dyn crate::distances::PairFunction>),
    /// A statistic of two samples.
    Sample(Box<dyn crate::samples::SampleStatistic>),
}

/// What every object of the catalogue says of itself, inside the `impl` of its family's trait.
#[macro_export]
#[doc(hidden)]
macro_rules! identity {
    () => {
        fn entry(&self) -> &'static $crate::catalog::Entry {
            Self::ENTRY
        }
        fn arguments(&self) -> $crate::catalog::Arguments {
            self.parameter_values()
        }
    };
}

/// Writes a parameter struct, its constructor and its catalogue entry.
#[macro_export]
#[doc(hidden)]
macro_rules! entry {
    (
        $(#[doc = $doc:expr])*
        $type:ident($name:literal) in $family:ident as $measure:ident {
            $( $(#[doc = $pdoc:expr])* $parameter:ident: $ptype:ty = $default:expr, $domain:expr; )*
        }
        aliases: $aliases:expr;
        formula: $formula:expr;
        prediction: $prediction:expr;
        target: $target:expr;
        properties: [$($property:ident),*];
        source: $source:expr;
        reference: [$($given:literal: [$($input:expr),*] => $value:expr;)*];
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $type { $( $(#[doc = $pdoc])* $parameter: $ptype, )* }

        impl $type {
            /// With these parameters, each checked against its domain.
            #[allow(clippy::new_without_default, reason = "not every entry has parameters")]
            pub fn new($($parameter: impl Into<$ptype>),*) -> $crate::Result<Self> {
                let made = $type { $($parameter: $parameter.into()),* };
                Self::ENTRY.check(&made.parameter_values())?;
                Ok(made)
            }
            /// The catalogue entry.
            pub const ENTRY: &'static $crate::catalog::Entry = &$crate::catalog::Entry {
                name: $name,
                aliases: &$aliases,
                family: $crate::catalog::Family::$family,
                doc: concat!($($doc, "\n"),*),
                formula: $formula,
                parameters: &[$( $crate::catalog::Parameter {
                    name: stringify!($parameter),
                    doc: concat!($($pdoc, "\n"),*),
                    default: $default,
                    domain: $domain,
                } ),*],
                properties: &[$($crate::catalog::Property::$property),*],
                source: $source,
                reference: &[$( $crate::catalog::ReferenceRow {
                    parameters: $given,
                    inputs: &[$(&$input),*],
                    value: &$value,
                } ),*],
                prediction: $prediction,
                target: $target,
                build: |arguments| Ok($crate::catalog::Measure::$measure(Box::new($type::from_values(arguments)?))),
            };
            /// The parameter values, in the catalogue's order.
            pub fn parameter_values(&self) -> $crate::catalog::Arguments {
                $crate::catalog::Arguments(vec![$($crate::catalog::ParameterType::to_value(&self.$parameter)),*])
            }
            #[allow(unused_variables, unused_mut, reason = "not every entry has parameters")]
            fn from_values(arguments: &$crate::catalog::Arguments) -> $crate::Result<Self> {
                let mut values = arguments.0.iter();
                Ok($type { $( $parameter: values
                    .next()
                    .and_then($crate::catalog::ParameterType::from_value)
                    .ok_or_else(|| $crate::Error::new($crate::ErrorKind::Parameter, $name, stringify!($parameter), "a value of its domain"))?, )* })
            }
        }
        impl Default for $type {
            fn default() -> Self {
                $type { $( $parameter: $crate::catalog::ParameterType::from_value(&$default).unwrap_or_else(|| unreachable!("a default is in its domain")), )* }
            }
        }
    };
}
