"""Simulate: a funnel, what is open today, and a choice of luck go in; an event log comes out."""

import warnings

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
    require(days > 0, f"simulate: days must be above 0, got {days:g}")
    for name, value in (("seed", seed), ("replication", replication)):
        require(
            0 <= value < MOST_SEED, f"simulate: {name} must be a whole number from 0 to {MOST_SEED - 1}, got {value}"
        )
    if engine not in ENGINES:
        raise SpecError(f"simulate: no engine {engine!r}; there are {' and '.join(ENGINES)}")
    if engine == COMPILED:
        from sim.engine.compiled.functions import NotCompiledError  # noqa: PLC0415 - engines are loaded when used
        from sim.engine.compiled.run import PolicyFailedError, Prepared  # noqa: PLC0415 - as above

        try:
            return Prepared(spec, opening, days).log(seed, replication)
        except NotCompiledError as reason:
            warnings.warn(SlowPolicyWarning(told(reason)), stacklevel=2)
        except PolicyFailedError:
            pass  # the reference engine fails at the same place, and says in which line of the policy
    from sim.engine import reference  # noqa: PLC0415 - as above

    return reference.run(spec, opening, days=days, seed=seed, replication=replication)


def told(reason: Exception) -> str:
    """Say why a policy isn't compiled, and what that costs."""
    return f"{reason}; the reference engine does the work, which takes some 40 times as long"
