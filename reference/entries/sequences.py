"""Losses of a sequence of rows of log-probabilities and a shorter sequence of labels."""

from mpmath import inf, mp, mpf

from table import Entry


def ctc(parameters, rows, classes, labels):
    """Sums over all ways in plain numbers, which have no limits here; the gradient is minus the expected use of a class."""
    blank, count = int(parameters.get("blank", 0)), classes[0]
    steps = [[mp.exp(v) for v in rows[i:i + count]] for i in range(0, len(rows), count)]
    places = [blank]
    for label in labels:
        places += [label, blank]

    def forward(steps, places):
        table = []
        for t, row in enumerate(steps):
            line = []
            for s, place in enumerate(places):
                if t == 0:
                    reached = mpf(s < 2)
                else:
                    reached = table[-1][s] + (table[-1][s - 1] if s else 0)
                    if s > 1 and place != places[s - 2]:
                        reached += table[-1][s - 2]
                line.append(reached * row[place])
            table.append(line)
        return table

    ahead = forward(steps, places)
    behind = [line[::-1] for line in forward(steps[::-1], places[::-1])[::-1]]
    total = sum(ahead[-1][-2:], mpf(0))
    if not total:
        return [[inf], None]
    gradient = []
    for t, row in enumerate(steps):
        for k in range(count):
            ways = sum((ahead[t][s] * behind[t][s] for s, place in enumerate(places) if place == k), mpf(0))
            gradient.append(-ways / row[k] / total if ways else mpf(0))
    return [[-mp.log(total)], gradient]


def log_row(draw, region, count, ahead):
    """The logarithms of the probabilities of a row, rounded; they need not be of sum 1."""
    if region == "edge" and draw.coin():
        def one():
            return draw.pick([0.0, -draw.positive(-30, 10), -draw.positive(20, 90), -draw.positive(-90, -30)])
        return [one() for _ in range(count)]
    scores = [draw.uniform(-3, 3) if region == "moderate" else draw.ordinary(-6, 3) for _ in range(count)]
    if region == "cancel":
        scores[ahead] += draw.uniform(8, 60)
    total = mp.log(sum(mp.exp(mpf(v)) for v in scores))
    return [draw.round(float(min(mpf(0), mpf(v) - total))) for v in scores]


def draw_ctc(draw, region, parameters):
    blank = int(parameters.get("blank", 0))
    count, steps = draw.integer(max(2, blank + 1), 4), draw.integer(1, 6)
    # A way first, then the labels that it means; now and then labels that do not fit.
    way = [draw.integer(0, count - 1) for _ in range(steps)]
    labels = [k for t, k in enumerate(way) if k != blank and (t == 0 or way[t - 1] != k)]
    if draw.coin(0.03):
        labels = labels + [next(k for k in range(count) if k != blank)] * steps
    rows = [v for k in way for v in log_row(draw, region, count, k)]
    return [rows, [count], labels or [next(k for k in range(count) if k != blank)]]


ENTRIES = [
    Entry("ctc", ["ctc", "ctc:blank=1"], ["log-probabilities", "classes", "labels"], ["value", "gradient"],
          draw_ctc, ctc, ((1, 0, 0),), ["log-probabilities are T rows of as many numbers as there are classes",
                         "labels that do not fit cost infinity, which has no gradient"]),
]
