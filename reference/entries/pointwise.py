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


def draw_kinked(name, default, factor=1):
    """Residuals, a part of them at the place where the pieces of the loss meet: `factor` times a parameter."""
    def kinked(draw, region, parameters):
        if region == "cancel" and draw.coin(0.7):
            kink = draw.round(float(parameters.get(name, default)) * factor)
            target = draw.pick([0.0, draw.uniform(-5, 5), draw.ordinary(-8, 12)])
            return [[draw.step(draw.round(target + draw.sign() * kink), draw.integer(-2, 2))], [target]]
        return draw_residual(draw, region, parameters)
    return kinked


def draw_amount(draw, region, zero):
    """A count or an amount."""
    if region == "edge" and draw.coin():
        tiny = draw.step(0.0, draw.integer(1, 9))
        return draw.pick([0.0 if zero else 1.0, draw.positive(-draw.wide, draw.wide), tiny])
    if zero and draw.coin(0.2):
        return 0.0
    return draw.pick([float(draw.integer(1, 20)), draw.positive(-8, 6)])


def draw_log_mean(zero):
    """The logarithm of a mean, and an amount; often they nearly meet."""
    def log_mean(draw, region, _):
        y = draw_amount(draw, region, zero)
        if region == "ordinary":
            return [[draw.ordinary(-8, 2)], [y]]
        if region == "moderate":
            return [[draw.uniform(-5, 5)], [y]]
        if region == "edge":
            return [[draw.edge()], [y]]
        if y and draw.coin(0.5):  # the derivative cancels
            return [[draw.near(draw.round(float(mp.log(y))))], [y]]
        # The value cancels: of counts where e^z = y z, of amounts where z = -y e^-z.
        z = draw.uniform(1, 6)
        if zero:
            return [[z], [draw.near(draw.round(float(mp.exp(z) / z)))]]
        return [[-z], [draw.near(draw.round(float(z * mp.exp(-z))))]]
    return log_mean


def draw_mean(zero):
    """A mean and an amount."""
    def mean(draw, region, parameters):
        # From power 2 on, an amount of 0 is infinitely unlikely whatever the mean is.
        y = draw_amount(draw, region, zero and parameters.get("power", 0) < 2)
        if region == "ordinary":
            return [[draw.positive(-8, 6)], [y]]
        if region == "moderate":
            return [[draw.step(draw.uniform(0, 20), 1)], [y]]
        if region == "edge":
            return [[abs(draw.edge()) or draw.positive(-draw.wide, draw.wide)], [y]]
        mean = draw.positive(-8, 8)
        factor = draw.pick([1.0, 1.0, 0.5, 1 / 3])  # where the gamma and Tweedie deviances change their curvature
        return [[mean], [draw.near(draw.round(mean * factor)) or mean]]
    return mean


def draw_above_minus_one(draw, region, _):
    if region == "ordinary":
        return [[draw.positive(-8, 6)], [draw.positive(-8, 6)]]
    if region == "moderate":
        return [[draw.uniform(-0.9, 5)], [draw.uniform(-0.9, 5)]]
    if region == "cancel":
        z = draw.positive(-8, 12)
        if draw.coin(0.3):  # the second derivative cancels where ln((1 + z)/(1 + y)) = 1
            return [[draw.round(float((1 + mpf(z)) * mp.e - 1))], [z]]
        return [[z], [draw.near(z)]]

    def one():
        near = draw.step(-1.0, draw.integer(1, 9))
        small = draw.positive(-draw.wide, -2)
        return draw.pick([near, draw.round(-1 + draw.positive(-draw.bits, -1)), abs(draw.edge()), -small])
    return [[one()], [one()]]


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


def huber(parameters, prediction, target):
    r, delta = prediction - target, number(parameters, "delta", 1)
    if abs(r) <= delta:
        return r ** 2 / 2, r, 1
    return delta * (abs(r) - delta / 2), delta * sign(r), 0


def smooth_l1(parameters, prediction, target):
    r, beta = prediction - target, number(parameters, "beta", 1)
    if abs(r) < beta:
        return r ** 2 / (2 * beta), r / beta, 1 / beta
    return abs(r) - beta / 2, sign(r), 0


def pseudo_huber(parameters, prediction, target):
    r, delta = prediction - target, number(parameters, "delta", 1)
    root = mp.sqrt(1 + (r / delta) ** 2)
    return delta ** 2 * (root - 1), r / root, 1 / root ** 3


def log_cosh(_, prediction, target):
    r = prediction - target
    tail = mp.exp(-2 * abs(r))
    return mp.log((1 + tail) / 2) + abs(r), sign(r) * (1 - tail) / (1 + tail), 4 * tail / (1 + tail) ** 2


def fair(parameters, prediction, target):
    r, c = prediction - target, number(parameters, "scale", 1)
    t = abs(r) / c
    return c ** 2 * (t - mp.log(1 + t)), r / (1 + t), 1 / (1 + t) ** 2


def tukey_biweight(parameters, prediction, target):
    r, c = prediction - target, number(parameters, "scale", 4.685)
    if abs(r) > c:
        return c ** 2 / 6, 0, 0
    q = (r / c) ** 2
    return c ** 2 / 6 * (1 - (1 - q) ** 3), r * (1 - q) ** 2, (1 - q) * (1 - 5 * q)


def above(parameters, r):
    """The weight of the side of a residual."""
    level = number(parameters, "level", 0.5)
    return 1 - level if r > 0 else level


def quantile(parameters, prediction, target):
    r = prediction - target
    weight = above(parameters, r)
    return weight * abs(r), weight * sign(r), 0


def expectile(parameters, prediction, target):
    r = prediction - target
    weight = above(parameters, r)
    return weight * r ** 2, 2 * weight * r, 2 * weight


def epsilon_insensitive(parameters, prediction, target):
    r, epsilon = prediction - target, number(parameters, "epsilon", 0.1)
    return max(abs(r) - epsilon, mpf(0)), sign(r) if abs(r) > epsilon else 0, 0


def squared_epsilon_insensitive(parameters, prediction, target):
    value, slope, _ = epsilon_insensitive(parameters, prediction, target)
    return value ** 2, 2 * value * slope, 2 * abs(slope)


def squared_log_error(_, z, y):
    difference = mp.log(1 + z) - mp.log(1 + y)
    return difference ** 2, 2 * difference / (1 + z), 2 * (1 - difference) / (1 + z) ** 2


def squared_hinge(parameters, prediction, y):
    margin = number(parameters, "margin", 1)
    missing = max(margin - y * prediction, mpf(0))
    return missing ** 2, -2 * y * missing, 2 if missing else 0


def smoothed_hinge(parameters, prediction, y):
    gamma = number(parameters, "gamma", 1)
    missing = 1 - y * prediction
    if missing <= 0:
        return 0, 0, 0
    if missing < gamma:
        return missing ** 2 / (2 * gamma), -y * missing / gamma, 1 / gamma
    return missing - gamma / 2, -y, 0


def modified_huber(_, prediction, y):
    m = y * prediction
    if m < -1:
        return -4 * m, -4 * y, 0
    missing = max(1 - m, mpf(0))
    return missing ** 2, -2 * y * missing, 2 if missing else 0


def perceptron(_, prediction, y):
    m = y * prediction
    return max(-m, mpf(0)), -y if m < 0 else 0, 0


def hinge_embedding(parameters, prediction, y):
    if y == 1:
        return prediction, 1, 0
    missing = max(number(parameters, "margin", 1) - prediction, mpf(0))
    return missing, -1 if missing else 0, 0


def poisson(_, z, y):
    return mp.exp(z) - y * z, mp.exp(z) - y, mp.exp(z)


def poisson_from_means(_, mean, y):
    return mean - y * mp.log(mean), 1 - y / mean, y / mean ** 2


def gamma(_, z, y):
    ratio = y * mp.exp(-z)
    return z + ratio, 1 - ratio, ratio


def tweedie(parameters, z, y):
    power = number(parameters, "power", 1.5)
    if power == 1:
        return poisson(parameters, z, y)
    if power == 2:
        return gamma(parameters, z, y)
    a, b = 2 - power, 1 - power
    first, second = mp.exp(a * z), y * mp.exp(b * z)
    return first / a - second / b, first - second, a * first - b * second


def deviance(power):
    """The unit deviance of a mean, and its derivatives, for one power or that of the parameters."""
    def unit(parameters, mean, y):
        p = number(parameters, "power", 1.5) if power is None else mpf(power)
        factor = 1 if parameters.get("half") else 2
        if p == 1:
            value = (y * mp.log(y / mean) if y else mpf(0)) - y + mean
        elif p == 2:
            value = y / mean - 1 - mp.log(y / mean) if y else inf
        elif p > 2 and not y:
            value = inf
        else:
            own = y ** (2 - p) / ((1 - p) * (2 - p)) if y else mpf(0)
            value = own - y * mean ** (1 - p) / (1 - p) + mean ** (2 - p) / (2 - p)
        return (factor * value, factor * (mean - y) * mean ** -p,
                factor * ((1 - p) * mean ** -p + p * y * mean ** (-p - 1)))
    return unit


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


POWERS = (":power=0", ":power=0.5", ":power=1", ":power=1.9", ":power=2", ":power=3")
FOCAL = (":alpha=none,gamma=0", ":alpha=0.5,gamma=0.5", ":alpha=0.25,gamma=5")

ENTRIES = [
    entry("zero_one", zero_one, draw_margin, outputs=["value"], notes=["prediction is a score, target -1 or 1"]),
    entry("hinge", hinge, draw_margin, ":margin=0.5", notes=["gradient 0 at the kink"]),
    entry("exponential", exponential, draw_margin, ":beta=0.5"),
    entry("logistic", logistic, draw_margin, ":base=e"),
    entry("squared", squared, draw_residual, ":half=true"),
    entry("absolute", absolute, draw_residual, notes=["gradient 0 at the kink"]),
    entry("huber", huber, draw_kinked("delta", 1), ":delta=0.3", ":delta=5",
          notes=["second derivative of the inside where the pieces meet"]),
    entry("smooth_l1", smooth_l1, draw_kinked("beta", 1), ":beta=0.3", ":beta=0",
          notes=["second derivative of the outside where the pieces meet"]),
    entry("pseudo_huber", pseudo_huber, draw_kinked("delta", 1), ":delta=0.3"),
    entry("log_cosh", log_cosh, draw_kinked("", 1)),
    entry("fair", fair, draw_kinked("scale", 1), ":scale=1.3998"),
    entry("tukey_biweight", tukey_biweight, draw_kinked("scale", 4.685), ":scale=1.5"),
    entry("quantile", quantile, draw_residual, ":level=0.9", ":level=0", notes=["gradient 0 at the kink"]),
    entry("expectile", expectile, draw_residual, ":level=0.9", notes=["second derivative of the left side at 0"]),
    entry("epsilon_insensitive", epsilon_insensitive, draw_kinked("epsilon", 0.1), ":epsilon=0.5", ":epsilon=0",
          notes=["gradient 0 at the kinks"]),
    entry("squared_epsilon_insensitive", squared_epsilon_insensitive, draw_kinked("epsilon", 0.1), ":epsilon=0.5",
          notes=["second derivative 0 at the edge of the tolerance"]),
    entry("squared_log_error", squared_log_error, draw_above_minus_one),
    entry("squared_hinge", squared_hinge, draw_margin, ":margin=0.5", notes=["second derivative 0 at the margin"]),
    entry("smoothed_hinge", smoothed_hinge, draw_margin, ":gamma=0.5", notes=["second derivative 0 where pieces meet"]),
    entry("modified_huber", modified_huber, draw_margin, notes=["second derivative 0 at margin 1, 2 at margin -1"]),
    entry("perceptron", perceptron, draw_margin, notes=["gradient 0 at the kink"]),
    entry("hinge_embedding", hinge_embedding, draw_margin, ":margin=0.5", notes=["gradient 0 at the kink"]),
    entry("poisson", poisson, draw_log_mean(True), notes=["prediction is the logarithm of a mean"]),
    entry("poisson_from_means", poisson_from_means, draw_mean(True), notes=["prediction is a mean"]),
    entry("gamma", gamma, draw_log_mean(False), notes=["prediction is the logarithm of a mean"]),
    entry("tweedie", tweedie, draw_log_mean(True), *POWERS, notes=["prediction is the logarithm of a mean"]),
    entry("poisson_deviance", deviance(1), draw_mean(True), ":half=true", notes=["prediction is a mean"]),
    entry("gamma_deviance", deviance(2), draw_mean(False), ":half=true", notes=["prediction is a mean"]),
    entry("tweedie_deviance", deviance(None), draw_mean(True), *POWERS, ":power=1.1,half=true",
          notes=["prediction is a mean"]),
    entry("binary_cross_entropy", binary_cross_entropy, draw_probability, ":base=2",
          notes=["prediction is a probability; a term of weight 0 is 0, in the derivatives too"]),
    entry("binary_cross_entropy_with_logits", binary_cross_entropy_with_logits, draw_logit, ":pos_weight=3"),
    entry("focal", focal, draw_hard_logit, *FOCAL, notes=["prediction is a logit"]),
    entry("focal_from_probabilities", focal_from_probabilities, draw_hard_probability, *FOCAL),
    entry("brier", brier, draw_probability, notes=["prediction is a probability"]),
    entry("brier_with_logits", brier_with_logits, draw_logit, notes=["prediction is a logit"]),
]
