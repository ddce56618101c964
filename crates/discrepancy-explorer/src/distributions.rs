//! Two histograms on one grid: divergences both ways, and what Wasserstein's distance moves where.

use crate::number::{Number, floats};
use discrepancy::catalog::{Family, Measure, entries, find};
use discrepancy::samples::SampleStatistic;
use discrepancy::transport::{Wasserstein, optimal_transport};
use discrepancy::{Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};

/// As many bins as the page has bars for.
const MOST_BINS: usize = 64;

#[derive(Deserialize)]
pub(crate) struct Question {
    /// Heights; each side is divided by its sum.
    p: Vec<Number>,
    q: Vec<Number>,
    /// The order of Wasserstein's distance.
    order: Number,
}

#[derive(Serialize)]
pub(crate) struct Answered {
    /// What the bars weigh after division.
    p: Vec<Number>,
    q: Vec<Number>,
    divergences: Vec<Row>,
    wasserstein: Number,
    /// From bin, to bin, mass.
    plan: Vec<(usize, usize, Number)>,
    cost: Number,
}

#[derive(Serialize)]
struct Row {
    name: &'static str,
    there: Number,
    back: Number,
}

/// Shares of a whole; the last digits of their sum are the library's to allow.
fn shares(name: &str, heights: &[f64]) -> Result<Vec<f64>> {
    let sum: f64 = heights.iter().sum();
    if heights.iter().all(|h| *h >= 0.0) && sum > 0.0 && sum.is_finite() && heights.len() <= MOST_BINS {
        return Ok(heights.iter().map(|h| h / sum).collect());
    }
    Err(Error::new(ErrorKind::Domain, "explorer", name, format!("up to {MOST_BINS} heights, not negative, not all 0")))
}

impl Question {
    pub(crate) fn answer(&self) -> Result<Answered> {
        let (p, q) = (shares("p", &floats(&self.p))?, shares("q", &floats(&self.q))?);
        if p.len() != q.len() {
            return Err(Error::new(ErrorKind::Shape, "explorer", "q", format!("{} heights", p.len())).value(q.len()));
        }
        let mut divergences = Vec::new();
        for entry in entries().filter(|entry| entry.family == Family::Divergence) {
            let Measure::Pair(divergence) = find(entry.name)? else { continue };
            divergences.push(Row {
                name: entry.name,
                there: Number(divergence.value(&p, &q)?),
                back: Number(divergence.value(&q, &p)?),
            });
        }
        let grid: Vec<f64> = (0..p.len()).map(|i| i as f64).collect();
        let wasserstein = Wasserstein::new(self.order.0)?;
        let value = wasserstein.value_weighted(&grid, Some(&p), &grid, Some(&q), 1)?;
        // The cost of a move is the library's own distance on the line, to the power of the order.
        let cost: Vec<f64> = grid
            .iter()
            .flat_map(|a| grid.iter().map(move |b| (a - b).abs()))
            .map(|d| libm::pow(d, self.order.0))
            .collect();
        let plan = optimal_transport(&cost, &p, &q)?;
        Ok(Answered {
            p: p.iter().copied().map(Number).collect(),
            q: q.iter().copied().map(Number).collect(),
            divergences,
            wasserstein: Number(value),
            plan: plan.plan.iter().map(|&(i, j, mass)| (i, j, Number(mass))).collect(),
            cost: Number(plan.cost),
        })
    }
}
