"""Stands for the part of ``scipy.spatial`` that measures distances."""

from . import distance

__all__ = ["distance"]
