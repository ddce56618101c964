"""All tables, in the order of the catalogue."""

from entries import distances, divergences, heads, penalties, pointwise, rows, samples, sequences, transport, tuples

FAMILIES = (pointwise, penalties, rows, heads, sequences, tuples, distances, divergences, transport, samples)
ALL = [entry for family in FAMILIES for entry in family.ENTRIES]
# What the self-test runs beside the derivatives.
CHECKS = transport.CHECKS | rows.CHECKS
