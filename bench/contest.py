"""Implementations in turns, several rounds, the median of each: ratios that a busy machine changes least."""

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import mean, median, stdev

from bench.peers import in_cimba, in_ciw, in_cpp, in_headrace, in_salabim, in_simpy
from bench.peers.models import Done, Model, Queue, Tandem
from sim.simulate import ENGINES, REFERENCE

SIZE = float(os.environ.get("HEADRACE_BENCH_SIZE", "1"))
"""Factor on the number of customers in every run."""
ROUNDS = int(os.environ.get("HEADRACE_BENCH_ROUNDS", "3"))
LIMIT = "C++, 4-ary heap"
COUNTS = ("arrivals", "starts", "ends", "renegings", "wait")


@dataclass(frozen=True)
class Entrant:
    """An implementation and a model whose size suits its speed; ``play`` is told a seed."""

    name: str
    model: Model
    play: Callable[[int], Done]


@dataclass(frozen=True)
class Result:
    """What an entrant did in every round."""

    entrant: Entrant
    rounds: tuple[Done, ...]

    @property
    def rate(self) -> float:
        """Events a CPU second, the median of the rounds."""
        return median(done.rate for done in self.rounds)


def entrants(kind: type[Queue] | type[Tandem]) -> list[Entrant]:
    """Return everybody who simulates one of the two models, each with as many leads as its speed allows."""
    sizes = (100_000, 100_000, 4_000, 1_500) if kind is Queue else (100_000, 50_000, 10_000, 4_000)
    big, middle, small, least = (kind(SIZE * leads) for leads in sizes)
    return [
        Entrant(LIMIT, big, partial(in_cpp.simulate, big)),
        Entrant("C++, std::priority_queue", big, partial(in_cpp.simulate, big, future="std")),
        _fitted(big),
        Entrant("cimba, a process for each lead", middle, partial(in_cimba.simulate_leads, middle)),
        Entrant("SimPy", small, partial(in_simpy.simulate, small)),
        Entrant("Ciw", small, partial(in_ciw.simulate, small)),
        Entrant("salabim", least, partial(in_salabim.simulate, least)),
        *(_headrace(engine, least if engine == REFERENCE else big) for engine in ENGINES),
    ]


def _fitted(model: Model) -> Entrant:
    """Return the entrant that uses what is special about a model: nobody leaves, or all wait equally long."""
    if isinstance(model, Queue):
        return Entrant("cimba, a process for each server", model, partial(in_cimba.simulate_servers, model))
    name = "C++, 4-ary heap and a lane for the patience"
    return Entrant(name, model, partial(in_cpp.simulate, model, future="lanes"))


def _headrace(engine: str, model: Model) -> Entrant:
    return Entrant(f"Headrace, {engine} engine", model, partial(in_headrace.simulate, model, engine=engine))


def play(everybody: Sequence[Entrant], rounds: int = ROUNDS) -> list[Result]:
    """Let all play in turns, after one turn that isn't counted: it compiles and fills caches."""
    for entrant in everybody:
        entrant.play(0)
    turns = [[entrant.play(seed) for entrant in everybody] for seed in range(1, rounds + 1)]
    return [Result(entrant, done) for entrant, done in zip(everybody, zip(*turns, strict=True), strict=True)]


def surprises(result: Result, runs: int = 40) -> list[str]:
    """Say which counts can't be luck: further than five standard deviations from what C++ finds with as many leads.

    A run of few leads varies much, so C++ is run often enough at the same size to tell by how much.
    """
    usual = [done for done, _ in in_cpp.replicate(result.entrant.model, 1000, runs)]
    found = []
    for name in COUNTS:
        values = [getattr(done, name) for done in usual]
        found += _outliers(result, name, mean(values), stdev(values))
    return found


def _outliers(result: Result, name: str, expected: float, deviation: float) -> Iterable[str]:
    for done in result.rounds:
        value = getattr(done, name)
        if abs(value - expected) > 5 * deviation:
            yield f"{result.entrant.name}: {value:g} {name}, where {expected:.5g} ± {deviation:.3g} is usual"


def table(results: Sequence[Result]) -> str:
    """Return the results as a table in Markdown; the last column is how often the limit's rate is the entrant's."""
    limit = next(result.rate for result in results if result.entrant.name == LIMIT)
    lines = ["| | leads | events/s | × C++ |", "|---|--:|--:|--:|"]
    for result in sorted(results, key=lambda each: -each.rate):
        leads, rate = result.entrant.model.customers, result.rate
        lines.append(f"| {result.entrant.name} | {leads:,.0f} | {_short(rate)} | {_ratio(limit / rate)} |")
    return "\n".join(lines)


def _short(rate: float) -> str:
    return f"{rate / 1e6:.2f} M" if rate >= 1e6 else f"{rate / 1e3:.1f} k"


def _ratio(ratio: float) -> str:
    return f"{ratio:.2f}" if ratio < 10 else f"{ratio:,.0f}"
