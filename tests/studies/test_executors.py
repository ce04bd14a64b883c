"""Work shared out among processes comes back as if one had done it all, and fails in words."""

import os
from collections.abc import Callable
from functools import partial

import pytest

from sim.errors import HeadraceError, SpecError
from studies.executors import Executor, StoppedError, WorkError, executor

WORKERS = [1, 2]


def square(number: int) -> int:
    return number * number


def refuse(number: int, *, bad: int, error: Exception) -> int:
    if number == bad:
        raise error
    return number


def die(number: int) -> int:
    os._exit(number)


def interrupt(number: int) -> int:
    if number == 2:
        raise KeyboardInterrupt
    return number


@pytest.mark.parametrize("workers", WORKERS)
def test_results_come_in_the_order_of_the_items_and_progress_counts_up(workers: int) -> None:
    seen: list[tuple[int, int]] = []
    with executor(square, workers) as pool:
        assert pool.run([5, 3, 4], lambda *count: seen.append(count)) == [25, 9, 16]
        assert pool.run([]) == []
        assert pool.run([7]) == [49]  # the same workers, another round
    assert seen == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize("workers", WORKERS)
@pytest.mark.parametrize(
    ("error", "message"), [(ValueError("too hot"), "2: ValueError: too hot"), (SpecError("no days"), "2: no days")]
)
def test_a_failure_names_the_item_and_the_reason(workers: int, error: Exception, message: str) -> None:
    with (
        executor(partial(refuse, bad=2, error=error), workers) as pool,
        pytest.raises(WorkError, match=f"^{message}$") as raised,
    ):
        pool.run([1, 2, 3])
    assert isinstance(raised.value, HeadraceError)
    assert type(raised.value.__cause__) is type(error)


def test_a_dead_worker_is_told_in_words() -> None:
    with executor(die, 2) as pool, pytest.raises(WorkError, match=r"a worker process died, .* use fewer workers"):
        pool.run([1])


def test_work_that_cannot_be_sent_is_refused_before_a_process_starts() -> None:
    with pytest.raises(SpecError, match=r"can't be sent to worker processes .* or use one worker"):
        executor(lambda number: number, 2)


def test_there_must_be_a_worker() -> None:
    with pytest.raises(SpecError, match="workers must be 1 or more, got 0"):
        executor(square, 0)


def stop_after(done: int) -> Callable[[int, int], None]:
    def progress(count: int, _total: int) -> None:
        if count == done:
            raise KeyboardInterrupt

    return progress


def stopped(pool: Executor[int, int], items: list[int], after: int) -> StoppedError:
    with (
        pool,
        pytest.raises(StoppedError, match=f"of {len(items)} pieces of work; what was finished is kept") as raised,
    ):
        pool.run(items, stop_after(after))
    return raised.value


def test_an_interruption_keeps_what_is_finished() -> None:
    assert stopped(executor(square, 1), [5, 3, 4], after=2).finished == {0: 25, 1: 9}


def test_an_interruption_in_the_middle_of_an_item_loses_only_that_item() -> None:
    with executor(interrupt, 1) as pool, pytest.raises(StoppedError, match="after 1 of 3") as raised:
        pool.run([1, 2, 3])
    assert raised.value.finished == {0: 1}


def test_an_interruption_waits_for_the_items_at_work_and_gives_up_the_others() -> None:
    finished = stopped(executor(square, 2), list(range(200)), after=1).finished
    assert 1 <= len(finished) < 200
    assert all(result == place * place for place, result in finished.items())
    assert list(finished) == sorted(finished)
