"""Companies that the app can look at: the embedded example, and uploads kept under the hash of what was uploaded.

runs/.companies/0f3a9c2041b7d8e5/
  company.json       name, day up to which everything is known, what the files were called
  mapping.yaml       what the columns mean
  table-1.csv ...    the export, under names of our own: nobody's input becomes a path
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

from sim.errors import DataError
from sim.operation import Operation
from studies.demo import MAPPING, example_files
from studies.example.company import AS_OF, NAME, operation
from studies.uploads import Sheet
from studies.whole_folder import whole_folder

EXAMPLE = "example"
_SHELF, _ABOUT = ".companies", "company.json"


@dataclass(frozen=True, kw_only=True)
class Company:
    """One company's export.

    Attributes
    ----------
    key
        `EXAMPLE`, or the hash of the upload.
    name
        For people.
    files, mapping
        The export, and the path of what its columns mean.
    as_of
        The day up to which everything is known, unless a person asks for an earlier one.
    operation
        Teams, hours and rules where they are known from elsewhere; None reads them off the history.
    names
        File → what it was called when it was uploaded.
    """

    key: str
    name: str
    files: tuple[Path, ...]
    mapping: str
    as_of: date
    operation: Operation | None = None
    names: Mapping[str, str]

    def said(self, message: str) -> str:
        """Return a message with the files' names as they were uploaded."""
        for ours, theirs in self.names.items():
            message = message.replace(ours, theirs)
        return message


def company_of(key: str, root: Path) -> Company:
    """Return the company of a key, or raise `DataError` if this server has none."""
    if key == EXAMPLE:
        files = example_files()
        mapping = str(files[0].parent / MAPPING)
        return Company(
            key=key, name=NAME, files=files, mapping=mapping, as_of=AS_OF.date(), operation=operation(), names={}
        )
    folder = root / _SHELF / key
    try:
        about = json.loads((folder / _ABOUT).read_text("utf-8"))
    except (OSError, ValueError):
        raise DataError("the company of this link isn't on this server; upload its export again") from None
    return Company(
        key=key,
        name=about["name"],
        files=tuple(folder / name for name in about["files"]),
        mapping=str(folder / MAPPING),
        as_of=date.fromisoformat(about["as_of"]),
        names=about["files"],
    )


def keep_company(name: str, sheets: Sequence[Sheet], mapping: str, as_of: date, root: Path) -> str:
    """Keep an upload and return its key; what is there already is kept once.

    Parameters
    ----------
    name
        For people.
    sheets
        The tables of the export.
    mapping
        What their columns mean, as YAML.
    as_of
        The day up to which everything is known.
    root
        Folder of all runs.
    """
    files = {f"table-{number}.{sheet.suffix}": sheet for number, sheet in enumerate(sheets, 1)}
    about = {"name": name, "as_of": as_of.isoformat(), "files": {file: sheet.name for file, sheet in files.items()}}
    digest = sha256(json.dumps(about, sort_keys=True).encode() + mapping.encode())
    for sheet in sheets:
        digest.update(sheet.content)
    key = digest.hexdigest()[:16]
    if not (root / _SHELF / key).exists():
        with whole_folder(root / _SHELF / key) as folder:
            for file, sheet in files.items():
                (folder / file).write_bytes(sheet.content)
            (folder / MAPPING).write_text(mapping, "utf-8", newline="\n")
            (folder / _ABOUT).write_text(json.dumps(about, ensure_ascii=False, indent=2), "utf-8", newline="\n")
    return key
