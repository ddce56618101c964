"""The kinds of rows of the wide table: at which shapes, with which inputs, and how this library and the peer are called.

Each kind gives, for a row of `wide_peers.TABLE`, a shape and a type, one function without arguments for this library and
one for its peer. Both compute from the same arrays and return what they computed: a number, an array, or a tuple.
"""

import dataclasses
import importlib
import math
import typing
import warnings

import discrepancy as dc
import numpy as np
import scipy.spatial.distance
import scipy.stats
import sklearn._loss
import sklearn.metrics
import sklearn.neighbors
import torch

# The drop-ins are not loaded with the package.
import discrepancy.scipy.spatial.distance
import discrepancy.sklearn
import wide_peers
from discrepancy import _core

CATALOGUE = {entry["name"]: entry for entry in _core.catalogue()}
NUMBERS = {"f32": np.float32, "f64": np.float64}


def described(measure):
    """What the catalogue says that the inputs are."""
    return CATALOGUE[measure.name]


def made(row, width=1):
    measure, given = dc.make(row.spec), row.given(width)
    return type(measure)(**given) if given else measure


# --- Inputs ----------------------------------------------------------------------------------------------------------


def numbers(what, shape, dtype, random):
    """Of one of these meanings: logits of spread 3, amounts around 1, uniform probabilities, labels at random."""
    if what == "real":
        drawn = 3 * random.standard_normal(shape)
    elif what == "positive":
        drawn = np.exp(random.standard_normal(shape))
    elif what == "unit":
        drawn = 0.001 + 0.998 * random.random(shape)
    elif what == "binary":
        drawn = random.integers(0, 2, shape)
    elif what == "truth":
        drawn = random.integers(0, 2, shape)
        # Of rows without anything true some distances are conventions, which differ.
        drawn[..., 0] |= ~drawn.any(-1)
    elif what == "signs":
        drawn = 2 * random.integers(0, 2, shape) - 1
    elif what == "row signs":
        drawn = 2 * random.integers(0, 2, shape[:-1]) - 1
    elif what == "digits":
        drawn = random.integers(0, 4, shape)
    elif what == "labels":
        return random.integers(0, 2, shape)
    elif what == "probabilities":
        drawn = random.exponential(size=shape) + 1e-6
        drawn /= drawn.sum(-1, keepdims=True)
    else:
        raise ValueError(what)
    return np.ascontiguousarray(drawn, NUMBERS[dtype])


def meaning(domain, soft=False):
    """Of a domain of the catalogue; targets in [0, 1] are 0 or 1 unless they are to be soft."""
    name = domain["name"]
    if name == "Within":
        unit = (domain["low"], domain["high"]) == (0, 1)
        return ("unit" if soft else "binary") if unit else "positive"
    return {"Real": "real", "Signs": "signs", "Binary": "binary", "Truth": "truth", "Probabilities": "probabilities"}[name]


# --- How peers are called --------------------------------------------------------------------------------------------


def tensors(arrays):
    return [torch.from_numpy(array) for array in arrays]


def autograd(formula, arrays, count, differentiable=True):
    """Value and gradients in the first `count` inputs; of several values, the gradients of their sum."""
    inputs = tensors(arrays)
    for tensor in inputs[:count]:
        tensor.requires_grad_(differentiable)

    def step():
        value = formula(*inputs)
        if not differentiable:
            return value
        return value.detach(), *torch.autograd.grad(value if value.ndim == 0 else value.sum(), inputs[:count])

    return step


def compiled(formula, arrays, count, differentiable=True):
    torch.compiler.reset()
    return autograd(torch.compile(formula, dynamic=False), arrays, count, differentiable)


def jitted(name, arrays):
    import jax

    jax.config.update("jax_enable_x64", True)
    inputs = [jax.numpy.asarray(array) for array in arrays]
    step = jax.jit(jax.value_and_grad(wide_peers.jax_formulas()[name]))
    return lambda: jax.block_until_ready(step(*inputs))


# --- Kinds -----------------------------------------------------------------------------------------------------------


@dataclasses.dataclass
class Kind:
    family: str
    peer: str
    # Shapes as text, small ones first, and what they are called when sizes are chosen.
    shapes: dict
    # `(row, shape, dtype, random)` gives ours, then the peer's; perhaps the peers that are compiled, by name, each a
    # function that compiles it; and how many of the results are comparable, if not all.
    prepare: typing.Callable
    # What is compared, for the reader.
    about: str
    # Whether there is a peer to be compiled.
    compiles: bool = False


def sides(shape):
    return tuple(int(side) for side in shape.split("x"))


def compiled_peers(row, formula, arrays, differentiable):
    """What is measured on request only, each made when it is its turn."""
    peers = {"torch.compile": lambda: compiled(formula, arrays, 1, differentiable)}
    if row.jax and differentiable:
        peers["JAX"] = lambda: jitted(row.jax, arrays)
    return peers


def losses(soft):
    def prepare(row, shape, dtype, random):
        measure = made(row)
        entry = described(measure)
        # A probability of exactly 0 or 1 is no ordinary prediction.
        arrays = [numbers(meaning(entry["prediction"], soft=True), sides(shape), dtype, random),
                  numbers(meaning(entry["target"], soft), sides(shape), dtype, random)]
        smooth = entry["differentiable"]
        run = measure.value_and_gradient if smooth else measure.value
        return lambda: run(*arrays), autograd(row.peer, arrays, 1, smooth), compiled_peers(row, row.peer, arrays, smooth)

    return prepare


def rows(soft):
    def prepare(row, shape, dtype, random):
        measure = made(row)
        entry, (count, classes) = described(measure), sides(shape)
        scores = numbers(meaning(entry["prediction"]), (count, classes), dtype, random)
        target = numbers("probabilities", (count, classes), dtype, random) if soft else random.integers(0, classes, count)
        smooth = entry["differentiable"]
        run = measure.value_and_gradient if smooth else measure.value
        theirs = row.target(torch.from_numpy(target), classes).numpy() if row.target else target
        arrays = [scores, theirs]
        return (lambda: run(scores, target), autograd(row.peer, arrays, 1, smooth),
                compiled_peers(row, row.peer, arrays, smooth))

    return prepare


def maps(row, shape, dtype, random):
    measure, scores = made(row), numbers("real", sides(shape), dtype, random)
    tensor = torch.from_numpy(scores)
    return lambda: measure.value(scores), lambda: row.peer(tensor, -1)


def map_gradients(row, shape, dtype, random):
    measure, scores = made(row), numbers("real", sides(shape), dtype, random)
    upstream = numbers("real", sides(shape), dtype, random)
    tensor, pull = torch.from_numpy(scores).requires_grad_(), torch.from_numpy(upstream)
    return (lambda: measure.vector_jacobian_product(scores, upstream),
            lambda: torch.autograd.grad(row.peer(tensor, -1), tensor, pull))


def tuples(row, shape, dtype, random):
    measure = made(row)
    arrays = [numbers(what, sides(shape), dtype, random) for what in row.inputs]
    # How many inputs have gradients; what is left is the target.
    count = len(measure.value_and_gradient(*(array[:2] for array in arrays))) - 1
    return lambda: measure.value_and_gradient(*arrays), autograd(row.peer, arrays, count)


def penalties(row, shape, dtype, random):
    measure, weights = made(row), numbers("real", sides(shape), dtype, random)
    return lambda: measure.value_and_gradient(weights), autograd(row.peer, [weights], 1)


def heads(row, shape, dtype, random):
    count, width, classes = sides(shape)
    measure = made(row)
    # Scores of spread 3.
    x = numbers("real", (count, width), dtype, random) / 3
    weights = numbers("real", (classes, width), dtype, random) / np.asarray(math.sqrt(width), NUMBERS[dtype])
    bias, labels = numbers("real", (classes,), dtype, random), random.integers(0, classes, count)
    x = np.ascontiguousarray(x, NUMBERS[dtype])

    def ours():
        result = measure.evaluate(x, weights, labels, bias=bias)
        return result.value, result.gradient_x, result.gradient_weights, result.gradient_bias

    return ours, autograd(lambda x, weights, bias, y: row.peer(torch.nn.functional.linear(x, weights, bias), y),
                          [x, weights, bias, labels], 3)


def sequences(row, shape, dtype, random):
    steps, count, classes = sides(shape)
    measure, scores = made(row), numbers("real", (steps, count, classes), dtype, random)
    logs = torch.log_softmax(torch.from_numpy(scores), -1).contiguous().numpy()
    labels = random.integers(1, classes, (count, steps // 4))
    lengths = np.full(count, steps), np.full(count, steps // 4)
    theirs = tensors([logs, labels, *lengths])
    theirs[0].requires_grad_()

    def peer():
        value = row.peer(*theirs)
        return value.detach(), torch.autograd.grad(value, theirs[0])[0]

    # PyTorch's gradient is that of scores before a softmax, whatever came in: only the values are the same.
    return lambda: measure.value_and_gradient(logs, labels, *lengths), peer, {}, 1


def divergences(row, shape, dtype, random):
    measure, arrays = made(row), [numbers("probabilities", sides(shape), dtype, random) for _ in range(2)]
    return lambda: measure.value_and_gradient(*arrays), autograd(row.peer, arrays, 2)


def divergence_values(row, shape, dtype, random):
    measure, (p, q) = made(row), [numbers("probabilities", sides(shape), dtype, random) for _ in range(2)]
    peer = getattr(scipy.stats, row.peer, None) or getattr(scipy.spatial.distance, row.peer)
    return lambda: measure.value(p, q), lambda: peer(p, q, axis=1)


def points(row, shape, dtype, random):
    what = row.inputs[0] if row.inputs else meaning(described(dc.make(row.spec))["prediction"])
    return numbers(what, shape, dtype, random)


def matrices(row, shape, dtype, random):
    n, m, width = sides(shape)
    measure = made(row, width)
    a, b = points(row, (n, width), dtype, random), points(row, (m, width), dtype, random)
    options = row.options(width)
    return lambda: measure.pairwise(a, b), lambda: scipy.spatial.distance.cdist(a, b, row.peer, **options)


def drop_in_matrices(row, shape, dtype, random):
    n, m, width = sides(shape)
    a, b = points(row, (n, width), dtype, random), points(row, (m, width), dtype, random)
    options = row.options(width)
    return (lambda: dc.scipy.spatial.distance.cdist(a, b, row.peer, **options),
            lambda: scipy.spatial.distance.cdist(a, b, row.peer, **options))


def condensed(row, shape, dtype, random):
    n, width = sides(shape)
    measure, a, options = made(row, width), points(row, (n, width), dtype, random), row.options(width)
    return lambda: measure.condensed(a), lambda: scipy.spatial.distance.pdist(a, row.peer, **options)


def pairs(row, shape, dtype, random):
    (width,) = sides(shape)
    a, b, options = points(row, (width,), dtype, random), points(row, (width,), dtype, random), row.options(width)
    if row.inputs or described(dc.make(row.spec))["prediction"]["name"] == "Truth":
        a, b = a > 0, b > 0
    ours, theirs = (getattr(module, row.peer) for module in (dc.scipy.spatial.distance, scipy.spatial.distance))
    return lambda: ours(a, b, **options), lambda: theirs(a, b, **options)


def neighbours(row, shape, dtype, random):
    queries, count, width = sides(shape)
    measure = made(row)
    a, b = (numbers("real", (n, width), dtype, random) for n in (queries, count))
    search = sklearn.neighbors.NearestNeighbors(n_neighbors=10, algorithm="brute", metric=row.peer).fit(b)
    return lambda: measure.nearest(a, b, k=10)[::-1], lambda: search.kneighbors(a)


def metrics(row, shape, dtype, random):
    true, predicted = (numbers(what, sides(shape), dtype, random) for what in row.inputs)
    options = row.options(1)
    ours, theirs = getattr(dc.sklearn, row.spec), getattr(sklearn.metrics, row.peer)
    return lambda: ours(true, predicted, **options), lambda: theirs(true, predicted, **options)


def private_losses(row, shape, dtype, random):
    true, raw = (numbers(what, sides(shape), dtype, random).astype(NUMBERS[dtype]) for what in row.inputs)
    ours, theirs = getattr(dc.sklearn, row.spec)(), getattr(sklearn._loss, row.peer, None)
    theirs = (theirs or getattr(importlib.import_module("sklearn._loss.loss"), row.peer))()
    call = {"y_true": true, "raw_prediction": raw, "n_threads": torch.get_num_threads()}
    return lambda: ours.loss_gradient(**call), lambda: theirs.loss_gradient(**call)


def lines(row, shape, dtype, random):
    measure, (n,) = made(row), sides(shape)
    x = numbers("real", (n,), dtype, random)
    y = np.ascontiguousarray(numbers("real", (n,), dtype, random) / 2 + 1, NUMBERS[dtype])
    module, _, name = row.peer.rpartition(".")
    peer = getattr(importlib.import_module(module), name)
    return lambda: measure.value(x, y), lambda: peer(x, y)


def clouds(row, shape, dtype, random):
    import ot

    warnings.filterwarnings("ignore", module="ot")
    measure = made(row)
    x, y = (random.random(sides(shape)).astype(NUMBERS[dtype]) for _ in range(2))
    weights = ot.unif(len(x), type_as=x)

    def emd():
        return ot.emd2(weights, weights, ot.dist(x, y, "euclidean"), numItermax=10**9)

    def sinkhorn_log():
        plan = ot.bregman.sinkhorn_log(weights, weights, ot.dist(x, y, "euclidean"), measure.parameters["epsilon"],
                                       numItermax=10_000)
        return (plan * ot.dist(x, y, "euclidean")).sum()

    return lambda: measure.plan(x, y).cost, {"emd": emd, "sinkhorn_log": sinkhorn_log}[row.peer]


def samples(gradients):
    def prepare(row, shape, dtype, random):
        measure = made(row)
        x = numbers("real", sides(shape), dtype, random) / 3
        y = numbers("real", sides(shape), dtype, random) / 3 + 0.5
        arrays = [np.ascontiguousarray(side, NUMBERS[dtype]) for side in (x, y)]
        run = measure.value_and_gradient if gradients else measure.value
        return lambda: run(*arrays), autograd(row.peer, arrays, 2, gradients)

    return prepare


NUMBERS_OF = {"10000": "small", "1000000": "cache", "10000000": "large"}
CLASSES = {"1000x10": "small", "10x1000": "small", "100000x10": "cache", "1000x1000": "cache", "31x32000": "cache",
           "1000000x10": "large", "10000x1000": "large", "312x32000": "large"}
STEP = "mean and gradient"
KINDS = {
    "losses": Kind("losses", "PyTorch", NUMBERS_OF, losses(False), f"{STEP}, targets 0 or 1 where they may be between", True),
    "soft losses": Kind("soft losses", "PyTorch", NUMBERS_OF, losses(True), f"{STEP}, uniform targets", True),
    "rows": Kind("rows", "PyTorch", CLASSES, rows(False), f"{STEP}, a label for each row", True),
    "soft rows": Kind("soft rows", "PyTorch", CLASSES, rows(True), f"{STEP}, a row of probabilities for each row", True),
    "maps": Kind("maps", "PyTorch", CLASSES, maps, "the image of each row"),
    "map gradients": Kind("maps", "PyTorch", CLASSES, map_gradients, "the gradient in the scores, from the scores"),
    "tuples": Kind("tuples", "PyTorch", NUMBERS_OF, tuples, f"{STEP}s"),
    "vector tuples": Kind("tuples", "PyTorch", {"80x128": "small", "8000x128": "cache", "80000x128": "large"}, tuples,
                          f"{STEP}s"),
    "penalties": Kind("penalties", "PyTorch", NUMBERS_OF, penalties, "sum and gradient"),
    "heads": Kind("heads", "PyTorch", {"512x256x2000": "cache"}, heads, "rows × width → classes: mean and all gradients"),
    "sequences": Kind("sequences", "PyTorch", {"50x16x20": "small", "200x64x80": "cache"}, sequences,
                      "steps × sequences × classes: mean and gradient"),
    "divergences": Kind("divergences", "PyTorch", CLASSES, divergences, "the value and both gradients of each row"),
    "divergence values": Kind("divergences", "SciPy", CLASSES, divergence_values, "the value of each row"),
    "matrices": Kind("distances", "SciPy", {f"1000x1000x{width}": "cache" for width in (2, 16, 128)}, matrices,
                     "`pairwise` and `cdist`"),
    "condensed": Kind("distances", "SciPy", {"1000x16": "cache"}, condensed, "`condensed` and `pdist`"),
    "drop-in matrices": Kind("drop-ins", "SciPy", {"1000x1000x16": "cache"}, drop_in_matrices,
                             "`cdist` of both, one import changed"),
    "pairs": Kind("drop-ins", "SciPy", {"32": "small"}, pairs, "one pair by the function of both, one import changed"),
    "neighbours": Kind("neighbours", "scikit-learn", {"500x10000x64": "cache"}, neighbours,
                       "queries × points × coordinates: 10 nearest, by brute force"),
    "metrics": Kind("metrics", "scikit-learn", NUMBERS_OF, metrics, "the function of both, one import changed"),
    "private losses": Kind("metrics", "scikit-learn", NUMBERS_OF, private_losses, "value and gradient of each"),
    "lines": Kind("transport", "SciPy, POT", {"10000": "small", "1000000": "cache"}, lines, "two samples on a line"),
    "clouds": Kind("transport", "POT", {"500x2": "small", "1000x2": "small"}, clouds, "points in the plane: cost of the plan"),
    "samples": Kind("samples", "PyTorch", {"500x8": "small", "2000x8": "cache"}, samples(False), "the statistic"),
    "sample gradients": Kind("samples", "PyTorch", {"500x8": "small", "2000x8": "cache"}, samples(True),
                             "the statistic and both gradients"),
}
