"""The tornado: one number after the other from low to high, all others as they are, on the same luck.

Each end is a plan by itself, compared run by run with things as they are (`scenarios.pairing`), so its interval is that
of a paired difference. What two numbers do together doesn't show here; `scenarios.sobol` is for that.
"""

from dataclasses import dataclass

import pandas as pd

from scenarios.beliefs import RANGE, Belief
from scenarios.compare import compare
from scenarios.dials import Dial
from scenarios.scenario import AS_IS, Lever, Scenario

LOW, HIGH = "low", "high"


@dataclass(frozen=True, slots=True)
class Swing:
    """A number at both ends of its range: what it is, each end in words with what puts it there, and its basis."""

    name: str
    low: tuple[str, Lever]
    high: tuple[str, Lever]
    basis: str

    @classmethod
    def of_belief(cls, belief: Belief) -> "Swing":
        """Return the swing of what isn't known."""
        times = "" if belief.is_chance else "×"
        low, high = ((f"{times}{belief.value(z):.3g}", belief.lever(z)) for z in (-RANGE, RANGE))
        return cls(belief.name, low, high, belief.basis)

    @classmethod
    def of_dial(cls, dial: Dial) -> "Swing":
        """Return the swing of what is decided, from its first setting to its last."""
        low, high = ((dial.label(setting), dial.lever(setting)) for setting in (dial.settings[0], dial.settings[-1]))
        return cls(dial.name, low, high, "decided")


def plans_of(swings: tuple[Swing, ...]) -> tuple[Scenario, ...]:
    """Return the plans to run: things as they are, and each number at either end."""
    ends = ((f"{swing.name}, {end}", lever) for swing in swings for end, (_, lever) in _ends(swing))
    return (AS_IS, *(Scenario(name, (lever,)) for name, lever in ends))


def tornado(kpis: pd.DataFrame, kpi: str, swings: tuple[Swing, ...], *, confidence: float = 0.95) -> pd.DataFrame:
    """Return how far each number moves a figure.

    Parameters
    ----------
    kpis
        Of the plans of `plans_of`.
    kpi
        Name of the figure.
    swings
        The numbers.
    confidence
        Of each interval by itself.

    Returns
    -------
    pandas.DataFrame
        One row an end, the widest swing first: ``name``, ``end``, ``at`` (in words), ``difference`` to things as they
        are, ``low`` and ``high`` of its interval, ``basis``, ``width`` of the whole swing.
    """
    found = compare(kpis, kpi, AS_IS.name, confidence=confidence).table[["difference", "low", "high"]]
    rows = [
        {"name": swing.name, "end": end, "at": at, **found.loc[f"{swing.name}, {end}"], "basis": swing.basis}
        for swing in swings
        for end, (at, _) in _ends(swing)
    ]
    table = pd.DataFrame(rows)
    by_name = table.groupby("name")["difference"]
    table["width"] = by_name.transform("max").clip(lower=0) - by_name.transform("min").clip(upper=0)
    return table.sort_values("width", ascending=False, kind="stable", ignore_index=True)


def _ends(swing: Swing) -> tuple[tuple[str, tuple[str, Lever]], ...]:
    return (LOW, swing.low), (HIGH, swing.high)
