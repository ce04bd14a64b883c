"""Grouped counts: all that the models need of a history, as few numbers as they can be.

A hundred thousand deals and a thousand make tables of the same size, so a fit costs the same.
"""

from forecast.grouped.grid import Grid, choose_grid
from forecast.grouped.history import Grouped, group

__all__ = ["Grid", "Grouped", "choose_grid", "group"]
