"""Where the peers are wrong: simple inputs, the true answer in 60 digits, and what each returns, asked when this runs."""

import warnings

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import optax
import scipy.spatial.distance
import scipy.special
import sklearn.metrics.pairwise
import torch
import torch.nn.functional as F
from sklearn._loss import HalfMultinomialLoss

mpmath.mp.dps = 60


def slope(formula, *inputs):
    """Value and derivative with respect to the first input, of PyTorch."""
    z = torch.tensor(inputs[0], requires_grad=True)
    value = formula(z, *map(torch.tensor, inputs[1:]))
    return value.item(), torch.autograd.grad(value.sum(), z)[0].flatten()[0].item()


def focal_of_half(z, y):
    """As in torchvision, with γ = 1/2 and no α."""
    p = torch.sigmoid(z)
    true = p * y + (1 - p) * (1 - y)
    return F.binary_cross_entropy_with_logits(z, y, reduction="none") * (1 - true) ** 0.5


def nearly_equal_rows(seed=1):
    """Pairs of distributions that differ by about 1e-12, relatively."""
    random = np.random.default_rng(seed)
    for _ in range(500):
        p = random.random(100)
        q = p * (1 + 1e-12 * random.standard_normal(100))
        yield p / p.sum(), q / q.sum()


def found(ours):
    """What was asked, the true answer, that of this library, and who says what."""
    here, here_slope = ours.point("softmax_cross_entropy", "f32", [17, 0], [0])
    softmax = mpmath.log1p(mpmath.exp(-17))
    z = np.float32([[17, 0]])
    torch_value, torch_slope = slope(F.cross_entropy, z, np.array([0]))
    jax_value, jax_slope = jax.value_and_grad(
        lambda z: optax.softmax_cross_entropy_with_integer_labels(z, jnp.array([0])).sum())(jnp.asarray(z))
    multinomial, label = HalfMultinomialLoss(n_classes=2), np.float32([0])
    yield ("softmax cross entropy of `[17, 0]`, label 0, `f32`", softmax, here, {
        "PyTorch": torch_value,
        "Optax": jax_value,
        "SciPy": 0 - scipy.special.log_softmax(z, axis=1)[0, 0],
        "scikit-learn": multinomial.loss(y_true=label, raw_prediction=z)[0],
    })
    yield ("its gradient by the label's score", -1 / (1 + mpmath.exp(17)), here_slope, {
        "PyTorch": torch_slope,
        "Optax": jax_slope[0, 0],
        "scikit-learn": multinomial.gradient(y_true=label, raw_prediction=z)[0, 0],
    })

    value, _ = slope(F.binary_cross_entropy_with_logits, np.float32(-20), np.float32(0))
    other = float(optax.sigmoid_binary_cross_entropy(jnp.float32(-20), jnp.float32(0)))
    here, _ = ours.point("binary_cross_entropy_with_logits", "f32", [-20], [0])
    yield ("binary cross entropy, logit −20, target 0, `f32`", mpmath.log1p(mpmath.exp(-20)), here,
           {"PyTorch": value, "Optax": other})

    value, gradient = slope(F.soft_margin_loss, np.float32(-100), np.float32(1))
    here, here_slope = ours.point("logistic:base=e", "f32", [-100], [1])
    yield ("logistic loss, score −100, target 1, `f32`", mpmath.log1p(mpmath.exp(100)), here, {"PyTorch": value})
    yield ("its gradient", -1 / (1 + mpmath.exp(-100)), here_slope, {"PyTorch": gradient})

    _, gradient = slope(focal_of_half, np.float32(18), np.float32(1))
    true = mpmath.diff(lambda z: mpmath.log1p(mpmath.exp(-z)) * (1 / (1 + mpmath.exp(z))) ** 0.5, 18)
    _, here = ours.point("focal:alpha=none,gamma=0.5", "f32", [18], [1])
    yield ("gradient of focal, γ = 1/2, logit 18, target 1, `f32`", true, here, {"PyTorch, torchvision's formula": gradient})

    p, q = np.float64([0, 0.4, 0.6]), np.float64([0, 0.5, 0.5])
    true = mpmath.fsum(mpmath.mpf(a) * mpmath.log(mpmath.mpf(a) / mpmath.mpf(b)) for a, b in zip(p[1:], q[1:]))
    value = F.kl_div(torch.tensor(q).log(), torch.tensor(p), reduction="sum").item()
    other = float(optax.kl_divergence(jnp.log(jnp.float32(q)), jnp.float32(p)))
    here, _ = ours.point("kl_divergence", "f64", p, q)
    yield ("Kullback–Leibler of `[0, .4, .6]` from `[0, .5, .5]`", true, here, {"PyTorch": value, "Optax": other})

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        nan = sum(np.isnan(scipy.spatial.distance.jensenshannon(p, q)) for p, q in nearly_equal_rows())
        power = scipy.spatial.distance.minkowski([10, 20, 1], [0, 0, 0], 500)
    wrong = sum(not ours.point("jensen_shannon_distance", "f64", p, q)[0] > 0 for p, q in nearly_equal_rows())
    yield ("Jensen–Shannon distance of rows that differ by 1e-12, 500 pairs", "> 0", f"> 0 in {500 - wrong}",
           {"SciPy": f"NaN in {nan}"})
    here, _ = ours.point("minkowski:p=500", "f64", [10, 20, 1], [0, 0, 0])
    yield ("Minkowski length of `[10, 20, 1]`, p = 500", mpmath.mpf(20), here, {"SciPy": power})

    random = np.random.default_rng(1)
    a = 1e8 + random.standard_normal((1, 64))
    b = a + 1e-6 * random.standard_normal((1, 64))
    true = mpmath.sqrt(mpmath.fsum((mpmath.mpf(x) - mpmath.mpf(y)) ** 2 for x, y in zip(a[0], b[0])))
    value = sklearn.metrics.pairwise.euclidean_distances(a, b)[0, 0]
    here, _ = ours.point("euclidean", "f64", a[0], b[0])
    yield ("Euclidean distance of two points near 1e8, of 64 coordinates", true, here, {"scikit-learn": value})

    numbers = random.standard_normal(10**6).astype(np.float32) ** 2
    orders = [random.permutation(numbers) for _ in range(20)]
    means = {"PyTorch": lambda x: torch.from_numpy(x).mean().item(), "JAX": lambda x: float(jnp.mean(x)), "NumPy": np.mean}
    # Sums of this library are exact and rounded once.
    yield ("mean of a million numbers in 20 orders, `f32`", "1 result", "1 result, as tests hold",
           {name: f"{len({float(mean(order)) for order in orders})} results" for name, mean in means.items()})


def shown(answer):
    return answer if isinstance(answer, str) else f"{float(answer):.6g}"


def lines(ours):
    for asked, true, here, answers in found(ours):
        others = ", ".join(f"{shown(answer)} ({name})" for name, answer in answers.items())
        yield f"| {asked} | {shown(true)} | {shown(here)} | {others} |"
