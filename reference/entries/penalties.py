"""Penalties on weights: value, gradient, proximal operator."""

from mpmath import mpf

from entries.pointwise import sign
from table import Entry, number

STEP = mpf(1) / 2
NOTES = ["proximal operator: the x of least f(x) + (x - w)^2 / (2 step), step 0.5", "subgradient 0 at 0"]


def soft_threshold(w, t):
    return sign(w) * max(mpf(0), abs(w) - t)


def elastic(absolute, square):
    """f(w) = absolute * sum |w| + square * sum w^2."""
    return lambda w: [
        [absolute * sum(map(abs, w), mpf(0)) + square * sum((v * v for v in w), mpf(0))],
        [absolute * sign(v) + 2 * square * v for v in w],
        [soft_threshold(v, STEP * absolute) / (1 + 2 * STEP * square) for v in w],
    ]


def l1(parameters, w):
    return elastic(number(parameters, "lambda", 1), mpf(0))(w)


def l2(parameters, w):
    return elastic(mpf(0), number(parameters, "lambda", 1))(w)


def elastic_net(parameters, w):
    weight, ratio = number(parameters, "lambda", 1), number(parameters, "l1_ratio", 0.5)
    return elastic(weight * ratio, weight * (1 - ratio) / 2)(w)


def threshold(parameters):
    """Where the proximal operator becomes zero."""
    return parameters["lambda"] * parameters.get("l1_ratio", 1.0) / 2


def draw_weights(draw, region, parameters):
    length = draw.length()
    if region == "ordinary":
        return [[draw.ordinary() for _ in range(length)]]
    if region == "moderate":
        return [[draw.uniform(-5, 5) for _ in range(length)]]
    if region == "edge":
        return [[draw.edge() for _ in range(length)]]
    return [[draw.sign() * draw.near(threshold(parameters)) for _ in range(length)]]


def entry(name, evaluate, *specs):
    return Entry(table=name, specs=[f"{name}:{spec}" for spec in specs], inputs=["weights"],
                 outputs=["value", "gradient", "proximal operator"], draw=draw_weights, evaluate=evaluate,
                 derivatives=((1, 0, 0),), notes=NOTES)


ENTRIES = [
    entry("l1", l1, "lambda=0.25", "lambda=2"),
    entry("l2", l2, "lambda=0.25", "lambda=2"),
    entry("elastic_net", elastic_net, "lambda=0.5,l1_ratio=0.25", "lambda=2,l1_ratio=0.5"),
]
