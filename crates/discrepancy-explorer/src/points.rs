//! Distances between two points, and unit balls.

use crate::number::{Number, floats, numbers};
use discrepancy::catalog::{Family, Measure, entries, find};
use discrepancy::{Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};
use std::f64::consts::TAU;

#[derive(Deserialize)]
pub(crate) struct Question {
    a: Vec<Number>,
    b: Vec<Number>,
    /// The order of Minkowski's distance.
    p: Number,
}

#[derive(Serialize)]
pub(crate) struct Row {
    name: &'static str,
    spec: String,
    value: Option<Number>,
    /// With respect to the second point.
    gradient: Option<Vec<Number>>,
    /// Why there is no value.
    error: Option<String>,
}

impl Question {
    /// Every distance that takes two points of the plane.
    pub(crate) fn answer(&self) -> Result<Vec<Row>> {
        let (a, b) = (floats(&self.a), floats(&self.b));
        let mut rows = Vec::new();
        for entry in entries().filter(|entry| entry.family == Family::Distance) {
            let spec = match entry.parameter("p") {
                Some(_) => format!("{}:p={}", entry.name, self.p.0),
                None => entry.name.to_owned(),
            };
            let Measure::Pair(metric) = find(&spec)? else { continue };
            if entry.prediction != discrepancy::catalog::DataDomain::Real {
                continue;
            }
            let (mut by_a, mut by_b) = (vec![0.0; a.len()], vec![0.0; b.len()]);
            let value = metric.value(&a, &b);
            // Lists have a number for each coordinate; the page has no field for them.
            if value.is_err() && entry.parameters.iter().any(|parameter| parameter.domain.list) {
                continue;
            }
            let slopes = metric.value_and_gradient(&a, &b, &mut by_a, &mut by_b).ok();
            rows.push(Row {
                name: entry.name,
                spec,
                value: value.as_ref().ok().copied().map(Number),
                gradient: slopes.map(|_| numbers(&by_b)),
                error: value.err().map(|error| error.to_string()),
            });
        }
        Ok(rows)
    }
}

/// The points at distance 1 from the origin.
#[derive(Deserialize)]
pub(crate) struct Ball {
    spec: String,
    steps: usize,
}

impl Ball {
    /// Of a norm: along each direction, the distance of one unit of length says how far to go.
    pub(crate) fn answer(&self) -> Result<Vec<[Number; 2]>> {
        let steps = self.steps.clamp(8, 2048);
        let Measure::Pair(metric) = find(&self.spec)? else {
            return Err(Error::new(ErrorKind::Unsupported, "explorer", "spec", "distances"));
        };
        (0..steps)
            .map(|k| {
                let angle = TAU * k as f64 / steps as f64;
                // The corners of polygons are hit exactly.
                let (sin, cos) = match 8 * k / steps {
                    eighth if eighth * steps == 8 * k && eighth % 2 == 0 => {
                        [(0.0, 1.0), (1.0, 0.0), (0.0, -1.0), (-1.0, 0.0)][eighth / 2]
                    }
                    _ => libm::sincos(angle),
                };
                let length = metric.value(&[cos, sin], &[0.0, 0.0])?;
                Ok([Number(cos / length), Number(sin / length)])
            })
            .collect()
    }
}
