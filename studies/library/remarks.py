"""Remarks: what people say of a run after it was made, and the lock of a plan.

Tags and a note stand in a file of their own inside the run folder, a lock in another; each is written whole or not at
all. The run itself never changes: its manifest and its results stay as they were when it ended.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from hashlib import file_digest
from pathlib import Path
from typing import Self

from pydantic import TypeAdapter, ValidationError

from sim.errors import DataError, SpecError, require
from studies.store import LOCK, MANIFEST, Run
from studies.whole_file import write_whole

REMARKS = "remarks.json"


@dataclass(frozen=True, kw_only=True)
class Remarks:
    """What was remarked on a run: tags in alphabetical order, and a note."""

    tags: tuple[str, ...] = ()
    note: str = ""

    def tagged(self, add: Iterable[str] = (), remove: Iterable[str] = ()) -> Self:
        """Return the remarks with tags added and removed.

        Raises
        ------
        SpecError
            If a tag to add is empty, or one to remove isn't there.
        """
        new, gone = set(add), set(remove)
        require(all(tag.strip() for tag in new), "a tag is empty; give it a name")
        for tag in sorted(gone - set(self.tags)):
            raise SpecError(f"no tag {tag!r} to remove; this run has {', '.join(self.tags) or 'none'}")
        return replace(self, tags=tuple(sorted((new | set(self.tags)) - gone)))


@dataclass(frozen=True, kw_only=True)
class Lock:
    """A version of the plan that was settled.

    ``plan`` is its name, ``locked`` an ISO time in UTC, ``manifest`` the SHA-256 of the manifest it stands for, which
    in turn has that of every result.
    """

    plan: str
    locked: str
    manifest: str


def remarks_on(run: Run) -> Remarks:
    """Read the remarks on a run, empty if nobody made any; raise `DataError` if they can't be understood."""
    return _read(run.folder / REMARKS, Remarks) or Remarks()


def remark(run: Run, remarks: Remarks) -> None:
    """Keep the remarks on a run in place of earlier ones."""
    _write(run.folder / REMARKS, asdict(remarks))


def lock_of(run: Run) -> Lock | None:
    """Read the lock of a run, None if it has none; raise `DataError` if it can't be understood."""
    return _read(run.folder / LOCK, Lock)


def lock(run: Run, plan: str) -> Lock:
    """Settle a run as a version of the plan; from then on it can't be replaced, nor settled under another name.

    Raises
    ------
    SpecError
        If the name is empty, the run is locked already, or its results are no longer what they were.
    """
    require(plan.strip() != "", "the plan has an empty name; give it one, such as 'FY27 v2'")
    if (before := lock_of(run)) is not None:
        raise SpecError(f"{run.name}: is locked as {before.plan!r} since {before.locked}; lock another run")
    if changed := run.changed():
        raise SpecError(f"{run.name}: {', '.join(changed)} changed since the run ended; make it again and lock that")
    settled = Lock(plan=plan, locked=datetime.now(UTC).isoformat(timespec="seconds"), manifest=_digest(run))
    _write(run.folder / LOCK, asdict(settled))
    return settled


def is_intact(run: Run, settled: Lock) -> bool:
    """Whether a run is still, manifest and results, what was locked."""
    return settled.manifest == _digest(run) and not run.changed()


def _digest(run: Run) -> str:
    with (run.folder / MANIFEST).open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _write(path: Path, content: dict[str, object]) -> None:
    write_whole(path, json.dumps(content, ensure_ascii=False, indent=2) + "\n")


def _read[T](path: Path, kind: type[T]) -> T | None:
    try:
        return TypeAdapter(kind).validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except ValidationError as error:
        why = error.errors()[0]["msg"].lower()
        raise DataError(f"{path}: can't be understood ({why}); remove it, the run itself is whole") from None
