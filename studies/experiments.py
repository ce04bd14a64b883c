"""Running an experiment: its rounds in order, each round's chunks shared out, until it is precise enough.

The results are the same to the last byte whoever shares the work, and however often it was interrupted.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pandas as pd

from scenarios.experiment import Chunk, Experiment
from scenarios.run import Results, Runner, Tables, merge
from scenarios.tables import KPIS
from sim.errors import HeadraceError
from studies.checkpoint import Checkpoint
from studies.executors import ALONE, Progress, Sharing, Workers, do_each
from studies.played import Played, unplayed

type Watch = Callable[[Results], None]
"""Told what is known so far, after one chunk and then each time that half as many again are finished."""


class UnfinishedError(HeadraceError, RuntimeError):
    """The experiment was interrupted; ``results`` holds the runs that were finished, each under every plan, or None."""

    def __init__(self, message: str, results: Results | None) -> None:
        super().__init__(message)
        self.results = results


def run_experiment(
    experiment: Experiment,
    *,
    sharing: Sharing = ALONE,
    checkpoint: Checkpoint | None = None,
    progress: Progress | None = None,
    watch: Watch | None = None,
    played: Played | None = None,
) -> Results:
    """Run an experiment.

    Parameters
    ----------
    experiment
        What is asked.
    sharing
        Who shares the work.
    checkpoint
        Where finished chunks are kept as they come; those that are there already aren't done again.
    progress
        Told after each chunk how many are done, and of how many in the rounds begun so far; more rounds may come.
    watch
        Told the results so far while more are on their way.
    played
        What experiments that differ in their plans alone have played before; it isn't played again, and what is played
        now is added.

    Raises
    ------
    UnfinishedError
        On Ctrl-C; it carries the results so far.
    WorkError
        If a chunk fails.
    """
    finished = Finished(experiment, checkpoint, progress, watch, played)
    try:
        with sharing.open(experiment.engine) as workers:
            return _in_rounds(experiment, finished, workers)
    except KeyboardInterrupt:
        raise _unfinished(experiment, finished) from None


class Finished:
    """The chunks of an experiment that are finished, kept as they come."""

    def __init__(
        self,
        experiment: Experiment,
        checkpoint: Checkpoint | None,
        progress: Progress | None,
        watch: Watch | None = None,
        played: Played | None = None,
    ) -> None:
        self._experiment = experiment
        self._runner = Runner(experiment)
        self._checkpoint = checkpoint
        self._progress = progress
        self._watch = watch
        self._played = played
        self._recalled: dict[int, list[Tables]] = {}
        self._next_look = 1  # chunks after which there is enough new to show
        self._tables: dict[int, Tables] = {}
        if checkpoint:
            self._tables = checkpoint.finished((KPIS, *experiment.tables))
        self._begun = 0

    def do(self, chunks: Sequence[Chunk], workers: Workers) -> None:
        """Do those of some chunks that aren't finished yet."""
        self._begun += len(chunks)
        rest = [chunk for chunk in chunks if chunk.number not in self._tables]
        if self._played:
            rest = [part for chunk in rest if (part := self._unplayed(self._played, chunk)) is not None]
        do_each(workers, self._runner, rest, self._keep)

    def tables(self, chunks: Sequence[Chunk] | None = None) -> list[Tables]:
        """Return the tables of some chunks, or of all that are finished, in their order."""
        numbers = sorted(self._tables) if chunks is None else [chunk.number for chunk in chunks]
        return [self._tables[number] for number in numbers]

    def _unplayed(self, played: Played, chunk: Chunk) -> Chunk | None:
        """Return what of a chunk is left to be run, None if nothing is."""
        rest, recalled = unplayed(played, self._experiment, chunk)
        self._recalled[chunk.number] = recalled
        if rest:
            return replace(chunk, plans=tuple(plan.name for plan in rest))
        self._keep(replace(chunk, plans=()), {})
        return None

    def _keep(self, chunk: Chunk, tables: Tables) -> None:
        if self._played and tables:
            self._played.remember(self._experiment.under(chunk), chunk, tables)
        if recalled := self._recalled.pop(chunk.number, []):
            tables = _joined([*recalled, tables] if tables else recalled)
        if self._checkpoint:
            self._checkpoint.keep(chunk, tables)
        self._tables[chunk.number] = tables
        if self._progress:
            self._progress(len(self._tables), self._begun)
        if self._watch and len(self._tables) >= self._next_look:
            self._next_look = len(self._tables) + max(1, len(self._tables) // 2)
            self._watch(merge(self._experiment, self.tables()))


def _joined(parts: Sequence[Tables]) -> Tables:
    return {name: pd.concat([part[name] for part in parts], ignore_index=True) for name in parts[0]}


def _in_rounds(experiment: Experiment, finished: Finished, workers: Workers) -> Results:
    for chunks in experiment.rounds:
        finished.do(chunks, workers)
        results = merge(experiment, finished.tables())
        if results.precise:
            break
    return results


def _unfinished(experiment: Experiment, finished: Finished) -> UnfinishedError:
    """Return what to raise when the work was interrupted."""
    tables = finished.tables()
    if not tables:
        return UnfinishedError("stopped before the first chunk was finished; there are no results", None)
    results = merge(experiment, tables)
    runs = len(results.kpis) // len(experiment.scenarios)
    return UnfinishedError(f"stopped after {runs} runs of every scenario; these are kept", results)
