//! Kernels for all pairs of some rows and some others: lanes are pairs, so that nothing is summed across a register and rows
//! of two numbers fill it as well as rows of a thousand.
//!
//! Rows are packed eight by eight: the first numbers of all eight, then the second ones. Four rows of one side meet eight of the other at a
//! time, and what is summed stays in registers. What a sum is made of decides the [`Way`] it goes: `distances/ways.rs`.
//! A pair whose result is not certain is reported, and climbs alone through `PairFunction::evaluate`.

use super::depth::certain_single;
use super::pair::scaled;
use super::termwise::{Depth, Finish, MOST, Of, Sums, Termwise, error_of_one, guarded};
use super::ways::Way;
use crate::number::guarded::power;
use crate::number::lane::{Block, Load, One, Several, run};
use crate::number::{Approximate, LANES, Level, Machine, Real};
use fearless_simd::Simd;
use std::fmt;

/// Rows of the first side that are taken together.
const ROWS: usize = 4;
/// Coordinates after which partial sums are put away: a bound for their rounding errors.
pub(crate) const CHUNK: usize = 128;

/// What a kernel is made for.
#[derive(Clone, Copy, Debug)]
pub struct TileSetting {
    /// Coordinates of a row.
    pub width: usize,
    /// The spacing at 1 of the type that results are stored in.
    pub epsilon: f64,
    /// The largest size of a finite number in any row.
    pub largest: f64,
    /// Whether what is known of the sums is used; else they are summed in two floats, which is sure of more pairs.
    pub quick: bool,
    /// The vectors in use; the bits are the same.
    pub level: Level,
}

/// What is kept of a row beside its numbers: two floats for each sum that depends on it alone, …
const LOWEST: usize = 2 * MOST;
/// … the power of two that all its numbers are multiples of, and the largest of them.
const LARGEST: usize = LOWEST + 1;
pub(crate) const EXTRAS: usize = LARGEST + 1;
/// Of eight rows.
type Extras = [[f64; LANES]; EXTRAS];

/// Rows as a kernel wants them.
#[derive(Clone, Debug, Default)]
pub struct Packed {
    rows: usize,
    numbers: Vec<f64>,
    extras: Vec<Extras>,
    /// One bit for each row that is ordinary.
    good: Vec<u64>,
}

impl Packed {
    /// How many rows a result has room for.
    #[must_use]
    pub fn padded(&self) -> usize {
        self.extras.len() * LANES
    }
}

/// All pairs of some rows.
pub trait TileKernel: Send + Sync + fmt::Debug {
    /// Packs rows that lie one after the other.
    fn pack(&self, rows: &[f64], into: &mut Packed);
    /// The value of each pair, row by row of `a`, each as long as `b` is padded, and the pairs that are not certain.
    fn values(&self, a: &Packed, b: &Packed, out: &mut [f64], doubtful: &mut Vec<[usize; 2]>);
}

/// The kernel of a form.
pub(super) struct Kernel<'a, T, W> {
    pub(super) form: &'a T,
    pub(super) way: W,
    pub(super) setting: TileSetting,
}

impl<T, W> fmt::Debug for Kernel<'_, T, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kernel {:?}", self.setting)
    }
}

impl<T: Termwise, W: Way<T>> TileKernel for Kernel<'_, T, W> {
    fn pack(&self, rows: &[f64], into: &mut Packed) {
        let width = self.setting.width;
        let count = rows.len() / width;
        let groups = count.div_ceil(LANES);
        into.rows = count;
        into.numbers.resize(groups * width * W::STREAMS * LANES, 0.0);
        into.extras.clear();
        into.extras.resize(groups, [[0.0; LANES]; EXTRAS]);
        into.good.clear();
        into.good.resize(groups, 0);
        let each = width * W::STREAMS * LANES;
        for (group, panel) in into.numbers.chunks_exact_mut(each).enumerate() {
            for lane in 0..LANES {
                // The last row stands in for those that are missing.
                let row = (group * LANES + lane).min(count - 1);
                let row = &rows[row * width..][..width];
                let (mut lowest, mut largest, mut legal) = (i32::MAX, 0.0_f64, true);
                for (x, place) in row.iter().zip(panel.chunks_exact_mut(W::STREAMS * LANES)) {
                    legal &= legal_number::<T, W::Depth>(*x);
                    largest = largest.max(x.abs());
                    if W::LOWEST && *x != 0.0 {
                        lowest = lowest.min(lowest_bit(*x));
                    }
                    for (stream, part) in self.way.parts(*x).into_iter().enumerate().take(W::STREAMS) {
                        place[stream * LANES + lane] = part;
                    }
                }
                let extras = &mut into.extras[group];
                extras[LOWEST][lane] = if lowest == i32::MAX { power(1000) } else { scaled(1.0, lowest) };
                extras[LARGEST][lane] = largest;
                let [own, rest] = self.way.row(row);
                (extras[0][lane], extras[1][lane]) = (own, rest);
                if legal && group * LANES + lane < count {
                    into.good[group] |= 1 << lane;
                }
            }
        }
        if T::OF.iter().take(T::COUNT).any(|of| *of != Of::Both) {
            run(self.setting.level, RowSums { kernel: self, packed: into });
        }
        if T::DISTRIBUTIONS && self.form.proper() {
            let slack = 7.0 * width as f64 * self.setting.epsilon;
            for (extras, good) in into.extras.iter().zip(&mut into.good) {
                for (lane, sum) in extras[2].iter().enumerate() {
                    if (sum - 1.0).abs() > slack || sum.is_nan() {
                        *good &= !(1 << lane);
                    }
                }
            }
        }
    }
    fn values(&self, a: &Packed, b: &Packed, out: &mut [f64], doubtful: &mut Vec<[usize; 2]>) {
        run(self.setting.level, Values { kernel: self, a, b, out, doubtful });
    }
}

/// Whether a number is one that kernels take.
fn legal_number<T: Termwise, D: Depth>(x: f64) -> bool {
    if !T::DISTRIBUTIONS {
        return x.is_finite();
    }
    // Far inside the range of floats, so that quotients are too.
    x == 0.0 || if D::LEAST == 0.0 { x > 0.0 && x.is_finite() } else { (power(-450)..=power(450)).contains(&x) }
}

/// The exponent of the last bit that is set.
fn lowest_bit(x: f64) -> i32 {
    let bits = x.to_bits();
    let (field, fraction) = ((bits >> 52) as i32 & 0x7FF, bits & ((1 << 52) - 1));
    let whole = if field == 0 { fraction } else { fraction | 1 << 52 };
    field.max(1) - 1075 + whole.trailing_zeros() as i32
}

/// The sums that depend on one row.
struct RowSums<'a, 'b, T, W> {
    kernel: &'a Kernel<'a, T, W>,
    packed: &'b mut Packed,
}

impl<T: Termwise, W: Way<T>> RowSums<'_, '_, T, W> {
    #[inline(always)]
    fn each<C: Load>(self, load: C) {
        let Kernel { form, way, setting } = self.kernel;
        let zero = load.load(&[0.0; LANES][..C::WIDTH]);
        let each = setting.width * W::STREAMS * LANES;
        for (panel, extras) in self.packed.numbers.chunks_exact(each).zip(&mut self.packed.extras) {
            for place in (0..LANES).step_by(C::WIDTH) {
                let mut sums = [W::Depth::of(zero); MOST];
                for numbers in panel.chunks_exact(W::STREAMS * LANES) {
                    let x = W::Depth::of(way.number(streams::<T, W, C>(load, numbers, place, zero)));
                    let terms = form.terms(x, x);
                    for k in (0..T::COUNT).filter(|k| T::OF[*k] != Of::Both) {
                        sums[k] = sums[k] + terms[k];
                    }
                }
                for k in (0..T::COUNT).filter(|k| T::OF[*k] != Of::Both) {
                    let [high, low] = W::Depth::parts(sums[k]);
                    load.store(high, &mut extras[2 * k][place..][..C::WIDTH]);
                    load.store(low, &mut extras[2 * k + 1][place..][..C::WIDTH]);
                }
            }
        }
    }
}

impl<T: Termwise, W: Way<T>> Block for RowSums<'_, '_, T, W> {
    fn scalar(self) {
        self.each(One);
    }
    #[inline(always)]
    fn lanes<S: Simd>(self, simd: S) {
        self.each(Several(simd));
    }
}

/// What is packed of a coordinate of some rows.
#[inline(always)]
fn streams<T: Termwise, W: Way<T>, C: Load>(load: C, from: &[f64], place: usize, zero: C::Number) -> [C::Number; 2] {
    let first = load.load(&from[place..][..C::WIDTH]);
    [first, if W::STREAMS == 2 { load.load(&from[LANES + place..][..C::WIDTH]) } else { zero }]
}

/// All pairs.
struct Values<'a, 'b, T, W> {
    kernel: &'a Kernel<'a, T, W>,
    a: &'a Packed,
    b: &'a Packed,
    out: &'b mut [f64],
    doubtful: &'b mut Vec<[usize; 2]>,
}

impl<T: Termwise, W: Way<T>> Values<'_, '_, T, W> {
    #[inline(always)]
    fn each<C: Load>(self, load: C) {
        let Values { kernel, a, b, out, doubtful } = self;
        let Kernel { form, way, setting } = kernel;
        let zero = load.load(&[0.0; LANES][..C::WIDTH]);
        let (each, one) = (setting.width * W::STREAMS * LANES, W::STREAMS * LANES);
        let stride = b.padded();
        for (group, panel) in b.numbers.chunks_exact(each).enumerate() {
            for first in (0..a.rows).step_by(ROWS) {
                let rows = &a.numbers[first / LANES * each..][..each];
                let start = first % LANES;
                for place in (0..LANES).step_by(C::WIDTH) {
                    let mut states = [way.start(zero); ROWS];
                    for (rows, panel) in rows.chunks(CHUNK * one).zip(panel.chunks(CHUNK * one)) {
                        for (x, y) in rows.chunks_exact(one).zip(panel.chunks_exact(one)) {
                            let y = streams::<T, W, C>(load, y, place, zero);
                            let x: [&[f64]; 2] = [&x[start..][..ROWS], &x[one - LANES + start..][..ROWS]];
                            for (row, state) in states.iter_mut().enumerate() {
                                let x = [zero.lit(x[0][row]), zero.lit(x[1][row])];
                                *state = way.step(form, *state, x, y);
                            }
                        }
                        for state in &mut states {
                            *state = way.flush(*state);
                        }
                    }
                    let of_b = &b.extras[group];
                    let of_b: [C::Number; EXTRAS] = std::array::from_fn(|k| load.load(&of_b[k][place..][..C::WIDTH]));
                    for (row, state) in states.iter().enumerate() {
                        let of_a = &a.extras[first / LANES];
                        let of_a: [C::Number; EXTRAS] = std::array::from_fn(|k| zero.lit(of_a[k][start + row]));
                        let (value, certain) = kernel.finish(*state, &of_a, &of_b);
                        load.store(value, &mut out[(first + row) * stride + group * LANES + place..][..C::WIDTH]);
                        let here = (1_u64 << C::WIDTH) - 1;
                        let row_good = (a.good[first / LANES] >> (start + row)) & 1;
                        let fine = C::Number::bits_of(certain) & (b.good[group] >> place) & (0 - row_good) & here;
                        if fine != here && first + row < a.rows {
                            let places = (0..C::WIDTH).filter(|k| fine >> k & 1 == 0);
                            let columns = places.map(|k| group * LANES + place + k).filter(|column| *column < b.rows);
                            doubtful.extend(columns.map(|column| [first + row, column]));
                        }
                    }
                }
            }
        }
    }
}

impl<T: Termwise, W: Way<T>> Block for Values<'_, '_, T, W> {
    fn scalar(self) {
        self.each(One);
    }
    #[inline(always)]
    fn lanes<S: Simd>(self, simd: S) {
        self.each(Several(simd));
    }
}

impl<T: Termwise, W: Way<T>> Kernel<'_, T, W> {
    /// The value, and whether it is certain.
    #[inline(always)]
    fn finish<M: Machine>(&self, state: W::State<M>, of_a: &[M; EXTRAS], of_b: &[M; EXTRAS]) -> (M, M::Mask) {
        let width = self.setting.width as f64;
        let mut sums: Sums<<W::Depth as Depth>::Of<M>> = self.way.sums(state, of_a, of_b);
        for k in 0..T::COUNT {
            let side = match T::OF[k] {
                Of::Both => continue,
                Of::First => of_a,
                Of::Second => of_b,
            };
            sums[k] = W::Depth::joined(side[2 * k], side[2 * k + 1]);
        }
        let sizes = self.form.sizes(sums.map(|sum| W::Depth::parts(sum)[0]), width);
        let of_row = width * <<W::Depth as Depth>::Of<M> as Approximate<M>>::OPERATION;
        let mut errors = sizes;
        for k in 0..T::COUNT {
            errors[k] = if T::OF[k] == Of::Both { self.way.error(sizes[k], width) } else { sizes[k] * of_row };
        }
        if T::FINISH == Finish::Root && <W::Depth as Depth>::SHALLOW {
            // Half the relative error of the sum, and that of the root.
            let root = sizes[0].sqrt();
            let relative = self.way.error(sizes[0].lit(1.0), width) + error_of_one::<T, W::Depth>();
            return certain_single(root, root * (relative * 0.5 + power(-52)));
        }
        let (mut sums, settled) = guarded::<T, W::Depth, M>(self.form, sums, sizes, errors);
        if let Some(exact) = self.way.exact(of_a[LOWEST].min(of_b[LOWEST]), of_a[LARGEST].max(of_b[LARGEST]), width) {
            for k in (0..T::COUNT).filter(|k| T::OF[*k] == Of::Both) {
                sums[k].error = M::when(exact, sums[k].error.lit(0.0), sums[k].error);
            }
        }
        let (value, certain) = W::Depth::finish(self.form, sums, width);
        (value, settled & certain)
    }
}
