"""Divergences of two rows: value, gradient by each.

The formulas are taken on the exact floats as given; a row that sums to 1 only up to rounding is not
repaired. Where p_i = q_i = 0 a gradient has no limit; the vector is then left out.
"""

from mpmath import inf, mp, mpf

from entries.rows import row_of_probabilities
from table import Entry, log_base


def total(terms):
    return sum(terms, mpf(0))


def log_ratio(a, b):
    """ln(a / b) with its limits; not both are 0."""
    return -inf if not a else inf if not b else mp.log(a / b)


def both_zero(p, q):
    return any(not a and not b for a, b in zip(p, q))


def kl_divergence(parameters, p, q):
    base, generalized = log_base(parameters), bool(parameters.get("generalized"))
    value = total(a * log_ratio(a, b) for a, b in zip(p, q) if a)
    if generalized:
        value += total(q) - total(p)
    if both_zero(p, q):
        return [[value / base], None, None]
    # A q_i = 0 < p_i is an infinity; p_i = 0 is the plain limit.
    by_p = [(log_ratio(a, b) + (0 if generalized else 1)) / base for a, b in zip(p, q)]
    by_q = [((-a / b if b else -inf) + (1 if generalized else 0)) / base for a, b in zip(p, q)]
    return [[value / base], by_p, by_q]


def jensen_shannon(parameters, p, q):
    base = log_base(parameters)
    m = [(a + b) / 2 for a, b in zip(p, q)]
    value = total(a * mp.log(a / c) for a, c in zip(p, m) if a) + total(b * mp.log(b / c) for b, c in zip(q, m) if b)
    if both_zero(p, q):
        return [[value / 2 / base], None, None]
    return [[value / 2 / base],
            [log_ratio(a, c) / 2 / base for a, c in zip(p, m)],
            [log_ratio(b, c) / 2 / base for b, c in zip(q, m)]]


def root_of(divergence):
    """The square root of a divergence; gradient 0 at coincidence."""
    def evaluate(parameters, p, q):
        (value,), by_p, by_q = divergence(parameters, p, q)
        root = mp.sqrt(value)
        if not root:
            return [[root], [mpf(0)] * len(p), [mpf(0)] * len(q)]
        return [[root]] + [by and [g / (2 * root) for g in by] for by in (by_p, by_q)]
    return evaluate


def squared_hellinger(_, p, q):
    value = total((mp.sqrt(a) - mp.sqrt(b)) ** 2 for a, b in zip(p, q)) / 2
    if both_zero(p, q):
        return [[value], None, None]

    def gradient(p, q):
        return [(1 - mp.sqrt(b / a)) / 2 if a else -inf for a, b in zip(p, q)]
    return [[value], gradient(p, q), gradient(q, p)]


def bhattacharyya_coefficient(_, p, q):
    value = total(mp.sqrt(a * b) for a, b in zip(p, q))
    if both_zero(p, q):
        return [[value], None, None]

    def gradient(p, q):
        return [mp.sqrt(b / a) / 2 if a else inf for a, b in zip(p, q)]
    return [[value], gradient(p, q), gradient(q, p)]


def bhattacharyya(parameters, p, q):
    (coefficient,), by_p, by_q = bhattacharyya_coefficient(parameters, p, q)
    if not coefficient:
        return [[inf], None, None]
    return [[-mp.log(coefficient)]] + [by and [-g / coefficient for g in by] for by in (by_p, by_q)]


def few_steps(draw, row, most):
    """Each entry moved by at most so many floats; zeros and ones stay probabilities."""
    return [min(1.0, draw.step(v, draw.integer(-most, most))) if v else v for v in row]


def draw_rows(draw, region, _):
    length = draw.length(2)
    p = row_of_probabilities(draw, "moderate" if region == "cancel" and draw.coin(0.6) else region, length)
    if region == "cancel":
        if draw.coin():  # a few last bits: the row still sums to 1 up to rounding
            return [p, few_steps(draw, p, 3)]
        return [p, draw.normalised([draw.near(v) for v in p])]
    if region == "edge":
        kind = draw.integer(0, 3)
        if kind == 0:
            return [p, list(p)]
        if kind == 1:
            return [p, few_steps(draw, p, 1)]
        if kind == 2:  # q without zeros
            return [p, draw.dyadic(length)]
    return [p, row_of_probabilities(draw, region, length)]


def entry(name, evaluate, *variants, notes=()):
    return Entry(name, [name + v for v in ("", *variants)], ["p", "q"], ["value", "gradient by p", "gradient by q"],
                 draw_rows, evaluate, ((1, 0, 0), (2, 0, 1)),
                 ["of the exact floats as given, summing to 1 or not", "no gradient where p_i = q_i = 0", *notes])


ZERO = "gradient 0 at coincidence"

ENTRIES = [
    entry("kl_divergence", kl_divergence, ":generalized=true", ":base=2"),
    entry("jensen_shannon", jensen_shannon, ":base=2"),
    entry("jensen_shannon_distance", root_of(jensen_shannon), notes=[ZERO]),
    entry("hellinger", root_of(squared_hellinger), notes=[ZERO]),
    entry("bhattacharyya", bhattacharyya),
    entry("bhattacharyya_coefficient", bhattacharyya_coefficient),
]
