"""How far others are from the truth on the points of the reference tables; writes results.txt.

    python measure.py              all tables
    python measure.py hinge focal  some; the lines of the others stay

A peer is called as a user would: default options, one thread of thought, the table's inputs in the table's type.
Which function of a peer stands for which entry is said here and nowhere else.
"""

import os
import pathlib
import sys
import warnings

os.environ.setdefault("JAX_PLATFORMS", "cpu")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
warnings.filterwarnings("ignore")

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402
import optax  # noqa: E402
import ot  # noqa: E402
import scipy  # noqa: E402
import scipy.spatial.distance as scipy_distance  # noqa: E402
import scipy.special  # noqa: E402
import scipy.stats  # noqa: E402
import sklearn  # noqa: E402
import sklearn._loss.loss  # noqa: E402
import sklearn.metrics  # noqa: E402
import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402

jax.config.update("jax_enable_x64", True)
np.seterr(all="ignore")

HERE = pathlib.Path(__file__).resolve().parent
TABLES = HERE.parent / "tables"
RESULTS = HERE / "results.txt"
TYPES = {"f32": np.float32, "f64": np.float64}
BITS = {"f32": 24, "f64": 53}
SMALLEST = {"f32": -149, "f64": -1074}
LARGEST = {"f32": 127, "f64": 1023}
FAR = 2000  # exponents beyond it are no float's


# Errors, exactly.

def exact(text):
    """A number of a table as (integer, power of two), or an infinity as a float."""
    if "inf" in text:
        return float(text)
    negative, text = text.startswith("-"), text.lstrip("-")
    digits, _, exponent = text[2:].partition("p")
    whole, _, fraction = digits.partition(".")
    mantissa, exponent = int(whole + fraction, 16), int(exponent) - 4 * len(fraction)
    return (-mantissa if negative else mantissa), exponent


def ulps(got, truth, dtype):
    """|got - truth| in units in the last place of the truth, as the library's own tests count."""
    if isinstance(truth, float):
        return 0.0 if got == truth else float("inf")
    if got != got:
        return float("inf")
    mantissa, exponent = truth
    binade = mantissa.bit_length() - 1 + exponent if mantissa else SMALLEST[dtype]
    if got in (float("inf"), float("-inf")):
        return 0.0 if binade > LARGEST[dtype] else float("inf")
    if binade > FAR:
        return float("inf")
    if binade < -FAR:
        mantissa, exponent, binade = 0, 0, SMALLEST[dtype]
    step = max(binade - BITS[dtype] + 1, SMALLEST[dtype])
    top, bottom = got.as_integer_ratio()
    power = -(bottom.bit_length() - 1)
    low = min(power, exponent, step)
    difference = abs((top << (power - low)) - (mantissa << (exponent - low)))
    try:
        return difference / (1 << (step - low))
    except OverflowError:
        return float("inf")


# How peers are called. A function gives outputs by name, one row for each case.

def torch_scalar(function):
    """value and gradient of a function of a prediction and a target."""
    def call(parameters, z, y):
        z, y = torch.tensor(z[:, 0], requires_grad=True), torch.tensor(y[:, 0])
        value = function(parameters, z, y)
        value.sum().backward()
        return {"value": value.detach().numpy(), "gradient": z.grad.numpy()}
    return call


def jax_scalar(function):
    def call(parameters, z, y):
        z, y = jnp.asarray(z[:, 0]), jnp.asarray(y[:, 0])
        gradient = jax.grad(lambda z: jnp.sum(function(parameters, z, y)))(z)
        return {"value": np.asarray(function(parameters, z, y)), "gradient": np.asarray(gradient)}
    return call


def sklearn_scalar(loss, labels=False):
    """A loss of scikit-learn's boosting; `labels` turns -1 and 1 into 0 and 1."""
    def call(_, z, y):
        z, y = np.ascontiguousarray(z[:, 0]), np.ascontiguousarray(y[:, 0])
        value, gradient = loss.loss_gradient(y_true=(y + 1) / 2 if labels else y, raw_prediction=z)
        return {"value": value, "gradient": gradient}
    return call


def torch_row(function):
    def call(parameters, z, y):
        z = torch.tensor(z, requires_grad=True)
        value = function(parameters, z, torch.tensor(y))
        value.sum().backward()
        return {"value": value.detach().numpy(), "gradient": z.grad.numpy()}
    return call


def jax_row(function):
    def call(parameters, z, y):
        z, y = jnp.asarray(z), jnp.asarray(y)
        gradient = jax.grad(lambda z: jnp.sum(function(parameters, z, y)))(z)
        return {"value": np.asarray(function(parameters, z, y)), "gradient": np.asarray(gradient)}
    return call


def one_by_one(function, output="value"):
    """A function of the vectors of one case that gives one number."""
    def call(parameters, *inputs):
        rows = []
        for case in zip(*inputs):
            try:
                rows.append(float(function(parameters, *case)))
            except ValueError:
                rows.append(None)  # it says no, which is no wrong number
        return {output: rows}
    return call


def torch_pair(function):
    def call(parameters, a, b, *_):
        a, b = torch.tensor(a, requires_grad=True), torch.tensor(b, requires_grad=True)
        value = function(parameters, a, b)
        value.sum().backward()
        return {"value": value.detach().numpy(), "gradient by a": a.grad.numpy(), "gradient by b": b.grad.numpy()}
    return call


def torch_inputs(function, *names):
    """Value and gradients of a function of several inputs, and perhaps a target."""
    def call(parameters, *inputs):
        inputs = [torch.tensor(x, requires_grad=i < len(names)) for i, x in enumerate(inputs)]
        value = function(parameters, *inputs)
        value.sum().backward()
        gradients = {f"gradient by {name}": x.grad.numpy() for name, x in zip(names, inputs)}
        return {"value": value.detach().numpy(), **gradients}
    return call


def sklearn_multinomial(_, z, y):
    loss = sklearn._loss.loss.HalfMultinomialLoss(n_classes=z.shape[1])
    value, gradient = loss.loss_gradient(y_true=y[:, 0].astype(z.dtype), raw_prediction=np.ascontiguousarray(z))
    return {"value": value, "gradient": gradient}


def torch_head(parameters, x, weights, bias, label):
    rows = {"value": [], "gradient by x": [], "gradient by W": [], "gradient by bias": []}
    for x, weights, bias, label in zip(x, weights, bias, label):
        x, bias = (torch.tensor(v, requires_grad=True) for v in (x, bias))
        weights = torch.tensor(weights.reshape(len(bias), len(x)), requires_grad=True)
        value = F.cross_entropy(F.linear(x, weights, bias)[None], torch.tensor(label),
                                label_smoothing=parameters.get("label_smoothing", 0.0))
        value.backward()
        for name, number in zip(rows, (value.detach(), x.grad, weights.grad, bias.grad)):
            rows[name].append(number.numpy().ravel())
    return rows


def torch_products(function):
    """Products of a vector with the Jacobian of a map of rows, from both sides."""
    def call(_, z, v):
        z, v = torch.tensor(z, requires_grad=True), torch.tensor(v)
        forward = torch.func.jvp(function, (z.detach(),), (v,))[1]
        function(z).backward(v)
        return {"Jacobian-vector product": forward.numpy(), "vector-Jacobian product": z.grad.numpy()}
    return call


def jax_products(function):
    def call(_, z, v):
        z, v = jnp.asarray(z), jnp.asarray(v)
        return {"Jacobian-vector product": np.asarray(jax.jvp(function, (z,), (v,))[1]),
                "vector-Jacobian product": np.asarray(jax.vjp(function, z)[1](v)[0])}
    return call


def first_labels(rows):
    """The classes of 1 of each row, then -1, as PyTorch wants them."""
    labels = torch.full(rows.shape, -1, dtype=torch.int64)
    for row, target in zip(labels, rows):
        classes = target.nonzero()[:, 0]
        row[:len(classes)] = classes
    return labels


def logsumexp(function):
    return lambda _, z, y: {"logsumexp": np.asarray(function(z))}


def only(*names, **values):
    """Specs whose parameters are these names, or these values; others are left out."""
    def fits(parameters):
        return all(key in names or parameters[key] == values.get(key, ...) for key in parameters)
    return fits


NONE = only()
NATURAL = lambda parameters: parameters.get("base") == "e"  # noqa: E731
LOG2 = float(np.log(2.0))


def torch_label(parameters, z, y):
    return F.cross_entropy(z, y[:, 0], reduction="none", label_smoothing=parameters.get("label_smoothing", 0.0))


def torch_soft(parameters, z, y):
    return F.cross_entropy(z, y, reduction="none", label_smoothing=parameters.get("label_smoothing", 0.0))


def optax_label(_, z, y):
    return optax.softmax_cross_entropy_with_integer_labels(z, y[:, 0])


def sklearn_log_loss(_, p, y):
    if y[0] not in (0, 1):
        raise ValueError
    return sklearn.metrics.log_loss(y, p, labels=[0, 1])


def sklearn_quantile(parameters, z, y):
    return sklearn_scalar(sklearn._loss.loss.PinballLoss(quantile=parameters.get("level", 0.5)))(parameters, z, y)


def sklearn_deviance(function):
    """A mean of one number; what cannot be predicted is refused there."""
    return one_by_one(lambda parameters, z, y: function(y, z, **({"power": parameters["power"]} if parameters else {})))


# table: (peer, which specs, how)
PEERS = {
    "hinge": [("Optax", NONE, jax_scalar(lambda _, z, y: optax.hinge_loss(z, y)))],
    "exponential": [("scikit-learn", NONE, sklearn_scalar(sklearn._loss.loss.ExponentialLoss(), labels=True))],
    "logistic": [
        ("PyTorch", NATURAL, torch_scalar(lambda _, z, y: F.soft_margin_loss(z, y, reduction="none"))),
        ("scikit-learn", NATURAL, sklearn_scalar(sklearn._loss.loss.HalfBinomialLoss(), labels=True)),
    ],
    "squared": [
        ("PyTorch", NONE, torch_scalar(lambda _, z, y: F.mse_loss(z, y, reduction="none"))),
        ("Optax", NONE, jax_scalar(lambda _, z, y: optax.squared_error(z, y))),
    ],
    "absolute": [
        ("PyTorch", NONE, torch_scalar(lambda _, z, y: F.l1_loss(z, y, reduction="none"))),
        ("scikit-learn", NONE, sklearn_scalar(sklearn._loss.loss.AbsoluteError())),
    ],
    "binary_cross_entropy": [
        ("PyTorch", NONE, torch_scalar(lambda _, z, y: F.binary_cross_entropy(z, y, reduction="none"))),
        ("scikit-learn", NONE, one_by_one(sklearn_log_loss)),
    ],
    "binary_cross_entropy_with_logits": [
        ("PyTorch", only("pos_weight"), torch_scalar(lambda parameters, z, y: F.binary_cross_entropy_with_logits(
            z, y, reduction="none", pos_weight=torch.tensor(parameters.get("pos_weight", 1.0), dtype=z.dtype)))),
        ("Optax", NONE, jax_scalar(lambda _, z, y: optax.sigmoid_binary_cross_entropy(z, y))),
        ("scikit-learn", NONE, sklearn_scalar(sklearn._loss.loss.HalfBinomialLoss())),
    ],
    "focal": [("Optax", only("alpha", "gamma"), jax_scalar(lambda parameters, z, y: optax.sigmoid_focal_loss(
        z, y, alpha=parameters.get("alpha", 0.25), gamma=parameters.get("gamma", 2.0))))],
    "brier": [("PyTorch", NONE, torch_scalar(lambda _, z, y: F.mse_loss(z, y, reduction="none")))],
    "perceptron": [("Optax", NONE, jax_scalar(lambda _, z, y: optax.losses.perceptron_loss(z, y)))],
    "hinge_embedding": [("PyTorch", only("margin"), torch_scalar(lambda parameters, z, y: F.hinge_embedding_loss(
        z, y, margin=parameters.get("margin", 1.0), reduction="none")))],
    "huber": [
        ("PyTorch", only("delta"), torch_scalar(lambda parameters, z, y: F.huber_loss(
            z, y, reduction="none", delta=parameters.get("delta", 1.0)))),
        ("Optax", only("delta"), jax_scalar(lambda parameters, z, y: optax.huber_loss(
            z, y, delta=parameters.get("delta", 1.0)))),
    ],
    "smooth_l1": [("PyTorch", only("beta"), torch_scalar(lambda parameters, z, y: F.smooth_l1_loss(
        z, y, reduction="none", beta=parameters.get("beta", 1.0))))],
    "log_cosh": [("Optax", NONE, jax_scalar(lambda _, z, y: optax.log_cosh(z, y)))],
    "quantile": [("scikit-learn", lambda p: set(p) <= {"level"} and p.get("level") not in (0, 1), sklearn_quantile)],
    "poisson": [
        ("PyTorch", NONE, torch_scalar(lambda _, z, y: F.poisson_nll_loss(z, y, reduction="none"))),
        ("scikit-learn", NONE, sklearn_scalar(sklearn._loss.loss.HalfPoissonLoss())),
    ],
    "poisson_from_means": [("PyTorch", NONE, torch_scalar(
        lambda _, z, y: F.poisson_nll_loss(z, y, log_input=False, reduction="none")))],
    "poisson_deviance": [("scikit-learn", NONE, sklearn_deviance(sklearn.metrics.mean_poisson_deviance))],
    "gamma_deviance": [("scikit-learn", NONE, sklearn_deviance(sklearn.metrics.mean_gamma_deviance))],
    "tweedie_deviance": [("scikit-learn", lambda p: set(p) == {"power"}, sklearn_deviance(
        sklearn.metrics.mean_tweedie_deviance))],
    "multilabel_margin": [("PyTorch", NONE, torch_row(
        lambda _, z, y: F.multilabel_margin_loss(z, first_labels(y), reduction="none")))],
    "multilabel_soft_margin": [("PyTorch", NONE, lambda parameters, z, y, weight: torch_row(
        lambda _, z, y: F.multilabel_soft_margin_loss(z, y, torch.tensor(weight), reduction="none"))(parameters, z, y))],
    "softmax": [
        ("PyTorch", NONE, lambda _, z: {"probabilities": torch.softmax(torch.tensor(z), 1).numpy()}),
        ("JAX", NONE, lambda _, z: {"probabilities": np.asarray(jax.nn.softmax(jnp.asarray(z)))}),
        ("SciPy", NONE, lambda _, z: {"probabilities": scipy.special.softmax(z, axis=1)}),
    ],
    "softmax.products": [
        ("PyTorch", NONE, torch_products(lambda z: torch.softmax(z, 1))),
        ("JAX", NONE, jax_products(jax.nn.softmax)),
    ],
    "log_softmax": [
        ("PyTorch", NONE, lambda _, z: {"log-probabilities": torch.log_softmax(torch.tensor(z), 1).numpy()}),
        ("JAX", NONE, lambda _, z: {"log-probabilities": np.asarray(jax.nn.log_softmax(jnp.asarray(z)))}),
        ("SciPy", NONE, lambda _, z: {"log-probabilities": scipy.special.log_softmax(z, axis=1)}),
    ],
    "log_softmax.products": [
        ("PyTorch", NONE, torch_products(lambda z: torch.log_softmax(z, 1))),
        ("JAX", NONE, jax_products(jax.nn.log_softmax)),
    ],
    "softmax_cross_entropy": [
        ("PyTorch", only("label_smoothing"), torch_row(torch_label)),
        ("Optax", NONE, jax_row(optax_label)),
        ("scikit-learn", NONE, sklearn_multinomial),
        ("PyTorch", NONE, logsumexp(lambda z: torch.logsumexp(torch.tensor(z), 1).numpy())),
        ("JAX", NONE, logsumexp(lambda z: jax.nn.logsumexp(jnp.asarray(z), axis=1))),
        ("SciPy", NONE, logsumexp(lambda z: scipy.special.logsumexp(z, axis=1))),
    ],
    "softmax_cross_entropy.soft": [
        ("PyTorch", only("label_smoothing"), torch_row(torch_soft)),
        ("Optax", NONE, jax_row(lambda _, z, y: optax.softmax_cross_entropy(z, y))),
    ],
    "linear_softmax_cross_entropy": [("PyTorch", only("label_smoothing"), torch_head)],
    "gaussian_nll": [("PyTorch", only("full"), torch_inputs(lambda parameters, mean, variance, y: F.gaussian_nll_loss(
        mean, y, variance, full=parameters.get("full", False), reduction="none"), "mean", "variance"))],
    "margin_ranking": [("PyTorch", only("margin"), torch_inputs(lambda parameters, a, b, y: F.margin_ranking_loss(
        a, b, y, margin=parameters.get("margin", 0.0), reduction="none"), "first", "second"))],
    "cosine_embedding": [("PyTorch", only("margin"), torch_inputs(lambda parameters, a, b, y: F.cosine_embedding_loss(
        a, b, y[:, 0], margin=parameters.get("margin", 0.0), reduction="none"), "first", "second"))],
    # A margin of 0 is refused; the plain distance is what is asked for where there is no offset.
    "triplet": [("PyTorch", lambda p: set(p) <= {"margin", "p", "swap", "offset"} and p.get("margin") != 0.0, torch_inputs(
        lambda parameters, anchor, positive, negative: F.triplet_margin_loss(
            anchor, positive, negative, margin=parameters.get("margin", 1.0), p=parameters.get("p", 2.0),
            eps=parameters.get("offset", 0.0), swap=parameters.get("swap", False), reduction="none"),
        "anchor", "positive", "negative"))],
    "euclidean": [
        ("SciPy", NONE, one_by_one(lambda _, a, b: scipy_distance.euclidean(a, b))),
        ("scikit-learn", NONE, one_by_one(lambda _, a, b: sklearn.metrics.pairwise.euclidean_distances([a], [b])[0, 0])),
        ("PyTorch", NONE, torch_pair(lambda _, a, b: torch.cdist(a[:, None], b[:, None])[:, 0, 0])),
    ],
    "squared_euclidean": [("SciPy", NONE, one_by_one(lambda _, a, b: scipy_distance.sqeuclidean(a, b)))],
    "manhattan": [
        ("SciPy", NONE, one_by_one(lambda _, a, b: scipy_distance.cityblock(a, b))),
        ("PyTorch", NONE, torch_pair(lambda _, a, b: torch.cdist(a[:, None], b[:, None], p=1.0)[:, 0, 0])),
    ],
    "chebyshev": [
        ("SciPy", NONE, one_by_one(lambda _, a, b: scipy_distance.chebyshev(a, b))),
        # Values only: among ties every choice of a subgradient is right.
        ("PyTorch", NONE, lambda _, a, b: {"value": torch.cdist(
            torch.tensor(a)[:, None], torch.tensor(b)[:, None], p=float("inf"))[:, 0, 0].numpy()}),
    ],
    "minkowski": [
        ("SciPy", only("p"), one_by_one(lambda parameters, a, b: scipy_distance.minkowski(a, b, parameters.get("p", 2.0)))),
        ("PyTorch", only("p"), torch_pair(
            lambda parameters, a, b: torch.cdist(a[:, None], b[:, None], p=parameters.get("p", 2.0))[:, 0, 0])),
    ],
    "standardized_euclidean": [("SciPy", NONE, one_by_one(lambda _, a, b, v: scipy_distance.seuclidean(a, b, v)))],
    "cosine": [
        ("SciPy", NONE, one_by_one(lambda _, a, b: scipy_distance.cosine(a, b))),
        ("scikit-learn", NONE, one_by_one(lambda _, a, b: sklearn.metrics.pairwise.cosine_distances([a], [b])[0, 0])),
        ("PyTorch", NONE, torch_pair(lambda _, a, b: 1 - F.cosine_similarity(a, b))),
    ],
    "bray_curtis": [("SciPy", NONE, one_by_one(lambda _, a, b: scipy_distance.braycurtis(a, b)))],
    "canberra": [("SciPy", NONE, one_by_one(lambda _, a, b: scipy_distance.canberra(a, b)))],
    "mahalanobis": [("SciPy", NONE, one_by_one(
        lambda _, a, b, inverse: scipy_distance.mahalanobis(a, b, inverse.reshape(len(a), len(a)))))],
    "pearson": [("SciPy", NONE, one_by_one(lambda _, a, b: scipy_distance.correlation(a, b)))],
    "hamming": [("SciPy", NONE, one_by_one(lambda _, a, b: scipy_distance.hamming(a, b)))],
    "kl_divergence": [
        ("SciPy", NONE, one_by_one(lambda _, p, q: scipy.special.rel_entr(p, q).sum())),
        ("PyTorch", NONE, one_by_one(lambda _, p, q: F.kl_div(torch.tensor(q).log(), torch.tensor(p), reduction="sum"))),
    ],
    "jensen_shannon_distance": [("SciPy", NONE, one_by_one(lambda _, p, q: scipy_distance.jensenshannon(p, q)))],
    "wasserstein": [
        ("SciPy", only(order=1.0), one_by_one(lambda _, a, v, b, w: scipy.stats.wasserstein_distance(a, b, v, w))),
        ("POT", only(order=1.0), one_by_one(lambda _, a, v, b, w: ot.wasserstein_1d(a, b, v / v.sum(), w / w.sum()))),
    ],
    "optimal_transport": [("POT", NONE, one_by_one(
        lambda _, cost, a, b: ot.emd2(a, b, cost.reshape(len(a), len(b)))))],
    "sinkhorn": [("POT", only("epsilon"), one_by_one(
        lambda parameters, cost, a, b: ot.sinkhorn2(a, b, cost.reshape(len(a), len(b)), parameters["epsilon"],
                                                    method="sinkhorn_log"), output="transport cost (<P, C>)"))],
}


# Tables.

def parameters(spec):
    words = {"none": None, "true": True, "false": False}

    def value(text):
        try:
            return words[text] if text in words else float(text)
        except ValueError:
            return text
    pairs = (pair.partition("=") for pair in filter(None, spec.partition(":")[2].split(",")))
    return {key: value(text) for key, _, text in pairs}


def names(line):
    """The names in a comment line; a comma in parentheses is part of one."""
    out, depth = [""], 0
    for character in line.partition(": ")[2]:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and not depth:
            out.append("")
        else:
            out[-1] += character
    return [name.strip() for name in out]


def table(name, dtype):
    """Output names, the cases (spec, inputs, true outputs), and whether a gradient of 0 is a choice at a kink."""
    text = (TABLES / f"{name}.{dtype}.txt").read_text("ascii").splitlines()
    outputs = next(names(line) for line in text if line.startswith("# outputs: "))
    cases = []
    for line in (line for line in text if not line.startswith("#")):
        spec, *fields = line.split("\t")
        bar = fields.index("|")
        inputs = [np.array([number(word) for word in field.split(" ")]) for field in fields[:bar]]
        inputs = [v if v.dtype == np.int64 else v.astype(TYPES[dtype]) for v in inputs]
        cases.append((spec, inputs, [field if field == "-" else field.split(" ") for field in fields[bar + 1:]]))
    return outputs, cases, any(line.startswith("# gradient 0 at") for line in text)


def number(word):
    return float.fromhex(word) if "0x" in word or "inf" in word else int(word)


def measure(name, dtype):
    """Yields (output, peer, points, worst)."""
    outputs, cases, kinks = table(name, dtype)
    groups = {}
    for case in cases:
        groups.setdefault((case[0], tuple(len(v) for v in case[1])), []).append(case)
    worst = {}
    for peer, fits, call in PEERS[name]:
        for (spec, _), group in groups.items():
            given = parameters(spec)
            if not fits(given):
                continue
            results = call(given, *(np.stack(vectors) for vectors in zip(*(inputs for _, inputs, _ in group))))
            for output, rows in results.items():
                place = outputs.index(output)
                for row, (_, _, truths) in zip(rows, group, strict=True):
                    if row is None or truths[place] == "-":
                        continue
                    chosen = kinks and output.startswith("gradient")  # other subgradients are no errors
                    row = np.atleast_1d(np.asarray(row)).astype(TYPES[dtype]).tolist()
                    for got, truth in zip(row, truths[place], strict=True):
                        if chosen and truth == "0x0p+0":
                            continue
                        points, error = worst.get((output, peer), (0, 0.0))
                        worst[output, peer] = points + 1, max(error, ulps(got, exact(truth), dtype))
    for (output, peer), (points, error) in worst.items():
        yield output, peer, points, error


def main():
    chosen = sys.argv[1:] or list(PEERS)
    lines = {}
    if RESULTS.exists():
        for line in RESULTS.read_text("utf-8").splitlines():
            if not line.startswith("#") and line.split("\t")[0].rpartition(".")[0] not in chosen:
                lines.setdefault(line.split("\t")[0].rpartition(".")[0], []).append(line)
    for name in chosen:
        for dtype in TYPES:
            for output, peer, points, error in measure(name, dtype):
                lines.setdefault(name, []).append(f"{name}.{dtype}\t{output}\t{peer}\t{points}\t{error:.3g}")
                print(lines[name][-1], flush=True)
    versions = (("PyTorch", torch), ("JAX", jax), ("Optax", optax), ("SciPy", scipy), ("scikit-learn", sklearn), ("POT", ot))
    head = [f"# {name} {module.__version__.partition('+')[0]}" for name, module in versions]
    ordered = [line for name in PEERS for line in lines.get(name, [])]
    RESULTS.write_text("\n".join(head + ordered) + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
