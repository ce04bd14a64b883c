"""The inputs of runs, kept by what is in them: ``.inputs/<sha256>`` beside the run folders, each content once.

So a run can be made again after its funnel file was changed or moved. What is larger than `LARGEST` is not kept; the
manifest has its hash, and only the very same file will do.
"""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from sim.errors import DataError
from studies.file_hash import FileHash, file_hash
from studies.whole_file import write_whole

FOLDER = ".inputs"
LARGEST = 32 * 2**20
"""Bytes up to which an input is kept."""


def keep_inputs(inputs: Iterable[FileHash], root: Path) -> None:
    """Keep the files, unless their contents are kept already; one that has changed since it was read is lost."""
    for one in inputs:
        kept = root / FOLDER / one.sha256
        if one.bytes <= LARGEST and not kept.exists() and _is_same(one):
            write_whole(kept, Path(one.path).read_bytes())


def restore_inputs(inputs: Sequence[FileHash], root: Path, tree: Path) -> bool:
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
        place, kept = restored(tree, one.path), root / FOLDER / one.sha256
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
