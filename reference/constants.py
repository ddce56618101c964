"""Prints crates/discrepancy/src/number/constants.rs: 1/n! and the rest of ln 2, from 400 bits."""

import struct

from mpmath import mp, mpf

mp.prec = 400


def bits(x: float) -> int:
    return struct.unpack("<Q", struct.pack("<d", x))[0]


ln2 = mp.log(2)
# The first part has 21 trailing zero bits, so that a small integer times it is exact.
high = struct.unpack("<d", struct.pack("<Q", bits(float(ln2)) & ~((1 << 21) - 1)))[0]
middle = float(ln2 - mpf(high))
low = float(ln2 - mpf(high) - mpf(middle))

print("//! Constants from arbitrary precision, made by `reference/constants.py`.\n")
print("/// The rest of ln 2 behind its first two parts.")
print("pub(super) const LN2_REST: f64 = f64::from_bits(0x%016X);" % bits(low))
print("/// 1/n! as high and low part.")
print("pub(super) const INVERSE_FACTORIAL: [[f64; 2]; 24] = [")
for n in range(24):
    value = 1 / mp.factorial(n)
    upper = float(value)
    lower = float(value - mpf(upper))
    print("    [f64::from_bits(0x%016X), f64::from_bits(0x%016X)]," % (bits(upper), bits(lower)))
print("];")

mp.prec = 600
fixed = int(mp.floor(mp.log(2) * mpf(2) ** 256))
print("/// ln 2 as 256 bits behind the binary point, least limb first.")
print("pub(super) const LN2_LIMBS: [u64; 4] = [")
for limb in range(4):
    print("    0x%016X," % ((fixed >> (64 * limb)) & (2**64 - 1)))
print("];")
