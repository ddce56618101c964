"""Scores the example files with `discrepancy score` and compares the means with scikit-learn's, by segment and in total.

Run by `cargo xtask test`; exit code 1 if a mean is further than 1e-14 from scikit-learn's, relatively.
"""

import json
import pathlib
import subprocess
import sys

import numpy as np
import pandas as pd
from sklearn.metrics import accuracy_score, brier_score_loss, hinge_loss, log_loss, mean_absolute_error, mean_squared_error

HERE = pathlib.Path(__file__).resolve().parent
LIMIT = 1e-14


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


# file, what is scored, and for each loss scikit-learn's mean of (target, prediction). Two clipping habits of
# scikit-learn, of probabilities and of rows that do not sum to 1, do nothing on these files.
CHECKS = [
    ("cancer.csv", "--probability", "probability", {
        "binary_cross_entropy": lambda y, p: log_loss(y, p, labels=[0, 1]),
        "brier": lambda y, p: brier_score_loss(y, p, labels=[0, 1]),
    }),
    ("cancer.csv", "--logits", "logit", {
        "binary_cross_entropy_with_logits": lambda y, z: log_loss(y, sigmoid(z), labels=[0, 1]),
        "brier_with_logits": lambda y, z: brier_score_loss(y, sigmoid(z), labels=[0, 1]),
        "zero_one": lambda y, z: 1 - accuracy_score(y, z > 0),
        "hinge": lambda y, z: hinge_loss(y, z, labels=[0, 1]),
    }),
    ("digits.csv", "--logits", "logit_*", {
        "softmax_cross_entropy": lambda y, z: log_loss(y, softmax(z), labels=range(10)),
        "multiclass_zero_one": lambda y, z: 1 - accuracy_score(y, z.argmax(axis=1)),
    }),
    ("diabetes.csv", "--prediction", "prediction", {
        "squared": mean_squared_error,
        "absolute": mean_absolute_error,
    }),
]


def score(file, kind, columns, losses):
    command = ["cargo", "run", "--quiet", "--package", "discrepancy-cli", "--", "score", str(HERE / file),
               "--target", "target", kind, columns, "--by", "segment", "--format", "json"]
    for loss in losses:
        command += ["--loss", loss]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=HERE).stdout)


def main():
    failures = 0
    for file, kind, columns, losses in CHECKS:
        data = pd.read_csv(HERE / file)
        result = score(file, kind, columns, losses)
        prefix = columns.removesuffix("*")
        names = [name for name in data.columns if name == columns or (prefix != columns and name.startswith(prefix))]
        for part in [*result["segments"], {"by": None, **result["total"]}]:
            rows = data if part["by"] is None else data[data["segment"] == part["by"]["segment"]]
            prediction = rows[names].to_numpy()
            prediction = prediction[:, 0] if len(names) == 1 else prediction
            for loss, theirs in losses.items():
                ours, expected = part["losses"][loss]["mean"], float(theirs(rows["target"].to_numpy(), prediction))
                error = abs(ours - expected) / abs(expected)
                failures += not error <= LIMIT  # NaN is a failure
                where = "all rows" if part["by"] is None else part["by"]["segment"]
                print(f"{file:13} {where:10} {loss:33} {ours!r:22} scikit-learn {expected!r:22} {error:.1e}")
    if failures:
        print(f"{failures} means are further than {LIMIT} from scikit-learn's")
    return failures > 0


if __name__ == "__main__":
    sys.exit(main())
