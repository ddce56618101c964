"""A first look at the package: `python examples/python/first_steps.py`, after `pip install .`."""

import discrepancy as dc
import numpy as np

rng = np.random.default_rng(0)
logits = rng.normal(size=1000).astype(np.float32)
target = (rng.random(1000) < 1.0 / (1.0 + np.exp(-logits))).astype(np.float32)

# Train: value and gradient in one pass, into memory that is used again and again.
loss = dc.losses.Focal(gamma=2.0)
gradient = np.empty_like(logits)
for _ in range(3):
    value, _ = loss.value_and_gradient(logits, target, out=gradient)
    logits -= 100.0 * gradient
    print(f"focal loss {value:.6f}")

# Rows of scores, with labels that may be ignored.
scores, labels = rng.normal(size=(4, 3)), np.array([0, 2, -1, 1])
print("cross entropy", dc.rows.softmax_cross_entropy(scores, labels, ignore_index=-1, label_smoothing=0.1))

# Compare.
points = rng.normal(size=(5, 2))
print("distances", dc.distances.pairwise(points, None, "minkowski:p=3").round(3), sep="\n")
plan = dc.transport.optimal_transport(points, points + 1.0)
print(f"transport costs {plan.cost:.6f}, at least {plan.lower:.6f}")

# What is wrong is said.
try:
    dc.divergences.kl_divergence([0.5, 0.6], [0.5, 0.5])
except dc.DiscrepancyError as error:
    print(error)
