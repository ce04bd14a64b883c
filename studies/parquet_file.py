"""Tables as Parquet files whose bytes depend on their rows alone: fixed settings, no times, nothing of this machine."""

from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from sim.errors import DataError


def write_parquet(frame: pd.DataFrame, path: Path, notes: dict[str, str] | None = None) -> None:
    """Write a table without its index; ``notes`` are kept beside the rows."""
    write_arrow(pa.Table.from_pandas(frame, preserve_index=False), path, notes)


def write_arrow(table: Any, path: Path, notes: dict[str, str] | None = None) -> None:  # noqa: ANN401 - no types there
    """Write an Arrow table; its own metadata, which name library versions, are replaced by ``notes``."""
    parquet.write_table(table.replace_schema_metadata(notes), path, compression="zstd", version="2.6")


def read_parquet(path: Path) -> pd.DataFrame:
    """Read a table written by `write_parquet`."""
    table: pd.DataFrame = read_arrow(path).to_pandas()
    return table


def read_arrow(path: Path) -> Any:  # noqa: ANN401 - pyarrow ships no types
    """Read an Arrow table, or raise `DataError` saying why it can't be read."""
    try:
        return parquet.read_table(path)
    except (pa.ArrowException, OSError, ValueError) as error:
        reason = str(error).strip().split("\n", maxsplit=1)[0].rstrip(".")
        raise DataError(f"{path}: not a readable Parquet file ({reason}); write it again") from None


def notes_of(table: Any) -> dict[str, str]:  # noqa: ANN401 - pyarrow ships no types
    """Return the notes kept beside a table's rows."""
    metadata = table.schema.metadata or {}
    return {key.decode(): value.decode() for key, value in metadata.items() if key != b"ARROW:schema"}
