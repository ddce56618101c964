"""Where the peers are wrong: simple inputs, the true answer in 60 digits, and what each returns, asked when this runs."""

import warnings

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import optax
import scipy.spatial.distance
import sklearn.metrics.pairwise
import torch
import torch.nn.functional as F

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


def found():
    """What was asked, the true answer, and who says what."""
    softmax = mpmath.log1p(mpmath.exp(-17))
    z = np.float32([[17, 0]])
    torch_value, torch_slope = slope(F.cross_entropy, z, np.array([0]))
    jax_value, jax_slope = jax.value_and_grad(
        lambda z: optax.softmax_cross_entropy_with_integer_labels(z, jnp.array([0])).sum())(jnp.asarray(z))
    yield ("softmax cross entropy of `[17, 0]`, label 0, `f32`", softmax,
           {"PyTorch": torch_value, "Optax": float(jax_value)})
    yield ("its gradient by the label's score", -1 / (1 + mpmath.exp(17)),
           {"PyTorch": torch_slope, "Optax": float(jax_slope[0, 0])})

    value, _ = slope(F.binary_cross_entropy_with_logits, np.float32(-20), np.float32(0))
    other = float(optax.sigmoid_binary_cross_entropy(jnp.float32(-20), jnp.float32(0)))
    yield ("binary cross entropy, logit −20, target 0, `f32`", mpmath.log1p(mpmath.exp(-20)),
           {"PyTorch": value, "Optax": other})

    value, gradient = slope(F.soft_margin_loss, np.float32(-100), np.float32(1))
    yield ("logistic loss, score −100, target 1, `f32`", mpmath.log1p(mpmath.exp(100)), {"PyTorch": value})
    yield ("its gradient", -1 / (1 + mpmath.exp(-100)), {"PyTorch": gradient})

    _, gradient = slope(focal_of_half, np.float32(18), np.float32(1))
    with mpmath.workdps(60):
        true = mpmath.diff(lambda z: mpmath.log1p(mpmath.exp(-z)) * (1 / (1 + mpmath.exp(z))) ** 0.5, 18)
    yield ("gradient of focal, γ = 1/2, logit 18, target 1, `f32`", true, {"PyTorch (torchvision's formula)": gradient})

    p, q = np.float64([0, 0.4, 0.6]), np.float64([0, 0.5, 0.5])
    true = mpmath.fsum(mpmath.mpf(a) * mpmath.log(mpmath.mpf(a) / mpmath.mpf(b)) for a, b in zip(p[1:], q[1:]))
    value = F.kl_div(torch.tensor(q).log(), torch.tensor(p), reduction="sum").item()
    other = float(optax.kl_divergence(jnp.log(jnp.float32(q)), jnp.float32(p)))
    yield ("Kullback–Leibler of `[0, .4, .6]` from `[0, .5, .5]`", true, {"PyTorch": value, "Optax": other})

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        nan = sum(np.isnan(scipy.spatial.distance.jensenshannon(p, q)) for p, q in nearly_equal_rows())
        power = scipy.spatial.distance.minkowski([10, 20, 1], [0, 0, 0], 500)
    yield ("Jensen–Shannon distance of rows that differ by 1e-12, 500 pairs", "> 0", {"SciPy": f"NaN in {nan}"})
    yield ("Minkowski length of `[10, 20, 1]`, p = 500", mpmath.mpf(20), {"SciPy": power})

    a, b = np.float64([[1e8, 1e8]]), np.float64([[1e8 + 2**-18, 1e8 + 2**-18]])
    value = sklearn.metrics.pairwise.euclidean_distances(a, b)[0, 0]
    yield ("Euclidean distance of two points near 1e8", mpmath.sqrt(2) / 2**18, {"scikit-learn": value})


def shown(answer):
    return answer if isinstance(answer, str) else f"{float(answer):.6g}"


def lines():
    for asked, true, answers in found():
        others = ", ".join(f"{shown(answer)} ({name})" for name, answer in answers.items())
        yield f"| {asked} | {shown(true)} | {others} |"
