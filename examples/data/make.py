"""Writes cancer.csv, digits.csv and diabetes.csv: predictions of simple models on real data.

Only the data sets that scikit-learn ships are used, so nothing is downloaded. Every prediction is
out of fold: the row was not in the training part of the model that predicts it.

    pip install -r requirements.txt
    python make.py
"""

import pathlib

import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.model_selection import KFold, StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

HERE = pathlib.Path(__file__).resolve().parent
SEED = 20240229


def tertiles(values, names):
    """The name of the third of the data in which each value lies."""
    low, high = np.quantile(values, [1 / 3, 2 / 3])
    return np.where(values <= low, names[0], np.where(values <= high, names[1], names[2]))


def write(name, frame):
    """Writes numbers in Python's shortest form that reads back to the same f64, lines ended by \\n."""
    lines = [",".join(frame.columns)]
    for values in zip(*(frame[column].tolist() for column in frame.columns)):
        lines.append(",".join(v if isinstance(v, str) else repr(v) for v in values))
    (HERE / name).write_text("\n".join(lines) + "\n", encoding="ascii", newline="\n")


def cancer():
    data = load_breast_cancer()
    folds = StratifiedKFold(5, shuffle=True, random_state=SEED)
    logistic = make_pipeline(StandardScaler(), LogisticRegression())
    vector = make_pipeline(StandardScaler(), LinearSVC(random_state=SEED))
    # The same folds give the same fitted models, so logit and probability belong together.
    logit = cross_val_predict(logistic, data.data, data.target, cv=folds, method="decision_function")
    probability = cross_val_predict(logistic, data.data, data.target, cv=folds, method="predict_proba")
    score = cross_val_predict(vector, data.data, data.target, cv=folds, method="decision_function")
    write("cancer.csv", pd.DataFrame({
        "row": np.arange(len(logit)),
        "segment": tertiles(data.data[:, 0], ["small", "medium", "large"]),
        "target": data.target,
        "probability": probability[:, 1],
        "logit": logit,
        "score": score,
    }))


def digits():
    data = load_digits()
    folds = list(StratifiedKFold(5, shuffle=True, random_state=SEED).split(data.data, data.target))
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=1000))
    logits = cross_val_predict(model, data.data, data.target, cv=folds, method="decision_function")
    segment = np.empty(len(logits), dtype=object)
    for number, (_, test) in enumerate(folds, 1):
        segment[test] = f"fold_{number}"
    columns = {"row": np.arange(len(logits)), "segment": segment, "target": data.target}
    for label in range(10):
        # Eight digits keep the file small; the rounded values are the data.
        columns[f"logit_{label}"] = np.round(logits[:, label], 8)
    write("digits.csv", pd.DataFrame(columns))


def diabetes():
    data = load_diabetes(scaled=False)
    folds = KFold(5, shuffle=True, random_state=SEED)
    model = make_pipeline(StandardScaler(), RidgeCV(alphas=np.logspace(-2, 3, 26)))
    prediction = cross_val_predict(model, data.data, data.target, cv=folds)
    bmi = data.data[:, data.feature_names.index("bmi")]
    write("diabetes.csv", pd.DataFrame({
        "row": np.arange(len(prediction)),
        "segment": tertiles(bmi, ["low_bmi", "middle_bmi", "high_bmi"]),
        "target": data.target,
        "prediction": prediction,
    }))


if __name__ == "__main__":
    cancer()
    digits()
    diabetes()
