"""A tour of the package, cell by cell: `python examples/python/tour.py [folder for the pictures]`.

An editor that knows `# %%` runs the cells one by one, as a notebook does. Cells about a library that is not installed say
so and go on.
"""

# %% What is used everywhere
from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import discrepancy as dc
import matplotlib
import numpy as np

matplotlib.use("Agg")
import matplotlib.pyplot as plt

FOLDER = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[2] / "docs" / "pictures"
FOLDER.mkdir(parents=True, exist_ok=True)
plt.rcParams.update(
    {
        "figure.figsize": (6.4, 4.0),
        "figure.dpi": 120,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.titlesize": 11,
        "axes.titlelocation": "left",
        "legend.frameon": False,
        "font.size": 9.5,
    }
)
BLUE, RED, GREEN, GREY = "#1f5fa8", "#c8443a", "#3c8d4f", "#8a8a8a"
rng = np.random.default_rng(0)


def picture(name: str) -> None:
    """Writes what was drawn."""
    plt.tight_layout()
    plt.savefig(FOLDER / f"tour-{name}.png")
    plt.close()
    print(f"  picture: tour-{name}.png")


def installed(library: str) -> bool:
    """Whether a cell can run; says so if not."""
    there = find_spec(library) is not None
    print(f"\n{library}" if there else f"\n{library} is not installed: its cell is left out")
    return there


# %% The catalogue
print(f"{len(dc.catalog())} entries; the first of each family:")
families: dict[str, str] = {}
for entry in dc.catalog():
    families.setdefault(entry.family, entry.name)
print("  " + ", ".join(f"{family}: {name}" for family, name in families.items()))
print(dc.explain("huber:delta=2"))

# %% A loss with its gradient
logits, target = np.array([[-20.0, 0.5, 3.0], [0.0, 1.0, 1.0]], np.float32)
value, gradient = dc.losses.focal(logits, target, gamma=2.0, return_gradient=True)
print(f"\nmean focal loss {value:.6f}, gradient {gradient}")

loss = dc.losses.Focal(gamma=2.0)
loss.value_and_gradient(logits, target, out=gradient)  # into memory that is there already
values, slopes, curvatures = loss.value_gradient_hessian(logits, target)
print("second derivatives", curvatures)

z = np.linspace(-3.0, 5.0, 401)
for gamma, colour in ((0.0, GREY), (1.0, GREEN), (2.0, BLUE), (5.0, RED)):
    curve = dc.losses.Focal(gamma=gamma, alpha=None).gradient(z, np.ones_like(z), reduction="none")
    plt.plot(z, -curve, color=colour, label=f"γ = {gamma:g}")
plt.xlabel("logit of an event that happened")
plt.ylabel("pull on the logit, −∂loss/∂z (nats per logit)")
plt.title("The larger γ, the less an easy row pulls")
plt.legend()
picture("focal")

# %% Confident rows, whose loss others lose
gaps = np.arange(1.0, 41.0, dtype=np.float32)
rows = np.stack([gaps, np.zeros_like(gaps)], axis=1)
first = np.zeros(len(rows), np.int64)
ours = dc.rows.softmax_cross_entropy(rows, first, reduction="none")
# The formula as it is written in every textbook, in single precision.
largest = rows.max(1, keepdims=True)
written = (np.log(np.exp(rows - largest).sum(1, keepdims=True)) + largest)[:, 0] - rows[:, 0]
print(f"\na gap of 17: {ours[16]:.6e} here, {written[16]:.6e} as the textbook has it")
plt.semilogy(gaps, ours, color=BLUE, label="discrepancy")
plt.semilogy(gaps[written > 0], written[written > 0], "o", color=RED, ms=4, label="ln Σ eᶻ − z in float32")
lost = gaps[written <= 0][0]
plt.axvspan(lost - 0.5, gaps[-1], color=RED, alpha=0.08, lw=0)
plt.text(lost + 0.5, 1e-3, "here the formula gives 0,\nand the row teaches nothing", color=RED)
plt.xlabel("logit of the true class minus that of the other")
plt.ylabel("softmax cross entropy (nats)")
plt.title("A confident row has a loss, if digits are not thrown away")
plt.legend()
picture("confident")

# %% Rows: labels to be ignored, smoothing, weights of classes
scores, labels = rng.normal(size=(6, 4)), np.array([0, 3, -1, 2, 1, 0])
options: dict[str, Any] = {"ignore_index": -1, "label_smoothing": 0.1, "class_weight": np.array([1.0, 2.0, 1.0, 0.5])}
value, gradient = dc.rows.softmax_cross_entropy(scores, labels, return_gradient=True, **options)
print(f"\nrows: cross entropy {value:.6f}; the ignored row's gradient {gradient[2]}")
print("multiclass hinge:", dc.rows.multi_margin(scores[labels >= 0], labels[labels >= 0]))

# Rows in parts: the same bits for any division.
left, right = dc.rows.RowStates(6), dc.rows.RowStates(6)
left.push(scores[:, :1], np.where(labels == 0, 0, -1))
right.push(scores[:, 1:], np.where(labels > 0, labels - 1, np.where(labels < 0, 0, -1)))
left.merge(right)
print("the rows' values, from two parts:", left.value().round(4))

# %% A head: a linear layer and its loss in one, the logits of all rows never held
centres = np.array([[0.0, 2.0], [-2.0, -1.0], [2.0, -1.0]])
kinds = np.repeat([0, 1, 2], 60)
points = centres[kinds] + rng.normal(scale=0.8, size=(180, 2))
weights, bias = np.zeros((3, 2)), np.zeros(3)
for _ in range(100):
    found = dc.heads.linear_softmax_cross_entropy(points, weights, kinds, bias=bias)
    weights -= 0.5 * found.gradient_weights
    bias -= 0.5 * found.gradient_bias
print(f"\nhead: mean loss {found.value:.4f} after 100 steps")
grid = np.linspace(-4.5, 4.5, 300)
plane = np.stack(np.meshgrid(grid, grid), axis=-1)
chosen = (plane @ weights.T + bias).argmax(-1)
plt.figure(figsize=(4.8, 4.4))
plt.contourf(grid, grid, chosen, levels=[-0.5, 0.5, 1.5, 2.5], colors=[BLUE, RED, GREEN], alpha=0.15)
for kind, colour in enumerate((BLUE, RED, GREEN)):
    plt.scatter(points[kinds == kind, 0], points[kinds == kind, 1], s=9, color=colour, label=f"class {kind}")
plt.gca().set_aspect("equal")
plt.xlabel("first feature")
plt.ylabel("second feature")
plt.title("The head's gradients train a linear layer")
plt.legend(loc="upper right")
picture("head")

# %% Sequences: labels whose places are not known
steps = np.full((24, 4), 1e-2)
for t in range(24):
    steps[t, {5: 1, 6: 1, 12: 2, 18: 3, 19: 3}.get(t, 0)] += 1.0
steps += 0.15 * rng.random(steps.shape)
log_probabilities = np.log(steps / steps.sum(1, keepdims=True))
value, gradient = dc.sequences.ctc(log_probabilities, [1, 2, 3], return_gradient=True)
print(f"\nCTC: {value:.4f} nats for the labels 1 2 3")
plt.imshow(-gradient.T, aspect="auto", cmap="Blues", vmin=0.0, vmax=1.0, origin="lower")
plt.yticks(range(4), ["blank", "1", "2", "3"])
plt.xlabel("step")
plt.ylabel("class")
plt.colorbar(label="share of the ways that use the class (−gradient)")
plt.title("CTC: where the labels 1 2 3 are likely to stand")
picture("ctc")

# %% Distances: matrices, pairs, neighbours
cloud = rng.normal(size=(200, 3))
matrix = dc.distances.pairwise(cloud, None, "minkowski:p=3")
indices, near = dc.distances.nearest(cloud[:2], cloud, "cosine", k=3)
print(f"\ndistances: a matrix of {matrix.shape}, {dc.distances.condensed(cloud, 'manhattan').size} pairs")
print("three nearest by the cosine:", indices.tolist())
side = np.linspace(-1.25, 1.25, 301)
square = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
plt.figure(figsize=(4.8, 4.4))
balls = (("manhattan", RED), ("euclidean", BLUE), ("minkowski:p=4", GREEN), ("chebyshev", GREY))
for metric, colour in balls:
    away = dc.distances.pairwise(square, np.zeros((1, 2)), metric).reshape(301, 301)
    plt.contour(side, side, away, levels=[1.0], colors=colour)
    plt.plot([], [], color=colour, label=metric)
plt.gca().set_aspect("equal")
plt.xlabel("first coordinate")
plt.ylabel("second coordinate")
plt.title("All points at distance 1 from the middle")
plt.legend(loc="center")
picture("distances")

# %% Divergences
bins = np.linspace(-8.0, 12.0, 400)


def bell(at: float) -> Any:
    density = np.exp(-0.5 * (bins - at) ** 2)
    return density / density.sum()


shifts = np.linspace(0.0, 4.0, 81)
p, q = np.stack([bell(0.0)] * len(shifts)), np.stack([bell(shift) for shift in shifts])
print(f"\ndivergences: Kullback–Leibler {dc.divergences.kl_divergence(p[40], q[40]):.6f} at a shift of 2")
for name, colour in (("kl_divergence", RED), ("jensen_shannon", BLUE), ("hellinger", GREEN), ("bhattacharyya", GREY)):
    measure = dc.make(name)
    plt.plot(shifts, measure.value(p, q), color=colour, label=name)
plt.axhline(np.log(2.0), color=BLUE, lw=0.7, ls=":")
plt.text(0.0, np.log(2.0) + 0.04, "ln 2: the most that\njensen_shannon can be", color=BLUE, fontsize=8)
plt.ylim(0.0, 3.0)
plt.xlabel("distance between the means, in standard deviations")
plt.ylabel("divergence (nats; Hellinger: a distance)")
plt.title("Two normal distributions move apart")
plt.legend()
picture("divergences")

# %% Transport, with its certificate
x, y = rng.normal(size=(40, 2)), rng.normal(size=(40, 2)) * [0.5, 1.5] + [4.0, 0.0]
plan = dc.transport.optimal_transport(x, y)
print(f"\ntransport costs {plan.cost:.9f}; no plan costs less than {plan.lower:.9f}")
plt.figure(figsize=(5.4, 4.4))
for i, j in zip(*np.nonzero(plan.plan)):
    plt.plot([x[i, 0], y[j, 0]], [x[i, 1], y[j, 1]], color=GREY, lw=0.6, zorder=0)
plt.scatter(x[:, 0], x[:, 1], s=14, color=BLUE, label="from")
plt.scatter(y[:, 0], y[:, 1], s=14, color=RED, label="to")
plt.gca().set_aspect("equal")
plt.xlabel("first coordinate")
plt.ylabel("second coordinate")
plt.title(f"The cheapest plan costs {plan.cost:.4f}, proven to {plan.gap:.0e}")
plt.legend()
picture("transport")

widths = [3.0, 1.0, 0.3, 0.1, 0.03]
blurred = [dc.transport.sinkhorn(x, y, epsilon=width) for width in widths]
plt.fill_between(widths, [b.lower for b in blurred], [b.upper for b in blurred], color=BLUE, alpha=0.2, lw=0)
plt.plot(widths, [b.upper for b in blurred], "o-", color=BLUE, ms=4, label="cost of Sinkhorn's plan")
plt.plot(widths, [b.lower for b in blurred], "o--", color=BLUE, ms=4, label="proven lower bound")
plt.axhline(plan.cost, color=RED, lw=1.0, label="exact cost")
plt.xscale("log")
plt.gca().invert_xaxis()
plt.xlabel("ε, the weight of the entropy")
plt.ylabel("cost (distance)")
plt.title("Sinkhorn's bounds close in on the exact cost")
plt.legend()
picture("sinkhorn")
print("on a line:", dc.transport.wasserstein([0.0, 1.0, 3.0], [5.0, 6.0, 8.0]))

# %% Samples: could they be from one distribution?
before, after = rng.normal(size=(60, 2)), rng.normal(size=(60, 2))
statistic = dc.samples.MaximumMeanDiscrepancy()
moves = np.linspace(0.0, 1.2, 13)
tests = [statistic.permutation_test(before, after + [move, 0.0], permutations=199, seed=1) for move in moves]
print(f"\nsamples: p = {tests[0].p_value:.3f} without a shift, {tests[-1].p_value:.3f} with one of {moves[-1]:g}")
plt.semilogy(moves, [test.p_value for test in tests], "o-", color=BLUE, ms=4)
plt.axhline(0.05, color=RED, lw=0.8, ls="--")
plt.text(moves[-1], 0.056, "5 %", color=RED, ha="right")
plt.text(moves[-1], 0.0056, "1 / 200: the least of 199 divisions", color=GREY, ha="right", fontsize=8)
plt.xlabel("shift of the second sample, in standard deviations (2 × 60 points)")
plt.ylabel("p-value of the permutation test")
plt.title("How large a shift the maximum mean discrepancy sees")
picture("samples")

# %% Penalties
kinks = np.array([-2.0, -0.2, 0.0, 0.5])
lasso = dc.penalties.L1(lambda_=0.3)
print(f"\nlasso: {lasso.value(kinks):.2f}; a proximal step leaves {lasso.proximal(kinks, step=1.0)}")

# %% What is wrong is said
try:
    dc.divergences.kl_divergence([0.5, 0.6], [0.5, 0.5])
except dc.DiscrepancyError as error:
    print(f"\n{error}\n  argument {error.argument!r}, value {error.value}")

# %% Threads: as many as you like, the same bits
with dc.threads(1):
    alone = dc.losses.squared(cloud, cloud[::-1])
assert alone == dc.losses.squared(cloud, cloud[::-1])

# %% SciPy's distances under their names
if installed("scipy"):
    import discrepancy.scipy.spatial.distance as distance
    import discrepancy.scipy.stats as stats
    import scipy.spatial.distance

    theirs, mine = (module.cdist(cloud[:50], cloud[50:], "correlation") for module in (scipy.spatial.distance, distance))
    print("  cdist: largest difference", abs(theirs - mine).max())
    print("  far from the origin:", distance.sqeuclidean([1e8, 1.0], [1e8, 1.0 + 2e-8]))
    print("  wasserstein_distance", stats.wasserstein_distance([0.0, 1.0], [5.0, 6.0]))

# %% scikit-learn: scorers, neighbours, the losses that it keeps private
if installed("sklearn"):
    import discrepancy.sklearn as skl
    from sklearn.datasets import load_digits
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_score

    digits = load_digits()
    model = LogisticRegression(max_iter=200)
    seen = cross_val_score(model, digits.data[:600] / 16.0, digits.target[:600], scoring=skl.get_scorer("neg_log_loss"))
    print(f"  log loss of the digits {-seen.mean():.4f}")
    counts, raw = np.array([0.0, 2.0, 5.0]), np.array([0.1, 0.7, 1.5])
    print("  Poisson: gradient, Hessian", *skl.HalfPoissonLoss().gradient_hessian(counts, raw))

# %% PyTorch: one import is the whole swap; the training example draws the curves
if installed("torch"):
    import torch
    import discrepancy.torch.functional as F

    confident = torch.tensor([[17.0, 0.0]], requires_grad=True)
    for module in (torch.nn.functional, F):
        (slope,) = torch.autograd.grad(module.cross_entropy(confident, torch.tensor([0])), confident)
        print(f"  {module.__name__}: gradient {slope.tolist()}")

# %% Boosting: focal loss that learns
for library in ("xgboost", "lightgbm"):
    if installed(library):
        from discrepancy import boosting

        features = rng.normal(size=(4000, 5))
        rare = (features[:, 0] + 0.5 * features[:, 1] + 0.7 * rng.normal(size=4000) > 2.2).astype(float)
        train, rest = slice(0, 3000), slice(3000, None)
        if library == "xgboost":
            import xgboost

            booster = xgboost.train(
                {"max_depth": 3, "base_score": 0.0, "disable_default_eval_metric": True},
                xgboost.DMatrix(features[train], label=rare[train]),
                num_boost_round=60,
                obj=boosting.xgboost_objective("focal:gamma=1"),
            )
            margin = booster.predict(xgboost.DMatrix(features[rest]), output_margin=True)
        else:
            import lightgbm

            booster = lightgbm.train(
                {"objective": boosting.lightgbm_objective("focal:gamma=1"), "num_leaves": 8, "verbose": -1},
                lightgbm.Dataset(features[train], label=rare[train]),
                num_boost_round=60,
            )
            margin = booster.predict(features[rest])
        cost = dc.losses.binary_cross_entropy_with_logits(np.asarray(margin, np.float64), rare[rest])
        print(f"  focal on {rare.mean():.1%} positives: log loss {cost:.4f} of unseen rows")

print("\nThat is all.")
