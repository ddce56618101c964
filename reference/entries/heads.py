"""A linear layer and a row loss in one."""

from mpmath import mp, mpf

from entries.rows import cross_entropy_of_scores
from table import Entry, number


def dot(a, b):
    return sum((u * v for u, v in zip(a, b, strict=True)), mpf(0))


def split(matrix, rows):
    columns = len(matrix) // rows
    return [matrix[j * columns:(j + 1) * columns] for j in range(rows)]


def linear_softmax_cross_entropy(parameters, x, matrix, bias, label):
    rows = split(matrix, len(bias))
    z = [dot(w, x) + b for w, b in zip(rows, bias)]
    (value, gradient, _, _) = cross_entropy_of_scores(parameters, z, label)
    return [value,
            [dot(gradient, column) for column in zip(*rows)],
            [g * v for g in gradient for v in x],
            gradient]


def chebyshev(m, c):
    """T_m(c) and its derivative m U_{m-1}(c)."""
    t, t_next, u, u_next = mpf(1), c, mpf(0), mpf(1)  # T_0, T_1, U_-1, U_0
    for _ in range(m):
        t, t_next = t_next, 2 * c * t_next - t
        u, u_next = u_next, 2 * c * u_next - u
    return t, m * u


def large_margin_softmax(parameters, x, matrix, label):
    margin, annealing = int(parameters["margin"]), number(parameters, "lambda", 0)
    classes = len(matrix) // len(x)
    rows = split(matrix, classes)
    y = label[0]
    w = rows[y]
    length_x, length_w, s = mp.sqrt(dot(x, x)), mp.sqrt(dot(w, w)), dot(w, x)
    n = length_x * length_w
    c = s / n
    k = sum(c < mp.cos(j * mp.pi / margin) for j in range(1, margin))
    t, slope = chebyshev(margin, c)
    psi, slope = (-1) ** k * t - 2 * k, (-1) ** k * slope
    z = [dot(row, x) for row in rows]
    z[y] = (annealing * s + n * psi) / (1 + annealing)
    (value, gradient, _, _) = cross_entropy_of_scores({}, z, label)
    # By the target's score = (annealing s + n psi(s / n)) / (1 + annealing).
    by_s = (annealing + slope) / (1 + annealing)
    by_n = (psi - c * slope) / (1 + annealing)
    target_x = [by_s * w[i] + by_n * length_w * x[i] / length_x for i in range(len(x))]
    target_w = [by_s * x[i] + by_n * length_x * w[i] / length_w for i in range(len(x))]
    dx = [sum((gradient[j] * (target_x[i] if j == y else rows[j][i]) for j in range(classes)), mpf(0))
          for i in range(len(x))]
    dw = [gradient[j] * (target_w[i] if j == y else x[i]) for j in range(classes) for i in range(len(x))]
    return [value, dx, dw]


# Inputs. Edges stay where the scores are finite: the heads are sums of products, not wide-range functions.

def features(draw, region, count):
    if region == "ordinary":
        return [draw.ordinary(-5, 2) for _ in range(count)]
    if region == "edge":
        kind = draw.integer(0, 2)
        if kind == 0:
            return [draw.pick([0.0, -0.0, 1.0, -1.0, 2.0]) for _ in range(count)]
        power = draw.integer(8, 12) if kind == 1 else draw.integer(-60, -20)
        return [draw.round(v * 2.0 ** power) for v in features(draw, "moderate", count)]
    return [draw.uniform(-2, 2) for _ in range(count)]


def shape(draw):
    return draw.pick([2, 2, 3, 4]), draw.pick([1, 2, 2, 3])  # classes, features


def draw_linear(draw, region, _):
    classes, count = shape(draw)
    x, label = features(draw, region, count), draw.integer(0, classes - 1)
    matrix = features(draw, "moderate" if region == "edge" else region, classes * count)
    bias = features(draw, region, classes)
    if region == "cancel" and draw.coin():  # confident
        bias[label] = draw.uniform(14, 50)
    elif region == "cancel":  # the product and the bias nearly cancel
        bias = [draw.near(draw.round(-float(sum(w * v for w, v in zip(row, x))))) for row in split(matrix, classes)]
    return [x, matrix, bias, [label]]


def draw_large_margin(draw, region, parameters):
    while True:
        classes, count = shape(draw)
        count = max(count, 2)
        x, label = features(draw, region, count), draw.integer(0, classes - 1)
        matrix = features(draw, "moderate" if region == "edge" else region, classes * count)
        if region == "cancel":  # the angle near 0 or pi
            scale = draw.sign() * draw.pick([0.5, 1.0, 2.0, 8.0])
            matrix[label * count:(label + 1) * count] = [draw.near(scale * v) for v in x]
        if any(x) and any(matrix[label * count:(label + 1) * count]):
            return [x, matrix, [label]]


ENTRIES = [
    Entry("linear_softmax_cross_entropy",
          ["linear_softmax_cross_entropy" + v for v in ("", ":temperature=2", ":label_smoothing=0.1")],
          ["features x (D)", "weights W (C by D, row by row)", "bias (C)", "label"],
          ["value", "gradient by x", "gradient by W", "gradient by bias"],
          draw_linear, linear_softmax_cross_entropy, ((1, 0, 0), (2, 0, 1), (3, 0, 2))),
    Entry("large_margin_softmax",
          [f"large_margin_softmax:margin={m},lambda={a}" for m in (1, 2, 3, 4) for a in (0, 5)],
          ["features x (D)", "weights W (C by D, row by row)", "label"],
          ["value", "gradient by x", "gradient by W"],
          draw_large_margin, large_margin_softmax, ((1, 0, 0), (2, 0, 1)),
          ["target score (lambda W.x + |W||x| psi) / (1 + lambda)"], span=4),
]
