//! Checks that the parts of this module share.

use super::exact::power_of_two;
use crate::error::{Error, ErrorKind, Result};

/// At least one value, all finite.
pub(super) fn check_values(function: &str, name: &str, values: &[f64]) -> Result<()> {
    if values.is_empty() {
        return Err(Error::new(ErrorKind::Shape, function, name, "at least one element").value(0));
    }
    match values.iter().position(|x| !x.is_finite()) {
        Some(i) => Err(Error::new(ErrorKind::NonFinite, function, name, "finite numbers").at(i).value(values[i])),
        None => Ok(()),
    }
}

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

/// The number of points of `dimension` coordinates each.
pub(super) fn check_points(function: &str, name: &str, points: &[f64], dimension: usize) -> Result<usize> {
    if dimension == 0 {
        return Err(Error::new(ErrorKind::Parameter, function, "dimension", "at least 1").value(0));
    }
    if !points.len().is_multiple_of(dimension) {
        let allowed = format!("points of {dimension} coordinates each");
        return Err(Error::new(ErrorKind::Shape, function, name, allowed).value(points.len()));
    }
    check_values(function, name, points)?;
    Ok(points.len() / dimension)
}
