"""The inputs of a run, kept in its folder by what is in them: ``inputs/<sha256>``.

So a run can be made again after its funnel file was changed, and by whomever the folder was sent to. What is larger
than `LARGEST` is not kept; the manifest has its hash, and only the very same file will do.
"""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from sim.errors import DataError
from studies.file_hash import FileHash, file_hash
from studies.whole_file import write_whole

FOLDER = "inputs"
LARGEST = 16 * 2**20
"""Bytes up to which an input is kept."""


def keep_inputs(inputs: Iterable[FileHash], run: Path) -> None:
    """Keep the files in a run's folder; one that has changed since it was read is lost."""
    for one in inputs:
        if one.bytes <= LARGEST and _is_same(one):
            write_whole(run / FOLDER / one.sha256, Path(one.path).read_bytes())


def restore_inputs(inputs: Sequence[FileHash], run: Path, tree: Path) -> bool:
    """Put a run's inputs under ``tree``, each at its whole old path, if any of them is no longer what it was.

    Returns
    -------
    bool
        Whether that was needed; False: all files are where they were, unchanged, and nothing was done.

    Raises
    ------
    DataError
        If a file is neither where it was nor kept.
    """
    if all(_is_same(one) for one in inputs):
        return False
    for one in inputs:
        place, kept = restored(tree, one.path), run / FOLDER / one.sha256
        if not _is_same(one) and not kept.is_file():
            raise DataError(
                f"{one.path}: changed or gone since, and too large to be kept; put the old file there again"
            )
        write_whole(place, (Path(one.path) if _is_same(one) else kept).read_bytes())
    return True


def restored(tree: Path, path: str | os.PathLike[str]) -> Path:
    """Return where under ``tree`` a file or folder stands."""
    whole = Path(path).absolute()
    return tree / whole.relative_to(whole.anchor)


def _is_same(one: FileHash) -> bool:
    path = Path(one.path)
    return path.is_file() and file_hash(path) == one
