"""The pictures of BENCHMARKS.md. The same figures give the same bytes."""

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt

matplotlib.rcParams.update({
    "svg.hashsalt": "discrepancy",
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 12,
    "axes.titlelocation": "left",
    "axes.axisbelow": True,
    "figure.facecolor": "white",
})
# Colours that people with any kind of colour vision tell apart (Okabe and Ito 2008).
COLOURS = {"discrepancy": "#0072b2", "PyTorch": "#d55e00", "torch.compile": "#e69f00", "JAX": "#009e73"}
LIMIT = {"color": "#222222", "linewidth": 1.2, "linestyle": (0, (4, 3))}


def save(figure, path):
    figure.savefig(path, metadata={"Date": None}, bbox_inches="tight", pad_inches=0.15)
    plt.close(figure)


def limits(table, path):
    """Bars of × limit, a group for each work."""
    figure, axes = plt.subplots(figsize=(9, 0.72 * len(table) + 1))
    height = 0.8 / len(COLOURS)
    for place, row in enumerate(table):
        bars = {"discrepancy": row.limit(), **{name: row.limit(name) for name in row.work.peers}}
        for k, (name, colour) in enumerate(COLOURS.items()):
            if name in bars:
                y = place + (k - (len(COLOURS) - 1) / 2) * height
                axes.barh(y, bars[name], height * 0.92, color=colour)
                axes.text(bars[name] * 1.03, y, f"{bars[name]:.1f}", va="center", fontsize=8, color="#444444")
    axes.set_yticks(range(len(table)), [row.name() for row in table])
    axes.invert_yaxis()
    axes.tick_params(axis="y", length=0)
    axes.set_xscale("log")
    axes.set_xlim(0.5, None)
    ticks = [tick for tick in (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000) if tick <= axes.get_xlim()[1]]
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    axes.grid(axis="x", color="#e8e8e8")
    axes.axvline(1, **LIMIT)
    axes.set_xlabel("time as a multiple of what a copy of the same bytes takes (logarithmic; shorter is better)")
    axes.set_title("Value and gradient in f32: how far from the limit of memory", pad=28)
    handles = [plt.Rectangle((0, 0), 1, 1, color=colour) for colour in COLOURS.values()]
    handles.append(plt.Line2D([], [], **LIMIT))
    place = {"loc": "lower left", "bbox_to_anchor": (0, 1), "borderaxespad": 0.2}
    axes.legend(handles, [*COLOURS, "limit"], ncols=5, frameon=False, **place)
    save(figure, path)


def lines(data, path, title, across, up):
    counts, series, limit = data
    figure, axes = plt.subplots(figsize=(7.5, 4.6))
    for (name, seconds), colour, marker in zip(series.items(), COLOURS.values(), "osD^"):
        axes.loglog(counts, seconds, color=colour, marker=marker, markersize=4.5, linewidth=1.6, label=name)
    axes.loglog(counts, limit, label="limit: a copy past the caches", **LIMIT)
    axes.grid(color="#e8e8e8")
    axes.minorticks_off()
    axes.set_title(title, pad=12)
    axes.set_xlabel(across)
    axes.set_ylabel(up)
    axes.legend(frameon=False)
    save(figure, path)


def cost_by_rows(data, path):
    lines(data, path, "Mean and gradient against the number of rows, f32", "rows", "seconds")


def cost_by_classes(data, path):
    lines(data, path, "Mean and gradient of one row against the number of classes, f32", "classes", "seconds a row")
