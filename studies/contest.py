"""A contest: plans are simulated until a selection procedure says which is best, and those that are out no longer.

The procedure asks for replications of plans, and its questions are answered round by round with chunks that are cut,
numbered, shared out and kept like those of any experiment. What it asks next depends on the answers alone, so the
choice is the same to the last byte whoever shares the work, and a contest that was stopped goes on where it was.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count, groupby

import pandas as pd

from scenarios.compare import HIGHER_IS_BETTER
from scenarios.experiment import Chunk, Experiment
from scenarios.pairing import Floats
from scenarios.run import rows_of
from scenarios.selection import Chosen, Rule
from scenarios.selection.source import Ask
from scenarios.tables import KPIS
from sim.errors import DataError, UnknownNameError, require
from studies.checkpoint import Checkpoint
from studies.executors import ALONE, Progress, Sharing, Workers
from studies.experiments import Finished, UnfinishedError


@dataclass(frozen=True)
class Contest:
    """What came of it: the choice, with plans by their place in the experiment, and one row a run under a plan."""

    chosen: Chosen
    kpis: pd.DataFrame


def select_best(
    experiment: Experiment,
    rule: Rule,
    kpi: str,
    *,
    sharing: Sharing = ALONE,
    checkpoint: Checkpoint | None = None,
    progress: Progress | None = None,
) -> Contest:
    """Choose the best plan of an experiment by one figure.

    Parameters
    ----------
    experiment
        The plans; its ``replications`` are the most that any plan can get, its precision isn't looked at. With several
        draws a replication is the mean over all of them.
    rule
        The procedure; ``rule.most`` are to be at most ``experiment.replications``.
    kpi
        A figure that knows in which direction good lies (`scenarios.compare.HIGHER_IS_BETTER`).
    sharing, checkpoint, progress
        As for `studies.experiments.run_experiment`.

    Raises
    ------
    UnknownNameError
        If a figure is neither good nor bad.
    DataError
        If a run doesn't know the figure.
    UnfinishedError
        On Ctrl-C; the finished chunks are in the checkpoint.
    WorkError
        If a chunk fails.
    """
    if kpi not in HIGHER_IS_BETTER:
        raise UnknownNameError("figure", kpi, HIGHER_IS_BETTER, "a selection, which must know which way is better,")
    most = experiment.most_replications
    require(rule.most <= most, f"selection: {rule.most} runs of a plan are more than the experiment's {most}")
    finished = Finished(experiment, checkpoint, progress)
    try:
        with sharing.open(experiment.engine) as workers:
            source = _Simulated(experiment, kpi, finished, workers)
            chosen = rule.choose(source, len(experiment.scenarios), larger=HIGHER_IS_BETTER[kpi])
    except KeyboardInterrupt:
        raise UnfinishedError("stopped before the best plan was found", None) from None
    return Contest(chosen, rows_of(experiment, finished.tables(), KPIS))


class _Simulated:
    """A source of values that simulates what it is asked for."""

    def __init__(self, experiment: Experiment, kpi: str, finished: Finished, workers: Workers) -> None:
        self._experiment = experiment
        self._kpi = kpi
        self._finished = finished
        self._workers = workers
        self._numbers = count()

    def __call__(self, ask: Ask) -> Mapping[int, Floats]:
        """Return each plan's figure, replication by replication, averaged over the draws."""
        chunks = self._chunks(ask)
        self._finished.do(chunks, self._workers)
        rows = rows_of(self._experiment, self._finished.tables(chunks), KPIS)
        if rows[self._kpi].isna().any():
            unknown = rows.loc[rows[self._kpi].isna(), "replication"].iloc[0]
            fix = "choose by a figure that every run has, such as bookings"
            raise DataError(f"{self._kpi} isn't known in replication {unknown}, where nothing was won; {fix}")
        means = rows.groupby(["scenario", "replication"])[self._kpi].mean()
        plans = self._experiment.scenarios
        return {place: means.loc[plans[place].name].loc[list(wanted)].to_numpy() for place, wanted in ask.items()}

    def _chunks(self, ask: Ask) -> list[Chunk]:
        """Cut the work: plans that want the same replications are run side by side."""
        wanted = sorted(ask, key=lambda place: (ask[place].start, ask[place].stop, place))
        chunks: list[Chunk] = []
        for replications, places in groupby(wanted, key=ask.__getitem__):
            names = tuple(self._experiment.scenarios[place].name for place in places)
            chunks += self._experiment.cut(replications, self._numbers, names)
        return chunks
