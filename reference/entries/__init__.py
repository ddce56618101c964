"""All tables, in the order of the catalogue."""

from entries import heads, penalties, pointwise, rows

ALL = [entry for family in (pointwise, penalties, rows, heads) for entry in family.ENTRIES]
