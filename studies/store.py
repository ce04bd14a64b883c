"""Run folders: every answer stands in a folder of its own, with what was asked, what it rests on and how to check it.

    runs/2026-03-31-compare-1f3a9c20/
      manifest.json      what was asked, of which inputs, with which versions; hashes of inputs and results
      inputs/            the inputs as they were, if they are small
      report.html        the answer to read
      *.parquet, ...     the answer to compute with

The bytes of the results depend on the command and the seed alone; only the manifest knows the time.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

import pandas as pd
from pydantic import TypeAdapter, ValidationError

from sim.errors import DataError, SpecError, UnknownNameError
from studies.file_hash import FileHash, file_hash
from studies.kept_inputs import keep_inputs
from studies.parquet_file import read_parquet, write_parquet
from studies.whole_folder import whole_folder

MANIFEST = "manifest.json"
LOCK = "lock.json"
"""In the folder of a run that was settled as a version of the plan; it may not be replaced."""
_PACKAGES = ("headrace", "numpy", "scipy", "pandas", "simpy", "numba", "pyarrow")


@dataclass(frozen=True, kw_only=True)
class Question:
    """What a run was asked.

    Attributes
    ----------
    verb
        The command: compare, simulate, calibrate, ...
    command
        The command line, word by word.
    settings
        What the verb was told, with the defaults filled in; plain values.
    inputs
        The files that it read.
    fingerprint
        That of the funnel, empty where there is none.
    seed
        Which luck; None where there is none.
    as_of
        The day up to which the data are known, if the settings don't hold it.
    """

    verb: str
    command: tuple[str, ...] = ()
    settings: Mapping[str, object] = field(default_factory=dict)
    inputs: tuple[Path, ...] = ()
    fingerprint: str = ""
    seed: int | None = None
    as_of: str = ""


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What stands in ``manifest.json``.

    The first fields are those of `Question`; ``answer`` is the result in one sentence, ``created`` an ISO time in UTC,
    ``versions`` those of the program and of the libraries that compute, and ``inputs`` and ``results`` name files.
    """

    verb: str
    answer: str
    command: tuple[str, ...]
    settings: Mapping[str, object]
    fingerprint: str
    seed: int | None
    created: str
    versions: Mapping[str, str]
    inputs: tuple[FileHash, ...]
    results: tuple[FileHash, ...]
    as_of: str = ""
    format: Literal[1] = 1

    @property
    def known_until(self) -> str:
        """The as-of date of the data in ISO's form, or nothing: runs of older versions may not have kept it."""
        return self.as_of or str(self.settings.get("as_of", ""))


class Draft:
    """A run folder that is being filled."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.answer = ""

    def table(self, name: str, frame: pd.DataFrame) -> None:
        """Keep a table as ``name.parquet``; a named index becomes columns."""
        named = any(part is not None for part in frame.index.names)
        write_parquet(frame.reset_index() if named else frame, self.folder / f"{name}.parquet")

    def text(self, name: str, text: str) -> None:
        """Keep a text file."""
        (self.folder / name).write_text(text, "utf-8", newline="\n")


@dataclass(frozen=True)
class Run:
    """A run folder on disk."""

    folder: Path
    manifest: Manifest

    @property
    def name(self) -> str:
        """Name of the folder."""
        return self.folder.name

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables that `table` reads."""
        return tuple(sorted(path.stem for path in self.folder.glob("*.parquet")))

    def table(self, name: str) -> pd.DataFrame:
        """Read a table, or raise `UnknownNameError` naming those that there are."""
        if name not in self.tables:
            raise UnknownNameError("table", name, self.tables, f"run {self.name}")
        return read_parquet(self.folder / f"{name}.parquet")

    def changed(self) -> tuple[str, ...]:
        """Name the results that are gone or no longer what they were when the run ended."""
        return tuple(
            result.path
            for result in self.manifest.results
            if not (path := self.folder / result.path).is_file() or file_hash(path, result.path) != result
        )


@contextmanager
def new_run(
    question: Question, *, root: Path = Path("runs"), folder: Path | None = None, replace: bool = False
) -> Iterator[Draft]:
    """Give a draft to fill; when the block ends well it stands as a run folder, otherwise nothing does.

    Parameters
    ----------
    question
        What was asked.
    root
        Folder of all runs; the run's own name is date, verb and a short hash of the question.
    folder
        Where the run shall stand instead.
    replace
        Whether it may take the place of ``folder``. A run under ``root`` never replaces another one.

    Yields
    ------
    Draft
        Its ``folder`` is, after the block, where the run stands.

    Raises
    ------
    SpecError
        If ``folder`` is there and may not be replaced, or is to be replaced and holds something that is no run.
    """
    if folder is not None and replace:
        refuse_irreplaceable(folder)
    created = datetime.now(UTC)
    inputs = _input_hashes(question)
    target = folder or free_name(question, root)
    with whole_folder(target, replace=replace and folder is not None) as place:
        draft = Draft(place)
        yield draft
        _write_manifest(draft, question, inputs, created)
        keep_inputs(inputs, place)
    draft.folder = target


def refuse_irreplaceable(folder: Path) -> None:
    """Let a run take the place of a run or of nothing, never of a settled plan or of somebody's documents.

    Raises
    ------
    SpecError
        If what stands there has to stay.
    """
    if (folder / LOCK).exists():
        raise SpecError(
            f"{folder}: is locked as a version of the plan, so --replace leaves it alone; name another folder"
        )
    if not folder.exists() or (folder / MANIFEST).is_file() or (folder.is_dir() and not any(folder.iterdir())):
        return
    raise SpecError(f"{folder}: holds no run, so --replace leaves it alone; name another folder")


def list_runs(root: Path = Path("runs")) -> tuple[Run, ...]:
    """Return the runs in a folder, newest first; folders without a readable manifest are no runs.

    Raises
    ------
    DataError
        If the system refuses to look there.
    """
    try:
        manifests = sorted(root.glob(f"*/{MANIFEST}"))
    except OSError as error:
        raise DataError(f"{root}: can't be read ({(error.strerror or str(error)).lower()}); check the path") from None
    found = []
    for path in manifests:
        if not path.parent.name.startswith("."):
            try:
                found.append(load_run(path.parent))
            except DataError:
                continue  # a folder of somebody else's; `load_run` says what is wrong with it
    return tuple(sorted(found, key=lambda run: (run.manifest.created, run.name), reverse=True))


def free_name(question: Question, root: Path, suffix: str = "") -> Path:
    """Return a free place for a run under ``root``; with a suffix, one whose name with the suffix is free as well.

    The name is date, verb and a short hash of the question; what was asked before on the same day gets a number too.
    """
    asked = root / f"{datetime.now(UTC):%Y-%m-%d}-{question.verb}-{_short_hash(question, _input_hashes(question))}"
    return free_run_name(asked, suffix)


def free_run_name(asked: Path, suffix: str = "") -> Path:
    """Return the name that was asked for, or the first with a number behind it that is free, also with the suffix."""
    name, number = asked, 1
    while name.exists() or name.with_name(name.name + suffix).exists():
        number += 1
        name = asked.with_name(f"{asked.name}-{number}")
    return name


def is_run(folder: Path) -> bool:
    """Whether a run stands there, readable or not."""
    return (folder / MANIFEST).is_file()


def load_run(folder: Path) -> Run:
    """Open a run folder; raise `DataError` if it isn't one."""
    try:
        text = (folder / MANIFEST).read_bytes()
    except OSError:
        raise DataError(f"{folder}: no {MANIFEST} in it, so it is no run; name a run folder") from None
    try:
        manifest = TypeAdapter(Manifest).validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = "".join(f"{part}: " for part in first["loc"])
        said = f"not a manifest of format 1 ({where}{first['msg'].lower()})"
        raise DataError(f"{folder / MANIFEST}: {said}; run the command again") from None
    return Run(folder, manifest)


def _write_manifest(draft: Draft, question: Question, inputs: tuple[FileHash, ...], created: datetime) -> None:
    files = sorted(path for path in draft.folder.rglob("*") if path.is_file())
    manifest = Manifest(
        verb=question.verb,
        answer=draft.answer,
        command=question.command,
        settings=question.settings,
        fingerprint=question.fingerprint,
        seed=question.seed,
        created=created.isoformat(timespec="seconds"),
        versions=versions(),
        inputs=inputs,
        results=tuple(file_hash(path, path.relative_to(draft.folder).as_posix()) for path in files),
        as_of=question.as_of,
    )
    draft.text(MANIFEST, json.dumps(asdict(manifest), ensure_ascii=False, indent=2) + "\n")


def versions() -> dict[str, str]:
    """Return the versions of Python, of Headrace and of the libraries that compute."""
    return {"python": sys.version.split()[0], **{name: _version(name) for name in _PACKAGES}}


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _input_hashes(question: Question) -> tuple[FileHash, ...]:
    return tuple(file_hash(path) for path in question.inputs)


def _short_hash(question: Question, inputs: tuple[FileHash, ...]) -> str:
    """Return eight digits that are the same for the same question about the same inputs."""
    asked = {"settings": question.settings, "fingerprint": question.fingerprint, "seed": question.seed}
    text = json.dumps({**asked, "inputs": [each.sha256 for each in inputs]}, sort_keys=True, default=str)
    return sha256(f"{question.verb} {text}".encode()).hexdigest()[:8]
