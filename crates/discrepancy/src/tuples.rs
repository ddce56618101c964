//! Losses of several inputs: a mean and a variance, two scores, two or three vectors.

use crate::catalog::{Arguments, DataDomain, Entry};
use crate::error::{Error, ErrorKind, Result};
use crate::number::{Level, Long, Real};
use std::fmt::Debug;

/// An input of a loss.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Input {
    /// What it is called.
    pub name: &'static str,
    /// What a number of it may be.
    pub domain: DataDomain,
}

/// What a loss takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Signature {
    /// The inputs, in order.
    pub inputs: &'static [Input],
    /// Whether each input is a vector, all of one length, and not a number.
    pub vectors: bool,
    /// What a target may be, if there are targets.
    pub target: Option<DataDomain>,
}

/// Elements as they are given.
#[derive(Clone, Copy, Debug)]
pub struct TupleInput<'a> {
    /// The inputs in the order of the signature, each row by row.
    pub inputs: &'a [&'a [f64]],
    /// How many numbers a row has: 1 where inputs are numbers.
    pub dimension: usize,
    /// A target for each row, if the loss has targets.
    pub target: Option<&'a [f64]>,
    /// The spacing at 1 of the type that results are stored in.
    pub epsilon: f64,
    /// The vectors in use; the bits are the same.
    pub level: Level,
}

impl TupleInput<'_> {
    /// Inputs that the loss takes, of one shape, in their domains; gives the number of rows.
    fn check(&self, function: &str, signature: &Signature) -> Result<usize> {
        let shape = |argument: &str, allowed: String, found: usize| {
            Err(Error::new(ErrorKind::Shape, function, argument, allowed).value(found))
        };
        if self.inputs.len() != signature.inputs.len() {
            return shape("inputs", format!("{} inputs", signature.inputs.len()), self.inputs.len());
        }
        let first = signature.inputs[0].name;
        if self.dimension == 0 || !signature.vectors && self.dimension != 1 {
            let allowed = if signature.vectors { "at least one number a row" } else { "a number a row" };
            return shape(first, allowed.to_owned(), self.dimension);
        }
        let count = self.inputs[0].len();
        if !count.is_multiple_of(self.dimension) {
            return shape(first, format!("whole rows of {} numbers", self.dimension), count);
        }
        let rows = count / self.dimension;
        for (Input { name, domain }, input) in signature.inputs.iter().zip(self.inputs) {
            if input.len() != count {
                return shape(name, format!("length {count}"), input.len());
            }
            check_domain(function, name, domain, signature.vectors, input)?;
        }
        match (&signature.target, self.target) {
            (None, None) => {}
            (None, Some(target)) => return shape("target", "no targets".to_owned(), target.len()),
            (Some(_), None) => return shape("target", "a target for each row".to_owned(), 0),
            (Some(_), Some(target)) if target.len() != rows => {
                return shape("target", format!("{rows} targets, one for each row"), target.len());
            }
            (Some(domain), Some(target)) => check_domain(function, "target", domain, false, target)?,
        }
        Ok(rows)
    }

    /// One row.
    fn element(&self, row: usize) -> Element<'_> {
        let at = row * self.dimension..(row + 1) * self.dimension;
        Element {
            inputs: self.inputs.iter().map(|input| &input[at.clone()]).collect(),
            target: self.target.map_or(0.0, |target| target[row]),
            epsilon: self.epsilon,
            level: self.level,
        }
    }
}

/// All numbers of the domain; those of vectors finite.
fn check_domain(function: &str, argument: &str, domain: &DataDomain, finite: bool, numbers: &[f64]) -> Result<()> {
    let legal = |x: &f64| domain.contains(*x) && (!finite || x.is_finite());
    let Some(index) = numbers.iter().position(|x| !legal(x)) else { return Ok(()) };
    let x = numbers[index];
    let (kind, allowed) = if domain.contains(x) {
        (ErrorKind::NonFinite, "finite numbers".to_owned())
    } else {
        (if x.is_nan() { ErrorKind::NonFinite } else { ErrorKind::Domain }, domain.to_string())
    };
    Err(Error::new(kind, function, argument, allowed).at(index).value(x))
}

/// A loss of several inputs, as an object.
///
/// ```
/// use discrepancy::tuples::{Triplet, TupleLoss};
/// let loss = Triplet::default();
/// let (anchor, positive, negative) = ([0.0, 0.0], [3.0, 4.0], [0.0, 5.5]);
/// let (value, by) = loss.value_and_gradients(&[&anchor, &positive, &negative], None)?;
/// assert_eq!((value, by[1].as_slice(), by[2].as_slice()), (0.5, &[0.6, 0.8][..], &[0.0, -1.0][..]));
/// # Ok::<(), discrepancy::Error>(())
/// ```
pub trait TupleLoss: Debug + Send + Sync {
    /// The catalogue entry.
    fn entry(&self) -> &'static Entry;
    /// The parameter values.
    fn arguments(&self) -> Arguments;
    /// What it takes.
    fn signature(&self) -> &'static Signature;
    /// The value of each row, and where wanted the gradients with respect to each input, each of which becomes as long as
    /// its input. Errors name the flat index of the wrong number.
    fn evaluate(&self, input: TupleInput<'_>, value: &mut [f64], gradients: Option<&mut [Vec<f64>]>) -> Result<()>;
    /// The value of one row in 256 bits, not rounded.
    #[doc(hidden)]
    fn truth(&self, inputs: &[&[f64]], target: Option<f64>) -> Result<Long>;
    /// The value of one row of `f64`.
    fn value(&self, inputs: &[&[f64]], target: Option<f64>) -> Result<f64> {
        let mut value = [0.0];
        self.evaluate(one(inputs, target.as_slice()), &mut value, None)?;
        Ok(value[0])
    }
    /// The value of one row of `f64`, and the gradients with respect to each input.
    fn value_and_gradients(&self, inputs: &[&[f64]], target: Option<f64>) -> Result<(f64, Vec<Vec<f64>>)> {
        let (mut value, mut gradients) = ([0.0], vec![Vec::new(); inputs.len()]);
        self.evaluate(one(inputs, target.as_slice()), &mut value, Some(&mut gradients))?;
        Ok((value[0], gradients))
    }
    /// The spec string.
    fn spec(&self) -> String {
        self.entry().spec(&self.arguments())
    }
}

/// A single row of `f64`; no targets are none.
fn one<'a>(inputs: &'a [&'a [f64]], target: &'a [f64]) -> TupleInput<'a> {
    TupleInput {
        inputs,
        dimension: inputs.first().map_or(1, |input| input.len()),
        target: (!target.is_empty()).then_some(target),
        epsilon: f64::EPSILON,
        level: Level::best(),
    }
}

/// A formula of some numbers and a target: what the file of such a loss writes, generic over the number.
pub(crate) trait Formula<const N: usize>: Sync {
    /// What it takes.
    const SIGNATURE: Signature;
    /// The value.
    fn value<R: Real>(&self, inputs: [R; N], target: R) -> R;
    /// The derivatives by each input.
    fn slopes<R: Real>(&self, inputs: [R; N], target: R) -> [R; N];
    /// Value and derivatives of one row that floats are not sure of.
    fn deep(&self, inputs: [f64; N], target: f64) -> (f64, [f64; N]) {
        let (inputs, target) = (inputs.map(Long::from), Long::from(target));
        (self.value(inputs, target).to_f64(), self.slopes(inputs, target).map(Long::to_f64))
    }
}

/// One row, checked.
struct Element<'a> {
    inputs: Vec<&'a [f64]>,
    /// 0 where there are none.
    target: f64,
    epsilon: f64,
    level: Level,
}

/// A loss of vectors: what its file writes.
trait Vectors {
    /// What it takes.
    const SIGNATURE: Signature;
    /// The value, and where wanted the gradients with respect to each input, of the inputs' length.
    fn element(&self, element: &Element<'_>, gradients: Option<&mut [&mut [f64]]>) -> Result<f64>;
    /// The value in 256 bits.
    fn exact(&self, element: &Element<'_>) -> Result<Long>;
}

mod euclidean_slopes;
mod norm;

/// Writes the module list and the registry from one line an entry: losses of so many numbers, and losses of vectors.
macro_rules! tuples {
    (
        numbers: $($n_module:ident::$n_type:ident of $count:literal),*;
        vectors: $($v_module:ident::$v_type:ident),*;
    ) => {
        $(mod $n_module; pub use $n_module::$n_type;)*
        $(mod $v_module; pub use $v_module::$v_type;)*
        /// The catalogue entries of this family.
        pub const LIST: &[&Entry] = &[$($n_type::ENTRY,)* $($v_type::ENTRY),*];
        $(
            impl TupleLoss for $n_type {
                crate::identity!();
                fn signature(&self) -> &'static Signature { &<Self as Formula<$count>>::SIGNATURE }
                fn evaluate(&self, input: TupleInput<'_>, value: &mut [f64], gradients: Option<&mut [Vec<f64>]>) -> Result<()> {
                    let rows = input.check(Self::ENTRY.name, self.signature())?;
                    crate::distances::pair::length(Self::ENTRY.name, "value", value.len(), rows)?;
                    crate::batch::tuple_block::evaluate::<_, $count>(Self::ENTRY.name, self, &input, value, gradients)
                }
                fn truth(&self, inputs: &[&[f64]], target: Option<f64>) -> Result<Long> {
                    let input = one(inputs, target.as_slice());
                    input.check(Self::ENTRY.name, self.signature())?;
                    let inputs = std::array::from_fn(|i| Long::from(inputs[i][0]));
                    Ok(<Self as Formula<$count>>::value(self, inputs, Long::from(target.unwrap_or(0.0))))
                }
            }
        )*
        $(
            impl TupleLoss for $v_type {
                crate::identity!();
                fn signature(&self) -> &'static Signature { &<Self as Vectors>::SIGNATURE }
                fn evaluate(&self, input: TupleInput<'_>, value: &mut [f64], gradients: Option<&mut [Vec<f64>]>) -> Result<()> {
                    let rows = input.check(Self::ENTRY.name, self.signature())?;
                    crate::distances::pair::length(Self::ENTRY.name, "value", value.len(), rows)?;
                    each(self, &input, value, gradients)
                }
                fn truth(&self, inputs: &[&[f64]], target: Option<f64>) -> Result<Long> {
                    let input = one(inputs, target.as_slice());
                    input.check(Self::ENTRY.name, self.signature())?;
                    self.exact(&input.element(0))
                }
            }
        )*
    };
}

/// Row by row.
fn each<L: Vectors>(
    loss: &L,
    input: &TupleInput<'_>,
    value: &mut [f64],
    gradients: Option<&mut [Vec<f64>]>,
) -> Result<()> {
    let (width, mut gradients) = (input.dimension, gradients);
    if let Some(gradients) = &mut gradients {
        gradients.iter_mut().for_each(|gradient| gradient.resize(input.inputs[0].len(), 0.0));
    }
    for (row, value) in value.iter_mut().enumerate() {
        crate::stop::look();
        let element = input.element(row);
        let place = |error: Error| {
            let named = L::SIGNATURE.inputs.iter().any(|input| input.name == error.argument());
            if named {
                let index = error.index().unwrap_or(0);
                error.at(row * width + index)
            } else {
                error
            }
        };
        let found = match &mut gradients {
            None => loss.element(&element, None),
            Some(gradients) => {
                let mut rows: Vec<&mut [f64]> =
                    gradients.iter_mut().map(|gradient| &mut gradient[row * width..][..width]).collect();
                loss.element(&element, Some(&mut rows))
            }
        };
        *value = found.map_err(place)?;
    }
    Ok(())
}

tuples! {
    numbers: gaussian_nll::GaussianNll of 2, margin_ranking::MarginRanking of 2;
    vectors: cosine_embedding::CosineEmbedding, triplet::Triplet;
}
