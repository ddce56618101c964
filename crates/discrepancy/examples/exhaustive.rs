//! `cargo xtask exhaustive [NAME…] [--list] [--again]`: elementary functions, and pointwise losses at each label, over
//! all `f32` inputs. Results rounded to `f32` are compared with twofold precision, which is right to some 96 bits.
//!
//! Without names everything is run that has no line in `reference/exhaustive.txt` yet (`--again`: all), so that a run
//! that was stopped goes on. `--list` shows names and times.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a program for developers may stop")]

#[path = "../tests/support/mod.rs"]
mod support;

use discrepancy::batch::Evaluation;
use discrepancy::catalog::{self, Measure};
use discrepancy::losses::{Outputs, PointwiseLoss};
use discrepancy::number::lane::{Block, run};
use discrepancy::number::{LANES, Lane, Level, Machine, Real, Short, Twofold};
use fearless_simd::Simd;
use rayon::prelude::*;
use std::time::Instant;
use support::hexadecimal;

/// Patterns of bits that are looked at together.
const CHUNK: u64 = 1 << 16;
const PATTERNS: u64 = 1 << 32;
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../reference/exhaustive.txt");

// ---- elementary functions ----

/// Whether a function is defined for an input.
type Legal = fn(f32) -> bool;

const FUNCTIONS: [(&str, Legal); 8] = [
    ("exp", |x| x.is_finite()),
    ("exp_nonpositive", |x| x.is_finite() && x <= 0.0),
    ("exp_m1", |x| x.is_finite()),
    ("ln", |x| x.is_finite() && x > 0.0),
    ("ln_1p", |x| x.is_finite() && x > -1.0),
    ("ln_1p_unit", |x| (0.0..=1.0).contains(&x)),
    ("sigmoid", |x| x.is_finite()),
    ("softplus", |x| x.is_finite()),
];

#[inline(always)]
fn formula<const F: usize, R: Real>(x: R) -> R {
    match F {
        0 => x.exp(),
        1 => x.exp_nonpositive(),
        2 => x.exp_m1(),
        3 => x.ln(),
        4 => x.ln_1p(),
        5 => x.ln_1p_unit(),
        6 => x.sigmoid(),
        _ => x.softplus(),
    }
}

/// As results in `f32` are computed.
#[inline(always)]
fn kernel<const F: usize, M: Machine>(x: M) -> M {
    formula::<F, _>(Short(x)).0
}

/// A function's results over a slice, in both precisions.
struct Both<'a, const F: usize> {
    from: &'a [f64],
    plain: &'a mut [f64],
    high: &'a mut [f64],
    low: &'a mut [f64],
}

impl<const F: usize> Block for Both<'_, F> {
    fn scalar(self) {
        for (i, x) in self.from.iter().enumerate() {
            self.plain[i] = kernel::<F, f64>(*x);
            let fine = formula::<F, Twofold<f64>>(Twofold::from(*x));
            (self.high[i], self.low[i]) = (fine.high, fine.low);
        }
    }
    #[inline(always)]
    fn lanes<S: Simd>(self, simd: S) {
        let (plain, high, low) = (
            self.plain.as_chunks_mut::<LANES>().0,
            self.high.as_chunks_mut::<LANES>().0,
            self.low.as_chunks_mut::<LANES>().0,
        );
        for (i, from) in self.from.as_chunks::<LANES>().0.iter().enumerate() {
            let x = Lane::load(simd, from);
            kernel::<F, _>(x).store(&mut plain[i]);
            let fine = formula::<F, _>(Twofold::from(x));
            fine.high.store(&mut high[i]);
            fine.low.store(&mut low[i]);
        }
    }
}

// ---- errors ----

/// The largest errors, and where.
#[derive(Clone, Copy, Debug)]
struct Worst {
    inputs: u64,
    ulps: f64,
    at: f32,
    /// Of the kernel before rounding, where `f32` has normal numbers.
    relative: f64,
}

const NONE: Worst = Worst { inputs: 0, ulps: 0.0, at: 0.0, relative: 0.0 };

impl Worst {
    fn merge(self, other: Worst) -> Worst {
        let larger = if other.ulps > self.ulps { other } else { self };
        Worst { inputs: self.inputs + other.inputs, relative: self.relative.max(other.relative), ..larger }
    }

    /// Of one input: the result before and after rounding to `f32`, and the truth in two parts.
    fn look(&mut self, x: f32, plain: f64, stored: f32, high: f64, low: f64) {
        self.inputs += 1;
        let size = high.abs();
        let error = if high.is_infinite() || size >= OVERFLOW {
            if f64::from(stored) == high.signum() * f64::INFINITY { 0.0 } else { f64::INFINITY }
        } else {
            // The step of f32 at the truth: the exponent's bits are the binade.
            let binade = f64::from_bits(size.to_bits() & 0x7FF0_0000_0000_0000);
            let step = (binade * 2f64.powi(-23)).max(2f64.powi(-149));
            ((f64::from(stored) - high) - low).abs() / step
        };
        // A NaN is worse than anything.
        let error = if error.is_nan() { f64::INFINITY } else { error };
        if error > self.ulps {
            (self.ulps, self.at) = (error, x);
        }
        if (NORMAL..OVERFLOW).contains(&size) {
            self.relative = self.relative.max(((plain - high) - low).abs() / size);
        }
    }
}

/// Half a step below 2^128, from where numbers round to infinity.
const OVERFLOW: f64 = 340_282_356_779_733_661_637_539_395_458_142_568_448.0;
const NORMAL: f64 = f32::MIN_POSITIVE as f64;

// ---- what is run ----

/// A function of one `f32`, in chunks of patterns of bits.
trait Job: Sync {
    fn names(&self) -> Vec<String>;
    /// At most so many seconds are spent on inputs beyond [`NEAR`].
    fn patience(&self) -> f64;
    fn chunk(&self, patterns: &mut dyn Iterator<Item = u32>) -> Vec<Worst>;
}

struct Function<const F: usize>;

impl<const F: usize> Job for Function<F> {
    fn names(&self) -> Vec<String> {
        vec![FUNCTIONS[F].0.to_owned()]
    }
    fn patience(&self) -> f64 {
        f64::INFINITY
    }
    fn chunk(&self, patterns: &mut dyn Iterator<Item = u32>) -> Vec<Worst> {
        let inputs: Vec<f32> = patterns.map(f32::from_bits).filter(|x| FUNCTIONS[F].1(*x)).collect();
        let mut from: Vec<f64> = inputs.iter().map(|x| f64::from(*x)).collect();
        // Whole lanes; what is padded is not looked at.
        from.resize(inputs.len().next_multiple_of(LANES), from.last().copied().unwrap_or(0.0));
        let [mut plain, mut high, mut low] = [(); 3].map(|()| vec![0.0; from.len()]);
        run(Level::best(), Both::<F> { from: &from, plain: &mut plain, high: &mut high, low: &mut low });
        let mut worst = NONE;
        for (i, x) in inputs.iter().enumerate() {
            worst.look(*x, plain[i], plain[i] as f32, high[i], low[i]);
        }
        vec![worst]
    }
}

/// A loss with default parameters at one label.
struct AtLabel {
    loss: Box<dyn PointwiseLoss>,
    label: f32,
}

const OUTPUTS: [&str; 3] = ["value", "gradient", "second derivative"];

impl Job for AtLabel {
    fn names(&self) -> Vec<String> {
        OUTPUTS.iter().map(|output| format!("{} at {}, {output}", self.loss.entry().name, self.label)).collect()
    }
    fn patience(&self) -> f64 {
        120.0
    }
    fn chunk(&self, patterns: &mut dyn Iterator<Item = u32>) -> Vec<Worst> {
        let domain = self.loss.entry().prediction;
        let legal = |x: &f32| x.is_finite() && domain.contains(f64::from(*x));
        let z: Vec<f32> = patterns.map(f32::from_bits).filter(legal).collect();
        let y = vec![self.label; z.len()];
        let all = Evaluation::new(&*self.loss, &z, &y).unwrap().value_gradient_hessian().unwrap();
        let wide: Vec<f64> = z.iter().map(|x| f64::from(*x)).collect();
        let target = vec![f64::from(self.label); z.len()];
        let [mut value, mut gradient, mut hessian] = [(); 3].map(|()| vec![0.0; z.len()]);
        let outputs = Outputs { value: &mut value, gradient: Some(&mut gradient), hessian: Some(&mut hessian) };
        self.loss.block(&wide, &target, outputs);
        let mut worst = vec![NONE; 3];
        let results = [(all.value, value), (all.gradient, gradient), (all.hessian, hessian)];
        for (worst, (stored, truth)) in worst.iter_mut().zip(results) {
            for (i, x) in z.iter().enumerate() {
                worst.look(*x, truth[i], stored[i], truth[i], 0.0);
            }
        }
        worst
    }
}

fn jobs() -> Vec<Box<dyn Job>> {
    let mut jobs: Vec<Box<dyn Job>> = vec![
        Box::new(Function::<0>),
        Box::new(Function::<1>),
        Box::new(Function::<2>),
        Box::new(Function::<3>),
        Box::new(Function::<4>),
        Box::new(Function::<5>),
        Box::new(Function::<6>),
        Box::new(Function::<7>),
    ];
    for entry in catalog::entries() {
        for label in [-1.0, 0.0, 1.0_f32] {
            let Measure::Pointwise(loss) = entry.make(&entry.defaults()).unwrap() else { continue };
            if loss.differentiable() && entry.target.contains(f64::from(label)) {
                jobs.push(Box::new(AtLabel { loss, label }));
            }
        }
    }
    jobs
}

/// Beyond this, products of three exponentials come near the ends of the range of `f64` and are computed in 256 bits, which
/// takes too long for all inputs; in `f32` they have long been 0 or infinite.
const NEAR: f32 = 200.0;

/// The patterns of a chunk that are near enough, or every so manieth of the others.
fn part(chunk: u64, near: bool, every: u64) -> impl Iterator<Item = u32> {
    let all = (chunk * CHUNK..(chunk + 1) * CHUNK).step_by(every as usize);
    all.map(|pattern| pattern as u32).filter(move |pattern| (f32::from_bits(*pattern).abs() <= NEAR) == near)
}

/// Seconds for a pattern, from a few chunks spread over all.
fn pace(job: &dyn Job, near: bool) -> f64 {
    let chunks: Vec<u64> = (0..64).map(|i| i * (PATTERNS / CHUNK / 64) + 5).collect();
    let every = if near { 4 } else { 64 };
    let begun = Instant::now();
    chunks.par_iter().for_each(|chunk| {
        job.chunk(&mut part(*chunk, near, every));
    });
    begun.elapsed().as_secs_f64() * every as f64 / (64 * CHUNK) as f64
}

/// How to go about it: every so manieth of the far inputs, and the seconds in all.
fn plan(job: &dyn Job) -> (u64, f64) {
    job.chunk(&mut part(0, true, 1)); // warm
    let far = pace(job, false) * PATTERNS as f64;
    let patience = job.patience();
    // An odd number meets all patterns of the last bits.
    let every = if far <= patience { 1 } else { ((far / patience) as u64).next_multiple_of(2) + 1 };
    (every, pace(job, true) * PATTERNS as f64 + far / every as f64)
}

fn lines() -> Vec<(String, String)> {
    let text = std::fs::read_to_string(FILE).unwrap_or_default();
    let pair = |line: &str| (line.split('\t').next().unwrap_or_default().to_owned(), line.to_owned());
    text.lines().filter(|line| !line.starts_with('#')).map(pair).collect()
}

const HEAD: &str = "# Made by cargo xtask exhaustive: function, inputs, worst error in ULP of f32, at, relative error before rounding.\n";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (flags, names): (Vec<&String>, Vec<&String>) = arguments.iter().partition(|a| a.starts_with("--"));
    let flag = |name: &str| flags.iter().any(|flag| *flag == name);
    let jobs = jobs();
    let order: Vec<String> = jobs.iter().flat_map(|job| job.names()).collect();
    for job in &jobs {
        let known = lines();
        let mine = job.names();
        // `exp`, or a loss's name for all its labels.
        let meant = |name: &&String| mine.iter().any(|m| m == *name || m.split(" at ").next() == Some(name.as_str()));
        let done = mine.iter().all(|m| known.iter().any(|(name, _)| name == m));
        if !names.is_empty() && !names.iter().any(meant)
            || names.is_empty() && done && !flag("--again") && !flag("--list")
        {
            continue;
        }
        let (every, seconds) = plan(&**job);
        println!("{}: about {seconds:.0} s{}", mine[0], if done { ", done before" } else { "" });
        if flag("--list") {
            continue;
        }
        let begun = Instant::now();
        let chunks = PATTERNS / CHUNK;
        let one = |chunk: u64| {
            let near = job.chunk(&mut part(chunk, true, 1));
            let far = job.chunk(&mut part(chunk, false, every));
            near.into_iter().zip(far).map(|(a, b)| a.merge(b)).collect::<Vec<Worst>>()
        };
        let merge = |a: Vec<Worst>, b: Vec<Worst>| a.into_iter().zip(b).map(|(a, b)| a.merge(b)).collect();
        let worst = (0..chunks).into_par_iter().map(one).reduce(|| vec![NONE; mine.len()], merge);
        let mut all = known;
        for (name, worst) in mine.iter().zip(worst) {
            let beyond = if every == 1 { String::new() } else { format!(", beyond ±{NEAR} one in {every}") };
            let relative = if mine.len() > 1 { String::new() } else { format!("2^{:.1}", worst.relative.log2()) };
            let at = hexadecimal(f64::from(worst.at));
            let line = format!("{name}\t{}{beyond}\t{:.6}\t{at}\t{relative}", worst.inputs, worst.ulps);
            println!("{line}");
            all.retain(|(known, _)| known != name);
            all.push((name.clone(), line));
        }
        println!("{:.0} s", begun.elapsed().as_secs_f64());
        all.sort_by_key(|(name, _)| order.iter().position(|known| known == name));
        let text: String = all.iter().map(|(_, line)| format!("{line}\n")).collect();
        std::fs::write(FILE, HEAD.to_owned() + &text).unwrap();
    }
}
