"""Losses of one prediction and one target: value, gradient, second derivative (by the prediction)."""

from mpmath import inf, mp, mpf

from table import Entry, log_base, number, scalar

OUTPUTS = ["value", "gradient", "second derivative"]
DERIVATIVES = ((1, 0, 0), (2, 1, 0))


def softplus(z):
    """ln(1 + e^z), with the whole of its small tail."""
    return max(z, mpf(0)) + mp.log1p(mp.exp(-abs(z)))


def sigmoid(z):
    return 1 / (1 + mp.exp(-z)) if z >= 0 else mp.exp(z) / (1 + mp.exp(z))


def sign(x):
    return mpf((x > 0) - (x < 0))


# Inputs.

def draw_margin(draw, region, _):
    target = draw.sign()
    if region == "ordinary":
        return [[draw.ordinary()], [target]]
    if region == "moderate":
        return [[draw.uniform(-5, 5)], [target]]
    if region == "edge":
        return [[draw.edge()], [target]]
    kind = draw.integer(0, 2)  # at the kink of a hinge, at zero, confident
    if kind == 0:
        return [[draw.sign() * draw.near(draw.pick([1.0, 0.5]))], [target]]
    return [[draw.ordinary(-30, -12) if kind == 1 else draw.sign() * draw.uniform(8, 60)], [target]]


def draw_residual(draw, region, _):
    if region == "ordinary":
        return [[draw.ordinary()], [draw.ordinary()]]
    if region == "moderate":
        return [[draw.uniform(-5, 5)], [draw.uniform(-5, 5)]]
    prediction = draw.ordinary(-8, 20) if region == "cancel" else draw.edge()
    if region == "edge" and draw.coin():
        return [[prediction], [draw.pick([draw.edge(), prediction])]]
    return [[prediction], [draw.near(prediction)]]


def target_in_unit(draw):
    return draw.pick([0.0, 1.0, 0.5, draw.unit(), draw.positive(-20, -1)])


def draw_probability(draw, region, _):
    p = draw.probability(region)
    if region == "cancel" and draw.coin():  # p - y cancels
        p = draw.unit()
        return [[p], [min(1.0, draw.near(p))]]
    if region == "edge" and draw.coin(0.7):
        return [[p], [draw.pick([0.0, 1.0, p])]]
    return [[p], [target_in_unit(draw)]]


def draw_logit(draw, region, _, soft=True):
    target = draw.pick([0.0, 1.0])
    if soft and region != "edge" and draw.coin(0.3):
        target = target_in_unit(draw)
    if region == "ordinary":
        return [[draw.ordinary()], [target]]
    if region == "moderate":
        return [[draw.uniform(-5, 5)], [target]]
    if region == "edge":
        return [[draw.edge()], [target]]
    if soft and draw.coin(0.4):  # sigmoid(z) - y cancels
        z = draw.uniform(-8, 8)
        return [[z], [draw.round(float(sigmoid(mpf(z))))]]
    return [[draw.sign() * draw.uniform(8, 60)], [target]]


def draw_hard_logit(draw, region, parameters):
    return draw_logit(draw, region, parameters, soft=False)


def draw_hard_probability(draw, region, _):
    p = 0.0
    while not 0 < p < 1:
        p = draw.probability(region)
    return [[p], [draw.pick([0.0, 1.0])]]


# Formulas.

def pointwise(formula):
    """A formula of scalars as one of one-element vectors."""
    def evaluate(parameters, prediction, target):
        return [[mpf(output)] for output in formula(parameters, scalar(prediction), scalar(target))]
    return evaluate


def zero_one(_, prediction, y):
    return [1 if y * prediction <= 0 else 0]


def hinge(parameters, prediction, y):
    margin = number(parameters, "margin", 1)
    m = y * prediction
    return max(mpf(0), margin - m), -y if m < margin else 0, 0


def exponential(parameters, prediction, y):
    beta = number(parameters, "beta", 1)
    value = mp.exp(-beta * y * prediction)
    return value, -beta * y * value, beta ** 2 * value


def logistic(parameters, prediction, y):
    base = log_base(parameters, 2)
    m = y * prediction
    return softplus(-m) / base, -y * sigmoid(-m) / base, sigmoid(m) * sigmoid(-m) / base


def squared(parameters, prediction, target):
    r = prediction - target
    factor = mpf(1) / 2 if parameters.get("half") else mpf(1)
    return factor * r ** 2, 2 * factor * r, 2 * factor


def absolute(_, prediction, target):
    r = prediction - target
    return abs(r), sign(r), 0


def binary_cross_entropy(parameters, p, y):
    """A term of weight zero is zero, in the derivatives too; a limit is infinite."""
    base = log_base(parameters)
    value = gradient = second = mpf(0)
    for weight, q, direction in ((y, p, -1), (1 - y, 1 - p, 1)):
        if weight:
            value += weight * -mp.log(q) if q else inf
            gradient += direction * (weight / q if q else inf)
            second += weight / q ** 2 if q else inf
    return value / base, gradient / base, second / base


def binary_cross_entropy_with_logits(parameters, z, y):
    weight = number(parameters, "pos_weight", 1)
    p, q = sigmoid(z), sigmoid(-z)
    positive, negative = weight * y, 1 - y
    return (positive * softplus(-z) + negative * softplus(z),
            negative * p - positive * q,
            (positive + negative) * p * q)


def focal_alpha(parameters, y):
    alpha = parameters.get("alpha", 0.25)
    return mpf(1) if alpha is None else mpf(alpha) if y == 1 else 1 - mpf(alpha)


def focal(parameters, z, y):
    """With u = ±z towards the target, p = sigmoid(u), q = 1 - p, L = -ln p: alpha q^gamma L."""
    alpha, gamma = focal_alpha(parameters, y), number(parameters, "gamma", 2)
    towards = 1 if y == 1 else -1
    u = towards * z
    p, q, cost = sigmoid(u), sigmoid(-u), softplus(-u)
    weight = alpha * mp.exp(-gamma * softplus(u))  # alpha q^gamma
    return (weight * cost,
            -towards * weight * (gamma * p * cost + q),
            weight * p * (gamma * cost * (gamma * p - q) + q * (2 * gamma + 1)))


def focal_from_probabilities(parameters, p, y):
    alpha, gamma = focal_alpha(parameters, y), number(parameters, "gamma", 2)
    towards = 1 if y == 1 else -1
    t = p if y == 1 else 1 - p
    q, cost = 1 - t, -mp.log(t)
    return (alpha * q ** gamma * cost,
            -towards * alpha * (gamma * q ** (gamma - 1) * cost + q ** gamma / t),
            alpha * (gamma * (gamma - 1) * q ** (gamma - 2) * cost
                     + 2 * gamma * q ** (gamma - 1) / t + q ** gamma / t ** 2))


def brier(_, p, y):
    return (p - y) ** 2, 2 * (p - y), 2


def brier_with_logits(_, z, y):
    p, q = sigmoid(z), sigmoid(-z)
    r = -q if y == 1 else p - y
    return r ** 2, 2 * r * p * q, 2 * p * q * (p * q + r * (q - p))


def entry(name, formula, draw, *variants, outputs=OUTPUTS, notes=()):
    return Entry(table=name, specs=[name + variant for variant in ("", *variants)], inputs=["prediction", "target"],
                 outputs=outputs, draw=draw, evaluate=pointwise(formula), notes=notes, count=2000,
                 derivatives=DERIVATIVES if len(outputs) == 3 else ())


FOCAL = (":alpha=none,gamma=0", ":alpha=0.5,gamma=0.5", ":alpha=0.25,gamma=5")

ENTRIES = [
    entry("zero_one", zero_one, draw_margin, outputs=["value"], notes=["prediction is a score, target -1 or 1"]),
    entry("hinge", hinge, draw_margin, ":margin=0.5", notes=["gradient 0 at the kink"]),
    entry("exponential", exponential, draw_margin, ":beta=0.5"),
    entry("logistic", logistic, draw_margin, ":base=e"),
    entry("squared", squared, draw_residual, ":half=true"),
    entry("absolute", absolute, draw_residual, notes=["gradient 0 at the kink"]),
    entry("binary_cross_entropy", binary_cross_entropy, draw_probability, ":base=2",
          notes=["prediction is a probability; a term of weight 0 is 0, in the derivatives too"]),
    entry("binary_cross_entropy_with_logits", binary_cross_entropy_with_logits, draw_logit, ":pos_weight=3"),
    entry("focal", focal, draw_hard_logit, *FOCAL, notes=["prediction is a logit"]),
    entry("focal_from_probabilities", focal_from_probabilities, draw_hard_probability, *FOCAL),
    entry("brier", brier, draw_probability, notes=["prediction is a probability"]),
    entry("brier_with_logits", brier_with_logits, draw_logit, notes=["prediction is a logit"]),
]
