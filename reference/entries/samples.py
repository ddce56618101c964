"""Between two samples: maximum mean discrepancy, energy distance."""

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


# Energy distance.

def energy_distance(parameters, x, x_weights, y, y_weights, dimension):
    d, alpha = int(dimension[0]), number(parameters, "alpha", 1)
    xs, ys = ([vector[i:i + d] for i in range(0, len(vector), d)] for vector in (x, y))
    # Without weights each pair of different points counts once, in a sample that has n (n - 1) of them.
    less = 1 if parameters.get("estimator") == "unbiased" else 0
    total_x, total_y = sum(x_weights), sum(y_weights)
    value, gradient = mpf(0), [[mpf(0)] * d for _ in xs]

    def power(u, v):
        """|u - v|^alpha and its gradient by u, 0 at coincidence."""
        difference = [a - b for a, b in zip(u, v, strict=True)]
        square = sum((a * a for a in difference), mpf(0))
        if not square:
            return mpf(0), [mpf(0)] * d
        result = mp.sqrt(square) ** alpha
        return result, [alpha * result / square * a for a in difference]

    for sign, firsts, first_weights, seconds, second_weights, divisor in (
        (2, xs, x_weights, ys, y_weights, total_x * total_y),
        (-1, xs, x_weights, xs, x_weights, total_x * (total_x - less)),
        (-1, ys, y_weights, ys, y_weights, total_y * (total_y - less)),
    ):
        for i, u in enumerate(firsts):
            for j, v in enumerate(seconds):
                share = sign * first_weights[i] * second_weights[j] / divisor
                term, slope = power(u, v)
                value += share * term
                if firsts is xs:
                    # Pairs within the sample are met twice.
                    twice = share * (2 if seconds is xs else 1)
                    gradient[i] = [g + twice * s for g, s in zip(gradient[i], slope)]
    gradient = [g for row in gradient for g in row]
    if parameters.get("root"):
        value = mp.sqrt(value) if value > 0 else mpf(0)
        gradient = [g / (2 * value) if value else mpf(0) for g in gradient]
    return [[value], gradient]


def draw_energy(draw, region, parameters):
    d, n, m = draw.integer(1, 3), draw.integer(2, 5), draw.integer(2, 5)
    if region == "edge" and draw.coin(0.3):
        power = draw.pick([-1, 1]) * draw.integer(20, draw.wide // 3)
        x, y = ([draw.round(draw.uniform(-2, 2) * 2.0 ** power) for _ in range(k * d)] for k in (n, m))
    elif region == "edge":
        x, y = ([draw.pick([0.0, -0.0, 1.0, 2.0]) for _ in range(k * d)] for k in (n, m))
    else:
        x, y, (d,) = draw_samples(draw, region, parameters)
        n, m = len(x) // d, len(y) // d
    if parameters.get("estimator") == "unbiased" or draw.coin(0.4):
        return [x, [1.0] * n, y, [1.0] * m, [d]]
    sides = [draw.dyadic(k) if draw.coin() else [draw.positive(-4, 2) for _ in range(k)] for k in (n, m)]
    return [x, sides[0], y, sides[1], [d]]


ENTRIES = [
    Entry("energy_distance",
          ["energy_distance", "energy_distance:root=true", "energy_distance:estimator=unbiased",
           "energy_distance:alpha=0.5", "energy_distance:alpha=1.5,root=true", "energy_distance:alpha=2"],
          ["X, point by point", "weights of X", "Y, point by point", "weights of Y", "dimension"],
          ["energy distance", "gradient by X"], draw_energy, energy_distance, ((1, 0, 0),),
          ["the gradient of a pair of coinciding points is 0, and so is that of the root where it is 0"]),
    Entry("maximum_mean_discrepancy",
          [f"maximum_mean_discrepancy:kernel={k},bandwidth={h},estimator={e}"
           for k, h in (("rbf", 1), ("laplace", 1), ("inverse_multiquadric", 1), ("rbf", 0.5))
           for e in ("biased", "unbiased")],
          ["X, point by point", "Y, point by point", "dimension"], ["squared discrepancy", "gradient by X"],
          draw_samples, maximum_mean_discrepancy, ((1, 0, 0),),
          ["rbf exp(-|x-y|^2 / (2 bandwidth^2)), laplace exp(-|x-y| / bandwidth), "
           "inverse multiquadric 1 / sqrt(1 + |x-y|^2 / bandwidth^2)", "gradient of the laplace kernel 0 at coincidence"]),
]
