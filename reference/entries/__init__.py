"""All tables, in the order of the catalogue."""

from entries import pointwise

ALL = pointwise.ENTRIES
