//! Discrepancies: losses, divergences, distances and transport, exact to the last digits.
//!
//! A *discrepancy* measures how far two things are apart: a prediction from the truth, one distribution from another, one
//! vector from another, one sample from another. Value, gradient and Hessian of all of them come from one formula in
//! one file each, with the same bits on every processor and any number of threads.
//!
//! **Train**: values and gradients of a batch, typed or by name.
//!
//! ```
//! use discrepancy::{batch::Evaluation, losses::Focal};
//! let focal = Focal::new(0.25, 2.0)?;
//! let rows = Evaluation::new(&focal, &[1.5_f32, -0.5], &[1.0, 0.0])?.value_and_gradient()?;
//! assert!(rows.value[0] > 0.0 && rows.gradient[0] < 0.0);
//! # Ok::<(), discrepancy::Error>(())
//! ```
//!
//! **Score**: exact sums that merge across threads, files and machines.
//!
//! ```
//! use discrepancy::{batch::Evaluation, losses::Squared};
//! let squared = Squared::default();
//! let mut total = Evaluation::new(&squared, &[1.0, 2.0], &[0.0, 0.0])?.moments()?;
//! total.merge(&Evaluation::new(&squared, &[3.0], &[0.0])?.moments()?);
//! assert_eq!(total.mean()?, 14.0 / 3.0);
//! # Ok::<(), discrepancy::Error>(())
//! ```
//!
//! **Compare**: distances, divergences, transport, samples.
//!
//! ```
//! use discrepancy::catalog::{self, Measure};
//! let Measure::Pair(metric) = catalog::find("minkowski:p=3")? else { unreachable!() };
//! assert_eq!(metric.value(&[0.0, 0.0], &[3.0, 0.0])?, 3.0);
//! # Ok::<(), discrepancy::Error>(())
//! ```
//!
//! | module | what |
//! |---|---|
//! | [`catalog`] | what there is, and look-up by spec strings |
//! | [`losses`], [`rows`], [`heads`], [`penalties`] | for training and scoring |
//! | [`sequences`] | labels whose places are not known |
//! | [`tuples`] | several inputs: a mean and a variance, two or three vectors |
//! | [`distances`], [`divergences`], [`transport`], [`samples`] | for comparing |
//! | [`batch`] | many rows at once: storage types, threads, buffers, `ndarray` views |
//! | [`sums`] | exact sums |
//! | [`stop`] | long work that can be given up |
//! | [`number`] | what formulas are written in |
#![forbid(unsafe_code)]

pub mod batch;
pub mod catalog;
pub mod distances;
pub mod divergences;
pub mod error;
pub mod heads;
pub mod losses;
pub mod number;
pub mod penalties;
pub mod rows;
pub mod samples;
pub mod sequences;
pub mod stop;
pub mod sums;
pub mod transport;
pub mod tuples;

pub use error::{Certificate, Error, ErrorKind, Result};

/// The code in the README and in the map of the architecture runs.
#[cfg(doctest)]
mod documents {
    #[doc = include_str!("../../../README.md")]
    struct Readme;
    #[doc = include_str!("../../../ARCHITECTURE.md")]
    struct Architecture;
}
