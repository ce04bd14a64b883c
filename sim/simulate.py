"""Simulate: a funnel, what is open today, and a choice of luck go in; an event log comes out."""

from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from sim.errors import SpecError, require
from sim.eventlog import EventLog
from sim.opening import Opening
from sim.spec import FunnelSpec

MOST_SEED = 2**32

COMPILED, REFERENCE = "compiled", "reference"
ENGINES = (COMPILED, REFERENCE)
"""The engines: the event loop in machine code, and the SimPy processes that define what it means."""


class SlowPolicyWarning(UserWarning):
    """A routing policy of the user's own can't be compiled, so the reference engine does the work."""


class Reader(Protocol):
    """What follows a run while it happens, such as `sim.kpis.reduction.Reduction`."""

    def take(self, rows: npt.NDArray[np.void]) -> None:
        """Take the next rows (`sim.eventlog.ROW`); the array is used again afterwards."""


class MakeReader[R: Reader](Protocol):
    """Makes the reader of a run."""

    def __call__(self, frame: EventLog, /) -> R:
        """Return the reader, given what is known before anything happens: the log, without events if need be."""


class Simulator(Protocol):
    """A funnel, an opening and a number of days, ready to be run under any luck, from several threads if need be."""

    def log(self, seed: int, replication: int) -> EventLog:
        """Run one replication and return its log."""

    def feed[R: Reader](self, seed: int, replication: int, make: MakeReader[R]) -> R:
        """Run one replication, let a reader follow it, and return the reader; no log is kept."""


class Plans:
    """Several plans on one opening, ready to be run under the same luck, from several threads if need be."""

    def __init__(self, specs: Sequence[FunnelSpec], opening: Opening, *, days: float, engine: str = COMPILED) -> None:
        """Prepare the plans; parameters and errors as of `simulate`."""
        require(days > 0, f"simulate: days must be above 0, got {days:g}")
        if engine not in ENGINES:
            raise SpecError(f"simulate: no engine {engine!r}; there are {' and '.join(ENGINES)}")
        from sim.engine.compiled.run import prepare  # noqa: PLC0415 - engines are loaded when used
        from sim.engine.reference import Processes  # noqa: PLC0415 - as above

        defined = tuple(Processes(spec, opening, days) for spec in specs)
        self._ready = defined if engine == REFERENCE else prepare(defined)

    def __getitem__(self, place: int) -> Simulator:
        """Return one plan by its place."""
        return self._ready[place]

    def feed[R: Reader](self, seed: int, replication: int, makes: Sequence[MakeReader[R]]) -> Iterator[R]:
        """Run a replication of plan after plan and yield each one's reader, made by one of ``makes``.

        Plans that leave the market as it is meet the same leads, so these are drawn once.
        """
        from sim.engine.compiled.run import feed_all  # noqa: PLC0415 - as above

        return feed_all(self._ready, seed, replication, makes)


def simulator(spec: FunnelSpec, opening: Opening, *, days: float, engine: str = COMPILED) -> Simulator:
    """Prepare a funnel for any number of replications; parameters and errors as of `simulate`."""
    return Plans((spec,), opening, days=days, engine=engine)[0]


def simulate(
    spec: FunnelSpec, opening: Opening, *, days: float, seed: int, replication: int = 0, engine: str = COMPILED
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
        One of `ENGINES`; both write the same log. Where a routing policy is the user's own and can't be compiled,
        ``compiled`` warns (`SlowPolicyWarning`) and leaves the work to ``reference``.

    Returns
    -------
    EventLog
        Every lead's history over [0, ``days``), and before that the opening's.

    Raises
    ------
    SpecError
        If a setting is out of range, or the opening doesn't fit the spec.
    """
    for name, value in (("seed", seed), ("replication", replication)):
        require(
            0 <= value < MOST_SEED, f"simulate: {name} must be a whole number from 0 to {MOST_SEED - 1}, got {value}"
        )
    return simulator(spec, opening, days=days, engine=engine).log(seed, replication)
