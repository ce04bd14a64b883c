"""When deals that wait for something get it: what the dynamic programme of a plan decides."""

from dataclasses import dataclass

import numpy as np

from scenarios.bound.crews import Flags
from scenarios.bound.timing import Floats, Whole, best_from_now


@dataclass(frozen=True, slots=True)
class Choice:
    """When deals that wait for something get it, or never do.

    ``begin`` flags the slots (or cells) in which those who have waited get it, ``value`` is what waiting for it is
    worth; both of shape (nodes, slots).
    """

    begin: Flags
    value: Floats

    @classmethod
    def of(cls, worth: Floats) -> "Choice":
        """Choose the best slot from each on, given what it is worth in each; what is worth nothing never happens."""
        best = best_from_now(np.maximum(worth, 0.0))
        return cls((worth >= best) & (worth > 0), best)

    def begun(self, come: Floats) -> Floats:
        """Return how many get it in each slot if so many begin to wait for it: both (nodes, slots)."""
        total = np.cumsum(come, axis=1)
        served = np.maximum.accumulate(np.where(self.begin, total, 0.0), axis=1)
        return np.where(self.begin, np.diff(served, axis=1, prepend=0.0), 0.0)


@dataclass(frozen=True, slots=True)
class FirstTouch:
    """First touches at a stage: when, and by whom.

    ``choice`` says when, ``crews`` are the places within the team of those who may, ``chance`` their chances that the
    deal advances, shape (crews, nodes, 1), and ``worth`` what each slot is worth with each: (crews, nodes, slots).
    """

    choice: Choice
    crews: Whole
    chance: Floats
    worth: Floats


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What comes after the first touch, for deals that will advance.

    Attributes
    ----------
    leaves
        What a deal is worth that has its last answer in each cell: shape (nodes, cells).
    ends
        When the 1st, 2nd, … touch ends that is begun in each slot. Touches take some time, and what a buyer's answer is
        worth depends on the hour, for the next team may be asleep: the best end from the beginning on counts.
    begins
        When those begin the 2nd, 3rd, … touch who want it.
    """

    leaves: Floats
    ends: tuple[Choice, ...]
    begins: tuple[Choice, ...]


def settled(deals: Floats, values: Floats) -> Floats:
    """Return deals where those of each cell find the best value from there on: both (nodes, cells)."""
    return Choice.of(values).begun(deals)
