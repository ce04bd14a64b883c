"""The engines that a test of meaning runs on: what holds for one must hold for the other."""

from functools import cache

import pytest

from sim.distributions import Fixed
from sim.errors import SpecError
from sim.simulate import simulate
from tests.theory.measure import START, desk

ENGINES = ("reference", "compiled")


@cache
def refusal(engine: str) -> str | None:
    """Return what `simulate` says of an engine that it hasn't got, or None where it has it."""
    try:
        simulate(desk(1, [1.0], Fixed(1.0)), START, days=1.0, seed=0, engine=engine)
    except SpecError as error:
        if str(error).startswith("simulate: no engine"):
            return str(error)
        raise
    return None


def there(engine: str) -> str:
    """Return the engine's name; skip the test, and say why, where this version hasn't got it."""
    reason = refusal(engine)
    if reason is not None:
        pytest.skip(reason)
    return engine
