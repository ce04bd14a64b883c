"""Simulating one plan after the other, as a search asks for them, with every result kept for a search that goes on.

A search asks for the same plans in the same order whenever it is run, so a measurement is known by its number: those
that are kept are handed out again, and only the rest is simulated.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import batched, count

import numpy as np
import pandas as pd

from scenarios.experiment import Chunk, Experiment, Run
from scenarios.pairing import Floats
from scenarios.run import Runner, Tables
from scenarios.scenario import Scenario
from scenarios.tables import KPIS
from studies.checkpoint import Checkpoint
from studies.executors import Workers, do_each


class Trials:
    """A `scenarios.goal.Measure` that simulates.

    Parameters
    ----------
    experiment
        What is the same for all plans; its replications are the most that any plan meets, and its first funnel is used.
    kpi
        Name of the figure.
    workers
        Who shares the work.
    checkpoint
        Where finished chunks are kept, and found again.
    """

    def __init__(self, experiment: Experiment, kpi: str, workers: Workers, checkpoint: Checkpoint) -> None:
        self._experiment = experiment
        self._kpi = kpi
        self._workers = workers
        self._checkpoint = checkpoint
        self._finished = checkpoint.finished((KPIS,))
        self._numbers: Iterator[int] = count()

    def __call__(self, plan: Scenario, runs: range) -> Floats:
        """Return the figure under a plan in each of some runs, shape (runs,)."""
        experiment = replace(self._experiment, scenarios=(plan,))
        parts = batched((Run(0, number) for number in runs), experiment.chunk_size)
        chunks = [Chunk(next(self._numbers), part) for part in parts]
        rest = [chunk for chunk in chunks if chunk.number not in self._finished]
        do_each(self._workers, Runner(experiment), rest, self._keep)
        kpis = pd.concat([self._finished.pop(chunk.number)[KPIS] for chunk in chunks])
        return kpis.sort_values("replication")[self._kpi].to_numpy(np.float64)

    def _keep(self, chunk: Chunk, tables: Tables) -> None:
        self._checkpoint.keep(chunk, tables)
        self._finished[chunk.number] = tables
