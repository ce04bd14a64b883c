"""What a file is: its path, its size and the SHA-256 of its contents."""

from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

from sim.errors import DataError


@dataclass(frozen=True, kw_only=True)
class FileHash:
    """A file as it was: its path, size and SHA-256."""

    path: str
    bytes: int
    sha256: str


def file_hash(path: Path, name: str = "") -> FileHash:
    """Return a file as it is now, under a name (its path, if none is given); raise `DataError` if it can't be read."""
    try:
        with path.open("rb") as file:
            digest = file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise DataError(f"{path}: can't be read ({(error.strerror or str(error)).lower()}); check the path") from None
    return FileHash(path=name or str(path), bytes=path.stat().st_size, sha256=digest)
