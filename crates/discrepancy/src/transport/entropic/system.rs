//! Newton's equations of the dual: `H δ = r`, where H is the Laplacian of a graph whose nodes are the columns, joined by
//! `Σ_i P_ij P_ik / α_i`. It knows δ up to a constant.

use super::kernel::{Kernel, State};
use rayon::prelude::*;

/// How the equations are solved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Method {
    /// By elimination: the cube of the columns in time, but weights of any scales.
    Direct,
    /// By conjugate gradients: a pass over the costs a step, and many steps where weights are of many scales.
    Iterative,
}

/// The equations at a state, with `hold · β` added to the diagonal.
#[derive(Debug)]
pub(super) enum System {
    /// After elimination.
    Direct {
        /// Row k holds the weights between k and later nodes.
        weights: Vec<f64>,
        /// Their sums.
        degrees: Vec<f64>,
    },
    /// As they are, scaled by the diagonal.
    Iterative { diagonal: Vec<f64>, hold: Vec<f64> },
}

/// Up to so many columns elimination is always quicker.
const FEW: usize = 256;
/// From so many columns on it takes too long.
const MANY: usize = 1024;
/// Where conjugate gradients take so many steps, elimination is better.
const LONG: usize = 100;

impl Method {
    /// To begin with.
    pub(super) fn new(columns: usize) -> Self {
        if columns <= FEW { Method::Direct } else { Method::Iterative }
    }
    /// After a solution that took so many passes.
    pub(super) fn after(self, passes: usize, columns: usize) -> Self {
        if passes >= LONG && columns < MANY { Method::Direct } else { self }
    }
}

impl System {
    /// The equations at a state; counts passes over the costs.
    pub(super) fn new(kernel: &Kernel<'_>, state: &mut State, method: Method, hold: f64, passes: &mut usize) -> Self {
        *passes += 1;
        let hold: Vec<f64> = kernel.beta.iter().take(kernel.columns).map(|beta| hold * beta).collect();
        if method == Method::Iterative {
            let diagonal = kernel.diagonal(state).iter().zip(&hold).map(|(d, hold)| d + hold).collect();
            return System::Iterative { diagonal, hold };
        }
        let m = kernel.columns;
        let mut plan = vec![0.0; kernel.alpha.len() * m];
        plan.par_chunks_mut(m).enumerate().for_each(|(i, row)| kernel.row(state, i, row));
        let mut weights = vec![0.0; m * m];
        weights.par_chunks_mut(m).enumerate().for_each(|(j, weights)| {
            for (row, alpha) in plan.chunks_exact(m).zip(kernel.alpha) {
                let factor = row[j] / alpha;
                weights.iter_mut().zip(row).skip(j + 1).for_each(|(weight, p)| *weight += factor * p);
            }
        });
        let degrees = eliminate(&mut weights, hold);
        System::Direct { weights, degrees }
    }

    /// δ; conjugate gradients stop when what is left of r is below `enough`.
    pub(super) fn solve(
        &self,
        kernel: &Kernel<'_>,
        state: &mut State,
        residual: &[f64],
        enough: f64,
        passes: &mut usize,
        limit: usize,
    ) -> Vec<f64> {
        let limit = limit.saturating_sub(*passes).min(if kernel.columns < MANY { LONG } else { usize::MAX });
        // What all columns together miss, no potential can give.
        let mean = residual.iter().sum::<f64>() / kernel.beta.iter().sum::<f64>();
        let residual: Vec<f64> = residual.iter().zip(&kernel.beta).map(|(r, beta)| r - mean * beta).collect();
        match self {
            System::Direct { weights, degrees } => substitute(weights, degrees, &residual),
            System::Iterative { diagonal, hold } => {
                let product = |p: &[f64]| {
                    *passes += 1;
                    let product = kernel.product(state, p);
                    product.iter().zip(hold).zip(p).map(|((h, hold), p)| h + hold * p).collect::<Vec<f64>>()
                };
                conjugate_gradients(product, diagonal, &residual, enough, limit)
            }
        }
    }
}

/// Eliminates node after node. What is left is again a Laplacian, so that only weights are kept, which are sums of
/// positive terms: nothing cancels, whatever their scales (Grassmann, Taksar, Heyman 1985, doi:10.1287/opre.33.5.1107).
fn eliminate(weights: &mut [f64], mut ground: Vec<f64>) -> Vec<f64> {
    let m = ground.len();
    let mut degrees = vec![0.0; m];
    for k in 0..m {
        crate::stop::look();
        let (head, rest) = weights.split_at_mut((k + 1) * m);
        let row = &head[k * m..];
        degrees[k] = row[k + 1..].iter().sum::<f64>() + ground[k];
        if degrees[k] == 0.0 {
            continue;
        }
        for (i, other) in (k + 1..).zip(rest.chunks_exact_mut(m)) {
            let factor = row[i] / degrees[k];
            ground[i] += factor * ground[k];
            other.iter_mut().zip(row).skip(i + 1).for_each(|(weight, w)| *weight += factor * w);
        }
    }
    degrees
}

fn substitute(weights: &[f64], degrees: &[f64], residual: &[f64]) -> Vec<f64> {
    let m = degrees.len();
    let mut x = residual.to_vec();
    let later = |k: usize| &weights[k * m + k + 1..(k + 1) * m];
    for k in (0..m).filter(|k| degrees[*k] > 0.0) {
        let (head, rest) = x.split_at_mut(k + 1);
        let factor = head[k] / degrees[k];
        rest.iter_mut().zip(later(k)).for_each(|(x, w)| *x += factor * w);
    }
    for k in (0..m).rev() {
        let (head, rest) = x.split_at_mut(k + 1);
        let sum: f64 = rest.iter().zip(later(k)).map(|(x, w)| x * w).sum();
        // A node without neighbours stays where it is.
        head[k] = if degrees[k] > 0.0 { (head[k] + sum) / degrees[k] } else { 0.0 };
    }
    x
}

/// The method of Hestenes and Stiefel 1952, doi:10.6028/jres.049.044.
fn conjugate_gradients(
    mut product: impl FnMut(&[f64]) -> Vec<f64>,
    diagonal: &[f64],
    residual: &[f64],
    enough: f64,
    limit: usize,
) -> Vec<f64> {
    let dot = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>();
    let scaled = |r: &[f64]| r.iter().zip(diagonal).map(|(r, d)| r / d).collect::<Vec<f64>>();
    let (mut x, mut r) = (vec![0.0; residual.len()], residual.to_vec());
    let mut z = scaled(&r);
    let mut p = z.clone();
    let mut rz = dot(&r, &z);
    let mut left = limit;
    while r.iter().map(|r| r.abs()).sum::<f64>() > enough && left > 0 {
        crate::stop::look();
        let h = product(&p);
        left -= 1;
        let step = rz / dot(&p, &h);
        if !(step.is_finite() && step > 0.0) {
            break;
        }
        x.iter_mut().zip(&p).for_each(|(x, p)| *x += step * p);
        r.iter_mut().zip(&h).for_each(|(r, h)| *r -= step * h);
        z = scaled(&r);
        let next = dot(&r, &z);
        p.iter_mut().zip(&z).for_each(|(p, z)| *p = z + next / rz * *p);
        rz = next;
    }
    x
}
