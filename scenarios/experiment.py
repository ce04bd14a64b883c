"""An experiment: which plans are tried on which funnels, under which luck, and when it is enough.

Every plan is run on the same funnels (draws of what we believe) and under the same luck (replications), so
differences are taken pair by pair. The work is cut into chunks in an order that is fixed before anything runs, and
whether to go on is decided only when a whole round of chunks is done: how many workers share the work changes nothing
about the answer.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import batched, count, pairwise

from scenarios.precision import Precision
from scenarios.scenario import Scenario
from scenarios.tables import TABLES
from sim.errors import UnknownNameError, require
from sim.opening import Opening
from sim.simulate import COMPILED, MOST_SEED
from sim.spec import FunnelSpec

MOST_DAYS = 36_525
"""How long a run may be, in days."""


@dataclass(frozen=True, slots=True)
class Run:
    """One pair of belief and luck: ``draw`` is the place of the funnel, ``replication`` counts from 0 within it."""

    draw: int
    replication: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of work: some runs, each under every plan, so whatever chunks are done can be compared pair by pair.

    Attributes
    ----------
    number
        Its place in the list of work.
    runs
        What is run.
    plans
        Names of the only plans that are run, where some are out of the contest; empty is all of them.
    """

    number: int
    runs: tuple[Run, ...]
    plans: tuple[str, ...] = ()

    def __str__(self) -> str:
        first, last = self.runs[0], self.runs[-1]
        until = f" to draw {last.draw}, replication {last.replication}" if len(self.runs) > 1 else ""
        return f"chunk {self.number} (draw {first.draw}, replication {first.replication}{until})"


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """What is to be compared, and how thoroughly.

    Attributes
    ----------
    base
        The funnels: one, or one for each posterior draw.
    opening
        What is open at the start, the same for all.
    scenarios
        The plans, the baseline first; names unique.
    days
        How long each run is, in days.
    seed
        Which luck, a whole number below 2³².
    replications
        Runs for each draw; with a precision, those before the first look, and never fewer than
        `scenarios.precision.FEWEST`.
    warm_up
        Days at the start that the figures leave out; 0 where the opening is what is really open.
    chunk_size
        Runs in a chunk: how finely the work is shared out.
    precision
        When to stop before ``precision.most_replications``; None runs ``replications`` and no more.
    tables
        Names out of `scenarios.tables.TABLES`: what is kept of each run beside the headline figures.
    engine
        The engine of `sim.simulate.simulate`.
    """

    base: tuple[FunnelSpec, ...]
    opening: Opening
    scenarios: tuple[Scenario, ...]
    days: float
    seed: int
    replications: int
    warm_up: float = 0.0
    chunk_size: int = 4
    precision: Precision | None = None
    tables: tuple[str, ...] = ()
    engine: str = COMPILED

    def __post_init__(self) -> None:
        """Refuse what can't be run, and plans that don't fit the funnels, before any time is spent."""
        require(len(self.base) > 0, "experiment: base is empty; give one funnel, or one for each draw")
        require(len(self.scenarios) > 0, "experiment: scenarios is empty; give the baseline, then the plans")
        _check_scenario_names(self.scenarios)
        _check_counts(self)
        in_reach = 0 < self.days <= MOST_DAYS
        require(in_reach, f"experiment: days must be above 0 and at most {MOST_DAYS:,}, a century, got {self.days:g}")
        inside = 0 <= self.warm_up < self.days
        require(inside, f"experiment: warm_up must be in [0, {self.days:g}), the run's days, got {self.warm_up:g}")
        for name in self.tables:
            if name not in TABLES:
                raise UnknownNameError("table", name, TABLES, "an experiment")
        for spec in self.base:
            for scenario in self.scenarios:
                scenario.apply(spec)

    @property
    def baseline(self) -> str:
        """Name of the scenario that the others are compared with."""
        return self.scenarios[0].name

    @property
    def most_replications(self) -> int:
        """Replications for each draw beyond which the experiment never goes."""
        return self.precision.most_replications if self.precision else self.replications

    @property
    def rounds(self) -> tuple[tuple[Chunk, ...], ...]:
        """All the work, round by round: after each round the precision is looked at; numbers run through."""
        numbers = count()
        ends = self.precision.ends(self.replications) if self.precision else (self.replications,)
        return tuple(self.cut(range(first, end), numbers) for first, end in pairwise((0, *ends)))

    def under(self, chunk: Chunk) -> tuple[Scenario, ...]:
        """Return the plans under which a chunk is run, in their order."""
        return tuple(plan for plan in self.scenarios if not chunk.plans or plan.name in chunk.plans)

    def number(self, run: Run) -> int:
        """Return the replication number of a run: its own among all draws, the same under every plan."""
        return run.draw * self.most_replications + run.replication

    def cut(self, replications: range, numbers: Iterator[int], plans: tuple[str, ...] = ()) -> tuple[Chunk, ...]:
        """Cut some replications of every draw into chunks, numbered on."""
        runs = (Run(draw, replication) for draw in range(len(self.base)) for replication in replications)
        return tuple(Chunk(next(numbers), part, plans) for part in batched(runs, self.chunk_size))


def _check_scenario_names(scenarios: tuple[Scenario, ...]) -> None:
    names = [scenario.name for scenario in scenarios]
    for name in names:
        require(names.count(name) == 1, f"experiment: scenario {name!r} appears twice; give one of them another name")


def _check_counts(experiment: Experiment) -> None:
    for name in ("replications", "chunk_size"):
        value = getattr(experiment, name)
        require(value >= 1, f"experiment: {name} must be 1 or more, got {value}")
    if experiment.precision is not None:
        experiment.precision.check_start(experiment.replications)
    most = len(experiment.base) * experiment.most_replications
    what = f"{len(experiment.base)} draws × {experiment.most_replications} replications"
    require(most <= MOST_SEED, f"experiment: {what} are more than the {MOST_SEED} that a seed has; ask for fewer")
    seed = experiment.seed
    require(0 <= seed < MOST_SEED, f"experiment: seed must be a whole number from 0 to {MOST_SEED - 1}, got {seed}")
