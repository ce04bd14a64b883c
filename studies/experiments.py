"""Running an experiment: its rounds in order, each round's chunks shared out, until it is precise enough.

The results are the same to the last byte whoever shares the work, and however often it was interrupted.
"""

from scenarios.experiment import Chunk, Experiment
from scenarios.run import Results, Runner, Tables, merge
from scenarios.tables import KPIS
from sim.errors import HeadraceError
from studies.checkpoint import Checkpoint
from studies.executors import ALONE, Progress, Sharing, Workers, do_each


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

    Raises
    ------
    UnfinishedError
        On Ctrl-C; it carries the results so far.
    WorkError
        If a chunk fails.
    """
    work = _Work(experiment, checkpoint, progress)
    try:
        with sharing.open(experiment.engine) as workers:
            return work.done_by(workers)
    except KeyboardInterrupt:
        raise work.unfinished() from None


class _Work:
    """What is finished of an experiment."""

    def __init__(self, experiment: Experiment, checkpoint: Checkpoint | None, progress: Progress | None) -> None:
        self._experiment = experiment
        self._runner = Runner(experiment)
        self._checkpoint = checkpoint
        self._progress = progress
        self._finished: dict[int, Tables] = {}
        if checkpoint:
            self._finished = checkpoint.finished((KPIS, *experiment.tables))
        self._begun = 0  # chunks in the rounds so far

    def done_by(self, workers: Workers) -> Results:
        """Do what isn't finished yet."""
        for chunks in self._experiment.rounds:
            self._begun += len(chunks)
            rest = [chunk for chunk in chunks if chunk.number not in self._finished]
            do_each(workers, self._runner, rest, self._keep)
            results = self._results()
            if results.precise:
                break
        return results

    def unfinished(self) -> UnfinishedError:
        """Return what to raise when the work was interrupted."""
        if not self._finished:
            return UnfinishedError("stopped before the first chunk was finished; there are no results", None)
        results = self._results()
        runs = len(results.kpis) // len(self._experiment.scenarios)
        return UnfinishedError(f"stopped after {runs} runs of every scenario; these are kept", results)

    def _keep(self, chunk: Chunk, tables: Tables) -> None:
        if self._checkpoint:
            self._checkpoint.keep(chunk, tables)
        self._finished[chunk.number] = tables
        if self._progress:
            self._progress(len(self._finished), self._begun)

    def _results(self) -> Results:
        return merge(self._experiment, [self._finished[number] for number in sorted(self._finished)])
