"""Simulate: a funnel, what is open today, and a choice of luck go in; an event log comes out."""

from sim.errors import SpecError, require
from sim.eventlog import EventLog
from sim.opening import Opening
from sim.spec import FunnelSpec

MOST_SEED = 2**32


def simulate(
    spec: FunnelSpec, opening: Opening, *, days: float, seed: int, replication: int = 0, engine: str = "reference"
) -> EventLog:
    """Simulate a funnel.

    Parameters
    ----------
    spec
        The market and the operation.
    opening
        What is open at the as-of date, which is time 0.
    days
        How long, in days.
    seed, replication
        Which luck: whole numbers below 2³². Equal ones give equal logs; the same seed with another replication is
        independent.
    engine
        ``reference``.

    Returns
    -------
    EventLog
        Every lead's history over [0, ``days``), and before that the opening's.

    Raises
    ------
    SpecError
        If a setting is out of range, or the opening doesn't fit the spec.
    """
    from sim.engine import reference  # noqa: PLC0415 - engines are loaded when used

    require(days > 0, f"simulate: days must be above 0, got {days:g}")
    for name, value in (("seed", seed), ("replication", replication)):
        require(
            0 <= value < MOST_SEED, f"simulate: {name} must be a whole number from 0 to {MOST_SEED - 1}, got {value}"
        )
    if engine != "reference":
        raise SpecError(f"simulate: no engine {engine!r}; there is reference")
    return reference.run(spec, opening, days=days, seed=seed, replication=replication)
