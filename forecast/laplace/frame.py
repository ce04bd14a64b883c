"""Frames: axes on which the unknowns of a design are about independent, so that a sampler walks straight.

Spreads are measured from their best values. Given them, each family of effects is measured from where the counts, and
the families placed before it, say that it should be, along the axes of what the counts tell of it. An axis of which
they tell much is measured by what they tell, an axis of which they tell little by the spread: centred and non-centred
effects (Papaspiliopoulos, Roberts and Sköld 2007, "A general framework for the parametrization of hierarchical models",
Statistical Science 22(1)) are the two ends of it. Axes only say how to walk: no frame can change a posterior.
"""

from dataclasses import dataclass

import numpy as np

from forecast.grouped.grid import Ints
from forecast.laplace.approximation import Search
from forecast.laplace.design import Design
from forecast.laplace.likelihood import Likelihood
from sim.eventlog import Floats


@dataclass(frozen=True, slots=True)
class Frame:
    """How a posterior lies. With independent standard normals y and z it is about as follows.

        log spreads = centre + root · y
        place       = s² · (pull - across · place) + s · z,  s² = 1 / (information + prior precision at these spreads)
        dimensions  = axes · place

    Attributes
    ----------
    centre, root
        Best log spreads, shape (terms,), and a root of their covariance, shape (terms, terms).
    information
        What the counts tell of each axis: a precision, shape (dimensions,).
    pull, across
        Where they pull its place, and how the places on later axes change that, in units of precision: shapes
        (dimensions,) and (dimensions, dimensions), strictly upper triangular.
    axes
        In the design's dimensions: shape (dimensions, dimensions), orthogonal.
    """

    centre: Floats
    root: Floats
    information: Floats
    pull: Floats
    across: Floats
    axes: Floats


def frame(design: Design, likelihood: Likelihood) -> Frame:
    """Return the frame of a design at the best spreads, in the time of a fast fit without its draws."""
    search = Search(design, likelihood, ())
    centre, root = search.centre()
    point, precision = search.at(centre), design.precision(centre)
    information, across, axes = _axes(point.root @ point.root.T - np.diag(precision), precision, design.owner)
    mode = axes.T @ point.mode
    return Frame(centre, root, information, (information + precision) * mode + across @ mode, across, axes)


def _axes(bend: Floats, precision: Floats, owner: Ints) -> tuple[Floats, Floats, Floats]:
    """Return the information of the axes, what one does to another, and the axes, those of a family within it.

    ``bend`` is what the counts tell of the dimensions, shape (dimensions, dimensions), and is used up; ``precision``
    and ``owner`` have the shape (dimensions,).

    The level is placed last, given all families, then the first family given those after it, and so on: what the counts
    tell of the families that remain is what is left of the bend without those that were taken out.
    """
    size = len(owner)
    information, axes, across = np.zeros(size), np.zeros((size, size)), np.zeros((size, size))
    left = np.arange(size)
    for family in np.unique(owner):
        its, left = left[owner[left] == family], left[owner[left] != family]
        own, with_later = bend[np.ix_(its, its)], bend[np.ix_(its, left)]
        values, axes[np.ix_(its, its)] = np.linalg.eigh(own)
        information[its], across[np.ix_(its, left)] = np.maximum(values, 0.0), with_later
        bend[np.ix_(left, left)] -= with_later.T @ np.linalg.solve(own + np.diag(precision[its]), with_later)
    return information, axes.T @ across @ axes, axes
