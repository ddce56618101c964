//! An entry of the catalogue with its parameters, as Python holds it.

use crate::array::Array;
use crate::catalogue::{read, show};
use crate::failure::{Raise, raise, wrong_type};
use crate::{losses, pairs, rows, samples, sequences, tuples};
use discrepancy::batch::{NanPolicy, Reduction};
use discrepancy::catalog::{self, Arguments, Entry};
use discrepancy::distances::PairFunction;
use discrepancy::samples::SampleStatistic;
use discrepancy::{Error, ErrorKind};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};

/// What the package's functions and classes call: one object for an entry with its parameters, one method for each
/// thing that can be computed.
#[pyclass(frozen, module = "discrepancy._core")]
pub(crate) struct Measure {
    entry: &'static Entry,
    arguments: Arguments,
    made: catalog::Measure,
}

/// An array and whatever stands for none.
type Object<'a, 'py> = &'a Bound<'py, PyAny>;
type Maybe<'a, 'py> = Option<&'a Bound<'py, PyAny>>;
type Answer<'py> = PyResult<Bound<'py, PyAny>>;

impl Measure {
    fn unfit(&self, py: Python<'_>, what: &str) -> PyErr {
        raise(py, &Error::new(ErrorKind::Unsupported, self.entry.name, what, ""))
    }
    fn pair(&self, py: Python<'_>) -> PyResult<&dyn PairFunction> {
        if let catalog::Measure::Pair(pair) = &self.made { Ok(pair.as_ref()) } else { Err(self.unfit(py, "pairs")) }
    }
    /// The same, with a policy for NaN.
    fn metric(&self, py: Python<'_>, nan: &Bound<'_, PyAny>) -> PyResult<pairs::Metric<'_>> {
        Ok((self.pair(py)?, given_word(py, self.entry.name, "nan", nan, &POLICIES)?))
    }
    fn statistic(&self, py: Python<'_>) -> PyResult<&dyn SampleStatistic> {
        if let catalog::Measure::Sample(sample) = &self.made {
            Ok(sample.as_ref())
        } else {
            Err(self.unfit(py, "samples"))
        }
    }
    fn label(&self, given: Maybe<'_, '_>) -> PyResult<Option<i64>> {
        let allowed = "a whole number of 64 bits, or None";
        given.map(|label| whole(self.entry.name, "ignore_index", label, allowed)).transpose()
    }
    fn array<'py>(&self, argument: &'static str, object: Object<'_, 'py>) -> PyResult<Array<'py>> {
        Array::new(self.entry.name, argument, object)
    }
    fn optional<'py>(&self, argument: &'static str, object: Maybe<'_, 'py>) -> PyResult<Option<Array<'py>>> {
        Array::optional(self.entry.name, argument, object)
    }
}

/// One of several words.
pub(crate) fn word<T: Copy>(
    py: Python<'_>,
    function: &str,
    argument: &str,
    given: &str,
    choices: &[(&str, T)],
) -> PyResult<T> {
    if let Some((_, choice)) = choices.iter().find(|(name, _)| *name == given) {
        return Ok(*choice);
    }
    let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
    let near = catalog::near_names(given, &names);
    let error = Error::new(ErrorKind::UnknownName, function, argument, names.join(", ")).value(given).near(near);
    Err(raise(py, &error))
}

/// The same of what the caller gave, which may be anything.
pub(crate) fn given_word<T: Copy>(
    py: Python<'_>,
    function: &str,
    argument: &str,
    given: &Bound<'_, PyAny>,
    choices: &[(&str, T)],
) -> PyResult<T> {
    if let Ok(text) = given.cast::<PyString>() {
        return word(py, function, argument, &text.to_string_lossy(), choices);
    }
    let names: Vec<String> = choices.iter().map(|(name, _)| format!("\"{name}\"")).collect();
    Err(wrong_type(py, function, argument, &shown(given), &names.join(", ")))
}

/// What was given, as Python writes it, if that is short.
pub(crate) fn shown(given: &Bound<'_, PyAny>) -> String {
    let text = given.repr().map_or_else(|_| String::from("?"), |text| text.to_string());
    if text.len() > 60 { given.get_type().to_string() } else { text }
}

/// A whole number of any size that Python has, if the library takes it.
pub(crate) fn whole<T: TryFrom<i64>>(
    function: &str,
    argument: &str,
    given: &Bound<'_, PyAny>,
    allowed: &str,
) -> PyResult<T> {
    let py = given.py();
    if !given.hasattr("__index__")? {
        return Err(wrong_type(py, function, argument, &shown(given), allowed));
    }
    let found = given.extract::<i64>().ok().and_then(|number| T::try_from(number).ok());
    found.ok_or_else(|| {
        let error = Error::new(ErrorKind::Parameter, function, argument, allowed).value(shown(given));
        raise(py, &error)
    })
}

/// A number.
fn real(function: &str, argument: &str, given: &Bound<'_, PyAny>, allowed: &str) -> PyResult<f64> {
    given.extract().map_err(|_| wrong_type(given.py(), function, argument, &shown(given), allowed))
}

/// What counts as yes, as everywhere in Python.
pub(crate) struct Truth(pub(crate) bool);
impl<'py> FromPyObject<'_, 'py> for Truth {
    type Error = PyErr;
    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        object.is_truthy().map(Truth)
    }
}

/// What becomes of the values; `none` leaves them as they are.
pub(crate) const REDUCTIONS: [(&str, Option<Reduction>); 4] = [
    ("mean", Some(Reduction::Mean)),
    ("sum", Some(Reduction::Sum)),
    ("none", None),
    ("mean_by_count", Some(Reduction::MeanByCount)),
];

/// What to do about NaN.
pub(crate) const POLICIES: [(&str, NanPolicy); 3] =
    [("error", NanPolicy::Error), ("propagate", NanPolicy::Propagate), ("omit", NanPolicy::Omit)];

#[allow(clippy::too_many_arguments, reason = "as many as the package's functions have")]
#[pymethods]
impl Measure {
    #[new]
    fn new(py: Python<'_>, name: &str, values: &Bound<'_, PyTuple>) -> PyResult<Self> {
        let entry = catalog::entry(name).raise(py)?;
        let arguments = read(entry, values)?;
        let made = entry.make(&arguments).raise(py)?;
        Ok(Measure { entry, arguments, made })
    }

    #[getter]
    fn name(&self) -> &'static str {
        self.entry.name
    }
    #[getter]
    fn spec(&self) -> String {
        self.entry.spec(&self.arguments)
    }
    #[getter]
    fn parameters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let all = PyDict::new(py);
        for (parameter, value) in self.entry.parameters.iter().zip(&self.arguments.0) {
            all.set_item(parameter.name, show(py, parameter, value)?)?;
        }
        Ok(all)
    }
    /// Value, derivative and second derivative in TeX, of a pointwise loss.
    fn trace(&self, py: Python<'_>) -> PyResult<[String; 3]> {
        let catalog::Measure::Pointwise(loss) = &self.made else { return Err(self.unfit(py, "trace")) };
        Ok(loss.trace(None))
    }

    fn pointwise<'py>(
        &self,
        wanted: &str,
        prediction: Object<'_, 'py>,
        target: Object<'_, 'py>,
        weight: Maybe<'_, 'py>,
        reduction: Object<'_, 'py>,
        nan: Object<'_, 'py>,
        out: Maybe<'_, 'py>,
    ) -> Answer<'py> {
        let py = prediction.py();
        let catalog::Measure::Pointwise(loss) = &self.made else { return Err(self.unfit(py, "pointwise")) };
        let call = losses::Call {
            loss: loss.as_ref(),
            wanted: losses::Wanted::read(py, wanted)?,
            prediction: self.array("prediction", prediction)?,
            target: self.array("target", target)?,
            weight: self.optional("weight", weight)?,
            reduction: given_word(py, self.entry.name, "reduction", reduction, &REDUCTIONS)?,
            nan: given_word(py, self.entry.name, "nan", nan, &POLICIES)?,
        };
        call.answer(out)
    }

    fn rows<'py>(
        &self,
        wanted: &str,
        logsumexp: Truth,
        prediction: Object<'_, 'py>,
        target: Object<'_, 'py>,
        weight: Maybe<'_, 'py>,
        reduction: Object<'_, 'py>,
        ignore_index: Maybe<'_, 'py>,
        nan: Object<'_, 'py>,
        out: Maybe<'_, 'py>,
    ) -> Answer<'py> {
        let py = prediction.py();
        let catalog::Measure::Row(loss) = &self.made else { return Err(self.unfit(py, "rows")) };
        let call = rows::Call {
            loss: loss.as_ref(),
            wanted: losses::Wanted::read(py, wanted)?,
            logsumexp: logsumexp.0,
            prediction: self.array("prediction", prediction)?,
            target: self.array("target", target)?,
            weight: self.optional("weight", weight)?,
            reduction: given_word(py, self.entry.name, "reduction", reduction, &REDUCTIONS)?,
            ignore_index: self.label(ignore_index)?,
            nan: given_word(py, self.entry.name, "nan", nan, &POLICIES)?,
        };
        call.answer(out)
    }

    fn row_hessian<'py>(
        &self,
        prediction: Object<'_, 'py>,
        target: Object<'_, 'py>,
        ignore_index: Maybe<'_, 'py>,
        kind: Object<'_, 'py>,
    ) -> Answer<'py> {
        let py = prediction.py();
        let catalog::Measure::Row(loss) = &self.made else { return Err(self.unfit(py, "rows")) };
        let kind = given_word(py, self.entry.name, "kind", kind, &rows::HESSIANS)?;
        let (prediction, target) = (self.array("prediction", prediction)?, self.array("target", target)?);
        rows::hessian(loss.as_ref(), &prediction, &target, self.label(ignore_index)?, kind)
    }

    fn sequence<'py>(
        &self,
        wanted: &str,
        log_probabilities: Object<'_, 'py>,
        labels: Object<'_, 'py>,
        input_lengths: Maybe<'_, 'py>,
        target_lengths: Maybe<'_, 'py>,
        reduction: Object<'_, 'py>,
        peer: bool,
    ) -> Answer<'py> {
        let py = labels.py();
        let catalog::Measure::Sequence(loss) = &self.made else { return Err(self.unfit(py, "sequences")) };
        let call = sequences::Call {
            loss: loss.as_ref(),
            wanted: losses::Wanted::read(py, wanted)?,
            log_probabilities: self.array("log_probabilities", log_probabilities)?,
            labels: self.array("labels", labels)?,
            steps: self.optional("input_lengths", input_lengths)?,
            counts: self.optional("target_lengths", target_lengths)?,
            reduction: given_word(py, self.entry.name, "reduction", reduction, &REDUCTIONS)?,
            peer,
        };
        call.answer()
    }

    fn inputs<'py>(
        &self,
        wanted: &str,
        arguments: &Bound<'py, PyTuple>,
        weight: Maybe<'_, 'py>,
        reduction: Object<'_, 'py>,
        nan: Object<'_, 'py>,
    ) -> Answer<'py> {
        let py = arguments.py();
        let catalog::Measure::Tuple(loss) = &self.made else { return Err(self.unfit(py, "inputs")) };
        let (inputs, target) = tuples::Call::split(py, loss.as_ref(), arguments)?;
        let call = tuples::Call {
            loss: loss.as_ref(),
            wanted: losses::Wanted::read(py, wanted)?,
            inputs,
            target,
            weight: self.optional("weight", weight)?,
            reduction: given_word(py, self.entry.name, "reduction", reduction, &REDUCTIONS)?,
            nan: given_word(py, self.entry.name, "nan", nan, &POLICIES)?,
        };
        call.answer()
    }

    fn map<'py>(&self, prediction: Object<'_, 'py>, nan: Object<'_, 'py>, out: Maybe<'_, 'py>) -> Answer<'py> {
        let py = prediction.py();
        let catalog::Measure::Map(map) = &self.made else { return Err(self.unfit(py, "map")) };
        let nan = given_word(py, self.entry.name, "nan", nan, &POLICIES)?;
        rows::map(map.as_ref(), rows::Mapped::Images, &self.array("prediction", prediction)?, nan, out)
    }

    fn map_product<'py>(
        &self,
        product: &str,
        prediction: Object<'_, 'py>,
        v: Object<'_, 'py>,
        nan: Object<'_, 'py>,
        out: Maybe<'_, 'py>,
    ) -> Answer<'py> {
        let py = prediction.py();
        let catalog::Measure::Map(map) = &self.made else { return Err(self.unfit(py, "map")) };
        let product = word(py, self.entry.name, "product", product, &rows::PRODUCTS)?;
        let nan = given_word(py, self.entry.name, "nan", nan, &POLICIES)?;
        let (prediction, v) = (self.array("prediction", prediction)?, self.array("v", v)?);
        rows::map(map.as_ref(), rows::Mapped::Product(product, &v), &prediction, nan, out)
    }

    fn head<'py>(
        &self,
        x: Object<'_, 'py>,
        weights: Object<'_, 'py>,
        target: Object<'_, 'py>,
        bias: Maybe<'_, 'py>,
        reduction: Object<'_, 'py>,
        ignore_index: Maybe<'_, 'py>,
        scores: Truth,
        exact: Truth,
    ) -> Answer<'py> {
        let py = x.py();
        let catalog::Measure::Head(head) = &self.made else { return Err(self.unfit(py, "head")) };
        let reduction = given_word(py, self.entry.name, "reduction", reduction, &REDUCTIONS)?;
        let (x, weights, target) =
            (self.array("x", x)?, self.array("weights", weights)?, self.array("target", target)?);
        let (bias, ignored) = (self.optional("bias", bias)?, self.label(ignore_index)?);
        let wanted = rows::OfHead { scores: scores.0, exact: exact.0 };
        rows::head(head.as_ref(), &x, &weights, &target, bias.as_ref(), reduction, ignored, wanted)
    }

    fn penalty<'py>(&self, wanted: &str, weights: Object<'_, 'py>, step: Maybe<'_, 'py>) -> Answer<'py> {
        let py = weights.py();
        let step = step.map(|step| real(self.entry.name, "step", step, "a number above 0")).transpose()?;
        let catalog::Measure::Penalty(penalty) = &self.made else { return Err(self.unfit(py, "penalty")) };
        losses::penalty(penalty.as_ref(), wanted, &self.array("weights", weights)?, step)
    }

    fn rowwise<'py>(
        &self,
        a: Object<'_, 'py>,
        b: Object<'_, 'py>,
        weight: Maybe<'_, 'py>,
        gradient: Truth,
        nan: Object<'_, 'py>,
        out: Maybe<'_, 'py>,
    ) -> Answer<'py> {
        let metric = self.metric(a.py(), nan)?;
        let (a, b, weight) = (self.array("a", a)?, self.array("b", b)?, self.optional("weight", weight)?);
        pairs::rowwise(metric, &a, &b, weight.as_ref(), gradient.0, out)
    }
    fn pairwise<'py>(
        &self,
        a: Object<'_, 'py>,
        b: Maybe<'_, 'py>,
        weight: Maybe<'_, 'py>,
        nan: Object<'_, 'py>,
        out: Maybe<'_, 'py>,
    ) -> Answer<'py> {
        let metric = self.metric(a.py(), nan)?;
        let (a, b, weight) = (self.array("a", a)?, self.optional("b", b)?, self.optional("weight", weight)?);
        pairs::pairwise(metric, &a, b.as_ref(), weight.as_ref(), out)
    }
    fn pairwise_gradients<'py>(
        &self,
        a: Object<'_, 'py>,
        b: Object<'_, 'py>,
        upstream: Object<'_, 'py>,
    ) -> Answer<'py> {
        let pair = self.pair(a.py())?;
        let (a, b, upstream) = (self.array("a", a)?, self.array("b", b)?, self.array("upstream", upstream)?);
        pairs::pairwise_gradients(pair, &a, &b, &upstream)
    }
    fn condensed<'py>(
        &self,
        a: Object<'_, 'py>,
        weight: Maybe<'_, 'py>,
        nan: Object<'_, 'py>,
        out: Maybe<'_, 'py>,
    ) -> Answer<'py> {
        let metric = self.metric(a.py(), nan)?;
        pairs::condensed(metric, &self.array("a", a)?, self.optional("weight", weight)?.as_ref(), out)
    }
    fn nearest<'py>(&self, queries: Object<'_, 'py>, points: Object<'_, 'py>, k: Object<'_, 'py>) -> Answer<'py> {
        let pair = self.pair(queries.py())?;
        let k = whole(self.entry.name, "k", k, "a number of points")?;
        pairs::nearest(pair, &self.array("queries", queries)?, &self.array("points", points)?, k)
    }

    fn sample<'py>(
        &self,
        wanted: &str,
        x: Object<'_, 'py>,
        y: Object<'_, 'py>,
        x_weight: Maybe<'_, 'py>,
        y_weight: Maybe<'_, 'py>,
    ) -> Answer<'py> {
        let statistic = self.statistic(x.py())?;
        let (x, y) = (self.array("x", x)?, self.array("y", y)?);
        let weights = [self.optional("x_weight", x_weight)?, self.optional("y_weight", y_weight)?];
        samples::statistic(statistic, wanted, &x, &y, weights.each_ref().map(Option::as_ref))
    }
    fn sample_of_costs<'py>(
        &self,
        wanted: &str,
        cost: Object<'_, 'py>,
        a: Object<'_, 'py>,
        b: Object<'_, 'py>,
    ) -> Answer<'py> {
        let statistic = self.statistic(cost.py())?;
        samples::of_costs(statistic, wanted, &self.array("cost", cost)?, &self.array("a", a)?, &self.array("b", b)?)
    }
    fn permutation_test<'py>(
        &self,
        x: Object<'_, 'py>,
        y: Object<'_, 'py>,
        permutations: Object<'_, 'py>,
        seed: Object<'_, 'py>,
    ) -> PyResult<(f64, f64)> {
        let statistic = self.statistic(x.py())?;
        let permutations = whole(self.entry.name, "permutations", permutations, "a whole number that is not negative")?;
        let seed = whole(self.entry.name, "seed", seed, "a whole number below 2^63 that is not negative")?;
        samples::permutation_test(statistic, &self.array("x", x)?, &self.array("y", y)?, permutations, seed)
    }
}
