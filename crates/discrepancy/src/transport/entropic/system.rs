//! Newton's equations of the dual: `H δ = r`, where H is the Laplacian of a graph whose nodes are the columns, joined by
//! `Σ_i P_ij P_ik / α_i`. It knows δ up to a constant.

use super::kernel::{Kernel, State};
use rayon::prelude::*;

/// How the equations are solved.
#[derive(Debug)]
pub(super) enum System {
    /// By elimination: any scale of the weights of the graph, the cube of the columns in time.
    Direct {
        /// After elimination: row k holds the weights between k and later nodes.
        weights: Vec<f64>,
        /// Their sums.
        degrees: Vec<f64>,
    },
    /// By conjugate gradients, each step a pass over the costs, scaled by the diagonal.
    Iterative { diagonal: Vec<f64> },
}

/// Up to so many columns, elimination is quicker than conjugate gradients on hard problems, and not much slower on others.
const DIRECT: usize = 256;

impl System {
    /// The equations at a state; counts passes over the costs.
    pub(super) fn new(kernel: &Kernel<'_>, state: &mut State, passes: &mut usize) -> Self {
        *passes += 1;
        if kernel.columns > DIRECT {
            return System::Iterative { diagonal: kernel.diagonal(state) };
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
        let degrees = eliminate(&mut weights, m);
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
        match self {
            System::Direct { weights, degrees } => substitute(weights, degrees, residual),
            System::Iterative { diagonal } => {
                conjugate_gradients(kernel, state, diagonal, residual, enough, passes, limit)
            }
        }
    }
}

/// Eliminates node after node. What is left is again a Laplacian, so that only weights are kept, which are sums of
/// positive terms: nothing cancels, whatever their scales (Grassmann, Taksar, Heyman 1985, doi:10.1287/opre.33.5.1107).
fn eliminate(weights: &mut [f64], m: usize) -> Vec<f64> {
    let mut degrees = vec![0.0; m];
    for k in 0..m {
        let (head, rest) = weights.split_at_mut((k + 1) * m);
        let row = &head[k * m..];
        degrees[k] = row[k + 1..].iter().sum();
        if degrees[k] == 0.0 {
            continue;
        }
        for (i, other) in rest.chunks_exact_mut(m).enumerate() {
            let i = k + 1 + i;
            let factor = row[i] / degrees[k];
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
        // A node without neighbours, the last one among them, stays where it is.
        head[k] = if degrees[k] > 0.0 { (head[k] + sum) / degrees[k] } else { 0.0 };
    }
    x
}

/// The method of Hestenes and Stiefel 1952, doi:10.6028/jres.049.044.
fn conjugate_gradients(
    kernel: &Kernel<'_>,
    state: &mut State,
    diagonal: &[f64],
    residual: &[f64],
    enough: f64,
    passes: &mut usize,
    limit: usize,
) -> Vec<f64> {
    let dot = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>();
    // A column that has a row for itself has no curvature, and nothing to gain.
    let scaled = |r: &[f64]| -> Vec<f64> {
        r.iter().zip(diagonal).map(|(r, d)| if *d > 1e-280 { r / d } else { 0.0 }).collect()
    };
    let (mut x, mut r) = (vec![0.0; residual.len()], residual.to_vec());
    let mut z = scaled(&r);
    let mut p = z.clone();
    let mut rz = dot(&r, &z);
    while r.iter().map(|r| r.abs()).sum::<f64>() > enough && *passes < limit {
        let h = kernel.product(state, &p);
        *passes += 1;
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
