//! What there is: every loss, distance and divergence by name, with its parameters and their domains.
//!
//! An [`Entry`] is written beside its formula, in the formula's own file, by the [`entry!`](crate::entry) macro.
//! Each family keeps one plain list of its entries; [`entries`] joins the lists. [`find`] reads a spec string
//! such as `focal:alpha=0.25,gamma=2`.

pub mod accuracy;
pub mod domain;
pub mod entry;
pub mod parameter;
pub mod reference;
pub mod spec;

pub use accuracy::Accuracy;
pub use domain::{DataDomain, Domain, Interval};
pub use entry::{Entry, Family, Measure, Property};
pub use parameter::{Arguments, Base, Parameter, ParameterType, Value};
pub use reference::ReferenceRow;
pub use spec::{entries, entry, find, near_names};
