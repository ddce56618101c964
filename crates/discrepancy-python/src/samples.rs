//! Transport and statistics of two samples.

use crate::array::{Array, Kind, with_element};
use crate::failure::{Raise, raise};
use crate::losses::tuple;
use crate::result::{Given, give};
use crate::threads::run;
use discrepancy::batch::Element;
use discrepancy::samples::{Plan, SampleStatistic};
use discrepancy::transport::stored_in;
use pyo3::prelude::*;
use pyo3::types::PyFloat;
use std::borrow::Cow;

/// Points of a sample, one after another, and how many coordinates each has: a list of numbers is points on a line.
fn points<'a>(sample: &'a Array<'_>) -> PyResult<(Cow<'a, [f64]>, usize)> {
    let dimension = match sample.shape.as_slice() {
        [_] => 1,
        [_, dimension] if *dimension > 0 => *dimension,
        _ => return Err(raise(sample.py(), &sample.misshapen("points on a line, or rows of coordinates"))),
    };
    Ok((sample.flat::<f64>().raise(sample.py())?, dimension))
}

/// The spacing at 1 of the narrowest type that weights came in: their totals are as exact as that.
fn coarsest<'a, 'py: 'a>(weights: impl Iterator<Item = &'a Array<'py>>) -> f64 {
    let epsilon = |weights: &Array<'py>| match weights.kind.is_float() {
        true => with_element!(Kind::common([weights.kind]), E => <E as Element>::EPSILON),
        false => f64::EPSILON,
    };
    weights.map(epsilon).fold(f64::EPSILON, f64::max)
}

/// Value, gradients or plan between two samples.
pub(crate) fn statistic<'py>(
    statistic: &dyn SampleStatistic,
    wanted: &str,
    x: &Array<'py>,
    y: &Array<'py>,
    weights: [Option<&Array<'py>>; 2],
) -> PyResult<Bound<'py, PyAny>> {
    let py = x.py();
    let ((px, dimension), (py_points, other)) = (points(x)?, points(y)?);
    if dimension != other {
        return Err(raise(py, &y.misshapen(format!("points of {dimension} coordinates"))));
    }
    for (weight, sample) in weights.iter().zip([x, y]) {
        if let Some(weight) = weight {
            weight.check_shape(&sample.shape[..1]).raise(py)?;
        }
    }
    let [wx, wy] = weights.map(|weight| weight.map(Array::flat::<f64>));
    let (wx, wy) = (wx.transpose().raise(py)?, wy.transpose().raise(py)?);
    let (px, qy, wx, wy) = (&*px, &*py_points, wx.as_deref(), wy.as_deref());
    let weighted = wx.is_some() || wy.is_some();
    let epsilon = coarsest(weights.into_iter().flatten());
    match wanted {
        "plan" => {
            let plan = run(py, || stored_in(epsilon, || statistic.plan(px, wx, qy, wy, dimension)))?;
            solved(x, &plan, [x.shape[0], y.shape[0]])
        }
        "value" => {
            let value = run(py, || {
                if weighted {
                    stored_in(epsilon, || statistic.value_weighted(px, wx, qy, wy, dimension))
                } else {
                    statistic.value(px, qy, dimension)
                }
            })?;
            Ok(PyFloat::new(py, value).into_any())
        }
        _ => {
            let gradient = |a, wa, b, wb| {
                run(py, || {
                    if weighted {
                        stored_in(epsilon, || statistic.gradient_weighted(a, wa, b, wb, dimension))
                    } else {
                        statistic.gradient(a, b, dimension)
                    }
                })
            };
            let (by_x, by_y) = (gradient(px, wx, qy, wy)?, gradient(qy, wy, px, wx)?);
            let kind = Kind::common([x.kind, y.kind]);
            with_element!(kind, E => tuple([narrowed::<E>(x, by_x)?, narrowed::<E>(y, by_y)?]))
        }
    }
}

/// Rounded to the type of the samples.
fn narrowed<'py, E: Element + Given>(like: &Array<'py>, values: Vec<f64>) -> PyResult<Bound<'py, PyAny>> {
    give(like, values.into_iter().map(E::narrow).collect(), &like.shape)
}

/// Value or plan where only the costs are known.
pub(crate) fn of_costs<'py>(
    statistic: &dyn SampleStatistic,
    wanted: &str,
    cost: &Array<'py>,
    a: &Array<'py>,
    b: &Array<'py>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = cost.py();
    for side in [a, b] {
        if side.shape.len() != 1 {
            return Err(raise(py, &side.misshapen("a weight for each row or column of the costs")));
        }
    }
    let (shape, epsilon) = ([a.len(), b.len()], coarsest([a, b].into_iter()));
    cost.check_shape(&shape).raise(py)?;
    let (flat, a, b) = (cost.flat::<f64>().raise(py)?, a.flat::<f64>().raise(py)?, b.flat::<f64>().raise(py)?);
    let (flat, a, b) = (&*flat, &*a, &*b);
    if wanted == "plan" {
        return solved(cost, &run(py, || stored_in(epsilon, || statistic.plan_of_costs(flat, a, b)))?, shape);
    }
    Ok(PyFloat::new(py, run(py, || stored_in(epsilon, || statistic.value_of_costs(flat, a, b)))?).into_any())
}

/// A plan as the numbers of its dataclass, in order.
fn solved<'py>(like: &Array<'py>, plan: &Plan, shape: [usize; 2]) -> PyResult<Bound<'py, PyAny>> {
    let py = like.py();
    let number = |x: f64| PyFloat::new(py, x).into_any();
    tuple([
        number(plan.cost),
        number(plan.value),
        number(plan.lower),
        number(plan.upper),
        give(like, plan.matrix.clone(), &shape)?,
        give(like, plan.row_potentials.clone(), &shape[..1])?,
        give(like, plan.column_potentials.clone(), &shape[1..])?,
        number(plan.marginal_error),
        plan.iterations.into_pyobject(py)?.into_any(),
    ])
}

/// Statistic and p-value.
pub(crate) fn permutation_test(
    statistic: &dyn SampleStatistic,
    x: &Array<'_>,
    y: &Array<'_>,
    permutations: usize,
    seed: u64,
) -> PyResult<(f64, f64)> {
    let py = x.py();
    let ((a, dimension), (b, other)) = (points(x)?, points(y)?);
    if dimension != other {
        return Err(raise(py, &y.misshapen(format!("points of {dimension} coordinates"))));
    }
    let (a, b) = (&*a, &*b);
    let test = run(py, || statistic.permutation_test(a, b, dimension, permutations, seed))?;
    Ok((test.statistic, test.p_value))
}
