"""A folder appears whole or not at all: it is filled beside its place and moved there in one step.

A process that is killed half-way leaves a hidden folder behind, never a half-written result; the next one tidies it up.
"""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from sim.errors import SpecError

_MARK = ".partial-"
_ABANDONED_AFTER = 24 * 3600
"""Seconds after which a hidden folder can't belong to a process at work."""


@contextmanager
def whole_folder(target: Path, *, replace: bool = False) -> Iterator[Path]:
    """Give an empty folder to fill; when the block ends well it becomes ``target``, otherwise it is removed.

    Parameters
    ----------
    target
        Where the folder shall stand.
    replace
        Whether it may take the place of one that is there.

    Raises
    ------
    SpecError
        If ``target`` exists and may not be replaced, or can't be written.
    """
    refuse_taken(target, replace=replace)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _tidy_up(target.parent)
        draft = Path(mkdtemp(prefix=_MARK, dir=target.parent))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise SpecError(f"{target}: can't be written ({reason}); choose another folder") from None
    try:
        yield draft
        draft.chmod(0o755)  # mkdtemp makes it private
        _move(draft, target, replace=replace)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def refuse_taken(target: Path, *, replace: bool) -> None:
    """Raise `SpecError` if something stands at ``target`` that may not be replaced."""
    if target.exists() and not (replace and target.is_dir()):
        raise SpecError(f"{target} is there already; name another folder, or replace it with --replace")


def _move(draft: Path, target: Path, *, replace: bool) -> None:
    """Put the draft in its place; an old folder steps aside first, so that it is never mixed with the new one."""
    refuse_taken(target, replace=replace)
    if target.exists():
        old = Path(mkdtemp(prefix=_MARK, dir=target.parent))
        target.rename(old / target.name)
        draft.rename(target)
        shutil.rmtree(old, ignore_errors=True)
    else:
        draft.rename(target)


def _tidy_up(folder: Path) -> None:
    for left in folder.glob(f"{_MARK}*"):
        if time.time() - left.stat().st_mtime > _ABANDONED_AFTER:
            shutil.rmtree(left, ignore_errors=True)
