"""Running an experiment: its rounds in order, each round's chunks shared out among workers, until it is precise enough.

The results are the same to the last byte for any number of workers.
"""

from functools import partial

from scenarios.experiment import Experiment
from scenarios.run import Results, Tables, merge, run_chunk
from sim.errors import HeadraceError
from studies.executors import Progress, StoppedError, executor


class UnfinishedError(HeadraceError, RuntimeError):
    """The experiment was interrupted; ``results`` holds the runs that were finished, each under every plan, or None."""

    def __init__(self, message: str, results: Results | None) -> None:
        super().__init__(message)
        self.results = results


def run_experiment(experiment: Experiment, *, workers: int = 1, progress: Progress | None = None) -> Results:
    """Run an experiment.

    Parameters
    ----------
    experiment
        What is asked.
    workers
        Processes that share the work; with 1 it is done in this one.
    progress
        Told after each chunk how many are done, and of how many in the rounds begun so far; more rounds may come.

    Raises
    ------
    UnfinishedError
        On Ctrl-C; it carries the results so far.
    WorkError
        If a chunk fails.
    """
    parts: list[Tables] = []
    with executor(partial(run_chunk, experiment), workers) as pool:
        for chunks in experiment.rounds:
            try:
                parts += pool.run(chunks, _after(len(parts), progress))
            except StoppedError as stop:
                raise _unfinished(experiment, [*parts, *stop.finished.values()]) from None
            results = merge(experiment, parts)
            if results.precise:
                break
    return results


def _after(before: int, progress: Progress | None) -> Progress | None:
    """Count a round's chunks on from those of the rounds before."""
    if progress is None:
        return None
    return lambda done, total: progress(before + done, before + total)


def _unfinished(experiment: Experiment, parts: list[Tables]) -> UnfinishedError:
    if not parts:
        return UnfinishedError("stopped before the first chunk was finished; there are no results", None)
    results = merge(experiment, parts)
    runs = len(results.kpis) // len(experiment.scenarios)
    return UnfinishedError(f"stopped after {runs} runs of every scenario; these are kept", results)
