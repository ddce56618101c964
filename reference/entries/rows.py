"""Losses of a row of scores or probabilities and its target."""

import math

from mpmath import inf, mp, mpf

from table import Entry, log_base, number

UNIT = mpf(1)


class Softmax:
    """Softmax of z / temperature, with everything that cancels written as sums of positive terms."""

    def __init__(self, z, temperature=UNIT):
        self.z = [v / temperature for v in z]
        top = max(range(len(z)), key=lambda j: self.z[j])
        self.top = self.z[top]
        self.tail = sum((mp.exp(v - self.top) for j, v in enumerate(self.z) if j != top), mpf(0))
        total = 1 + self.tail
        self.p = [mp.exp(v - self.top) / total for v in self.z]
        self.logsumexp = self.top + mp.log1p(self.tail)

    def others(self, j):
        """1 - p_j."""
        return sum((p for k, p in enumerate(self.p) if k != j), mpf(0))

    def cost(self, j):
        """-ln p_j."""
        return mp.log1p(sum((mp.exp(v - self.z[j]) for k, v in enumerate(self.z) if k != j), mpf(0)))


def softmax(parameters, z):
    return [Softmax(z, number(parameters, "temperature", 1)).p]


def log_softmax(parameters, z):
    s = Softmax(z, number(parameters, "temperature", 1))
    return [[-s.cost(j) for j in range(len(z))]]


def softmax_products(parameters, z, v):
    """The Jacobian p_i (d_ij - p_j) / T times v; it is symmetric."""
    temperature = number(parameters, "temperature", 1)
    p = Softmax(z, temperature).p
    product = [a * sum((b * (x - y) for b, y in zip(p, v)), mpf(0)) / temperature for a, x in zip(p, v, strict=True)]
    return [product, product]


def log_softmax_products(parameters, z, v):
    """The Jacobian (d_ij - p_j) / T times v, and its transpose times v."""
    temperature = number(parameters, "temperature", 1)
    p = Softmax(z, temperature).p
    forward = [sum((b * (x - y) for b, y in zip(p, v)), mpf(0)) / temperature for x in v]
    # v_j (1 - p_j) less p_j times the others, term by term.
    backward = [sum((b * x - a * y for b, y in zip(p, v)), mpf(0)) / temperature for a, x in zip(p, v, strict=True)]
    return [forward, backward]


def cross_entropy_of_scores(parameters, z, target):
    """Value, gradient, diagonal of the Hessian, logsumexp; target is a label or a row."""
    temperature = number(parameters, "temperature", 1)
    smoothing = number(parameters, "label_smoothing", 0)
    z_loss = number(parameters, "z_loss", 0)
    s = Softmax(z, temperature)
    classes = len(z)
    row = target if len(target) == classes and not isinstance(target[0], int) else [
        mpf(j == target[0]) for j in range(classes)]
    smooth = [(1 - smoothing) * t + smoothing / classes for t in row]
    value = sum((t * s.cost(j) for j, t in enumerate(smooth) if t), mpf(0)) + z_loss * s.logsumexp ** 2
    # p Σt - t; for the largest score what the other classes have instead, (Σt - t) - (1 - p) Σt.
    total = sum(smooth, mpf(0))
    rest = [sum((t for k, t in enumerate(smooth) if k != j), mpf(0)) for j in range(classes)]
    largest = max(range(classes), key=lambda j: z[j])
    residual = [rest[j] - total * s.others(j) if j == largest else s.p[j] * total - t for j, t in enumerate(smooth)]
    gradient = [(r + 2 * z_loss * s.logsumexp * p) / temperature for r, p in zip(residual, s.p)]
    hessian = []
    for j, p in enumerate(s.p):
        q = s.others(j)
        hessian.append((total * p * q + z_loss * (2 * p * p + 2 * s.logsumexp * p * q)) / temperature ** 2)
    return [[value], gradient, hessian, [s.logsumexp]]


def softmax_focal(parameters, z, target):
    gamma = number(parameters, "gamma", 2)
    label = target[0]
    s = Softmax(z)
    p, q, cost = s.p[label], s.others(label), s.cost(label)
    weight = q ** gamma
    # The slope by ln p_y, negated.
    slope = gamma * p * cost * q ** (gamma - 1) + weight
    gradient = [slope * v for v in s.p]
    gradient[label] = -weight * (gamma * p * cost + q)
    return [[weight * cost], gradient]


def cross_entropy(parameters, p, y):
    base = log_base(parameters)
    value = sum((-t * mp.log(v) if v else inf for v, t in zip(p, y) if t), mpf(0))
    gradient = [mpf(0) if not t else -t / v / base if v else -inf for v, t in zip(p, y)]
    return [[value / base], gradient]


def multiclass_zero_one(_, z, target):
    """1 less what the target gives to the first of the largest scores."""
    largest = max(z)
    decision = next(j for j, v in enumerate(z) if v == largest)
    if isinstance(target[0], int):
        return [[mpf(0) if target[0] == decision else UNIT]]
    return [[1 - target[decision]]]


def leads(z, pairs, margin, p):
    """Sum of weight * max(0, margin - z_ahead + z_behind)^p over classes, and its gradient, of (ahead, behind, weight)."""
    value, gradient = mpf(0), [mpf(0) for _ in z]
    for ahead, behind, weight in pairs:
        missing = margin - z[ahead] + z[behind]
        if missing > 0:
            value += weight * missing ** p
            slope = weight * p * missing ** (p - 1)
            gradient[ahead] -= slope
            gradient[behind] += slope
    return [[value / len(z)], [g / len(z) for g in gradient]]


def multi_margin(parameters, z, weights, target):
    label = target[0]
    pairs = [(label, j, weights[label]) for j in range(len(z)) if j != label]
    return leads(z, pairs, number(parameters, "margin", 1), int(parameters.get("p", 1)))


def multilabel_margin(_, z, y):
    classes = range(len(z))
    return leads(z, [(i, j, y[i] * (1 - y[j])) for i in classes for j in classes if i != j], mpf(1), 1)


def multilabel_soft_margin(_, z, y, weights):
    shares = [w / len(z) for w in weights]
    value, gradient, diagonal = mpf(0), [], []
    for share, v, t in zip(shares, z, y, strict=True):
        p, q = 1 / (1 + mp.exp(-v)), 1 / (1 + mp.exp(v))
        value += share * (t * mp.log1p(mp.exp(-v)) + (1 - t) * mp.log1p(mp.exp(v)))
        gradient.append(share * ((1 - t) * p - t * q))
        diagonal.append(share * p * q)
    return [[value], gradient, diagonal]


# Inputs.

def scores(draw, region, label, length):
    """A row of scores; `label` is ahead where the row is a confident one."""
    if region == "ordinary":
        return [draw.ordinary(-6, 4) for _ in range(length)]
    if region == "moderate":
        return [draw.uniform(-5, 5) for _ in range(length)]
    if region == "edge":
        kind = draw.integer(0, 3)
        if kind == 0:
            return [draw.pick([0.0, -0.0, 1.0])] * length
        if kind == 1:  # far from zero, near each other
            base = draw.ordinary(10, 20)
            return [draw.round(base + draw.uniform(-3, 3)) for _ in range(length)]
        return [draw.edge() for _ in range(length)]
    kind = draw.integer(0, 2)
    if kind == 0:  # confident
        row = [draw.uniform(-3, 3) for _ in range(length)]
        row[label] = draw.uniform(12, 60)
        return row
    if kind == 1:  # nearly equal
        base = draw.uniform(-8, 8)
        return [draw.near(base) for _ in range(length)]
    row = [draw.uniform(-3, 3) for _ in range(length)]  # logsumexp near 0
    total = float(Softmax([mpf(v) for v in row]).logsumexp)
    return [draw.round(v - total) for v in row]


def draw_scores(draw, region, _):
    length = draw.length()
    return [scores(draw, region, draw.integer(0, length - 1), length)]


def draw_vector(draw, region, parameters):
    """A row of scores, and a vector such as the chain rule meets: also one that nearly is its mean, or its share."""
    length = draw.length(2)
    row = scores(draw, region, draw.integer(0, length - 1), length)
    kind = draw.integer(0, 4)
    if kind == 0:  # the gradient of one class
        v = [0.0] * length
        v[draw.integer(0, length - 1)] = draw.ordinary(-2, 2)
    elif region == "edge":
        v = [draw.edge() for _ in range(length)]
    elif region == "cancel" and kind == 1:  # all nearly the same
        base = draw.ordinary()
        v = [draw.near(base) for _ in range(length)]
    elif region == "cancel" and kind == 2:  # nearly the probabilities, times one number
        factor = draw.ordinary(-2, 2)
        p = Softmax([mpf(z) for z in row], mpf(float(parameters.get("temperature", 1)))).p
        v = [draw.near(draw.round(factor * float(share))) for share in p]
    elif region == "cancel" and kind == 3:  # one that nearly is the mean of all
        v = [draw.ordinary(-2, 2) for _ in range(length)]
        j = draw.integer(0, length - 1)
        p = Softmax([mpf(z) for k, z in enumerate(row) if k != j], mpf(float(parameters.get("temperature", 1)))).p
        v[j] = draw.round(sum(float(a) * b for a, b in zip(p, v[:j] + v[j + 1:])))
    else:
        v = [draw.ordinary(-4, 4) for _ in range(length)]
    return [row, v]


def draw_labelled(draw, region, _):
    length = draw.length(2)
    label = draw.integer(0, length - 1)
    row = scores(draw, region, label if draw.coin(0.8) else 0, length)
    return [row, [label]]


def draw_soft(draw, region, _):
    length = draw.length(2)
    return [scores(draw, region, draw.integer(0, length - 1), length), draw.dyadic(length, zeros=True)]


def row_of_probabilities(draw, region, length):
    if region == "moderate":
        return draw.normalised([draw.random.random() + 2.0 ** -30 for _ in range(length)])
    if region == "ordinary":
        return draw.normalised([draw.positive(-16, 0) for _ in range(length)])
    if region == "cancel":  # confident
        row = [draw.positive(-draw.bits, -8) for _ in range(length)]
        row[draw.integer(0, length - 1)] = 1.0
        return draw.normalised(row)
    kind = draw.integer(0, 2)
    if kind == 0:
        return draw.dyadic(length, zeros=True)
    row = [draw.pick([draw.positive(-draw.wide, -draw.bits), draw.positive(-4, 0)]) for _ in range(length - 1)] + [1.0]
    return draw.normalised(row)


def draw_cross_entropy(draw, region, _):
    length = draw.length(2)
    p = row_of_probabilities(draw, region, length)
    kind = draw.integer(0, 3)
    if kind == 0:
        return [p, draw.dyadic(length, zeros=True)]
    if kind == 1:
        return [p, draw.normalised([draw.near(v) if v else v for v in p])]
    if kind == 2:  # a single class
        y = [0.0] * length
        y[max(range(length), key=lambda j: p[j]) if draw.coin() else draw.integer(0, length - 1)] = 1.0
        return [p, y]
    return [p, row_of_probabilities(draw, region, length)]


def draw_decision(draw, region):
    """A row of scores whose largest is often met twice, or nearly, or not at all: minus infinity is a score here."""
    length = draw.integer(20, 100) if draw.coin(0.04) else draw.length()
    row = scores(draw, region, draw.integer(0, length - 1), length)

    def some():
        return {draw.integer(0, length - 1) for _ in range(draw.integer(1, 3))}

    if region == "cancel" or draw.coin(0.3):
        largest, by = max(row), draw.pick([-1, 0, 0, 1])
        for j in some():
            row[j] = draw.step(largest, by)
    if region == "edge" and draw.coin():
        for j in some():
            row[j] = -math.inf
        if draw.coin(0.1):
            row = [-math.inf] * length
    return row


def draw_decision_labelled(draw, region, _):
    row = draw_decision(draw, region)
    ahead = [j for j, v in enumerate(row) if v == max(row)]
    # The first of the largest, another of them, or any class.
    label = draw.pick([ahead[0], draw.pick(ahead), draw.integer(0, len(row) - 1)])
    return [row, [label]]


def draw_decision_soft(draw, region, _):
    row = draw_decision(draw, region)
    length = len(row)
    if length <= 64 and draw.coin(0.4):
        return [row, draw.dyadic(length, zeros=True)]
    return [row, row_of_probabilities(draw, draw.pick(["ordinary", "moderate", "cancel"]), length)]


def draw_margin(draw, region, parameters):
    """Scores of which some are behind by nearly the margin, class weights, a label."""
    row, [label] = draw_labelled(draw, region, parameters)
    margin = float(parameters.get("margin", 1))
    if region == "cancel":
        row = [draw.step(draw.round(row[label] - margin), draw.integer(-2, 2))
               if j != label and draw.coin() else v for j, v in enumerate(row)]
    weights = [1.0] * len(row) if draw.coin() else [draw.pick([0.5, 1.0, 3.0, draw.positive(-6, 6)]) for _ in row]
    return [row, weights, [label]]


def draw_multilabel(draw, region, _):
    """Scores, and a 0 or 1 for each class, now and then what lies between."""
    length = draw.length(2)
    row = scores(draw, region, draw.integer(0, length - 1), length)
    if region == "cancel" and draw.coin(0.6):
        row = [draw.step(draw.round(row[0] + draw.pick([-1.0, 0.0, 1.0])), draw.integer(-2, 2)) for _ in row]
    y = [draw.pick([0.0, 1.0]) for _ in row]
    return [row, [draw.unit() for _ in row] if draw.coin(0.1) else y]


def draw_multilabel_weighted(draw, region, parameters):
    row, y = draw_multilabel(draw, region, parameters)
    return [row, y, [1.0 if draw.coin() else draw.positive(-6, 6) for _ in row]]


ROW = ["value", "gradient", "diagonal of the Hessian", "logsumexp"]
VARIANTS = ["", ":temperature=2", ":label_smoothing=0.1", ":z_loss=0.25"]
DERIVATIVES = ((1, 0, 0), (2, 1, 0))
NOTES = ["scores are divided by the temperature first; logsumexp is of those", "value = cross entropy + z_loss * logsumexp^2",
         "label smoothing e: (1 - e) target + e / classes"]
PRODUCTS = ["Jacobian-vector product", "vector-Jacobian product"]
DECISION = ["of several largest scores the first counts", "no gradient: there is none"]

ENTRIES = [
    Entry("softmax", ["softmax", "softmax:temperature=2", "softmax:temperature=0.5"], ["scores"], ["probabilities"],
          draw_scores, softmax, count=1000),
    Entry("softmax.products", ["softmax", "softmax:temperature=2", "softmax:temperature=0.5"], ["scores", "vector"],
          PRODUCTS, draw_vector, softmax_products, count=1000),
    Entry("log_softmax", ["log_softmax", "log_softmax:temperature=2", "log_softmax:temperature=0.5"], ["scores"],
          ["log-probabilities"], draw_scores, log_softmax, count=1000),
    Entry("log_softmax.products", ["log_softmax", "log_softmax:temperature=2", "log_softmax:temperature=0.5"],
          ["scores", "vector"], PRODUCTS, draw_vector, log_softmax_products, count=1000),
    Entry("softmax_cross_entropy", ["softmax_cross_entropy" + v for v in VARIANTS], ["scores", "label"], ROW,
          draw_labelled, cross_entropy_of_scores, DERIVATIVES, NOTES, count=2000),
    Entry("softmax_cross_entropy.soft", ["softmax_cross_entropy" + v for v in VARIANTS], ["scores", "target row"], ROW,
          draw_soft, cross_entropy_of_scores, DERIVATIVES, NOTES, count=1000),
    Entry("softmax_focal", ["softmax_focal" + v for v in (":gamma=2", ":gamma=0", ":gamma=0.5")], ["scores", "label"],
          ["value", "gradient"], draw_labelled, softmax_focal, ((1, 0, 0),), count=2000),
    Entry("multi_margin", ["multi_margin" + v for v in ("", ":margin=0.5", ":p=2")],
          ["scores", "class_weight", "label"], ["value", "gradient"], draw_margin, multi_margin, ((1, 0, 0),),
          ["a lead that is just right has no slope"], count=2000),
    Entry("multilabel_margin", ["multilabel_margin"], ["scores", "target row"], ["value", "gradient"],
          draw_multilabel, multilabel_margin, ((1, 0, 0),), ["a lead that is just right has no slope"], count=2000),
    Entry("multilabel_soft_margin", ["multilabel_soft_margin"], ["scores", "target row", "class_weight"],
          ["value", "gradient", "diagonal of the Hessian"], draw_multilabel_weighted, multilabel_soft_margin,
          DERIVATIVES, count=2000),
    Entry("cross_entropy", ["cross_entropy", "cross_entropy:base=2"], ["prediction row", "target row"],
          ["value", "gradient"], draw_cross_entropy, cross_entropy, ((1, 0, 0),),
          ["a term of weight 0 is 0, in the gradient too"], count=2000),
    Entry("multiclass_zero_one", ["multiclass_zero_one"], ["scores", "label"], ["value"],
          draw_decision_labelled, multiclass_zero_one, notes=DECISION, count=1000),
    Entry("multiclass_zero_one.soft", ["multiclass_zero_one"], ["scores", "target row"], ["value"],
          draw_decision_soft, multiclass_zero_one, notes=DECISION, count=1000),
]


def check_products(image, products):
    """Products with the Jacobian against central differences of the image, and the transpose against the other side."""
    wrong = []
    with mp.workprec(1200):
        step = mpf(2) ** -300
        for given in ({}, {"temperature": 2.0}):
            z, v = [mpf(1) / 3, mpf(-2), mpf(5) / 7, mpf(1)], [mpf(3), mpf(1) / 7, mpf(-1), mpf(0)]
            w = [mpf(1), mpf(2), mpf(-5), mpf(1) / 3]
            ends = [image(given, [x + h * y for x, y in zip(z, v)])[0] for h in (step, -step)]
            slopes = [(a - b) / (2 * step) for a, b in zip(*ends)]
            forward, backward = products(given, z, v)[0], products(given, z, w)[1]
            scalar_products = sum(a * b for a, b in zip(w, forward)), sum(a * b for a, b in zip(backward, v))
            pairs = [*zip(slopes, forward, strict=True), scalar_products]
            wrong += [f"{image.__name__} {given}: {mp.nstr(a, 20)} is not {mp.nstr(b, 20)}" for a, b in pairs
                      if abs(a - b) > mpf(2) ** -200]
    return wrong


CHECKS = {
    "softmax.products": (lambda: check_products(softmax, softmax_products),),
    "log_softmax.products": (lambda: check_products(log_softmax, log_softmax_products),),
}
