//! The ascent of the dual: ε is lowered step by step, and at each step Newton's method climbs from where the last steps
//! point to; at the end, in twofold precision, until the marginals are met.

use super::Bounds;
use super::kernel::{Kernel, State};
use super::problem::{Problem, Settings};
use super::system::{Method, System};
use super::wide::{Plan, Solver};
use crate::distances::pair::{Wide, wide};
use crate::error::{Certificate, Error, ErrorKind, Result};
use crate::number::{Level, Real};

/// ε is divided by this.
const STEP: f64 = 4.0;
/// How well the marginals are met on the way.
const WAY: f64 = 1e-2;
/// Plain precision is left behind when the marginals are met so well, or as well as the bits of the potentials allow.
const PLAIN: f64 = 1e-13;
/// Newton steps longer than this, in units of ε, are shortened.
const LONGEST: f64 = 2.0;
/// A step that leaves the dual so steep, compared with before, was not too long, although the error may not show it:
/// columns that hang together with the rest by next to nothing have a long way to go before anything flows.
const STEEP: f64 = 0.1;
/// Where less is asked for than this, a step is taken if it comes nearer, and the first that does not is the last: there
/// is little left but the rounding of sums.
const POLISH: f64 = 1e-24;
/// How often a step is halved before it is given up.
const HALVINGS: usize = 4;
/// Columns are held in place by this times the error, times up to a thousand where that fails (Levenberg 1944,
/// doi:10.1090/qam/10666): else those that hang together with the rest by next to nothing run away.
const LEAST_HOLD: f64 = 1e-3;
/// In plain precision, by at least this: residuals are rounded.
const ROUNDING: f64 = 1e-13;
/// Failed steps at one ε, at most.
const FAILURES: usize = 20;
/// Plain iterations, at most, before the first Newton step at each ε.
const PATIENCE: usize = 20;

/// Where the ascent is.
struct Ascent<'a> {
    kernel: Kernel<'a>,
    state: State,
    error: f64,
    method: Method,
    passes: usize,
    limit: usize,
}

/// Solves a problem; the error `NotConverged` says how far it came.
pub(in super::super) fn ascend(problem: &Problem<'_>) -> Result<(Plan, Bounds)> {
    let settings = &problem.settings;
    let alpha = problem.alpha.rounded();
    let kernel = Kernel::new(&problem.costs, &alpha, &problem.beta.rounded(), Level::best());
    let epsilon = settings.epsilon;
    let mut now = epsilon.max(problem.range());
    let state = kernel.state(1.0 / now, &vec![0.0; kernel.columns]);
    let method = Method::new(kernel.columns);
    let mut ascent = Ascent { kernel, state, error: 0.0, method, passes: 1, limit: settings.max_iterations };
    let mut before: Option<(f64, Vec<f64>)> = None;
    ascent.measure();
    loop {
        let last = now <= epsilon;
        let bits = ascent.largest() * f64::EPSILON * 4.0;
        ascent.climb(if last { settings.tolerance.max(PLAIN).max(bits) } else { WAY });
        if last || ascent.passes >= ascent.limit {
            break;
        }
        // The potentials are nearly linear in ε.
        let next = epsilon.max(now / STEP);
        let g: Vec<f64> = ascent.state.potential.iter().take(ascent.kernel.columns).map(|v| v * now).collect();
        let ahead: Vec<f64> = match &before {
            None => g.clone(),
            Some((then, h)) => g.iter().zip(h).map(|(g, h)| g + (g - h) * ((next - now) / (now - then))).collect(),
        };
        ascent.start(next, &ahead);
        before = Some((now, g));
        now = next;
    }
    if now > epsilon {
        // Out of passes on the way: what there is, is judged at the ε asked for.
        let g: Vec<f64> = ascent.state.potential.iter().take(ascent.kernel.columns).map(|v| v * now).collect();
        ascent.start(epsilon, &g);
    }
    let plan = ascent.refine(problem);
    let bounds = Bounds::new(problem, &ascent.kernel, &ascent.state, &plan);
    if plan.error <= settings.tolerance {
        return Ok((plan, bounds));
    }
    let allowed =
        format!("a marginal error up to {:e}, within {} iterations", settings.tolerance, settings.max_iterations);
    let error = Error::new(ErrorKind::NotConverged, settings.function, "marginal error", allowed).value(plan.error);
    Err(error.with_certificate(Certificate {
        lower: bounds.lower,
        upper: bounds.upper,
        marginal_error: (plan.largest_error() * problem.total).round_to_machine(),
        iterations: plan.iterations,
    }))
}

impl Ascent<'_> {
    /// At another ε.
    fn start(&mut self, epsilon: f64, potentials: &[f64]) {
        let potential: Vec<f64> = potentials.iter().map(|g| g / epsilon).collect();
        self.moved(1.0 / epsilon, &potential);
    }

    fn moved(&mut self, inverse: f64, potential: &[f64]) {
        self.state = self.kernel.state(inverse, potential);
        crate::stop::look();
        self.passes += 1;
        self.measure();
    }

    /// What the columns miss.
    fn residual(&self, state: &State) -> Vec<f64> {
        state.sums.iter().zip(&self.kernel.beta).map(|(sum, beta)| beta * (1.0 - sum)).collect()
    }

    fn measure(&mut self) {
        self.error = self.residual(&self.state).iter().map(|r| r.abs()).sum();
    }

    /// One iteration of Sinkhorn: the columns are met, the rows follow.
    fn iterate(&mut self) {
        let mut potential = self.state.potential[..self.kernel.columns].to_vec();
        for (j, v) in potential.iter_mut().enumerate() {
            let sum = self.state.sums[j];
            // A column so far off that its sum underflows is summed again, relative to its largest term.
            *v = if sum > 1e-250 { *v - Real::ln(sum) } else { self.column(j) };
        }
        self.moved(self.state.inverse, &potential);
    }

    /// `-ln Σ_i α_i exp(u_i - K_ij)`.
    fn column(&self, j: usize) -> f64 {
        let state = &self.state;
        let costs = self.kernel.costs[j..].iter().step_by(self.kernel.columns);
        let rows = costs.zip(&state.shift).zip(&state.scale);
        let exponents: Vec<f64> =
            rows.map(|((cost, shift), scale)| Real::ln(*scale) - shift - cost * state.inverse).collect();
        let largest = exponents.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = exponents.iter().map(|x| Real::exp(x - largest)).sum();
        -(largest + Real::ln(sum))
    }

    /// Climbs until the marginals are met, or no further.
    fn climb(&mut self, target: f64) {
        let mut iterations = 0;
        while self.error > 0.3 && iterations < PATIENCE && self.passes < self.limit {
            self.iterate();
            iterations += 1;
        }
        let (mut failures, mut hold) = (0, LEAST_HOLD);
        while self.error > target && self.passes < self.limit {
            if self.newton(target, hold) {
                hold = (hold / 4.0).max(LEAST_HOLD);
                continue;
            }
            failures += 1;
            hold *= 10.0;
            if failures > FAILURES || self.error < 1e-10 {
                break;
            }
            if hold > 1.0 {
                hold = LEAST_HOLD;
                for _ in 0..10.min(self.limit.saturating_sub(self.passes)) {
                    self.iterate();
                }
            }
        }
    }

    /// One step of Newton's method; whether it came nearer.
    fn newton(&mut self, target: f64, hold: f64) -> bool {
        let residual = self.residual(&self.state);
        let hold = (hold * self.error).max(ROUNDING);
        let system = System::new(&self.kernel, &mut self.state, self.method, hold, &mut self.passes);
        // Far away, a rough step will do (Dembo, Eisenstat, Steihaug 1982, doi:10.1137/0719025).
        let enough = (self.error * self.error.sqrt().min(0.1)).max(target * 0.1);
        let before = self.passes;
        let step = system.solve(&self.kernel, &mut self.state, &residual, enough, &mut self.passes, self.limit);
        // If need be, from the next step on.
        self.method = self.method.after(self.passes - before, self.kernel.columns);
        let step = shortened(&step, &self.kernel.beta);
        let from = self.state.clone();
        let slope = dot(&residual, &step);
        let mut factor = 1.0;
        for _ in 0..HALVINGS {
            let potential: Vec<f64> = from.potential.iter().zip(&step).map(|(v, d)| v + factor * d).collect();
            let error = self.error;
            self.moved(from.inverse, &potential);
            if nearer(self.error, error, factor) || dot(&self.residual(&self.state), &step) > STEEP * slope {
                return true;
            }
            self.error = error;
            factor /= 2.0;
        }
        self.state = from;
        false
    }

    /// The largest potential.
    fn largest(&self) -> f64 {
        self.state.potential.iter().fold(0.0, |largest, v| largest.max(v.abs()))
    }

    /// On in twofold precision, with the equations of the nearest plain state.
    fn refine(&mut self, problem: &Problem<'_>) -> Plan {
        let solver = Solver::new(problem);
        let mut potential: Vec<Wide> =
            self.state.potential.iter().take(self.kernel.columns).map(|v| wide(*v)).collect();
        let mut plan = solver.plan(&potential);
        self.passes += 1;
        let (mut system, mut hold) = (None, LEAST_HOLD);
        let Settings { tolerance, aim, .. } = problem.settings;
        let bits = (1.0 + self.largest()) * f64::EPSILON * f64::EPSILON * 4.0;
        let sought = |error: f64| tolerance.min(error.max(bits));
        let (aim, polished) = (sought(aim), sought(POLISH));
        while plan.error > aim && self.passes < self.limit {
            crate::stop::look();
            let (kernel, state, passes) = (&self.kernel, &mut self.state, &mut self.passes);
            let held = hold * plan.error;
            let equations = system.get_or_insert_with(|| System::new(kernel, state, self.method, held, passes));
            let enough = (plan.error * 1e-7).max(aim * 0.1);
            let before = *passes;
            let step = equations.solve(kernel, state, &plan.residual(), enough, passes, self.limit);
            let method = self.method.after(*passes - before, kernel.columns);
            if method != self.method {
                (self.method, system) = (method, None);
                continue;
            }
            let step = shortened(&step, &kernel.beta);
            let (slope, mut factor) = (dot(&plan.residual(), &step), 1.0);
            let good = plan.error <= polished;
            let better = (0..if good { 1 } else { HALVINGS }).find_map(|_| {
                let moved: Vec<Wide> = potential.iter().zip(&step).map(|(v, d)| *v + factor * d).collect();
                let next = solver.plan(&moved);
                self.passes += 1;
                let steep = || !good && dot(&next.residual(), &step) > STEEP * slope;
                let better = nearer(next.error, plan.error, factor) || steep();
                factor /= 2.0;
                better.then_some((moved, next))
            });
            let Some((moved, next)) = better else {
                hold *= 10.0;
                if hold > 1.0 || good {
                    break;
                }
                system = None;
                continue;
            };
            if next.error > plan.error * 0.1 {
                // The equations were those of somewhere else.
                let nearest: Vec<f64> = moved.iter().map(|v| v.high).collect();
                self.state = self.kernel.state(self.state.inverse, &nearest);
                system = None;
            }
            (potential, plan) = (moved, next);
        }
        plan.iterations = self.passes;
        plan
    }
}

/// Whether a step of this length did what was to be expected of it.
fn nearer(error: f64, before: f64, factor: f64) -> bool {
    error < before * (1.0 - 0.1 * factor)
}

fn dot(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(x, y)| x * y).sum()
}

/// A step without the constant that changes nothing, and with its long parts shortened: what flows grows with the
/// exponential of a step, so that a long one is the logarithm of what the equations, which are linear, ask for.
fn shortened(step: &[f64], beta: &[f64]) -> Vec<f64> {
    let mean: f64 = step.iter().zip(beta).map(|(d, b)| d * b).sum();
    let short = |d: f64| d.signum() * LONGEST * Real::ln_1p(d.abs() / LONGEST);
    step.iter().map(|d| short(d - mean)).collect()
}
