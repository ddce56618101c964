//! `cargo xtask search [NAME…] [--minutes M]`: climbs to the inputs at which losses err most.
//!
//! A point is a spec and its inputs; it starts as a case of the reference tables and is changed by bits, by steps, by
//! exchange with other points and, now and then, in its parameters. What errs more than what is kept is kept, for value,
//! gradient and Hessian apart. Errors are measured against the library's own 256 bits; what is true at the points that
//! are found is computed by `reference/generate.py`, from the inputs that are written to `reference/finds/`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a program for developers may stop")]

#[path = "../tests/support/mod.rs"]
mod support;

use discrepancy::batch::{Element, Evaluation, MapEvaluation, RowEvaluation};
use discrepancy::catalog::{self, DataDomain, Entry, Family, Measure, Value};
use discrepancy::number::Long;
use discrepancy::rows::{HessianKind, Product, RowTargets, Target};
use rayon::prelude::*;
use std::time::{Duration, Instant};
use support::{Exact, F32, F64, Format, hexadecimal, ulps};

const OUTPUTS: [&str; 3] = ["value", "gradient", "Hessian"];
/// How many points are kept for each output while climbing, and how many are written.
const KEPT: usize = 24;
const WRITTEN: usize = 8;
/// Rows are short: what is hard about long ones is in their sums, which short ones have too.
const CLASSES: std::ops::RangeInclusive<usize> = 2..=5;

/// Parameters that somebody may use.
const LIKELY: std::ops::RangeInclusive<f64> = 1.0 / 64.0..=64.0;

#[derive(Clone, Debug, PartialEq)]
struct Point {
    spec: String,
    inputs: Vec<Vec<f64>>,
}

impl Point {
    /// Points that differ in their last bits only are of one hill.
    fn like(&self, other: &Point) -> bool {
        let binades = |point: &Point| -> Vec<Vec<u64>> {
            point.inputs.iter().map(|input| input.iter().map(|x| x.to_bits() >> 52).collect()).collect()
        };
        binades(self) == binades(other)
    }
}

/// One table that is climbed on.
struct Hill {
    table: String,
    entry: &'static Entry,
    format: Format,
    /// Whether the last input is a class.
    labelled: bool,
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let x = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        x ^ (x >> 31)
    }
    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }
    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

/// What the library gives, and the truth, output by output.
type Both = (Vec<f64>, Vec<Long>);

fn evaluate<E: Element>(hill: &Hill, point: &Point) -> discrepancy::Result<Vec<Both>> {
    let data: Vec<Vec<E>> = point.inputs.iter().map(|input| input.iter().map(|x| E::narrow(*x)).collect()).collect();
    let wide = |x: Vec<E>| x.iter().map(|x| x.widen()).collect::<Vec<f64>>();
    let epsilon = if hill.format.name() == "f32" { f64::from(f32::EPSILON) } else { f64::EPSILON };
    match catalog::find(&point.spec)? {
        Measure::Pointwise(loss) => {
            let batch = Evaluation::new(&*loss, &data[0], &data[1])?;
            let truth = loss.truth(point.inputs[0][0], point.inputs[1][0]).map(|x| vec![x]);
            let got = if loss.differentiable() {
                let all = batch.value_gradient_hessian()?;
                vec![all.value, all.gradient, all.hessian]
            } else {
                vec![batch.values()?]
            };
            Ok(got.into_iter().map(wide).zip(truth).collect())
        }
        Measure::Row(loss) => {
            let label = [point.inputs[1][0] as i64];
            let (targets, target) = if hill.labelled {
                (RowTargets::labels(&label), Target::Label(label[0] as usize))
            } else {
                (RowTargets::Probabilities(&data[1]), Target::Probabilities(&point.inputs[1]))
            };
            let truth = loss.truth(&point.inputs[0], target, epsilon)?;
            let batch = RowEvaluation::new(&*loss, &data[0], data[0].len(), targets)?;
            let both = batch.value_and_gradient()?;
            let hessian = if truth[2].is_empty() { Vec::new() } else { batch.hessian_diagonal(HessianKind::Exact)? };
            Ok([both.value, both.gradient, hessian].into_iter().map(wide).zip(truth).collect())
        }
        Measure::Map(map) => {
            let batch = MapEvaluation::new(&*map, &data[0], data[0].len())?;
            let row = &point.inputs[0];
            let Some(v) = data.get(1) else {
                return Ok(vec![(wide(batch.images()?), map.truth(row)?)]);
            };
            let products = [batch.jacobian_vector_product(v)?, batch.vector_jacobian_product(v)?];
            let truth = |product| map.product_truth(product, row, &point.inputs[1]);
            let truths = [truth(Product::JacobianVector)?, truth(Product::VectorJacobian)?];
            Ok(products.into_iter().map(wide).zip(truths).collect())
        }
        other => panic!("{other:?} is not searched"),
    }
}

impl Hill {
    /// The largest error of each output; `None` where the library says no, or nothing is known.
    fn errors(&self, point: &Point) -> Option<[f64; 3]> {
        let all = match self.format.name() {
            "f32" => evaluate::<f32>(self, point),
            _ => evaluate::<f64>(self, point),
        };
        let mut errors = [0.0; 3];
        for (error, (got, truth)) in errors.iter_mut().zip(all.ok()?) {
            for (got, truth) in got.into_iter().zip(truth) {
                *error = ulps(got, &Exact::of_long(truth)?, self.format).max(*error);
            }
        }
        Some(errors)
    }

    /// Rounded to the type that is searched.
    fn stored(&self, x: f64) -> f64 {
        if self.format.name() == "f32" { f64::from(x as f32) } else { x }
    }

    fn legal(&self, input: usize, x: f64) -> bool {
        // The vector of a map's product is of any numbers.
        let any = input == 1 && self.table.ends_with(".products");
        x.is_finite()
            && (any || if input == 0 { self.entry.prediction.contains(x) } else { self.entry.target.contains(x) })
    }

    /// A float near `x`, or like it.
    fn changed(&self, x: f64, random: &mut Random) -> f64 {
        let single = self.format.name() == "f32";
        let flip = |x: f64, bit: usize| {
            if single {
                f64::from(f32::from_bits((x as f32).to_bits() ^ (1 << bit)))
            } else {
                f64::from_bits(x.to_bits() ^ (1 << bit))
            }
        };
        let fraction = if single { 23 } else { 52 };
        match random.below(8) {
            // A bit of the significand, most often; the last of the exponent; the sign.
            0..=2 => flip(x, random.below(fraction)),
            3 => flip(x, fraction + random.below(2)),
            4 if random.below(4) == 0 => -x,
            // Some steps.
            4 | 5 => {
                let step = if single { f64::from(f32::EPSILON) } else { f64::EPSILON };
                self.stored(x * (1.0 + step * (random.below(17) as f64 - 8.0)))
            }
            6 => self.stored(x * (1.0 + (random.unit() - 0.5) * 2f64.powi(-(random.below(20) as i32)))),
            _ => self.stored((random.unit() - 0.5) * 2f64.powi(random.below(9) as i32)),
        }
    }

    /// Another value of one of the numeric parameters, of few digits; the same spec if there is none.
    fn parameters(&self, spec: &str, random: &mut Random) -> String {
        let entry = self.entry;
        let mut arguments = match catalog::find(spec).unwrap() {
            Measure::Pointwise(loss) => loss.arguments(),
            Measure::Row(loss) => loss.arguments(),
            Measure::Map(map) => map.arguments(),
            other => panic!("{other:?} is not searched"),
        };
        let numbers: Vec<usize> =
            (0..arguments.0.len()).filter(|i| matches!(arguments.0[*i], Value::Number(_))).collect();
        if numbers.is_empty() {
            return spec.to_owned();
        }
        let place = *random.pick(&numbers);
        let Value::Number(old) = arguments.0[place] else { unreachable!() };
        let new = if old == 0.0 { random.unit() } else { old * 2f64.powf(2.0 * random.unit() - 1.0) };
        let new: f64 = format!("{new:.3}").parse().unwrap();
        arguments.0[place] = Value::Number(new);
        if LIKELY.contains(&new) && entry.check(&arguments).is_ok() { entry.spec(&arguments) } else { spec.to_owned() }
    }

    fn mutant(&self, parent: &Point, other: &Point, random: &mut Random) -> Point {
        let mut child = parent.clone();
        for _ in 0..=random.below(3) {
            let input = random.below(child.inputs.len());
            let place = random.below(child.inputs[input].len());
            let x = &mut child.inputs[input][place];
            if random.below(16) == 0 {
                child.spec = self.parameters(&child.spec, random);
            } else if input == 1 && self.labelled {
                *x = random.below(parent.inputs[0].len()) as f64;
            } else if input == 1 && matches!(self.entry.target, DataDomain::Signs | DataDomain::Binary) {
                *x = *random.pick(&[-1.0, 0.0, 1.0]);
            } else if random.below(8) == 0 {
                *x = *random.pick(&other.inputs[input]);
            } else {
                *x = self.changed(*x, random);
            }
            let x = *x;
            if !(self.legal(input, x) || input == 1 && self.labelled) {
                return parent.clone();
            }
        }
        child
    }

    /// Cases of the table, and what was found before.
    fn start(&self) -> Vec<Point> {
        let name = format!("{}.{}", self.table, self.format.name());
        let cases = support::table(&name);
        let small = |inputs: &[Vec<f64>]| self.entry.family != Family::Row || CLASSES.contains(&inputs[0].len());
        let finite = |inputs: &[Vec<f64>]| inputs.iter().flatten().all(|x| x.is_finite());
        let points = cases.into_iter().filter(|case| small(&case.inputs) && finite(&case.inputs));
        points.map(|case| Point { spec: case.spec, inputs: case.inputs }).collect()
    }

    /// The worst points, output by output, worst first, and how many were looked at.
    fn climb(&self, time: Duration) -> ([Vec<(f64, Point)>; 3], usize) {
        let begun = Instant::now();
        let start = self.start();
        let mut best: [Vec<(f64, Point)>; 3] = Default::default();
        let mut random = Random(self.table.len() as u64 + begun.elapsed().as_nanos() as u64);
        let mut looked = 0;
        let mut look = |point: Point, best: &mut [Vec<(f64, Point)>; 3]| {
            looked += 1;
            let Some(errors) = self.errors(&point) else { return };
            for (best, error) in best.iter_mut().zip(errors) {
                let worse = best.len() < KEPT || best.last().is_some_and(|(least, _)| error > *least);
                if error == 0.0 || !worse {
                    continue;
                }
                // The worst of each hill only, so that there is room for others.
                match best.iter().position(|(_, known)| known.like(&point)) {
                    Some(place) if best[place].0 >= error => continue,
                    Some(place) => drop(best.remove(place)),
                    None => {}
                }
                let place = best.partition_point(|(known, _)| *known >= error);
                best.insert(place, (error, point.clone()));
                best.truncate(KEPT);
            }
        };
        for point in &start {
            look(point.clone(), &mut best);
        }
        while begun.elapsed() < time {
            let output = random.below(3);
            // Now and then from somewhere else, so that not all are of one family.
            let parent = match best[output].len() {
                0 => random.pick(&start).clone(),
                _ if random.below(4) == 0 => random.pick(&start).clone(),
                n => best[output][random.below(n)].1.clone(),
            };
            let other = random.pick(&start);
            look(self.mutant(&parent, other, &mut random), &mut best);
        }
        (best, looked)
    }
}

/// The inputs of a point as a line of a file of finds.
fn line(hill: &Hill, point: &Point) -> String {
    let vector = |(i, input): (usize, &Vec<f64>)| {
        let number = |x: &f64| if i == 1 && hill.labelled { format!("{x}") } else { hexadecimal(*x) };
        input.iter().map(number).collect::<Vec<String>>().join(" ")
    };
    let inputs: Vec<String> = point.inputs.iter().enumerate().map(vector).collect();
    format!("{}\t{}", point.spec, inputs.join("\t"))
}

/// The point of a line of a file of finds.
fn parse(line: &str) -> Point {
    let mut fields = line.split('\t');
    let spec = fields.next().unwrap_or_default().to_owned();
    let number = |word: &str| Exact::parse(word).to_f64();
    Point { spec, inputs: fields.map(|field| field.split(' ').map(number).collect()).collect() }
}

fn main() {
    let (mut names, mut minutes) = (Vec::new(), 5.0);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        if argument == "--minutes" {
            minutes = arguments.next().and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("--minutes M"));
        } else {
            names.push(argument);
        }
    }
    let chosen = |entry: &&Entry| {
        let wanted = names.is_empty() || names.iter().any(|name| name == entry.name);
        wanted && matches!(entry.family, Family::Pointwise | Family::Row)
    };
    let hill = |entry: &'static Entry, table: String, format: Format| Hill {
        labelled: support::columns(&format!("{table}.{}", format.name())).0.last().is_some_and(|name| name == "label"),
        entry,
        table,
        format,
    };
    let hills: Vec<Hill> = catalog::entries()
        .filter(chosen)
        .flat_map(|entry| support::tables_of(entry.name).into_iter().map(move |table| (entry, table)))
        .flat_map(|(entry, table)| [F32, F64].map(|format| hill(entry, table.clone(), format)))
        .collect();
    let share = minutes * 60.0 * rayon::current_num_threads() as f64 / hills.len().max(1) as f64;
    println!("{} tables, {share:.1} s for each on one of {} threads", hills.len(), rayon::current_num_threads());
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../reference/finds");
    std::fs::create_dir_all(folder).unwrap();
    hills.par_iter().with_max_len(1).for_each(|hill| {
        let (best, looked) = hill.climb(Duration::from_secs_f64(share));
        // What was found once stays, for it may have been an error that was corrected.
        let name = format!("{}.{}", hill.table, hill.format.name());
        let path = format!("{folder}/{name}.txt");
        let before = std::fs::read_to_string(&path).unwrap_or_default();
        let mut lines: Vec<String> = before.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect();
        let mut known: Vec<Point> = lines.iter().map(|line| parse(line)).collect();
        let mut report = format!("{}.{}: {looked} points", hill.table, hill.format.name());
        for (best, output) in best.iter().zip(OUTPUTS) {
            if let Some((error, point)) = best.first() {
                report += &format!("; {output} {error:.6} at {}", line(hill, point).replace('\t', " | "));
            }
            for (_, point) in best.iter().take(WRITTEN) {
                if !known.iter().any(|other| other.like(point)) {
                    lines.push(line(hill, point));
                    known.push(point.clone());
                }
            }
        }
        println!("{report}");
        if !lines.is_empty() {
            let head = format!("# {name}. Inputs found by cargo xtask search; what is true there: reference/tables.\n");
            std::fs::write(path, head + &lines.join("\n") + "\n").unwrap();
        }
    });
}
