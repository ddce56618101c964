"""Losses of several inputs: value, gradient by each. Gradient 0 where nothing is missing, and at the kink."""

from mpmath import mp, mpf

from entries.distances import chebyshev, cosine as cosine_distance, draw_cosine, euclidean, manhattan, minkowski, pair
from entries.heads import dot
from entries.pointwise import sign
from table import Entry, number, scalar


def gaussian_nll(parameters, mean, variance, target):
    mu, v, y = map(scalar, (mean, variance, target))
    r = y - mu
    value = (mp.log(v) + r * r / v) / 2
    if parameters.get("full"):
        value += mp.log(2 * mp.pi) / 2
    return [[value], [-r / v], [(v - r * r) / (2 * v * v)]]


def margin_ranking(parameters, first, second, target):
    a, b, y = map(scalar, (first, second, target))
    missing = number(parameters, "margin", 0) - y * (a - b)
    if missing <= 0:
        return [[mpf(0)], [mpf(0)], [mpf(0)]]
    return [[missing], [-y], [y]]


def cosine_embedding(parameters, a, b, target):
    (value,), by_a, by_b = cosine_distance(parameters, a, b)
    if scalar(target) == 1:
        return [[value], by_a, by_b]
    product = dot(a, b)
    # Exactly 0 where it is, whatever the precision.
    cosine = product / mp.sqrt(dot(a, a) * dot(b, b))
    above = cosine - number(parameters, "margin", 0)
    if above <= 0:
        return [[mpf(0)], [mpf(0) for _ in a], [mpf(0) for _ in b]]
    return [[above], [-g for g in by_a], [-g for g in by_b]]


def triplet(parameters, anchor, positive, negative):
    p, offset = number(parameters, "p", 2), number(parameters, "offset", 0)
    squared, swap = parameters.get("squared"), parameters.get("swap")

    def away(a, b):
        """The distance, and the slopes by the first vector."""
        d = [u - v + offset for u, v in zip(a, b, strict=True)]
        if p == mp.inf:
            value = chebyshev(None, d)[0]
            ties = [abs(v) == value for v in d]
            slopes = [sign(v) / sum(ties) if tie else mpf(0) for v, tie in zip(d, ties)]
        else:
            norm = {1: manhattan, 2: euclidean}.get(int(p) if p == int(p) else None, minkowski)
            value, slopes = norm(parameters, d)
        if squared:
            return value ** 2, [2 * value * slope for slope in slopes]
        return value, slopes

    def apart(a, b):
        """The difference; what is below 2^-200 of the two is none."""
        return a - b if abs(a - b) >= max(abs(a), abs(b)) * mpf(2) ** -200 else mpf(0)

    near, by_near = away(anchor, positive)
    far, by_far = away(anchor, negative)
    anchor_part, positive_part, by_swapped = mpf(1), mpf(0), by_far
    if swap:
        swapped, by_swapped = away(positive, negative)
        detour = apart(far, swapped)
        if not detour:
            anchor_part, positive_part = mpf(0.5), mpf(0.5)
        elif detour > 0:
            far, anchor_part, positive_part = swapped, mpf(0), mpf(1)
    missing = apart(apart(near, far), -number(parameters, "margin", 1))
    if missing <= 0:
        return [[mpf(0)]] + [[mpf(0) for _ in anchor]] * 3
    by_anchor = [u - anchor_part * v for u, v in zip(by_near, by_far)]
    by_positive = [-u - positive_part * w for u, w in zip(by_near, by_swapped)]
    by_negative = [anchor_part * v + positive_part * w for v, w in zip(by_far, by_swapped)]
    return [[missing], by_anchor, by_positive, by_negative]


# Inputs.

def draw_gaussian(draw, region, parameters):
    if region == "moderate":
        return [[draw.uniform(-3, 3)], [draw.positive(-4, 3)], [draw.uniform(-3, 3)]]
    if region == "ordinary":
        return [[draw.ordinary()], [draw.positive(-20, 12)], [draw.ordinary()]]
    if region == "cancel":
        kind = draw.integer(0, 2)
        if kind == 0:  # near the minimum over the variance, where its slope is 0
            mean, target = draw.ordinary(-3, 3), draw.ordinary(-3, 3)
            square = draw.round((target - mean) ** 2)
            return [[mean], [draw.near(square or 1.0)], [target]]
        if kind == 1:  # a value near 0
            variance = draw.positive(-12, -1)
            far = float(mp.sqrt(-mpf(variance) * mp.log(mpf(variance))))
            return [[0.0], [variance], [draw.near(draw.round(far))]]
        mean = draw.ordinary(-3, 20)
        return [[mean], [draw.near(1.0)], [draw.near(mean)]]
    variance = draw.pick([draw.positive(-draw.wide, -draw.bits), draw.positive(draw.bits, draw.wide),
                          draw.step(0.0, draw.integer(1, 9)), draw.step(1.0, draw.integer(-2, 2))])
    mean = draw.edge()
    return [[mean], [variance], [draw.pick([mean, draw.edge(), draw.step(mean, 1)])]]


def draw_ranking(draw, region, parameters):
    y, margin = draw.sign(), float(parameters.get("margin", 0))
    if region in ("ordinary", "moderate"):
        scores = [draw.ordinary() if region == "ordinary" else draw.uniform(-3, 3) for _ in range(2)]
    elif region == "cancel":
        first = draw.ordinary(-4, 30)
        scores = [first, draw.near(draw.round(first - y * margin))]
    else:
        first = draw.edge()
        scores = [first, draw.pick([first, draw.edge(), draw.round(first - y * margin), draw.step(first, 1)])]
    return [[scores[0]], [scores[1]], [y]]


def draw_embedding(draw, region, parameters):
    a, b = draw_cosine(draw, region, parameters)
    if region == "cancel" and draw.coin(0.4):
        # Nearly at the margin, or orthogonal: in the plane, turned by its angle.
        c = float(parameters.get("margin", 0))
        s = float(mp.sqrt(1 - mpf(c) ** 2))
        x, y = draw.ordinary(-3, 3), draw.ordinary(-3, 3)
        a, b = [x, y], [draw.round(c * x - s * y), draw.near(draw.round(s * x + c * y))]
        if not any(b):
            b = [1.0, 0.0]
    return [a, b, [draw.sign()]]


def draw_triplet(draw, region, parameters):
    length = draw.length()
    margin = float(parameters.get("margin", 1))
    anchor, positive = pair(draw, region, length)
    kind = draw.integer(0, 3)
    if region == "cancel" and kind < 3:
        # Nearly as far: the same differences in another order, or with other signs, up to the last bits.
        anchor = [draw.ordinary(-3, 2) for _ in range(length)] if kind else anchor
        positive = [draw.ordinary(-3, 2) for _ in range(length)] if kind else positive
        differences = [v - u for u, v in zip(anchor, positive)]
        differences = differences[1:] + differences[:1]
        negative = [draw.near(draw.round(u + draw.sign() * d)) for u, d in zip(anchor, differences)]
        if kind == 2 and length > 1:
            # Nearly at the kink: farther by about the margin, along the first coordinate that is not 0.
            negative = list(anchor)
            distance = float(mp.sqrt(sum(mpf(d) ** 2 for d in differences)))
            negative[0] = draw.near(draw.round(anchor[0] + distance + margin))
        return [anchor, positive, negative]
    negative = pair(draw, region, length)[draw.integer(0, 1)]
    if region == "edge":
        if kind == 0:
            negative = list(draw.pick([anchor, positive]))
        if kind == 1:
            positive = list(anchor)
    if region in ("ordinary", "moderate") and draw.coin(0.7):
        # Mostly something is missing: the negative is near.
        negative = [draw.round(u + (v - u) * draw.random.random()) for u, v in zip(anchor, negative)]
    return [anchor, positive, negative]


def by(*names):
    return ["value", *(f"gradient by {name}" for name in names)]


KINK = "gradient 0 at the kink"

ENTRIES = [
    Entry("gaussian_nll", ["gaussian_nll", "gaussian_nll:full=true"], ["mean", "variance", "target"],
          by("mean", "variance"), draw_gaussian, gaussian_nll, ((1, 0, 0), (2, 0, 1)), span=4, count=2000),
    Entry("margin_ranking", ["margin_ranking", "margin_ranking:margin=0.1", "margin_ranking:margin=2"],
          ["first", "second", "target"], by("first", "second"), draw_ranking, margin_ranking,
          ((1, 0, 0), (2, 0, 1)), (KINK,), count=1000),
    Entry("cosine_embedding", ["cosine_embedding", "cosine_embedding:margin=0.25", "cosine_embedding:margin=-0.5",
                               "cosine_embedding:margin=0.999"],
          ["first", "second", "target"], by("first", "second"), draw_embedding, cosine_embedding,
          ((1, 0, 0), (2, 0, 1)), (KINK,), count=1500, span=4),
    Entry("triplet", ["triplet", "triplet:swap=true", "triplet:squared=true,margin=0.2", "triplet:p=1",
                      "triplet:p=inf,swap=true", "triplet:p=3", "triplet:p=1.5,squared=true",
                      "triplet:offset=1e-06,margin=0.5", "triplet:margin=0", "triplet:p=1,swap=true,offset=1e-06"],
          ["anchor", "positive", "negative"], by("anchor", "positive", "negative"), draw_triplet, triplet,
          ((1, 0, 0), (2, 0, 1), (3, 0, 2)),
          (KINK, "gradient 0 at coincidence", "of equal distances each counts by half, of equal largest differences each alike",
           "what is below 2^-200 of two distances is no difference"),
          count=2000, span=4),
]
