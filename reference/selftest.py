"""Checks the derivative formulas against differences at high precision, and a few values known elsewhere."""

from mpmath import mp, mpf

import entries
from table import cases, compute, exact, hexadecimal, parameters

PRECISION = 1200
STEP = mpf(2) ** -300  # the error of the central difference is about its square

# (table, spec, inputs, value to the digits given)
KNOWN = [
    ("binary_cross_entropy_with_logits", "binary_cross_entropy_with_logits", [[-20.0], [0.0]], "2.061153620314381e-9"),
    ("softmax_cross_entropy", "softmax_cross_entropy", [[17.0, 0.0], [0]], "4.13993763309e-8"),
    ("logistic", "logistic", [[0.0], [1.0]], "1"),
    ("euclidean", "euclidean", [[3.0, 0.0], [0.0, 4.0]], "5"),
    ("kl_divergence", "kl_divergence", [[0.5, 0.5], [0.25, 0.75]], "0.143841036225890"),
    ("wasserstein", "wasserstein:order=1", [[0.0, 1.0, 3.0], [1.0, 1.0, 1.0], [5.0, 6.0, 8.0], [1.0, 1.0, 1.0]], "5"),
    ("energy_distance", "energy_distance", [[0.0, 1.0], [1.0, 1.0], [2.0, 4.0], [1.0, 1.0], [1]], "3.5"),
    # Of a sample that moves as a whole: the square of how far it moves.
    ("sinkhorn_divergence", "sinkhorn_divergence:epsilon=0.5,ground=squared_euclidean",
     [[0.0, 2.0], [0.5, 0.5], [3.0, 5.0], [0.5, 0.5], [1]], "9"),
]


def difference(entry, given, inputs, output, argument, index):
    """The central difference of one output, by element, in one element of one input."""
    moved = []
    for step in (STEP, -STEP):
        changed = [list(vector) for vector in inputs]
        changed[argument][index] += step
        moved.append(entry.evaluate(given, *changed)[output])
    return [(a - b) / (2 * STEP) for a, b in zip(*moved)]


def close(a, b, scale):
    return abs(a - b) <= mpf(2) ** -200 * (abs(b) + scale)


def check_derivatives(entry, limit=24):
    """How many elements were compared, and the messages of those that differ."""
    compared, wrong, done = 0, [], 0
    for spec, region, floats in cases(entry, "f64"):
        if region not in ("moderate", "ordinary") or done >= limit * len(entry.specs):
            continue
        done += 1
        given = parameters(spec)
        with mp.workprec(PRECISION):
            inputs = [exact(vector) for vector in floats]
            outputs = entry.evaluate(given, *inputs)
            for derivative, of, argument in entry.derivatives:
                if outputs[derivative] is None:
                    continue
                scale = max(1, *map(abs, outputs[derivative])) if outputs[derivative] else 1
                for index in range(len(inputs[argument])):
                    slopes = difference(entry, given, inputs, of, argument, index)
                    # A row of slopes of a row output: only its own element, the diagonal.
                    slope = slopes[0] if len(slopes) == 1 else slopes[index]
                    stated = outputs[derivative][index]
                    compared += 1
                    if not mp.isfinite(stated) or not close(slope, stated, scale):
                        wrong.append(f"{spec}: {entry.outputs[derivative]}[{index}] at {floats}: "
                                     f"{mp.nstr(stated, 20)}, but the difference is {mp.nstr(slope, 20)}")
    return compared, wrong


def run(chosen):
    failures = 0
    for table, spec, inputs, text in KNOWN:
        entry = next((e for e in chosen if e.table == table), None)
        if entry is None:
            continue
        value = compute(entry, spec, inputs)[0][0]
        digits = len(text.split("e")[0].replace("0.", "").replace(".", "").lstrip("0"))
        if abs(value - mpf(text)) > mpf(10) ** (1 - digits) * abs(value):
            print(f"{spec} at {inputs}: {mp.nstr(value, 20)}, known is {text}")
            failures += 1
    for entry in chosen:
        compared, wrong = check_derivatives(entry)
        for extra in entries.CHECKS.get(entry.table, ()):
            wrong += extra()
        print(f"{entry.table}: {compared} derivatives compared, {len(wrong)} wrong", flush=True)
        for message in wrong[:5]:
            print(f"  {message}")
        failures += len(wrong)
    assert hexadecimal(-0.0) == "-0x0p+0" and hexadecimal(1.5) == "0x1.8p+0" and hexadecimal(2.0 ** -1074) == "0x1p-1074"
    return 1 if failures else 0
