"""Work shared out among workers comes back as if one had done it all, whoever dies on the way, and fails in words."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import active_children
from pathlib import Path

import pytest

from sim.errors import HeadraceError, SpecError, UnknownNameError
from studies.executors import Kind, Sharing, WorkError, Workers, do_each, executor_for
from studies.executors.processes import MOST_DEATHS, ProcessExecutor
from studies.executors.serial import SerialExecutor

HERE = {
    "serial": Sharing(executor=Kind.SERIAL),
    "threads": Sharing(executor=Kind.THREADS, workers=2),
    "processes": Sharing(executor=Kind.PROCESSES, workers=2),
}
every_executor = pytest.mark.parametrize("sharing", HERE.values(), ids=HERE.keys())
kills = pytest.mark.skipif(os.name != "posix", reason="asks for a signal that kills at once")


def square(number: int) -> int:
    return number * number


def refuse(number: int, *, bad: int, error: Callable[[], Exception], notes: Path) -> int:
    with (notes / "tried").open("a") as file:
        file.write(f"{number}\n")
    if number == bad:
        raise error()
    return number


def die(number: int, *, notes: Path, times: int) -> int:
    """Kill the process, as the system does for want of memory, the first ``times`` times that 3 is met."""
    deaths = len(list(notes.glob("death-*")))
    if number == 3 and deaths < times:
        (notes / f"death-{deaths}").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def pid_after_a_while(_: int) -> int:
    time.sleep(0.05)
    return os.getpid()


def interrupt(number: int) -> int:
    if number == 2:
        raise KeyboardInterrupt
    return number


@contextmanager
def ready(sharing: Sharing) -> Iterator[Workers]:
    with sharing.open("reference") as workers:
        yield workers


def done[Result](sharing: Sharing, task: Callable[[int], Result], items: list[int]) -> dict[int, Result]:
    found: dict[int, Result] = {}
    with ready(sharing) as workers:
        do_each(workers, task, items, found.__setitem__)
    return found


@every_executor
def test_every_item_is_done_once(sharing: Sharing) -> None:
    seen: list[int] = []
    with ready(sharing) as workers:
        do_each(workers, square, [5, 3, 4], lambda _, result: seen.append(result))
        do_each(workers, square, [], lambda _, result: seen.append(result))
        do_each(workers, square, [7], lambda _, result: seen.append(result))  # the same workers, another round
    assert (sorted(seen[:3]), seen[3:]) == ([9, 16, 25], [49])


@every_executor
@pytest.mark.parametrize(
    ("error", "message"),
    [
        (partial(ValueError, "too hot"), "2: ValueError: too hot"),
        (partial(SpecError, "no days"), "2: no days"),
        (partial(UnknownNameError, "stage", "demo", ["sell"]), "2: no stage 'demo'; this funnel has sell"),
    ],
)
def test_a_failure_names_the_item_and_is_tried_once(
    sharing: Sharing, error: Callable[[], Exception], message: str, tmp_path: Path
) -> None:
    task = partial(refuse, bad=2, error=error, notes=tmp_path)
    with pytest.raises(WorkError) as raised:
        done(sharing, task, [1, 2, 3])
    assert str(raised.value) == message
    assert isinstance(raised.value, HeadraceError)
    assert (tmp_path / "tried").read_text().split().count("2") == 1


def test_a_failure_in_a_process_tells_where_it_happened(tmp_path: Path) -> None:
    task = partial(refuse, bad=2, error=ValueError, notes=tmp_path)
    with pytest.raises(WorkError) as raised:
        done(HERE["processes"], task, [2])
    assert "in refuse" in raised.value.__notes__[0]


@kills
@pytest.mark.parametrize("times", range(1, MOST_DEATHS))
def test_what_a_dead_process_was_at_is_done_again(times: int, tmp_path: Path) -> None:
    items = list(range(12))
    assert done(HERE["processes"], partial(die, notes=tmp_path, times=times), items) == {each: each for each in items}
    assert len(list(tmp_path.iterdir())) == times


@kills
def test_what_kills_process_after_process_is_given_up_by_name(tmp_path: Path) -> None:
    with pytest.raises(WorkError, match=r"^3: every worker that began it died, perhaps for want of memory; use fewer"):
        done(HERE["processes"], partial(die, notes=tmp_path, times=100), list(range(12)))
    assert len(list(tmp_path.iterdir())) == MOST_DEATHS


@kills
def test_a_process_that_is_killed_from_outside_changes_no_result() -> None:
    found: dict[int, int] = {}

    def keep(item: int, pid: int) -> None:
        found[item] = pid
        if len(found) == 5:
            os.kill(pid, signal.SIGKILL)

    with ready(HERE["processes"]) as workers:
        do_each(workers, pid_after_a_while, range(20), keep)
    assert sorted(found) == list(range(20))
    assert len(set(found.values())) == 3  # two, and the one that took the killed one's place


def test_processes_end_with_their_executor() -> None:
    with ready(HERE["processes"]) as workers:
        do_each(workers, square, [1, 2], lambda *_: None)
        assert len(active_children()) == 2
    assert active_children() == []


def test_work_that_cannot_be_sent_is_refused_before_a_process_starts() -> None:
    with pytest.raises(SpecError, match=r"can't be sent to other processes .* or use --executor serial"):
        done(HERE["processes"], lambda number: number, [1])
    assert active_children() == []


def test_each_engine_has_the_executor_that_suits_it() -> None:
    assert (executor_for("compiled"), executor_for("reference")) == (Kind.THREADS, Kind.PROCESSES)
    with pytest.raises(UnknownNameError, match="no engine 'diesel'; Headrace has compiled, reference"):
        executor_for("diesel")


@pytest.mark.parametrize(
    ("sharing", "engine", "kind"),
    [
        (Sharing(workers=2), "compiled", ThreadPoolExecutor),
        (Sharing(workers=2), "reference", ProcessExecutor),
        (Sharing(workers=1), "reference", SerialExecutor),
        (Sharing(executor=Kind.PROCESSES), "compiled", ProcessExecutor),
    ],
)
def test_auto_suits_the_engine_and_takes_nobody_where_one_is_enough(sharing: Sharing, engine: str, kind: type) -> None:
    with sharing.open(engine) as workers:
        assert type(workers.executor) is kind


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ({"workers": -1}, "workers must be 1 or more, or 0 for one a core, got -1"),
        ({"executor": Kind.SERIAL, "workers": 2}, "the serial executor has no workers, got 2; leave it out"),
        ({"executor": Kind.THREADS, "cluster": "tcp://a:1"}, "executor threads is one of this machine, .* only one of"),
        ({"workers": 3, "cluster": "tcp://a:1"}, "cluster at tcp://a:1 has its own workers, got workers 3; leave them"),
    ],
)
def test_choices_that_contradict_each_other_are_refused(choice: dict[str, Kind], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        Sharing(**choice)  # type: ignore[arg-type]


def test_a_cluster_needs_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "studies.executors.cluster", raising=False)
    monkeypatch.setitem(sys.modules, "distributed", None)
    message = r"a cluster needs the library distributed, which isn't installed; pip install 'headrace\[cluster\]'"
    with pytest.raises(SpecError, match=message), ready(Sharing(cluster="tcp://127.0.0.1:9")):
        pass


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nonsense://x"])
def test_a_cluster_that_is_not_there_is_told_in_words(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studies.executors.cluster.PATIENCE", 0.5)
    message = rf"^no Dask scheduler answers at {address} \(.*\); start one with 'dask scheduler', or name its address, "
    with pytest.raises(SpecError, match=message), ready(Sharing(cluster=address)):
        pass


def stopped(sharing: Sharing, items: list[int], after: int) -> dict[int, int]:
    found: dict[int, int] = {}

    def keep(item: int, result: int) -> None:
        found[item] = result
        if len(found) == after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), ready(sharing) as workers:
        do_each(workers, square, items, keep)
    return found


def test_an_interruption_keeps_what_is_finished() -> None:
    assert stopped(HERE["serial"], [5, 3, 4], after=2) == {5: 25, 3: 9}


def test_an_interruption_in_the_middle_of_an_item_loses_only_that_item() -> None:
    found: dict[int, int] = {}
    with pytest.raises(KeyboardInterrupt), ready(HERE["serial"]) as workers:
        do_each(workers, interrupt, [1, 2, 3], found.__setitem__)
    assert found == {1: 1}


@pytest.mark.parametrize("name", ["threads", "processes"])
def test_an_interruption_waits_for_the_items_at_work_and_gives_up_the_others(name: str) -> None:
    found = stopped(HERE[name], list(range(200)), after=1)
    assert 1 <= len(found) < 10
    assert all(result == square(item) for item, result in found.items())


@kills
def test_a_second_interruption_waits_for_nobody() -> None:
    with ready(HERE["processes"]) as workers:
        do_each(workers, square, [1], lambda *_: None)
        abandoned = workers.executor.submit(time.sleep, 60)
        while not abandoned.running():
            time.sleep(0.01)
    assert active_children() == []
    assert isinstance(abandoned.exception(), BrokenExecutor)
