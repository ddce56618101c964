//! What it costs to move one unit: a matrix that is given, or one between points.

use super::exact::power_of_two;
use crate::catalog::{ParameterType, Value};
use crate::distances::pair::{Wide, scaled, wide};
use crate::error::{Error, ErrorKind, Result};
use crate::samples::points::{Difference, check_values, lifted};
use crate::stop::Stop;

/// A matrix of finite costs, not so large that the potentials could overflow.
pub(super) fn check_costs(function: &str, name: &str, costs: &[f64], rows: usize, columns: usize) -> Result<()> {
    if rows.checked_mul(columns) != Some(costs.len()) {
        let allowed = format!("{rows} × {columns} costs, row after row");
        return Err(Error::new(ErrorKind::Shape, function, name, allowed).value(costs.len()));
    }
    check_values(function, name, costs)?;
    let limit = power_of_two(LARGEST_COST);
    match costs.iter().position(|c| c.abs() > limit) {
        Some(i) => {
            let allowed = format!("costs of a magnitude up to 2^{LARGEST_COST}");
            Err(Error::new(ErrorKind::Domain, function, name, allowed).at(i).value(costs[i]))
        }
        None => Ok(()),
    }
}

/// Potentials are sums of up to `rows + columns` costs, which stay below 2^1023.
const LARGEST_COST: i32 = 990;

/// What it costs to move one unit from one point to another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Ground {
    /// The Euclidean distance: the cost is the first Wasserstein distance (for weights that sum to 1).
    #[default]
    Euclidean,
    /// Its square: the cost is the square of the second Wasserstein distance.
    SquaredEuclidean,
}

impl Ground {
    /// The words of the catalogue.
    pub(super) const WORDS: [&str; 2] = ["euclidean", "squared_euclidean"];

    /// Rounded once, whatever the magnitude of the coordinates.
    pub(super) fn distance(self, x: &[f64], y: &[f64]) -> f64 {
        let difference = Difference::new(x, y);
        match self {
            Ground::Euclidean => difference.rounded_length(),
            Ground::SquaredEuclidean => scaled(difference.squares().round_to_machine(), 2 * difference.exponent),
        }
    }

    /// Hands on `mass` times the gradient of the cost with respect to `x`, coordinate by coordinate; 0 where the points
    /// coincide.
    pub(super) fn pull(self, x: &[f64], y: &[f64], mass: Wide, mut add: impl FnMut(usize, Wide)) {
        let difference = Difference::new(x, y);
        let factor = match self {
            Ground::Euclidean => {
                let length = difference.length();
                if length.high == 0.0 {
                    return;
                }
                mass / length
            }
            Ground::SquaredEuclidean => lifted(mass * 2.0, difference.exponent),
        };
        difference.coordinates().enumerate().for_each(|(k, d)| add(k, factor * d));
    }

    /// The matrix of all costs, row after row; they must be finite.
    pub(super) fn matrix(self, function: &str, x: &[f64], y: &[f64], dimension: usize) -> Result<Vec<f64>> {
        use rayon::prelude::*;
        let stop = Stop::current();
        let row = |x: &[f64]| {
            stop.iter().for_each(Stop::look);
            y.chunks_exact(dimension).map(|y| self.distance(x, y)).collect::<Vec<f64>>()
        };
        let rows: Vec<Vec<f64>> = x.par_chunks_exact(dimension).map(row).collect();
        let costs = rows.concat();
        check_costs(function, "cost", &costs, x.len() / dimension, y.len() / dimension)?;
        Ok(costs)
    }
}

impl ParameterType for Ground {
    fn from_value(value: &Value) -> Option<Ground> {
        match value {
            Value::Word(word) if *word == Ground::WORDS[0] => Some(Ground::Euclidean),
            Value::Word(word) if *word == Ground::WORDS[1] => Some(Ground::SquaredEuclidean),
            _ => None,
        }
    }
    fn to_value(&self) -> Value {
        Value::Word(Ground::WORDS[*self as usize])
    }
}

/// A sum of pulls that starts at 0.
pub(super) fn zeros(count: usize) -> Vec<Wide> {
    vec![wide(0.0); count]
}
