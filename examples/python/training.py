"""A swap of one import in a training loop: `python examples/python/training.py [folder for the pictures] [--quick]`.

A model of words learns from the documentation in Python's own standard library, once with PyTorch's cross entropy and once
with ours. The curves are the same; the step of the loss (value and gradient of the logits) is what changes.
"""

# %% What is used everywhere
from __future__ import annotations

import re
import statistics
import sys
import sysconfig
import time
from collections import Counter
from pathlib import Path
from typing import Any

import discrepancy.torch.functional
import matplotlib
import torch

matplotlib.use("Agg")
import matplotlib.pyplot as plt

WORDS = [word for word in sys.argv[1:] if not word.startswith("--")]
QUICK = "--quick" in sys.argv
FOLDER = Path(WORDS[0]) if WORDS else Path(__file__).parents[2] / "docs" / "pictures"
FOLDER.mkdir(parents=True, exist_ok=True)
#: Words that are known, examples of a step, steps, rounds of the clock.
VOCABULARY, BATCH, STEPS, ROUNDS = (500, 64, 6, 3) if QUICK else (16_000, 1024, 60, 15)
BLUE, GREY = "#1f5fa8", "#8a8a8a"
# The whole swap: `import discrepancy.torch.functional as F` instead of `import torch.nn.functional as F`.
FACES: dict[str, Any] = {"PyTorch": torch.nn.functional, "discrepancy": discrepancy.torch.functional}


# %% The words
def words() -> list[str]:
    """Of the modules of the standard library, in their order; the same wherever that version of Python is."""
    folder = Path(sysconfig.get_paths()["stdlib"])
    texts = [file.read_text(encoding="utf-8", errors="ignore") for file in sorted(folder.glob("*.py"))]
    return re.findall(r"[A-Za-z]+|[^\sA-Za-z]", " ".join(texts))


def examples(text: list[str]) -> tuple[torch.Tensor, torch.Tensor]:
    """Three words and the one behind them, as numbers; rare words are one."""
    known = {word: i + 1 for i, (word, _) in enumerate(Counter(text).most_common(VOCABULARY - 1))}
    numbers = torch.tensor([known.get(word, 0) for word in text])
    return numbers.unfold(0, 3, 1)[:-1], numbers[3:]


# %% The model, and a training loop that is given the face
def model() -> torch.nn.Module:
    """Three words, 24 numbers each, to a score for every word."""
    torch.manual_seed(0)
    layers = torch.nn.Embedding(VOCABULARY, 24), torch.nn.Flatten(), torch.nn.Linear(72, 64), torch.nn.Tanh()
    return torch.nn.Sequential(*layers, torch.nn.Linear(64, VOCABULARY))


def train(F: Any, contexts: torch.Tensor, following: torch.Tensor) -> tuple[list[float], torch.nn.Module]:
    """The loss of each step."""
    network, curve = model(), []
    optimizer = torch.optim.Adam(network.parameters(), lr=3e-3)
    draw = torch.Generator().manual_seed(1)
    for _ in range(STEPS):
        batch = torch.randint(len(following), (BATCH,), generator=draw)
        optimizer.zero_grad()
        loss = F.cross_entropy(network(contexts[batch]), following[batch])
        loss.backward()
        optimizer.step()
        curve.append(loss.item())
    return curve, network


text = words()
contexts, following = examples(text)
print(f"{len(text)} words, {len(set(text))} different, {VOCABULARY} known")
curves: dict[str, list[float]] = {}
for name, F in FACES.items():
    start = time.perf_counter()
    curves[name], network = train(F, contexts, following)
    print(f"{name:12} {curves[name][0]:.6f} → {curves[name][-1]:.6f} in {time.perf_counter() - start:.1f} s")
apart = max(abs(a - b) / a for a, b in zip(*curves.values()))
print(f"largest difference of the curves: {apart:.1e} of the loss")

figure, axes = plt.subplots(figsize=(6.4, 4.0), dpi=120)
axes.plot(curves["PyTorch"], color=GREY, lw=5, alpha=0.5, label="torch.nn.functional")
axes.plot(curves["discrepancy"], color=BLUE, lw=1.5, label="discrepancy.torch.functional")
axes.set(xlabel=f"step, of {BATCH} examples", ylabel="cross entropy of the next word (nats)")
axes.set_title(f"One import changed, the same curve (to {apart:.0e})", loc="left", fontsize=11)
axes.spines[["top", "right"]].set_visible(False)
axes.legend(frameon=False)
figure.tight_layout()
figure.savefig(FOLDER / "training-curve.png")

# %% The step of the loss alone: value and gradient of the logits of a trained model, in turn
with torch.no_grad():
    logits = network(contexts[:BATCH]).detach()
labels = following[:BATCH]


def step(F: Any) -> float:
    """Seconds."""
    z = logits.requires_grad_()
    start = time.perf_counter()
    (slopes,) = torch.autograd.grad(F.cross_entropy(z, labels), z)
    taken = time.perf_counter() - start
    assert slopes.shape == z.shape
    return taken


for F in FACES.values():
    step(F)
rounds = [[step(F) for F in FACES.values()] for _ in range(ROUNDS)]
milliseconds = [1e3 * statistics.median(column) for column in zip(*rounds)]
factor = statistics.median(theirs / own for theirs, own in rounds)
print(f"step of the loss, {BATCH} × {VOCABULARY} logits: {milliseconds[0]:.1f} ms in PyTorch, {milliseconds[1]:.1f} ms here")
print(f"factor {factor:.1f}, the median of {ROUNDS} rounds in turn, on {torch.get_num_threads()} threads")

figure, axes = plt.subplots(figsize=(6.4, 2.4), dpi=120)
axes.barh(["torch.nn.functional", "discrepancy.torch.functional"], milliseconds, color=[GREY, BLUE], height=0.55)
for place, value in enumerate(milliseconds):
    axes.text(value, place, f" {value:.0f} ms" if value >= 10 else f" {value:.1f} ms", va="center")
axes.invert_yaxis()
axes.set(xlabel=f"milliseconds, for {BATCH} × {VOCABULARY} logits")
axes.set_title(f"Value and gradient of cross entropy, {factor:.1f} times as fast", loc="left", fontsize=11)
axes.spines[["top", "right"]].set_visible(False)
figure.tight_layout()
figure.savefig(FOLDER / "training-time.png")
