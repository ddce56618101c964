"""What an entry of the tables is, how its numbers are proved, and how they are written."""

import dataclasses
import itertools
import pathlib
from typing import Callable

import mpmath
from mpmath import libmp, mp, mpf

from draw import REGIONS, Draw

DIGITS = 30             # hexadecimal digits after the point: 1 + 4 * 30 = 121 bits
BITS = 1 + 4 * DIGITS
FAR = 1_000_000         # exponents beyond it are written as it: no float comes near
FINDS = pathlib.Path(__file__).resolve().parent / "finds"  # hard inputs that a search has found
AGREE = mpf(2) ** -130  # two precisions must agree to this before a value is believed


@dataclasses.dataclass
class Entry:
    """One table: how to draw inputs, and the formula."""

    table: str                 # the file is tables/<table>.<dtype>.txt
    specs: list[str]           # catalogue specs, in turn
    inputs: list[str]
    outputs: list[str]
    draw: Callable             # (draw, region, parameters) -> input vectors
    evaluate: Callable         # (parameters, *inputs as mpf) -> output vectors, None where one does not exist
    # What the self-test differentiates: (output, output it is the derivative of, input), by index.
    derivatives: tuple = ()
    notes: tuple = ()
    count: int = 520
    span: int = 2              # bits of working precision per bit between the largest and the smallest input
    one: bool = True           # whether 1 counts as an input there (formulas that add a constant)


def parameters(spec):
    """`name:a=1,b=none` as {"a": 1, "b": None}; a decimal number is the nearest f64, exactly."""
    words = {"none": None, "true": True, "false": False}
    _, _, rest = spec.partition(":")
    result = {}
    for pair in filter(None, rest.split(",")):
        key, _, text = pair.partition("=")
        try:
            result[key] = words[text] if text in words else float(text)
        except ValueError:
            result[key] = text
    return result


def number(parameters, key, default):
    """A numeric parameter as an exact mpf."""
    return mpf(parameters.get(key, default))


def log_base(parameters, default="e"):
    """ln of the base of the logarithm."""
    base = parameters.get("base", default)
    return mpf(1) if base == "e" else mp.log(mpf(base))


def scalar(vector):
    (value,) = vector
    return value


def exact(vector):
    """Input floats as mpf; integers stay what they are."""
    return [value if isinstance(value, int) else mpf(value) for value in vector]


def working_precision(entry, inputs):
    exponents = [0] if entry.one else []
    for vector in inputs:
        exponents += [libmp.from_float(v)[2] for v in vector if isinstance(v, float) and v]
    return 400 + entry.span * (max(exponents, default=0) - min(exponents, default=0))


def compute(entry, spec, inputs):
    """The outputs, believed when two precisions give the same 130 bits."""

    def at(precision):
        with mp.workprec(precision):
            return entry.evaluate(parameters(spec), *map(exact, inputs))

    precision = working_precision(entry, inputs)
    first = at(precision)
    for _ in range(5):
        second = at(2 * precision)
        with mp.workprec(2 * precision):
            merged = agreement(first, second, precision)
        if merged is not None:
            return merged
        first, precision = second, 2 * precision
    raise ArithmeticError(f"{spec}: no agreement at {precision} bits: {inputs}")


def agreement(first, second, precision):
    """`second`, if `first` (half the precision) confirms it, else None."""
    finite = [abs(v) for vector in second if vector is not None for v in vector if mpmath.isfinite(v)]
    scale = max(finite, default=mpf(1))
    result = []
    for low, high in zip(first, second, strict=True):
        if (low is None) != (high is None):
            return None
        if high is None:
            result.append(None)
            continue
        vector = []
        for a, b in zip(low, high, strict=True):
            if mpmath.isnan(a) or mpmath.isnan(b):
                raise ArithmeticError("not a number")
            if a == b or abs(a - b) <= AGREE * abs(b):
                vector.append(b)
            elif abs(a) < scale * mpf(2) ** (30 - precision) and abs(b) < scale * mpf(2) ** (30 - 2 * precision):
                # It is only rounding at both precisions and shrinks with them: an exact zero.
                vector.append(mpf(0))
            else:
                return None
        result.append(vector)
    return result


def hexadecimal(value):
    """C99 hexadecimal, at most DIGITS digits after the point, trailing zeros left out."""
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float) and value == 0:
        return "-0x0p+0" if str(value)[0] == "-" else "0x0p+0"
    if not isinstance(value, mpf):  # constructing one again would round to the current precision
        value = mpf(value)
    if mpmath.isinf(value):
        return "inf" if value > 0 else "-inf"
    sign, mantissa, exponent, width = libmp.mpf_pos(value._mpf_, BITS, "n")
    if not mantissa:
        return "0x0p+0"
    mantissa, exponent, width = int(mantissa), int(exponent), int(width)
    power = exponent + width - 1
    if abs(power) > FAR:
        mantissa, width, power = 1, 1, FAR if power > 0 else -FAR
    places = -(-(width - 1) // 4)
    fraction = (mantissa - (1 << (width - 1))) << (4 * places - (width - 1))
    digits = f"{fraction:0{places}x}".rstrip("0") if places else ""
    return f"{'-' if sign else ''}0x1{'.' if digits else ''}{digits}p{power:+d}"


def vector_text(vector):
    return "-" if vector is None else " ".join(map(hexadecimal, vector))


def cases(entry, dtype):
    """Yields (spec, region, inputs), each combination once."""
    draw = Draw(f"{entry.table}.{dtype}", dtype)
    seen = set()
    for index in range(entry.count):
        region = REGIONS[index % len(REGIONS)]
        # Whole turns of the regions for every spec in turn, so that each spec meets each region.
        spec = entry.specs[(index // len(REGIONS) + index) % len(entry.specs)]
        for _ in range(50):
            inputs = entry.draw(draw, region, parameters(spec))
            key = (spec, repr(inputs))
            if key not in seen:
                break
        seen.add(key)
        yield spec, region, inputs


def finds(entry, dtype):
    """Yields (spec, inputs) of the finds of the worst-case search, in the order of their file."""
    path = FINDS / f"{entry.table}.{dtype}.txt"
    for line in path.read_text("ascii").splitlines() if path.exists() else ():
        if not line.startswith("#"):
            spec, *vectors = line.split("\t")
            yield spec, [[found(word) for word in vector.split()] for vector in vectors]


def found(word):
    """An input as it is written in a table: a hexadecimal float, or a whole number."""
    return float.fromhex(word) if "0x" in word or "inf" in word else int(word)


def lines(entry, dtype):
    yield f"# {entry.table}, {dtype}. Made by reference/generate.py; do not edit."
    yield f"# inputs: {', '.join(entry.inputs)}"
    yield f"# outputs: {', '.join(entry.outputs)}"
    for note in entry.notes:
        yield f"# {note}"
    drawn = ((spec, inputs) for spec, _, inputs in cases(entry, dtype))
    for spec, inputs in itertools.chain(drawn, finds(entry, dtype)):
        outputs = compute(entry, spec, inputs)
        yield "\t".join([spec, *map(vector_text, inputs), "|", *map(vector_text, outputs)])
