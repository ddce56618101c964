"""Maximum mean discrepancy between two samples."""

from mpmath import mp, mpf

from table import Entry, number


def kernel(parameters, u, v):
    """k(u, v) and its gradient by u."""
    width = number(parameters, "bandwidth", 1)
    d = [x - y for x, y in zip(u, v, strict=True)]
    square = sum((x * x for x in d), mpf(0))
    name = parameters["kernel"]
    if name == "rbf":
        k = mp.exp(-square / (2 * width ** 2))
        slope = -k / width ** 2
    elif name == "laplace":
        length = mp.sqrt(square)
        k = mp.exp(-length / width)
        slope = -k / (width * length) if length else mpf(0)  # 0 at coincidence
    else:
        k = 1 / mp.sqrt(1 + square / width ** 2)
        slope = -k ** 3 / width ** 2
    return k, [slope * x for x in d]


def maximum_mean_discrepancy(parameters, x, y, dimension):
    d = dimension[0]
    xs, ys = ([vector[i:i + d] for i in range(0, len(vector), d)] for vector in (x, y))
    n, m = len(xs), len(ys)
    biased = parameters["estimator"] == "biased"
    value = mpf(0)
    gradient = [[mpf(0)] * d for _ in xs]
    for i, u in enumerate(xs):
        for j, v in enumerate(xs):
            if biased or i != j:
                k, slope = kernel(parameters, u, v)
                share = mpf(1) / (n * n if biased else n * (n - 1))
                value += share * k
                # The pair is met twice, once as (j, i).
                gradient[i] = [g + 2 * share * s for g, s in zip(gradient[i], slope)]
        for v in ys:
            k, slope = kernel(parameters, u, v)
            share = mpf(2) / (n * m)
            value -= share * k
            gradient[i] = [g - share * s for g, s in zip(gradient[i], slope)]
    for i, u in enumerate(ys):
        for j, v in enumerate(ys):
            if biased or i != j:
                value += kernel(parameters, u, v)[0] / (m * m if biased else m * (m - 1))
    return [[value], [g for row in gradient for g in row]]


def draw_samples(draw, region, _):
    d, n, m = draw.integer(1, 3), draw.integer(2, 5), draw.integer(2, 5)
    if region == "ordinary":
        x, y = ([draw.ordinary(-6, 1) for _ in range(k * d)] for k in (n, m))
    elif region == "moderate":
        x, y = ([draw.uniform(-2, 2) for _ in range(k * d)] for k in (n, m))
    elif region == "cancel":
        kind = draw.integer(0, 1)
        base = draw.uniform(-3, 3) if kind else 0.0
        x = [draw.round(base + draw.uniform(-1, 1)) if kind == 0 else draw.near(base) for _ in range(n * d)]
        y = [draw.near(x[i % len(x)]) for i in range(m * d)]
    else:
        kind = draw.integer(0, 2)
        if kind == 0:  # points that coincide
            x, y = ([draw.pick([0.0, -0.0, 1.0, 2.0]) for _ in range(k * d)] for k in (n, m))
        elif kind == 1:  # far away: the kernels underflow
            power = draw.integer(4, 20)
            x, y = ([draw.round(draw.uniform(-2, 2) * 2.0 ** power) for _ in range(k * d)] for k in (n, m))
        else:
            x, y = ([draw.edge() for _ in range(k * d)] for k in (n, m))
    return [x, y, [d]]


ENTRIES = [
    Entry("maximum_mean_discrepancy",
          [f"maximum_mean_discrepancy:kernel={k},bandwidth={h},estimator={e}"
           for k, h in (("rbf", 1), ("laplace", 1), ("inverse_multiquadric", 1), ("rbf", 0.5))
           for e in ("biased", "unbiased")],
          ["X, point by point", "Y, point by point", "dimension"], ["squared discrepancy", "gradient by X"],
          draw_samples, maximum_mean_discrepancy, ((1, 0, 0),),
          ["rbf exp(-|x-y|^2 / (2 bandwidth^2)), laplace exp(-|x-y| / bandwidth), "
           "inverse multiquadric 1 / sqrt(1 + |x-y|^2 / bandwidth^2)", "gradient of the laplace kernel 0 at coincidence"]),
]
