//! Transport with entropy: the solver behind `sinkhorn` and `sinkhorn_divergence`.
//!
//! All lengths are in units of ε. The plan is `P_ij = α_i β_j exp(u_i + v_j - K_ij)` with `K = C/ε`; u is always the best
//! one for v, so that rows are met and v alone is sought. One pass over the costs gives u and the sums of the columns.

mod ascent;
mod certificate;
mod kernel;
mod problem;
mod system;
mod wide;

pub(super) use ascent::ascend;
pub(super) use certificate::Bounds;
pub(super) use problem::{Problem, Settings};
pub(super) use wide::{Plan, Solver};
