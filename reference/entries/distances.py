"""Distances between two vectors: value, gradient by each. At coincidence the gradient is 0."""

from mpmath import mp, mpf

from entries.heads import dot
from entries.pointwise import sign
from table import Entry, number


def of_difference(norm):
    """A distance that depends on a - b; `norm` gives the value and its gradient (None where all are equal)."""
    def evaluate(parameters, a, b, *rest):
        value, gradient = norm(parameters, [u - v for u, v in zip(a, b, strict=True)], *rest)
        return [[value], gradient, [-g for g in gradient]]
    return evaluate


def euclidean(_, d):
    value = mp.sqrt(dot(d, d))
    return value, [v / value if value else mpf(0) for v in d]


def squared_euclidean(_, d):
    return dot(d, d), [2 * v for v in d]


def manhattan(_, d):
    return sum(map(abs, d), mpf(0)), [sign(v) for v in d]


def chebyshev(_, d):
    value = max(map(abs, d))
    first = next(i for i, v in enumerate(d) if abs(v) == value)
    return value, [sign(v) if i == first else mpf(0) for i, v in enumerate(d)]


def minkowski(parameters, d):
    p = number(parameters, "p", 2)
    top = max(map(abs, d))
    if not top:
        return mpf(0), [mpf(0) for _ in d]
    # Over the largest, so that nothing needs an exponent of 500 times the input's.
    ratio = [abs(v) / top for v in d]
    length = sum((r ** p for r in ratio), mpf(0)) ** (1 / p)
    return top * length, [sign(v) * (r / length) ** (p - 1) for v, r in zip(d, ratio)]


def standardized_euclidean(_, d, variances):
    value = mp.sqrt(sum((v * v / s for v, s in zip(d, variances, strict=True)), mpf(0)))
    return value, [v / s / value if value else mpf(0) for v, s in zip(d, variances)]


def cosine(_, a, b):
    """1 - cos, by the residual where the angle is small: the numerators are exact."""
    aa, bb, ab = dot(a, a), dot(b, b), dot(a, b)
    root = mp.sqrt(aa * bb)
    value = (aa * bb - ab * ab) / (root * (root + ab)) if ab > 0 else 1 - ab / root
    by_a = [(ab * u - aa * v) / (aa * root) for u, v in zip(a, b)]
    by_b = [(ab * v - bb * u) / (bb * root) for u, v in zip(a, b)]
    return [[value], by_a, by_b]


def pearson(parameters, a, b):
    """The cosine distance of n a - sum(a): centred without a division."""
    n = len(a)
    value, by_a, by_b = cosine(parameters, [n * v - sum(a) for v in a], [n * v - sum(b) for v in b])
    # The gradients by the centred vectors sum to 0, so the chain rule leaves the factor n.
    return [value, [n * g for g in by_a], [n * g for g in by_b]]


def mahalanobis(_, a, b, matrix):
    d = [u - v for u, v in zip(a, b, strict=True)]
    n = len(d)
    rows = [sum(((matrix[i * n + j] + matrix[j * n + i]) / 2 * d[j] for j in range(n)), mpf(0)) for i in range(n)]
    value = mp.sqrt(dot(d, rows))
    gradient = [row / value if value else mpf(0) for row in rows]
    return [[value], gradient, [-g for g in gradient]]


def bray_curtis(_, a, b):
    pairs = list(zip(a, b, strict=True))
    apart, along = sum((abs(u - v) for u, v in pairs), mpf(0)), sum((abs(u + v) for u, v in pairs), mpf(0))
    if not apart:
        return [[mpf(0)], [mpf(0) for _ in a], [mpf(0) for _ in a]]
    by_a = [(sign(u - v) * along - apart * sign(u + v)) / along ** 2 for u, v in pairs]
    by_b = [(sign(v - u) * along - apart * sign(u + v)) / along ** 2 for u, v in pairs]
    return [[apart / along], by_a, by_b]


def canberra(_, a, b):
    def slope(u, v):
        return 2 * abs(v) * sign(u - v) / (abs(u) + abs(v)) ** 2 if u * v > 0 else mpf(0)

    pairs = list(zip(a, b, strict=True))
    value = sum((abs(u - v) / (abs(u) + abs(v)) for u, v in pairs if u != v), mpf(0))
    return [[value], [slope(u, v) for u, v in pairs], [slope(v, u) for u, v in pairs]]


def of_truth(formula):
    """A distance of the counts of coordinates that are true in both, in the first, in the second, in neither."""
    def evaluate(_, a, b):
        pairs = [(u != 0, v != 0) for u, v in zip(a, b, strict=True)]
        counts = [mpf(pairs.count(pair)) for pair in ((True, True), (True, False), (False, True), (False, False))]
        numerator, denominator = formula(*counts)
        return [[numerator / denominator if numerator else mpf(0)]]
    return evaluate


def hamming(_, a, b):
    return [[mpf(sum(u != v for u, v in zip(a, b, strict=True))) / len(a)]]


# Inputs.

def pair(draw, region, length):
    if region == "ordinary":
        return [[draw.ordinary() for _ in range(length)] for _ in range(2)]
    if region == "moderate":
        return [[draw.uniform(-5, 5) for _ in range(length)] for _ in range(2)]
    if region == "cancel":
        base = draw.pick([0.0, draw.ordinary(0, 30)])  # also offset far from zero
        a = [draw.round(base + draw.uniform(-2, 2)) for _ in range(length)]
        return [a, [draw.near(v) for v in a]]
    kind = draw.integer(0, 4)
    if kind == 0:  # coincident
        a = [draw.pick([draw.edge(), draw.uniform(-5, 5)]) for _ in range(length)]
        return [a, list(a)]
    if kind == 1:  # both far out: squares overflow or underflow
        power = draw.pick([-1, 1]) * draw.integer(draw.wide // 2, draw.wide)
        return [[draw.round(draw.uniform(-2, 2) * 2.0 ** power) for _ in range(length)] for _ in range(2)]
    if kind == 2:  # ties
        values = [0.0, -0.0, 1.0, -1.0, 2.0]
        return [[draw.pick(values) for _ in range(length)] for _ in range(2)]
    return [[draw.edge() for _ in range(length)] for _ in range(2)]


def draw_pair(draw, region, _):
    return pair(draw, region, draw.length())


def draw_standardized(draw, region, _):
    length = draw.length()
    low, high = {"edge": (-40, 40)}.get(region, (-6, 4))
    return [*pair(draw, region, length), [draw.positive(low, high) for _ in range(length)]]


def draw_cosine(draw, region, _, least=1):
    while True:
        length = draw.length(max(2, least))
        a, b = pair(draw, region, length)
        if region == "cancel":
            kind = draw.integer(0, 3)
            if kind == 0:  # parallel, other length
                scale = draw.sign() * 2.0 ** draw.integer(-20, 20)
                b = [v * scale for v in (a if draw.coin(0.3) else b)]
            elif kind == 1:  # nearly orthogonal
                b = [0.0] * length
                b[0], b[1] = draw.near(-a[1]), a[0]
        if all(len(set(v)) > 1 for v in (a, b)) if least > 1 else all(any(v) for v in (a, b)):
            return [a, b]


def draw_pearson(draw, region, parameters):
    return draw_cosine(draw, region, parameters, least=3)


def draw_mahalanobis(draw, region, _):
    """A product of a matrix of small whole numbers with its transpose, over a power of two: exact, and not negative."""
    length = min(draw.length(), 6)
    a, b = pair(draw, region, length)
    wide = 1 if region == "edge" else 9
    root = [[draw.integer(-wide, wide) for _ in range(length)] for _ in range(length)]
    for i in range(length):
        root[i][i] += 2 * wide * length  # never singular
    if region == "cancel" and length > 1:  # nearly so: the difference lies where the form is small
        root[0] = [u + draw.integer(0, 1) for u in root[1]]
    scale = 2.0 ** draw.integer(-20, 4)
    gram = [sum(row[i] * row[j] for row in root) * scale for i in range(length) for j in range(length)]
    return [a, b, [draw.round(v) for v in gram]]


def draw_bray_curtis(draw, region, _):
    while True:
        a, b = pair(draw, region, draw.length())
        if draw.coin(0.6):  # abundances
            a, b = [abs(v) for v in a], [abs(v) for v in b]
        if region == "cancel" and draw.coin(0.3):  # nearly nothing shared
            b = [draw.round(v * 2.0 ** -draw.integer(20, 60)) if draw.coin() else v for v in b]
        if any(u + v for u, v in zip(a, b)) or a == b:
            return [a, b]


def draw_truth(draw, region, _):
    length = draw.length()
    true = [1.0] if region in ("ordinary", "cancel") else [1.0, -1.0, 0.5, draw.edge() or 1.0]
    share = draw.pick([0.1, 0.5, 0.5, 0.9])

    def one():
        return draw.pick(true) if draw.coin(share) else draw.pick([0.0, 0.0, -0.0])
    return [[one() for _ in range(length)] for _ in range(2)]


def draw_hamming(draw, region, _):
    length = draw.length()
    a, b = pair(draw, region, length)
    return [a, [u if draw.coin() else v for u, v in zip(a, b)]]


def entry(name, evaluate, *specs, draw=draw_pair, inputs=("a", "b"), gradients=True, **options):
    return Entry(name, [name + s for s in specs or ("",)], list(inputs),
                 ["value"] + ["gradient by a", "gradient by b"] * gradients, draw, evaluate,
                 ((1, 0, 0), (2, 0, 1)) if gradients else (), **{"one": False, **options})


def truth(name, formula):
    return entry(name, of_truth(formula), draw=draw_truth, gradients=False,
                 notes=["numbers other than 0 are true; nothing out of nothing is 0"])


ZERO = "gradient 0 at coincidence"

ENTRIES = [
    entry("euclidean", of_difference(euclidean), notes=[ZERO]),
    entry("squared_euclidean", of_difference(squared_euclidean)),
    entry("manhattan", of_difference(manhattan), notes=["gradient 0 where the coordinates are equal"]),
    entry("chebyshev", of_difference(chebyshev), notes=[ZERO, "else the sign at the first coordinate of the largest difference"]),
    entry("minkowski", of_difference(minkowski), ":p=3", ":p=1.5", ":p=500", notes=[ZERO]),
    entry("standardized_euclidean", of_difference(standardized_euclidean), draw=draw_standardized,
          inputs=("a", "b", "variances"), notes=[ZERO]),
    entry("cosine", cosine, draw=draw_cosine, span=4),
    entry("pearson", pearson, draw=draw_pearson, span=4),
    entry("mahalanobis", mahalanobis, draw=draw_mahalanobis, inputs=("a", "b", "inverse_covariance"), notes=[ZERO]),
    entry("bray_curtis", bray_curtis, draw=draw_bray_curtis, span=4, notes=["two rows of zeros are 0 apart"]),
    entry("canberra", canberra, span=4, notes=["two zeros are 0 apart; gradient 0 at every kink"]),
    truth("jaccard", lambda both, u, v, _: (u + v, both + u + v)),
    truth("dice", lambda both, u, v, _: (u + v, 2 * both + u + v)),
    truth("rogers_tanimoto", lambda both, u, v, none: (2 * (u + v), both + none + 2 * (u + v))),
    truth("russell_rao", lambda both, u, v, none: (u + v + none, both + u + v + none)),
    truth("sokal_sneath", lambda both, u, v, _: (2 * (u + v), both + 2 * (u + v))),
    truth("yule", lambda both, u, v, none: (2 * u * v, both * none + u * v)),
    entry("hamming", hamming, draw=draw_hamming, gradients=False, notes=["signed zeros are equal"]),
]
