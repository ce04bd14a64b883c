"""A file appears whole or not at all: it is written beside its place and moved there in one step."""

from pathlib import Path
from tempfile import NamedTemporaryFile

from sim.errors import SpecError


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file in place of the one that is there; texts as UTF-8.

    Raises
    ------
    SpecError
        If it can't be written there; what was there is still there.
    """
    data = content.encode() if isinstance(content, str) else content
    draft: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=path.parent, prefix=".partial-", delete=False) as file:
            draft = Path(file.name)
            file.write(data)
        draft.chmod(0o644)  # a temporary file is private
        draft.replace(path)
    except OSError as error:
        if draft is not None:
            draft.unlink(missing_ok=True)
        reason = (error.strerror or str(error)).lower()
        raise SpecError(f"{path}: can't be written ({reason}); choose another folder") from None


def refuse_taken_file(path: Path, *, replace: bool) -> None:
    """Raise `SpecError` if something stands at ``path`` that may not be replaced."""
    if path.exists() and not (replace and path.is_file()):
        raise SpecError(f"{path} is there already; name another file, or replace it with --replace")
