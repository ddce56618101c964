"""Seeded random inputs: exact floats of a storage type, from the regions that break naive formulas.

Everything is made from integers, `random()` and powers of two, never from the platform's
transcendental functions, so the same seed gives the same inputs on every machine.
"""

import math
import random
import struct

# Twenty cases in turn: 40 % ordinary, 25 % cancellation, 20 % edges, 15 % moderate.
REGIONS = (["ordinary", "cancel", "ordinary", "edge", "moderate"] * 3
           + ["ordinary", "cancel", "ordinary", "edge", "cancel"])


class Draw:
    """Random numbers of one storage type."""

    def __init__(self, seed, dtype):
        self.random = random.Random(seed)
        self.dtype = dtype
        self.bits = {"f32": 24, "f64": 53}[dtype]           # of the significand
        self.smallest = {"f32": -149, "f64": -1074}[dtype]  # exponent of the least subnormal
        self.normal = {"f32": -126, "f64": -1022}[dtype]
        # About 1e±30 and 1e±250: squares of the large ones overflow, which is meant.
        self.wide = {"f32": 100, "f64": 830}[dtype]

    # Floats of the type.

    def round(self, x):
        if self.dtype == "f64":
            return float(x)
        return struct.unpack("<f", struct.pack("<f", x))[0]

    def step(self, x, count=1):
        """The float `count` places above x (below, if negative)."""
        for _ in range(abs(count)):
            if self.dtype == "f64":
                x = math.nextafter(x, math.copysign(math.inf, count))
                continue
            pattern = struct.unpack("<i", struct.pack("<f", x))[0]
            ordered = pattern if pattern >= 0 else -(pattern & 0x7FFFFFFF)
            ordered += 1 if count > 0 else -1
            pattern = ordered if ordered >= 0 else -ordered | 0x80000000
            x = struct.unpack("<f", struct.pack("<I", pattern & 0xFFFFFFFF))[0]
        return x

    # Choices.

    def coin(self, probability=0.5):
        return self.random.random() < probability

    def integer(self, low, high):
        """An integer from low to high, both included."""
        return low + int(self.random.random() * (high - low + 1))

    def pick(self, values):
        return values[self.integer(0, len(values) - 1)]

    def sign(self):
        return -1.0 if self.coin() else 1.0

    # Distributions.

    def unit(self):
        """Between 0 and 1, full significand."""
        return self.round(self.random.random())

    def uniform(self, low, high):
        return self.round(low + (high - low) * self.random.random())

    def positive(self, low, high):
        """Log-uniform between 2^low and 2^(high + 1)."""
        return self.round(math.ldexp(1 + self.random.random(), self.integer(low, high)))

    def ordinary(self, low=-8, high=6):
        return self.sign() * self.positive(low, high)

    def near(self, x):
        """x, changed in its last bits or by up to a thousandth."""
        if x == 0 or self.coin(0.4):
            return self.step(x, self.pick([-4, -3, -2, -1, 1, 2, 3, 4]))
        change = math.ldexp(1 + self.random.random(), -self.integer(11, self.bits - 1))
        return self.round(x * (1 + self.sign() * change))

    def edge(self):
        """Signed zeros, subnormals, neighbours of round numbers, very large and very small."""
        kind = self.integer(0, 9)
        if kind == 0:
            return self.pick([0.0, -0.0])
        if kind == 1:
            return self.sign() * math.ldexp(self.integer(1, 2 ** 20), self.smallest)
        if kind == 2:
            return self.sign() * self.pick([math.ldexp(1, self.smallest), math.ldexp(1, self.normal)])
        if kind <= 4:
            return self.sign() * self.positive(-self.wide, -self.bits)
        if kind <= 6:
            return self.sign() * self.positive(self.bits, self.wide)
        return self.sign() * self.step(self.pick([0.5, 1.0, 2.0, 4.0]), self.integer(-2, 2))

    # Probabilities.

    def probability(self, region):
        """One number of [0, 1]."""
        if region == "moderate":
            return self.unit()
        small = self.positive(-20, -1)
        if region == "ordinary":
            return small if self.coin() else self.round(1 - small)
        if region == "cancel":
            return self.step(1.0, -self.integer(1, 8)) if self.coin() else self.round(1 - self.positive(-self.bits, -8))
        return self.pick([0.0, 1.0, self.step(0.0, self.integer(1, 9)), self.step(1.0, -1),
                          self.step(0.5, self.integer(-1, 1)), self.positive(-self.wide, -self.bits)])

    def length(self, low=1):
        """Mostly short, now and then 16."""
        if self.coin(0.01):
            return 16
        return max(low, self.pick([1, 1, 2, 2, 2, 3, 3, 3, 4, 5, 6]))

    def dyadic(self, length, zeros=False):
        """Weights that are multiples of 1/64 and sum to 1 exactly."""
        counts = [0 if zeros else 1] * length
        for _ in range(64 - sum(counts)):
            counts[self.integer(0, length - 1)] += 1
        if zeros and length > 1 and self.coin(0.3):
            counts = [0] * length
            counts[self.integer(0, length - 1)] = 64
        return [count / 64 for count in counts]

    def normalised(self, values):
        """The values over their sum, each rounded: the row sums to 1 up to rounding."""
        total = math.fsum(values)
        return [self.round(value / total) for value in values]
