"""What is measured: the rows of the table, and how each peer computes them.

A peer is a function of the two inputs that returns a function without arguments; calling this one does the work and
returns the results, the value first.
"""

import dataclasses
import shutil
import warnings

import jax
import jax.numpy as jnp
import numpy as np
import optax
import ot
import scipy.spatial.distance
import scipy.stats
import sklearn.metrics.pairwise
import torch
import torch.nn.functional as F

warnings.filterwarnings("ignore", module="ot")
COMPILER = shutil.which("g++") or shutil.which("c++") or shutil.which("clang++")


@dataclasses.dataclass
class Work:
    title: str
    spec: str
    # The wanted one first. A smaller one is taken where ours would need more than ten seconds.
    shapes: list
    dtype: str
    output: str
    peers: dict
    # At most so many times the limit of memory.
    limit: float | None = None
    # At least so many times as fast as the fastest peer, or the one named.
    times: float | None = None
    rival: str | None = None
    # Whether the peers compute the same number.
    same: bool = True


def eager(formula):
    def prepare(z, y):
        z, y = torch.from_numpy(z).requires_grad_(), torch.from_numpy(y)

        def step():
            value = formula(z, y)
            return value, torch.autograd.grad(value, z)

        return step

    return prepare


def compiled(formula):
    def prepare(z, y):
        torch.compiler.reset()
        return eager(torch.compile(formula, dynamic=False))(z, y)

    return prepare


def jitted(formula):
    def prepare(z, y):
        z, y = jnp.asarray(z), jnp.asarray(y)
        step = jax.jit(jax.value_and_grad(formula))
        return lambda: jax.block_until_ready(step(z, y))

    return prepare


def three(torch_formula, jax_formula):
    peers = {"PyTorch": eager(torch_formula), "torch.compile": compiled(torch_formula), "JAX": jitted(jax_formula)}
    if not COMPILER:
        del peers["torch.compile"]
    return peers


def focal(z, y):
    """As in torchvision."""
    p = torch.sigmoid(z)
    entropy = F.binary_cross_entropy_with_logits(z, y, reduction="none")
    true = p * y + (1 - p) * (1 - y)
    return ((0.25 * y + 0.75 * (1 - y)) * (1 - true) ** 2 * entropy).mean()


def kl_torch(p, q):
    p, q = torch.from_numpy(p).requires_grad_(), torch.from_numpy(q).requires_grad_()

    def step():
        value = F.kl_div(q.log(), p, reduction="batchmean")
        return value, torch.autograd.grad(value, (p, q))

    return step


def kl_jax(p, q):
    p, q = jnp.asarray(p), jnp.asarray(q)
    formula = jax.jit(jax.value_and_grad(lambda p, q: optax.kl_divergence(jnp.log(q), p).mean(), argnums=(0, 1)))
    return lambda: jax.block_until_ready(formula(p, q))


def mmd(x, y):
    x, y = torch.from_numpy(x), torch.from_numpy(y)

    def kernel(a, b):
        return torch.exp(torch.cdist(a, b).square() * -0.5)

    def run():
        n = len(x)
        within = sum((kernel(a, a).sum() - n) / (n * (n - 1)) for a in (x, y))
        return (within - 2 * kernel(x, y).mean(),)

    return run


def cdist(metric, **options):
    return lambda a, b: lambda: (scipy.spatial.distance.cdist(a, b, metric, **options),)


def pairwise(metric):
    return lambda a, b: lambda: (sklearn.metrics.pairwise.pairwise_distances(a, b, metric),)


SCORES = ["4096x32000", "65536x1000", "1000000x10"]
POINTS = ["10000000"]
softmax_peers = three(F.cross_entropy, lambda z, y: optax.softmax_cross_entropy_with_integer_labels(z, y).mean())


def losses():
    """Mean and gradient of losses, `f32`."""
    for shape, limit, times in zip(SCORES, (1.5, 1.5, 2.5), (3, None, None)):
        yield Work("softmax cross entropy", "softmax_cross_entropy", [shape], "f32", "step",
                   softmax_peers, limit, times)
    pointwise = [
        ("binary cross entropy of logits", "binary_cross_entropy_with_logits", 1.7,
         F.binary_cross_entropy_with_logits, lambda z, y: optax.sigmoid_binary_cross_entropy(z, y).mean()),
        ("focal of logits", "focal", 2.0,
         focal, lambda z, y: optax.sigmoid_focal_loss(z, y, alpha=0.25, gamma=2.0).mean()),
        ("exponential", "exponential", 1.7,
         lambda z, y: torch.exp(-z * y).mean(), lambda z, y: jnp.exp(-z * y).mean()),
        ("logistic", "logistic:base=e", 1.7,
         F.soft_margin_loss, lambda z, y: jax.nn.softplus(-z * y).mean()),
        ("hinge", "hinge", 1.3,
         lambda z, y: torch.clamp(1 - z * y, min=0).mean(), lambda z, y: optax.hinge_loss(z, y).mean()),
        ("squared", "squared", 1.3,
         F.mse_loss, lambda z, y: optax.squared_error(z, y).mean()),
        ("absolute", "absolute", 1.3,
         F.l1_loss, lambda z, y: jnp.abs(z - y).mean()),
    ]
    for title, spec, limit, torch_formula, jax_formula in pointwise:
        yield Work(f"{title}", spec, POINTS, "f32", "step", three(torch_formula, jax_formula), limit)
    # Value of each row and both gradients.
    yield Work("Kullback–Leibler of rows", "kl_divergence", ["65536x1000", "4096x1000"], "f32", "gradient",
               {"PyTorch": kl_torch, "JAX": kl_jax}, 2.0)


def others():
    """Distances, transport, samples: value."""
    matrices = ["2000x2000x128", "500x500x128", "250x250x128"]
    for title, spec, times, peers in [
        ("Euclidean", "euclidean", 8, {"SciPy": cdist("euclidean"), "scikit-learn": pairwise("euclidean")}),
        ("Manhattan", "manhattan", 8, {"SciPy": cdist("cityblock"), "scikit-learn": pairwise("manhattan")}),
        ("cosine", "cosine", 5, {"SciPy": cdist("cosine"), "scikit-learn": pairwise("cosine")}),
        ("Pearson", "pearson", 5, {"SciPy": cdist("correlation")}),
        ("Jensen–Shannon", "jensen_shannon_distance", 40, {"SciPy": cdist("jensenshannon")}),
        ("Minkowski p=3", "minkowski:p=3", 40, {"SciPy": cdist("minkowski", p=3)}),
    ]:
        for dtype in ("f64", "f32") if times == 8 else ("f32",):
            yield Work(f"{title} matrix", spec, matrices, dtype, "value", peers, times=times, rival="SciPy")
    yield Work("Wasserstein on a line", "wasserstein", ["1000000x1"], "f64", "value",
               {"SciPy": lambda x, y: lambda: (scipy.stats.wasserstein_distance(x[:, 0], y[:, 0]),),
                "POT": lambda x, y: lambda: (ot.wasserstein_1d(x[:, 0], y[:, 0]),)}, times=8, rival="SciPy")
    yield Work("exact transport in the plane", "optimal_transport", ["4000x2", "1000x2"], "f64", "value",
               {"POT": lambda x, y: lambda: (ot.emd2([], [], ot.dist(x, y, "euclidean"), numItermax=10**9),)},
               times=1.5, rival="POT")
    # POT: 200 iterations, converged or not. Here: to the last digits, with a certificate.
    yield Work("Sinkhorn with ε = 0.01", "sinkhorn:epsilon=0.01", ["2000x2", "500x2"], "f64", "value",
               {"POT": lambda x, y: lambda: (ot.bregman.sinkhorn_log(
                   ot.unif(len(x)), ot.unif(len(y)), ot.dist(x, y, "euclidean"), 0.01, numItermax=200, stopThr=0),)},
               times=30, rival="POT", same=False)
    yield Work("maximum mean discrepancy (RBF)", "maximum_mean_discrepancy:bandwidth=1",
               ["10000x32", "1000x32", "250x32"], "f32", "value", {"PyTorch": mmd}, times=8, rival="PyTorch")


def inputs(work, shape, ours):
    """What the server made, as the peers take it."""
    sides = [int(side) for side in shape.split("x")]
    number = {"f32": np.float32, "f64": np.float64}[work.dtype]
    labels = work.output == "step" and len(sides) == 2
    first, second = ours.input(0, number), ours.input(1, np.int64 if labels else number)
    if len(sides) > 1:
        first = first.reshape(-1, sides[-1])
        second = second if labels else second.reshape(-1, sides[-1])
    return first, second
