"""Jobs: work that goes on in the background while a person looks at something else.

A job's key is made of what was asked, so whoever asks the same finds the job that is there already: after a reload, in
another tab, on another person's screen. What it has found so far can be looked at while it works. A job that nobody
watches any more is stopped.
"""

import json
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from enum import StrEnum
from hashlib import sha256
from threading import BoundedSemaphore, Event, Lock, Thread
from typing import Any

from sim.errors import HeadraceError
from studies.stopped import GivenUp, Stopped

MOST_AT_ONCE = 12
"""Jobs that work at the same time; further ones wait their turn."""
KEPT = 60
"""Finished jobs whose results are kept in memory; the ones not asked for longest go first."""

_LOG = logging.getLogger(__name__)

type Work = Callable[["Job"], object]
"""Does the work; tells the job how far it is and what it has found, and returns the result."""


class State(StrEnum):
    """Where a job is."""

    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


def key_of(what: str, asked: Mapping[str, object]) -> str:
    """Return the same 16 digits for the same question."""
    text = json.dumps([what, asked], sort_keys=True, default=str, ensure_ascii=False)
    return sha256(text.encode()).hexdigest()[:16]


class Job:
    """A piece of work in the background.

    Attributes
    ----------
    key
        What was asked, as 16 digits.
    state
        Where it is.
    done, total
        How far, in pieces of work; ``total`` is 0 while nobody knows.
    found
        The result, or what is known of it so far; None before there is anything.
    error
        Why it failed, in a sentence.
    fault
        Whether it failed by a fault of Headrace and not by what it was asked.
    """

    def __init__(self, key: str) -> None:
        self.key = key
        self.state = State.WAITING
        self.done, self.total = 0, 0
        self.found: Any = None
        self.error, self.fault = "", False
        self.watchers: set[str] = set()
        self._began = time.monotonic()
        self._stop, self._ended, self._showed = Event(), Event(), Event()

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come of it."""
        return self._ended.is_set()

    @property
    def seconds_left(self) -> float | None:
        """Return how long it will still take at the pace so far; None while that can't be said."""
        if not self.done or self.total <= self.done:
            return None
        return (time.monotonic() - self._began) * (self.total - self.done) / self.done

    def progress(self, done: int, total: int) -> None:
        """Take down how far the work is; raises `GivenUp` if it shall go no further."""
        self.done, self.total = done, total
        if self._stop.is_set():
            raise GivenUp("stopped before it was finished")

    def show(self, found: object) -> None:
        """Let those who watch see what is known so far."""
        self.found = found
        self._showed.set()

    def stop(self) -> None:
        """Ask the work to end at its next step."""
        self._stop.set()

    def wait(self, seconds: float) -> bool:
        """Wait until the job is over, or for so long; return whether it is."""
        return self._ended.wait(seconds)

    def wait_for_first(self, seconds: float) -> None:
        """Wait until there is something to look at or there will be nothing, or for so long."""
        self._showed.wait(seconds)

    def run(self, work: Work, turn: BoundedSemaphore) -> None:
        """Do the work when it is its turn, and remember how it ended."""
        with turn:
            self.state, self._began = State.WORKING, time.monotonic()
            try:
                self.progress(0, 0)
                self.found = work(self)
                self.state = State.DONE
            except Stopped:
                self.state = State.STOPPED
            except HeadraceError as error:
                self.error, self.state = str(error), State.FAILED
            except Exception as error:  # noqa: BLE001 - told to whoever watches, and to the log
                _LOG.exception("job %s", self.key)
                self.error, self.fault, self.state = f"{type(error).__name__}: {error}", True, State.FAILED
            finally:
                self._ended.set()
                self._showed.set()


class Jobs:
    """The jobs of one server; every method may be called from any thread."""

    def __init__(self, most_at_once: int = MOST_AT_ONCE, kept: int = KEPT) -> None:
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._turn, self._kept = BoundedSemaphore(most_at_once), kept
        self._lock = Lock()

    def start(self, key: str, work: Work, watcher: str = "") -> Job:
        """Return the job of that key, started if it isn't there or was stopped before it was finished."""
        with self._lock:
            job = self._jobs.get(key)
            begin = job is None or job.state is State.STOPPED or job._stop.is_set()  # noqa: SLF001 - its own keeper
            if job is None or begin:
                job = self._jobs[key] = Job(key)
            job.watchers.add(watcher)
            self._jobs.move_to_end(key)
            self._forget()
        if begin:
            Thread(target=job.run, args=(work, self._turn), name=f"headrace-job-{key}", daemon=True).start()
        return job

    def find(self, key: str) -> Job | None:
        """Return the job of that key, if there is one."""
        with self._lock:
            return self._jobs.get(key)

    def leave(self, key: str, watcher: str) -> None:
        """Take a watcher off a job; the last one to leave stops it."""
        job = self.find(key)
        if job:
            with self._lock:
                job.watchers.discard(watcher)
                deserted = not job.watchers
            if deserted and not job.is_over:
                job.stop()

    def _forget(self) -> None:
        over = [key for key, job in self._jobs.items() if job.is_over]
        for key in over[: max(0, len(self._jobs) - self._kept)]:
            del self._jobs[key]
