//! Weighted points in space.

use super::masses::Given;
use crate::error::Result;
use crate::samples::points::check_points;
use std::cmp::Ordering;

/// Points of `dimension` coordinates each, one after another, and their weights.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cloud<'a> {
    pub(super) points: &'a [f64],
    pub(super) dimension: usize,
    pub(super) given: Given<'a>,
}

impl<'a> Cloud<'a> {
    /// Checks the points; weights are checked together with those of the other side.
    pub(super) fn new(
        function: &str,
        (name, weights_name): (&'a str, &'a str),
        points: &'a [f64],
        weights: Option<&'a [f64]>,
        dimension: usize,
    ) -> Result<Self> {
        let count = check_points(function, name, points, dimension)?;
        Ok(Cloud { points, dimension, given: Given { name: weights_name, weights, count } })
    }

    /// The coordinates of a point.
    pub(super) fn point(&self, i: usize) -> &'a [f64] {
        &self.points[i * self.dimension..(i + 1) * self.dimension]
    }

    /// The points in an order that does not depend on the one they are given in, short of points that are the same.
    pub(super) fn order(&self) -> Vec<usize> {
        let compare = |i: &usize, j: &usize| {
            let coordinates = self.point(*i).iter().zip(self.point(*j)).map(|(x, y)| x.total_cmp(y));
            let weights = self.given.weights.map_or(Ordering::Equal, |w| w[*i].total_cmp(&w[*j]));
            coordinates.fold(Ordering::Equal, Ordering::then).then(weights)
        };
        let mut order: Vec<usize> = (0..self.given.count).collect();
        order.sort_by(compare);
        order
    }
}
