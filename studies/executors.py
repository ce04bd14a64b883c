"""Doing many pieces of work one after the other, or several at a time in processes of their own.

The piece of work decides the answer, never who does it or when: results come back in the order of the items. Processes
are spawned, on every system, so a task and its items must be values that can be pickled, and a script that asks for
several workers must do so under ``if __name__ == "__main__"``. The task is sent once a process, not once an item.
"""

import pickle
import signal
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from types import TracebackType
from typing import Any, Self

from sim.errors import HeadraceError, SpecError, require

type Progress = Callable[[int, int], None]
"""Told after each item how many are done, and of how many."""


class StoppedError(HeadraceError, RuntimeError):
    """The work was interrupted (Ctrl-C); ``finished`` holds what was done until then, by the place of its item."""

    def __init__(self, finished: Mapping[int, Any], total: int) -> None:
        super().__init__(f"stopped after {len(finished)} of {total} pieces of work; what was finished is kept")
        self.finished = dict(sorted(finished.items()))


class WorkError(HeadraceError, RuntimeError):
    """A piece of work failed; the message says which one, and why."""


class Executor[Item, Result](ABC):
    """Does one task on many items; a context manager that keeps its workers from one call of `run` to the next."""

    def __init__(self, task: Callable[[Item], Result]) -> None:
        self._task = task

    def run(self, items: Sequence[Item], progress: Progress | None = None) -> list[Result]:
        """Do the task on every item.

        Returns
        -------
        list
            The results, in the order of the items.

        Raises
        ------
        StoppedError
            On Ctrl-C; it carries what was finished.
        WorkError
            If an item fails; the others are given up.
        """
        finished: dict[int, Result] = {}
        try:
            self._fill(finished, items, progress or (lambda _done, _total: None))
        except KeyboardInterrupt:
            raise StoppedError(finished, len(items)) from None
        return [finished[place] for place in range(len(items))]

    @abstractmethod
    def _fill(self, finished: dict[int, Result], items: Sequence[Item], progress: Progress) -> None:
        """Put each item's result into ``finished`` as soon as it is there, those of an interrupted call too."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.close()

    @abstractmethod
    def close(self) -> None:
        """Let the workers go."""


class Serial[Item, Result](Executor[Item, Result]):
    """One item after the other, in this process."""

    def _fill(self, finished: dict[int, Result], items: Sequence[Item], progress: Progress) -> None:
        for place, item in enumerate(items):
            try:
                finished[place] = self._task(item)
            except Exception as error:
                raise _failure(item, error) from error
            progress(len(finished), len(items))

    def close(self) -> None:
        """Nobody to let go."""


class Processes[Item, Result](Executor[Item, Result]):
    """Several items at a time, in ``workers`` processes."""

    def __init__(self, task: Callable[[Item], Result], workers: int) -> None:
        super().__init__(task)
        _check_sendable(task)
        self._pool = ProcessPoolExecutor(workers, get_context("spawn"), initializer=_begin, initargs=(task,))

    def _fill(self, finished: dict[int, Result], items: Sequence[Item], progress: Progress) -> None:
        waiting: dict[Future[Result], int] = {self._pool.submit(_work, item): at for at, item in enumerate(items)}
        try:
            for future in as_completed(waiting):
                place = waiting[future]
                finished[place] = _result(items[place], future)
                progress(len(finished), len(items))
        except KeyboardInterrupt:
            begun = [future for future in waiting if not future.cancel()]
            wait(begun)
            finished |= {waiting[future]: future.result() for future in begun if future.exception() is None}
            raise

    def close(self) -> None:
        """Give up what hasn't begun and let the processes end."""
        self._pool.shutdown(cancel_futures=True)


def executor[Item, Result](task: Callable[[Item], Result], workers: int) -> Executor[Item, Result]:
    """Return what does ``task``: in this process for one worker, or else in as many processes.

    Raises
    ------
    SpecError
        If there is no worker, or the task can't be sent to a process.
    """
    require(workers >= 1, f"workers must be 1 or more, got {workers}")
    return Serial(task) if workers == 1 else Processes(task, workers)


_TASK: list[Callable[[Any], Any]] = []
"""In a worker process: the one task that it is there for."""


def _begin(task: Callable[[Any], Any]) -> None:
    # Ctrl-C reaches every process of the terminal; only the one that waits for the results decides what it means
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _TASK[:] = [task]


def _work(item: Any) -> Any:  # noqa: ANN401 - whatever the task takes and gives
    return _TASK[0](item)


def _result[Result](item: object, future: "Future[Result]") -> Result:
    try:
        return future.result()
    except BrokenProcessPool as error:
        message = f"{item}: a worker process died, perhaps for want of memory; use fewer workers"
        raise WorkError(message) from error
    except Exception as error:
        raise _failure(item, error) from error


def _failure(item: object, error: Exception) -> WorkError:
    kind = "" if isinstance(error, HeadraceError) else f"{type(error).__name__}: "
    return WorkError(f"{item}: {kind}{error}")


def _check_sendable(task: object) -> None:
    try:
        pickle.dumps(task)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        fix = "define its functions at the top of a module, or use one worker"
        raise SpecError(f"the work can't be sent to worker processes ({error}); {fix}") from error
