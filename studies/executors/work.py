"""Handing out pieces of work and taking their results as they come."""

import pickle
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import CancelledError, Executor, Future, wait
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from queue import SimpleQueue
from typing import Any, cast

from sim.errors import HeadraceError, SpecError

type Progress = Callable[[int, int], None]
"""Told after each piece of work how many are done, and of how many."""


class WorkError(HeadraceError, RuntimeError):
    """A piece of work failed; the message says which one, and why."""


@dataclass(frozen=True, kw_only=True)
class Workers:
    """An executor, and what has to be known of it beyond the interface of `concurrent.futures`.

    Attributes
    ----------
    executor
        Does the work.
    ahead
        Pieces that it is given before the first result is taken: 1 where `submit` itself does the work, otherwise
        enough for nobody to wait. A bound, because a scheduler holds in memory what it was given.
    elsewhere
        Whether the work is done in other processes, so that it has to be pickled.
    lost
        What a result raises when worker after worker died of its piece of work.
    """

    executor: Executor
    ahead: int
    elsewhere: bool = False
    lost: tuple[type[Exception], ...] = ()


def do_each[Item, Result](
    workers: Workers, task: Callable[[Item], Result], items: Iterable[Item], keep: Callable[[Item, Result], None]
) -> None:
    """Do a task on every item.

    Parameters
    ----------
    workers
        Who does it.
    task
        A function of an item; for workers elsewhere one that can be pickled. It is pickled once, not once an item.
    items
        Their text names them in errors.
    keep
        Told each item and its result in the calling thread, in the order in which the work is finished.

    Raises
    ------
    KeyboardInterrupt
        On Ctrl-C. What hasn't begun is given up, what has is waited for (a second Ctrl-C doesn't), and ``keep`` is told
        all that is finished; so it may be told of an item twice.
    WorkError
        If an item fails, or its workers die again and again; the others are given up.
    SpecError
        If the task can't be pickled.
    """
    work = _Pickled.of(task) if workers.elsewhere else task
    todo = iter(items)
    waiting: dict[Future[Result], Item] = {}
    arrived: SimpleQueue[Future[Result]] = SimpleQueue()

    def hand_out(count: int) -> None:
        for item in islice(todo, count):
            future = workers.executor.submit(_call, work, item)
            waiting[future] = item
            future.add_done_callback(arrived.put)

    try:
        hand_out(workers.ahead)
        while waiting:
            future = arrived.get()
            keep(waiting[future], _result(workers, waiting[future], future))
            del waiting[future]
            hand_out(1)
    except KeyboardInterrupt:
        _keep_finished(waiting, keep)
        raise


def in_order[Item, Result](
    workers: Workers, task: Callable[[Item], Result], items: Sequence[Item], progress: Progress | None = None
) -> list[Result]:
    """Do a task on every item and return the results in the order of the items; errors as of `do_each`."""
    found: dict[int, Result] = {}

    def keep(numbered: tuple[int, Item], its: Result) -> None:
        found[numbered[0]] = its
        if progress:
            progress(len(found), len(items))

    do_each(workers, _OnNumbered(task), tuple(enumerate(items)), keep)
    return [found[place] for place in range(len(items))]


@dataclass(frozen=True)
class _OnNumbered[Item, Result]:
    """A task on items that bring their number."""

    task: Callable[[Item], Result]

    def __call__(self, numbered: tuple[int, Item]) -> Result:
        return self.task(numbered[1])


def _keep_finished[Item, Result](waiting: dict[Future[Result], Item], keep: Callable[[Item, Result], None]) -> None:
    begun = [future for future in waiting if not future.cancel()]
    wait(begun)
    for future in begun:
        if future.exception() is None:
            keep(waiting[future], future.result())


def _result[Result](workers: Workers, item: object, future: Future[Result]) -> Result:
    try:
        return future.result()
    except WorkError:
        raise
    except workers.lost as error:
        fix = "perhaps for want of memory; use fewer workers on a machine, or machines with more"
        raise WorkError(f"{item}: every worker that began it died, {fix}") from error
    except CancelledError as error:
        raise WorkError(f"{item}: the cluster has gone; is its scheduler still running?") from error
    except Exception as error:
        raise _failure(item, error) from error


def _call(task: Callable[[Any], Any], item: Any) -> Any:  # noqa: ANN401 - whatever the task takes and gives
    """Do the task; where it fails, say so in an error that can be sent from any process to any other."""
    try:
        return task(item)
    except Exception as error:
        raise _failure(item, error) from error


def _failure(item: object, error: Exception) -> WorkError:
    kind = "" if isinstance(error, HeadraceError) else f"{type(error).__name__}: "
    return WorkError(f"{item}: {kind}{error}")


@dataclass(frozen=True)
class _Pickled:
    """A task as bytes: sending it once more costs a copy, and a worker unpickles it only the first time."""

    task: bytes

    @classmethod
    def of(cls, task: object) -> "_Pickled":
        try:
            return cls(pickle.dumps(task))
        except (pickle.PicklingError, AttributeError, TypeError) as error:
            fix = "define its functions at the top of a module, or use --executor serial"
            raise SpecError(f"the work can't be sent to other processes ({error}); {fix}") from error

    def __call__(self, item: Any) -> Any:  # noqa: ANN401 - whatever the task takes and gives
        return _unpickled(self.task)(item)


@lru_cache(maxsize=2)
def _unpickled(task: bytes) -> Callable[[Any], Any]:
    return cast("Callable[[Any], Any]", pickle.loads(task))  # noqa: S301 - pickled above
