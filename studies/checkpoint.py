"""An experiment at work keeps each finished chunk on disk, so that whatever ends it, only the rest has to be done.

    runs/2026-03-31-compare-1f3a9c20.unfinished/
      identity.json      what the results depend on; only the same experiment may go on
      chunks/000007/     the tables of a finished chunk, a Parquet file each

It stands beside the place of the run folder to come, and goes when that is complete.
"""

import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from scenarios.experiment import Chunk
from scenarios.run import Tables
from sim.errors import DataError, SpecError
from studies.executors import WorkError
from studies.kept import Place
from studies.parquet_file import read_parquet, write_parquet
from studies.stopped import GivenUp
from studies.store import Question, free_name, is_run, refuse_irreplaceable
from studies.whole_folder import refuse_taken, whole_folder

SUFFIX = ".unfinished"
_IDENTITY = "identity.json"
_CHUNKS = "chunks"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The finished chunks of an experiment.

    Attributes
    ----------
    folder
        Where they are.
    target
        Where the run folder will stand.
    replace
        Whether it may take the place of one that is there.
    """

    folder: Path
    target: Path
    replace: bool

    def keep(self, chunk: Chunk, tables: Tables) -> None:
        """Keep a finished chunk; whole, or not at all."""
        with whole_folder(self.folder / _CHUNKS / f"{chunk.number:06}", replace=True) as place:
            for name, table in tables.items():
                write_parquet(table, place / f"{name}.parquet")

    def finished(self, tables: Iterable[str]) -> dict[int, Tables]:
        """Return the named tables of each finished chunk by its number; one that a crash has damaged isn't finished."""
        found = {}
        for place in sorted((self.folder / _CHUNKS).glob("[0-9]*")):
            with suppress(DataError):
                found[int(place.name)] = {name: read_parquet(place / f"{name}.parquet") for name in tables}
        return found

    @property
    def begun(self) -> bool:
        """Whether any chunk is kept."""
        return any((self.folder / _CHUNKS).glob("[0-9]*"))

    @property
    def go_on(self) -> str:
        """How the rest can be done."""
        return f"--resume {self.target} does the rest"

    def remove(self) -> None:
        """Forget the chunks: they are in the run folder, or there are none."""
        shutil.rmtree(self.folder, ignore_errors=True)


@contextmanager
def keeping(place: Place, question: Question, mine: Mapping[str, str]) -> Iterator[Checkpoint]:
    """Keep an experiment's chunks while the block runs; if nothing came of it, nothing is left.

    Nor is anything left of work that was given up (`studies.stopped.GivenUp`), as nobody would go on with it. The
    parameters are those of `open_checkpoint`.

    Raises
    ------
    WorkError
        If the block raises it; the message says how to go on, if anything is finished.
    """
    checkpoint = open_checkpoint(place, question, mine)
    try:
        yield checkpoint
    except WorkError as error:
        raise WorkError(f"{error}; {checkpoint.go_on}" if checkpoint.begun else str(error)) from error
    except GivenUp:
        checkpoint.remove()
        raise
    finally:
        if not checkpoint.begun:
            checkpoint.remove()


def open_checkpoint(place: Place, question: Question, mine: Mapping[str, str]) -> Checkpoint:
    """Begin to keep an experiment's chunks, or go on with those that ``place.resume`` names.

    Parameters
    ----------
    place
        Where the run folder goes.
    question
        What is asked.
    mine
        What the chunks depend on (`studies.identity.identity`).

    Raises
    ------
    DataError
        If there is nothing to go on with.
    SpecError
        If it was another experiment, or the place is taken or can't be written.
    """
    if place.resume is not None:
        return _resumed(place, place.resume, mine)
    target = place.folder or free_name(question, place.root, SUFFIX)
    refuse_taken(target, replace=place.replace and place.folder is not None)
    if place.replace:
        refuse_irreplaceable(target)
    checkpoint = Checkpoint(target.with_name(target.name + SUFFIX), target, place.replace)
    if checkpoint.folder.exists() and not place.replace:
        fix = f"go on with it with --resume {target}, or remove it"
        raise SpecError(f"{checkpoint.folder} holds what is finished of a run that was stopped; {fix}")
    with whole_folder(checkpoint.folder, replace=place.replace) as draft:
        text = json.dumps(dict(mine), ensure_ascii=False, indent=2)
        (draft / _IDENTITY).write_text(text + "\n", "utf-8", newline="\n")
    return checkpoint


def _resumed(place: Place, named: Path, mine: Mapping[str, str]) -> Checkpoint:
    run = named.with_name(named.name.removesuffix(SUFFIX))
    target = place.folder or run
    checkpoint = Checkpoint(run.with_name(run.name + SUFFIX), target, replace=place.replace or target == run)
    theirs = _identity_of(checkpoint.folder, run)
    for name in {**theirs, **mine}:
        if theirs.get(name) != mine.get(name):
            was = f"was begun with {name} {theirs.get(name)}, this command has {mine.get(name)}"
            raise SpecError(f"{checkpoint.folder} {was}; give the command that began it, or leave out --resume")
    refuse_taken(target, replace=checkpoint.replace)
    return checkpoint


def _identity_of(folder: Path, run: Path) -> dict[str, str]:
    try:
        said: dict[str, str] = json.loads((folder / _IDENTITY).read_text("utf-8"))
    except OSError:
        why = "it is complete" if is_run(run) else "name a run that was stopped or killed"
        raise DataError(f"{folder}: there is no such folder, so nothing to resume; {why}") from None
    except ValueError as error:
        raise DataError(f"{folder / _IDENTITY}: not readable ({error}); begin anew without --resume") from None
    return said
