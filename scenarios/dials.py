"""Dials: what may be set, how far, and which lever each setting pulls.

A headcount from −1 to +4, a channel's leads from ×0.8 to ×1.5, one routing policy out of three. Numbers that could be
set anywhere are set in small steps, so a plan can be read aloud and the same plan isn't tried twice.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import prod

from scenarios.scenario import AS_IS, Lever, Scenario
from sim.errors import require

type Setting = float | str
"""What a dial is set to: a number, or the name of a choice."""

type Point = tuple[int, ...]
"""A place in the space of all plans: for each dial the position of its setting."""

_MOST = 10_000
"""Settings beyond which a dial's step is a slip of the key."""


@dataclass(frozen=True, slots=True)
class Scale:
    """What a search may choose from in one direction.

    Attributes
    ----------
    name
        What is set, such as ``headcount closers``; unique in a search.
    settings
        All it may be set to; numbers in rising order.
    """

    name: str
    settings: tuple[Setting, ...]

    @property
    def ordered(self) -> bool:
        """Whether the settings are numbers, from the lowest to the highest."""
        return not isinstance(self.settings[0], str)


@dataclass(frozen=True, slots=True)
class Dial(Scale):
    """One thing that may be set, with the lever that does it.

    Attributes
    ----------
    as_is
        The setting that changes nothing; it need not be among the settings.
    lever
        From a setting to the lever that it pulls.
    label
        From a setting to its words in a plan's name.
    """

    as_is: Setting
    lever: Callable[[Setting], Lever]
    label: Callable[[Setting], str]

    def __post_init__(self) -> None:
        """Refuse a dial that can't be turned."""
        count = len(self.settings)
        require(count > 1, f"dial {self.name!r}: needs two settings or more, got {count}; widen it or leave it out")


def steps(name: str, low: float, high: float, step: float) -> tuple[float, ...]:
    """Return the numbers from ``low`` to ``high``; ``name`` is the dial's, for messages.

    Raises
    ------
    SpecError
        If the range is empty or the steps are too many.
    """
    got = f"{low:g}..{high:g} by {step:g}"
    require(step > 0 and low < high, f"dial {name!r}: needs a range such as 0.8..1.5, got {got}")
    count = (high - low) / step + 1e-9
    require(count < _MOST, f"dial {name!r}: {got} are over {_MOST:,} settings; widen the step")
    return tuple(round(low + place * step, 9) for place in range(int(count) + 1))


def plan_at(dials: tuple[Dial, ...], point: Point) -> Scenario:
    """Return the plan in which each dial stands at its place; dials at ``as is`` pull no lever."""
    set_to = [(dial, dial.settings[place]) for dial, place in zip(dials, point, strict=True)]
    turned = [(dial, setting) for dial, setting in set_to if setting != dial.as_is]
    name = ", ".join(dial.label(setting) for dial, setting in turned) or AS_IS.name
    return Scenario(name, tuple(dial.lever(setting) for dial, setting in turned))


def size(dials: Iterable[Dial]) -> int:
    """Return how many plans there are."""
    return prod(len(dial.settings) for dial in dials)


def at_their_limit(dials: tuple[Dial, ...], point: Point) -> tuple[str, ...]:
    """Name the dials that stand at the end of their range, with the setting there."""
    return tuple(
        f"{dial.name} at {dial.settings[place]:g}"
        for dial, place in zip(dials, point, strict=True)
        if dial.ordered and place in {0, len(dial.settings) - 1}
    )


def check_dials(dials: tuple[Dial, ...]) -> None:
    """Refuse a search without dials, and two dials that set the same thing."""
    require(len(dials) > 0, "no dial to turn; give one or more, such as 'headcount closers -1..4'")
    names = [dial.name for dial in dials]
    for name in names:
        require(names.count(name) == 1, f"dial {name!r} is given twice; give it once")
