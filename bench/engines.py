"""The engines to measure, and whether this version has them."""

from functools import cache

from bench.peers.in_headrace import START, funnel
from bench.peers.models import Queue
from sim.errors import SpecError
from sim.simulate import simulate

REFERENCE, COMPILED = ENGINES = ("reference", "compiled")


@cache
def refusal(engine: str) -> str | None:
    """Return what `simulate` says of an engine that it hasn't got, or None where it has it."""
    try:
        simulate(funnel(Queue(1.0)), START, days=1.0, seed=0, engine=engine)
    except SpecError as error:
        if str(error).startswith("simulate: no engine"):
            return str(error)
        raise
    return None


def engines_there() -> tuple[str, ...]:
    """Return the engines that this version has."""
    return tuple(engine for engine in ENGINES if refusal(engine) is None)
