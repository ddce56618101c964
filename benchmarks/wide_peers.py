"""The wide table as data: which entry stands beside which function of whom. Nothing else in the benchmark names an entry.

Formulas take PyTorch's tensors, the inputs that are differentiated first, and are differentiated by autograd; where
PyTorch has the function, it is that function, otherwise the formula as its users write it.
"""

import dataclasses
import typing

import numpy as np
import torch
import torch.nn.functional as F


@dataclasses.dataclass
class Row:
    # How inputs are made and both are called: a name in `wide_kinds.KINDS`.
    kind: str
    # The entry, or what the drop-in calls it.
    spec: str
    # The peer's formula or function; what a kind makes of it stands there.
    peer: typing.Any
    # What each input is, where the catalogue does not say it.
    inputs: tuple = ()
    # Parameters of the entry that no spec holds, and options of the peer, of the width of the rows.
    given: typing.Callable = lambda width: {}
    options: typing.Callable = lambda width: {}
    # What the peer takes for the targets, made before the clock runs.
    target: typing.Callable | None = None
    # The same formula for JAX, measured on request.
    jax: typing.Any = None
    # Whether both compute the same number; if not, why they are beside each other.
    same: str = ""
    # Whose the function is, where a kind has several.
    who: str = ""
    # Where not all shapes of the kind.
    shapes: tuple = ()
    types: tuple = ("f64", "f32")


def clamp(x):
    return torch.clamp(x, min=0)


def focal(z, y):
    """As in torchvision."""
    p = torch.sigmoid(z)
    entropy = F.binary_cross_entropy_with_logits(z, y, reduction="none")
    true = p * y + (1 - p) * (1 - y)
    return ((0.25 * y + 0.75 * (1 - y)) * (1 - true) ** 2 * entropy).mean()


def focal_of_probabilities(p, y):
    true = p * y + (1 - p) * (1 - y)
    return ((0.25 * y + 0.75 * (1 - y)) * (1 - true) ** 2 * F.binary_cross_entropy(p, y, reduction="none")).mean()


def smoothed_hinge(z, y):
    m = z * y
    return torch.where(m >= 1, 0, torch.where(m > 0, (1 - m) ** 2 / 2, 0.5 - m)).mean()


def modified_huber(z, y):
    m = z * y
    return torch.where(m >= -1, clamp(1 - m) ** 2, -4 * m).mean()


def log_cosh(z, y):
    r = z - y
    return (r + F.softplus(-2 * r) - np.log(2)).mean()


def fair(z, y):
    r = (z - y).abs()
    return (r - torch.log1p(r)).mean()


def tukey(z, y):
    c = 4.685
    return (c**2 / 6 * (1 - clamp(1 - ((z - y) / c) ** 2) ** 3)).mean()


def softmax_focal(z, y):
    logs = F.log_softmax(z, dim=-1)
    if y.dtype == torch.int64:
        logs = logs.gather(1, y[:, None])[:, 0]
        return (-((1 - logs.exp()) ** 2) * logs).mean()
    return -(y * (1 - logs.exp()) ** 2 * logs).sum(1).mean()


def first_label(labels, classes):
    """Labels as PyTorch's multilabel margin takes them: the true ones, then -1."""
    padded = torch.full((len(labels), classes), -1)
    padded[:, 0] = labels
    return padded



def hot(labels, classes):
    return F.one_hot(labels, classes)


def jensen_shannon(p, q):
    m = (p + q) / 2
    return 0.5 * (p * (p / m).log() + q * (q / m).log()).sum(1)


def jax_formulas():
    """Loaded only where they are asked for."""
    import jax
    import jax.numpy as jnp
    import optax

    return {
        "sigmoid": lambda z, y: optax.sigmoid_binary_cross_entropy(z, y).mean(),
        "focal": lambda z, y: optax.sigmoid_focal_loss(z, y, alpha=0.25, gamma=2.0).mean(),
        "exp": lambda z, y: jnp.exp(-z * y).mean(),
        "softplus": lambda z, y: jax.nn.softplus(-z * y).mean(),
        "hinge": lambda z, y: optax.hinge_loss(z, y).mean(),
        "squared": lambda z, y: optax.squared_error(z, y).mean(),
        "absolute": lambda z, y: jnp.abs(z - y).mean(),
        "huber": lambda z, y: optax.huber_loss(z, y).mean(),
        "log_cosh": lambda z, y: optax.log_cosh(z, y).mean(),
        "labels": lambda z, y: optax.softmax_cross_entropy_with_integer_labels(z, y).mean(),
        "probabilities": lambda z, y: optax.softmax_cross_entropy(z, y).mean(),
    }


LOSSES = [
    Row("losses", "zero_one", lambda z, y: (z * y <= 0).to(z.dtype).mean()),
    Row("losses", "binary_cross_entropy", F.binary_cross_entropy),
    Row("losses", "binary_cross_entropy_with_logits", F.binary_cross_entropy_with_logits, jax="sigmoid"),
    Row("losses", "focal", focal, jax="focal"),
    Row("losses", "focal_from_probabilities", focal_of_probabilities),
    Row("losses", "brier", F.mse_loss),
    Row("losses", "brier_with_logits", lambda z, y: F.mse_loss(torch.sigmoid(z), y)),
    Row("losses", "hinge", lambda z, y: clamp(1 - z * y).mean(), jax="hinge"),
    Row("losses", "squared_hinge", lambda z, y: clamp(1 - z * y).square().mean()),
    Row("losses", "smoothed_hinge", smoothed_hinge),
    Row("losses", "modified_huber", modified_huber),
    Row("losses", "perceptron", lambda z, y: clamp(-z * y).mean()),
    Row("losses", "hinge_embedding", F.hinge_embedding_loss),
    Row("losses", "exponential", lambda z, y: torch.exp(-z * y).mean(), jax="exp"),
    Row("losses", "logistic:base=e", F.soft_margin_loss, jax="softplus"),
    Row("losses", "squared", F.mse_loss, jax="squared"),
    Row("losses", "absolute", F.l1_loss, jax="absolute"),
    Row("losses", "huber", F.huber_loss, jax="huber"),
    Row("losses", "smooth_l1", F.smooth_l1_loss),
    Row("losses", "pseudo_huber", lambda z, y: ((1 + (z - y) ** 2).sqrt() - 1).mean()),
    Row("losses", "log_cosh", log_cosh, jax="log_cosh"),
    Row("losses", "fair", fair),
    Row("losses", "tukey_biweight", tukey),
    Row("losses", "quantile:level=0.9", lambda z, y: torch.maximum(0.9 * (y - z), 0.1 * (z - y)).mean()),
    Row("losses", "expectile:level=0.9", lambda z, y: ((0.9 - (z > y).to(z.dtype)).abs() * (z - y) ** 2).mean()),
    Row("losses", "epsilon_insensitive", lambda z, y: clamp((z - y).abs() - 0.1).mean()),
    Row("losses", "squared_epsilon_insensitive", lambda z, y: clamp((z - y).abs() - 0.1).square().mean()),
    Row("losses", "squared_log_error", lambda z, y: F.mse_loss(torch.log1p(z), torch.log1p(y))),
    Row("losses", "poisson", F.poisson_nll_loss),
    Row("losses", "poisson_from_means", lambda z, y: F.poisson_nll_loss(z, y, log_input=False)),
    Row("losses", "gamma", lambda z, y: (z + y * torch.exp(-z)).mean()),
    Row("losses", "tweedie", lambda z, y: (2 * torch.exp(z / 2) + 2 * y * torch.exp(-z / 2)).mean()),
    Row("losses", "poisson_deviance", lambda z, y: 2 * (torch.xlogy(y, y / z) - y + z).mean()),
    Row("losses", "gamma_deviance", lambda z, y: 2 * (y / z - 1 - torch.log(y / z)).mean()),
    Row("losses", "tweedie_deviance", lambda z, y: 4 * (y / z.sqrt() + z.sqrt() - 2 * y.sqrt()).mean()),
]
# Targets anywhere in [0, 1].
SOFT = [dataclasses.replace(row, kind="soft losses") for row in LOSSES if row.spec in (
    "binary_cross_entropy", "binary_cross_entropy_with_logits", "brier", "brier_with_logits")]

ROWS = [
    Row("rows", "softmax_cross_entropy", F.cross_entropy, jax="labels"),
    Row("rows", "softmax_cross_entropy:label_smoothing=0.1", lambda z, y: F.cross_entropy(z, y, label_smoothing=0.1)),
    Row("rows", "softmax_focal", softmax_focal),
    Row("rows", "cross_entropy", lambda p, y: F.nll_loss(p.log(), y)),
    Row("rows", "multiclass_zero_one", lambda z, y: (z.argmax(1) != y).to(z.dtype).mean()),
    Row("rows", "multi_margin", F.multi_margin_loss),
    Row("rows", "multilabel_margin", F.multilabel_margin_loss, target=first_label),
    Row("rows", "multilabel_soft_margin", F.multilabel_soft_margin_loss, target=hot),
    Row("soft rows", "softmax_cross_entropy", F.cross_entropy, jax="probabilities"),
    Row("soft rows", "softmax_cross_entropy:label_smoothing=0.1",
        lambda z, y: F.cross_entropy(z, y, label_smoothing=0.1)),
    Row("soft rows", "softmax_focal", softmax_focal),
    Row("soft rows", "cross_entropy", lambda p, y: -(y * p.log()).sum(1).mean()),
    Row("soft rows", "multilabel_soft_margin", F.multilabel_soft_margin_loss),
]

MAPS = [
    Row(kind, name, function)
    for kind in ("maps", "map gradients")
    for name, function in (("softmax", torch.softmax), ("log_softmax", torch.log_softmax))
]

TUPLES = [
    Row("tuples", "gaussian_nll", lambda mean, variance, y: F.gaussian_nll_loss(mean, y, variance),
        ("real", "positive", "real")),
    Row("tuples", "margin_ranking", F.margin_ranking_loss, ("real", "real", "signs")),
    Row("vector tuples", "cosine_embedding", F.cosine_embedding_loss, ("real", "real", "row signs")),
    Row("vector tuples", "triplet", F.triplet_margin_loss, ("real", "real", "real")),
]

PENALTIES = [
    Row("penalties", "l1", lambda w: w.abs().sum()),
    Row("penalties", "l2", lambda w: w.square().sum()),
    Row("penalties", "elastic_net", lambda w: 0.5 * w.abs().sum() + 0.25 * w.square().sum()),
]

HEADS = [
    Row("heads", "linear_softmax_cross_entropy", F.cross_entropy),
    Row("heads", "linear_softmax_cross_entropy:label_smoothing=0.1",
        lambda z, y: F.cross_entropy(z, y, label_smoothing=0.1)),
]

# PyTorch's own mean is over the labels.
SEQUENCES = [Row("sequences", "ctc", lambda *inputs: F.ctc_loss(*inputs, reduction="none").mean())]

# Value and both gradients of each row.
DIVERGENCES = [
    Row("divergences", "kl_divergence", lambda p, q: F.kl_div(q.log(), p, reduction="none").sum(1)),
    Row("divergences", "jensen_shannon", jensen_shannon),
    Row("divergences", "jensen_shannon_distance", lambda p, q: jensen_shannon(p, q).sqrt()),
    Row("divergences", "hellinger", lambda p, q: (0.5 * (p.sqrt() - q.sqrt()) ** 2).sum(1).sqrt()),
    Row("divergences", "bhattacharyya", lambda p, q: -(p * q).sqrt().sum(1).log()),
    Row("divergences", "bhattacharyya_coefficient", lambda p, q: (p * q).sqrt().sum(1)),
    # The value of each row, SciPy: functions of `scipy.stats` and `scipy.spatial.distance`.
    Row("divergence values", "kl_divergence", "entropy"),
    Row("divergence values", "jensen_shannon_distance", "jensenshannon"),
]


def variances(width):
    return np.linspace(0.5, 2, width)


def inverse_covariance(width):
    """Symmetric, positive definite, and full."""
    places = np.arange(width)
    return np.eye(width) + 0.5 ** (1 + np.abs(places[:, None] - places)) / 4


# The entry, SciPy's name, and the parameters of both.
METRICS = [
    ("euclidean", "euclidean", {}),
    ("squared_euclidean", "sqeuclidean", {}),
    ("manhattan", "cityblock", {}),
    ("chebyshev", "chebyshev", {}),
    ("minkowski:p=3", "minkowski", {"options": lambda width: {"p": 3}}),
    ("minkowski:p=1.5", "minkowski", {"options": lambda width: {"p": 1.5}}),
    ("standardized_euclidean", "seuclidean",
     {"given": lambda width: {"variances": variances(width).tolist()}, "options": lambda width: {"V": variances(width)}}),
    ("mahalanobis", "mahalanobis",
     {"given": lambda width: {"inverse_covariance": inverse_covariance(width).ravel().tolist()},
      "options": lambda width: {"VI": inverse_covariance(width)}}),
    ("cosine", "cosine", {}),
    ("pearson", "correlation", {}),
    ("bray_curtis", "braycurtis", {}),
    ("canberra", "canberra", {}),
    ("hamming", "hamming", {"inputs": ("digits",)}),
    ("jaccard", "jaccard", {}),
    ("dice", "dice", {}),
    ("rogers_tanimoto", "rogerstanimoto", {}),
    ("russell_rao", "russellrao", {}),
    ("sokal_sneath", "sokalsneath", {}),
    ("yule", "yule", {}),
    ("jensen_shannon_distance", "jensenshannon", {}),
]
DISTANCES = [
    Row(kind, spec, name, **parameters)
    for kind in ("matrices", "condensed", "drop-in matrices", "pairs")
    for spec, name, parameters in METRICS
]

# scikit-learn's name of the metric.
NEIGHBOURS = [
    Row("neighbours", spec, name)
    for spec, name in (("euclidean", "euclidean"), ("manhattan", "manhattan"), ("cosine", "cosine"))
]

# Functions that have one name here and in scikit-learn: what is true, what is predicted.
METRICS_OF_SCIKIT_LEARN = [
    Row("metrics", name, name, inputs, options=lambda _, options=options: options)
    for name, inputs, options in (
        ("mean_squared_error", ("real", "real"), {}),
        ("root_mean_squared_error", ("real", "real"), {}),
        ("mean_absolute_error", ("real", "real"), {}),
        ("mean_pinball_loss", ("real", "real"), {"alpha": 0.9}),
        ("d2_absolute_error_score", ("real", "real"), {}),
        ("mean_poisson_deviance", ("positive", "positive"), {}),
        ("mean_gamma_deviance", ("positive", "positive"), {}),
        ("mean_tweedie_deviance", ("positive", "positive"), {"power": 1.5}),
        ("d2_tweedie_score", ("positive", "positive"), {"power": 1.5}),
        ("log_loss", ("labels", "unit"), {}),
        ("brier_score_loss", ("labels", "unit"), {}),
        ("hinge_loss", ("labels", "real"), {}),
        ("zero_one_loss", ("labels", "labels"), {}),
    )
]
# The losses that its boosting and its linear models have inside: the targets, value and gradient of each.
LOSSES_OF_SCIKIT_LEARN = [
    Row("private losses", name, name, inputs)
    for name, inputs in (
        ("HalfSquaredError", ("real", "real")),
        ("AbsoluteError", ("real", "real")),
        ("HalfPoissonLoss", ("positive", "real")),
        ("HalfGammaLoss", ("positive", "real")),
        ("HalfBinomialLoss", ("labels", "real")),
        ("ExponentialLoss", ("labels", "real")),
    )
]

TRANSPORT = [
    Row("lines", "wasserstein", "scipy.stats.wasserstein_distance", who="SciPy"),
    Row("lines", "wasserstein", "ot.wasserstein_1d", who="POT"),
    Row("lines", "energy_distance:root=true", "scipy.stats.energy_distance", who="SciPy"),
    Row("clouds", "optimal_transport", "emd"),
    Row("clouds", "sinkhorn:epsilon=0.05", "sinkhorn_log", shapes=("500x2",), types=("f64",),
        same="POT stops at a marginal error of 1e-9, this library at its certificate"),
]


def rbf(x, y):
    def kernel(a, b):
        return torch.exp(torch.cdist(a, b).square() * -0.5)

    n, m = len(x), len(y)
    within = (kernel(x, x).sum() - n) / (n * (n - 1)) + (kernel(y, y).sum() - m) / (m * (m - 1))
    return within - 2 * kernel(x, y).mean()


def energy(x, y):
    return 2 * torch.cdist(x, y).mean() - torch.cdist(x, x).mean() - torch.cdist(y, y).mean()


SAMPLES = [
    Row(kind, spec, formula)
    for kind in ("samples", "sample gradients")
    for spec, formula in (("maximum_mean_discrepancy:bandwidth=1", rbf), ("energy_distance", energy))
]

TABLE = [
    *LOSSES, *SOFT, *ROWS, *MAPS, *TUPLES, *PENALTIES, *HEADS, *SEQUENCES, *DIVERGENCES, *DISTANCES, *NEIGHBOURS,
    *METRICS_OF_SCIKIT_LEARN, *LOSSES_OF_SCIKIT_LEARN, *TRANSPORT, *SAMPLES,
]
