# Made by generate.py from the catalogue; do not edit.
"""Optimal transport: what it costs to move one distribution onto another."""

from ._core import Measure as _Measure
from ._measures import PlannedTransport, Transport
from ._results import TransportPlan as _TransportPlan

__all__ = [
    "OptimalTransport",
    "Sinkhorn",
    "SinkhornDivergence",
    "Wasserstein",
    "optimal_transport",
    "sinkhorn",
    "sinkhorn_divergence",
    "wasserstein",
]


def wasserstein(x, y, *, order=1.0, x_weight=None, y_weight=None, return_gradient=False):
    r"""Wasserstein distance between samples on a line, of any order p ≥ 1, exactly: by sorting.

    F and G are the distribution functions of the two weighted samples, each normalised by its total. Also known as
    Kantorovich or Mallows distance and, for order 1, as earth mover's distance. The samples need not be of one
    length, and their order does not change a bit. In more than one dimension there is ``optimal_transport``.

    .. math:: \Bigl( \int_0^1 | F^{-1}(t) - G^{-1}(t) |^p \, dt \Bigr)^{1/p}

    Parameters
    ----------
    x : (N, D) array of points, or (N,) of points on a line
    y : (M, D) or (M,) array
    order : [1, inf), default 1.0
        The order p: 1 weighs far moves by their length, 2 by the square of it.
    x_weight : default None
        A weight for each point of ``x``; without, all weigh the same.
    y_weight : default None
        A weight for each point of ``y``.
    return_gradient : default False
        Also return the gradients with respect to both samples.

    Returns
    -------
    float; with ``return_gradient`` a tuple of it and two arrays

    Notes
    -----
    It is symmetric, never below zero, a metric. Results are within 0.51 units in the last place in float32, within
    2 in float64. Source: Villani 2009, chapter 6, doi:10.1007/978-3-540-71050-9; Peyré, Cuturi 2019, section 2.6,
    doi:10.1561/2200000073.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.transport.wasserstein([0.0, 1.0, 3.0], [5.0, 6.0, 8.0])
    5.0
    """
    measure = _Measure("wasserstein", (order,))
    value = measure.sample("value", x, y, x_weight, y_weight)
    return (value, *measure.sample("gradient", x, y, x_weight, y_weight)) if return_gradient else value


def optimal_transport(x, y, *, ground="euclidean", x_weight=None, y_weight=None):
    r"""Optimal transport between two sets of points in space: the earth mover's distance, exactly.

    The cheapest way to move one set onto the other, times its cost, where all points of a set weigh the same and
    sum to 1. With the ground cost ``euclidean`` it is the first Wasserstein distance, with ``squared_euclidean``
    the square of the second. Memory grows with the product of the numbers of points, time somewhat faster; on a
    line ``wasserstein`` is far quicker. The gradient is that of the plan found, one subgradient of many where
    several plans are cheapest.

    .. math:: \min_{P \ge 0} \sum_{ij} P_{ij} C_{ij}, \quad \sum_j P_{ij} = a_i, \; \sum_i P_{ij} = b_j

    Parameters
    ----------
    x : (N, D) array of points, or (N,) of points on a line
    y : (M, D) or (M,) array
    ground : euclidean or squared_euclidean, default "euclidean"
        What it costs to move one unit: the Euclidean distance or its square.
    x_weight : default None
        A weight for each point of ``x``; without, all weigh the same.
    y_weight : default None
        A weight for each point of ``y``.

    Returns
    -------
    TransportPlan: cost, bounds, plan, potentials; ``value`` of the class is the number alone

    Notes
    -----
    It is symmetric, never below zero. Results are within 0.51 units in the last place in float32, within 2 in
    float64. Source: Rubner, Tomasi, Guibas 2000, doi:10.1023/A:1026543900054.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.transport.optimal_transport([0.0, 1.0, 3.0], [5.0, 6.0, 8.0]).cost
    5.0
    """
    measure = _Measure("optimal_transport", (ground,))
    return _TransportPlan(*measure.sample("plan", x, y, x_weight, y_weight))


def sinkhorn(
    x,
    y,
    *,
    epsilon=0.05,
    ground="euclidean",
    tolerance=1e-18,
    max_iterations=20000,
    x_weight=None,
    y_weight=None,
):
    r"""Transport with entropy (Sinkhorn): the cheapest plan, where spreading out is rewarded.

    P minimises ⟨P, C⟩ + ε KL(P | a bᵀ / m), m being the weight of either side; the value is that minimum. It is
    smooth in points and weights, unlike the optimum without entropy, to which it tends from above as ε goes to 0
    and which its certificate brackets. It is *not* 0 between equal samples: ``sinkhorn_divergence`` is. Solved in
    the log domain by lowering ε step by step, with Newton steps; values are right to the last digits once the
    marginals are met to ``tolerance``, and otherwise the error ``NotConverged`` says how far it came.

    .. math:: \min_{P} \sum_{ij} P_{ij} C_{ij} + \varepsilon \, \mathrm{KL}(P | a b^T)

    Parameters
    ----------
    x : (N, D) array of points, or (N,) of points on a line
    y : (M, D) or (M,) array
    epsilon : [1e-300, 1e300], default 0.05
        ε, in units of the cost: the smaller, the nearer to plain transport, and the longer it takes. A hundredth of
        the largest cost is quick, a ten-thousandth is hard; below 2^-40 of it is an error.
    ground : euclidean or squared_euclidean, default "euclidean"
        What it costs to move one unit between points: the Euclidean distance or its square.
    tolerance : [1e-24, 1), default 1e-18
        The marginal error that is enough: the sum of what all columns miss, relative to the whole weight.
    max_iterations : whole numbers in [1, 4294967295], default 20000
        Passes over the costs, at most.
    x_weight : default None
        A weight for each point of ``x``; without, all weigh the same.
    y_weight : default None
        A weight for each point of ``y``.

    Returns
    -------
    TransportPlan: cost, bounds, plan, potentials; ``value`` of the class is the number alone

    Notes
    -----
    It is symmetric, never below zero, differentiable everywhere. Results are within 0.51 units in the last place in
    float32, within 2 in float64. Source: Cuturi 2013, arXiv:1306.0895; Schmitzer 2019, doi:10.1137/16M1106018;
    Peyré, Cuturi 2019, chapter 4, doi:10.1561/2200000073.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.transport.sinkhorn([0.0], [1.0], epsilon=0.5).cost
    1.0
    """
    measure = _Measure("sinkhorn", (epsilon, ground, tolerance, max_iterations))
    return _TransportPlan(*measure.sample("plan", x, y, x_weight, y_weight))


def sinkhorn_divergence(
    x,
    y,
    *,
    epsilon=0.05,
    ground="euclidean",
    tolerance=1e-18,
    max_iterations=20000,
    x_weight=None,
    y_weight=None,
    return_gradient=False,
):
    r"""Sinkhorn divergence between two sets of points: transport with entropy, less what entropy alone costs.

    S(a, b) = W(a, b) − ½ W(a, a) − ½ W(b, b), with W the minimum that ``sinkhorn`` gives. It is 0 for equal samples
    and positive for all others, convex in each of the weights, and smooth; it tends to plain transport as ε goes to
    0 and to the energy distance as it grows. What the three terms have in common cancels: the value is right to
    2^-90 of W, so that it can be that far below 0 for samples that are nearly equal, and gradients to 2^-90 of what
    pulls at a point.

    .. math:: W_\varepsilon(a, b) - \tfrac12 W_\varepsilon(a, a) - \tfrac12 W_\varepsilon(b, b)

    Parameters
    ----------
    x : (N, D) array of points, or (N,) of points on a line
    y : (M, D) or (M,) array
    epsilon : [1e-300, 1e300], default 0.05
        ε, in units of the cost: see ``sinkhorn``.
    ground : euclidean or squared_euclidean, default "euclidean"
        What it costs to move one unit: the Euclidean distance or its square.
    tolerance : [1e-24, 1), default 1e-18
        The marginal error that is enough: see ``sinkhorn``.
    max_iterations : whole numbers in [1, 4294967295], default 20000
        Passes over the costs, at most, for each of the three terms.
    x_weight : default None
        A weight for each point of ``x``; without, all weigh the same.
    y_weight : default None
        A weight for each point of ``y``.
    return_gradient : default False
        Also return the gradients with respect to both samples.

    Returns
    -------
    float; with ``return_gradient`` a tuple of it and two arrays

    Notes
    -----
    It is symmetric, never below zero, differentiable everywhere. Results are within 0.51 units in the last place in
    float32, within 2 in float64. Source: Feydy et al. 2019, arXiv:1810.08278; Genevay, Peyré, Cuturi 2018,
    arXiv:1706.00292.

    Examples
    --------
    >>> import discrepancy as dc
    >>> dc.transport.sinkhorn_divergence([0.0], [1.0], epsilon=0.5)
    1.0
    """
    measure = _Measure("sinkhorn_divergence", (epsilon, ground, tolerance, max_iterations))
    value = measure.sample("value", x, y, x_weight, y_weight)
    return (value, *measure.sample("gradient", x, y, x_weight, y_weight)) if return_gradient else value


class Wasserstein(Transport):
    r"""Wasserstein distance between samples on a line, of any order p ≥ 1, exactly: by sorting.

    .. math:: \Bigl( \int_0^1 | F^{-1}(t) - G^{-1}(t) |^p \, dt \Bigr)^{1/p}

    Parameters
    ----------
    order : [1, inf), default 1.0
        The order p: 1 weighs far moves by their length, 2 by the square of it.
    """

    __slots__ = ()

    def __init__(self, *, order=1.0):
        super().__init__("wasserstein", (order,))


class OptimalTransport(PlannedTransport):
    r"""Optimal transport between two sets of points in space: the earth mover's distance, exactly.

    .. math:: \min_{P \ge 0} \sum_{ij} P_{ij} C_{ij}, \quad \sum_j P_{ij} = a_i, \; \sum_i P_{ij} = b_j

    Parameters
    ----------
    ground : euclidean or squared_euclidean, default "euclidean"
        What it costs to move one unit: the Euclidean distance or its square.
    """

    __slots__ = ()

    def __init__(self, *, ground="euclidean"):
        super().__init__("optimal_transport", (ground,))


class Sinkhorn(PlannedTransport):
    r"""Transport with entropy (Sinkhorn): the cheapest plan, where spreading out is rewarded.

    .. math:: \min_{P} \sum_{ij} P_{ij} C_{ij} + \varepsilon \, \mathrm{KL}(P | a b^T)

    Parameters
    ----------
    epsilon : [1e-300, 1e300], default 0.05
        ε, in units of the cost: the smaller, the nearer to plain transport, and the longer it takes. A hundredth of
        the largest cost is quick, a ten-thousandth is hard; below 2^-40 of it is an error.
    ground : euclidean or squared_euclidean, default "euclidean"
        What it costs to move one unit between points: the Euclidean distance or its square.
    tolerance : [1e-24, 1), default 1e-18
        The marginal error that is enough: the sum of what all columns miss, relative to the whole weight.
    max_iterations : whole numbers in [1, 4294967295], default 20000
        Passes over the costs, at most.
    """

    __slots__ = ()

    def __init__(self, *, epsilon=0.05, ground="euclidean", tolerance=1e-18, max_iterations=20000):
        super().__init__("sinkhorn", (epsilon, ground, tolerance, max_iterations))


class SinkhornDivergence(Transport):
    r"""Sinkhorn divergence between two sets of points: transport with entropy, less what entropy alone costs.

    .. math:: W_\varepsilon(a, b) - \tfrac12 W_\varepsilon(a, a) - \tfrac12 W_\varepsilon(b, b)

    Parameters
    ----------
    epsilon : [1e-300, 1e300], default 0.05
        ε, in units of the cost: see ``sinkhorn``.
    ground : euclidean or squared_euclidean, default "euclidean"
        What it costs to move one unit: the Euclidean distance or its square.
    tolerance : [1e-24, 1), default 1e-18
        The marginal error that is enough: see ``sinkhorn``.
    max_iterations : whole numbers in [1, 4294967295], default 20000
        Passes over the costs, at most, for each of the three terms.
    """

    __slots__ = ()

    def __init__(self, *, epsilon=0.05, ground="euclidean", tolerance=1e-18, max_iterations=20000):
        super().__init__("sinkhorn_divergence", (epsilon, ground, tolerance, max_iterations))
