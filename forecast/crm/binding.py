"""Which file is which table: by name where the caller says so, else by the columns that the mapping looks for."""

from collections.abc import Iterable
from collections.abc import Mapping as Table
from difflib import get_close_matches
from pathlib import Path

from forecast.crm.files import RawTable, read_table, stacked
from forecast.crm.mapping import Mapping
from forecast.crm.mapping_parts import REQUIRED, Shape
from sim.errors import DataError, UnknownNameError

type Files = str | Path | Iterable[str | Path]
type Sources = Files | Table[str, Files]
"""One file, several, or a table name (``main`` and those of the mapping) → its file or files."""

MAIN = "main"
"""The name of the table that holds a row per change, deal or event."""

_DISPENSABLE = frozenset(
    {
        "owner", "actor", "closed_by", "amount", "won_amount", "cause", "channel", "region", "segment", "product",
        "account", "score", "stage_changed", "lifecycle",
    }
)  # fmt: skip


def split_header(mapping: Mapping, header: str) -> tuple[str, str]:
    """Return table and header of a reference: ``products.price`` is of the table ``products``, if there is one."""
    table, point, rest = header.partition(".")
    return (table, rest) if point and table in mapping.tables else (MAIN, header)


def dispensable(mapping: Mapping, field: str) -> bool:
    """Say whether an export may come without the column of this field: the report will mention it."""
    return field in _DISPENSABLE or (field == "created" and mapping.kind is not Shape.OPPORTUNITY_TABLE)


def bind(mapping: Mapping, sources: Sources) -> dict[str, RawTable]:
    """Read the files and give each its table's name; files of one table are stacked.

    Raises
    ------
    UnknownNameError
        A table that the mapping doesn't have.
    DataError
        A file that can't be read or fits no table, or a table without a file.
    """
    found = _by_name(mapping, sources) if isinstance(sources, Table) else _by_header(mapping, _paths(sources))
    for table in (MAIN, *mapping.tables):
        optional = table != MAIN and mapping.tables[table].optional
        if table not in found and not optional:
            needed = ", ".join(sorted(_needed(mapping, table)))
            raise DataError(
                f"mapping {mapping.name!r}: no file for the table {table!r}; give one with the columns {needed}"
            )
    return {table: stacked(parts) for table, parts in found.items()}


def _paths(paths: Files) -> list[Path]:
    files = [Path(paths)] if isinstance(paths, str | Path) else [Path(path) for path in paths]
    seen: set[Path] = set()
    for file in files:
        if file.resolve() in seen:  # or every row of it would count twice
            raise DataError(f"{file}: is named twice; name each file once")
        seen.add(file.resolve())
    return files


def _by_name(mapping: Mapping, sources: Table[str, Files]) -> dict[str, list[RawTable]]:
    known = (MAIN, *mapping.tables)
    for name in sources:
        if name not in known:
            raise UnknownNameError("table", name, known, f"mapping {mapping.name!r}")
    return {name: [read_table(path, mapping) for path in _paths(paths)] for name, paths in sources.items()}


def _by_header(mapping: Mapping, paths: list[Path]) -> dict[str, list[RawTable]]:
    found: dict[str, list[RawTable]] = {}
    for path in paths:
        table = read_table(path, mapping)
        found.setdefault(_table_of(mapping, table, alone=len(paths) == 1), []).append(table)
    return found


def _table_of(mapping: Mapping, table: RawTable, *, alone: bool) -> str:
    needs = {name: _needed(mapping, name) for name in (MAIN, *mapping.tables)}
    fitting = {name: needed for name, needed in needs.items() if needed <= set(table.header)}
    if not fitting and alone:
        return MAIN  # a missing column is then named one by one
    best = [name for name, needed in fitting.items() if len(needed) == max(map(len, fitting.values()))]
    if len(best) == 1:
        return best[0]
    if best:
        raise DataError(f"{table.file}: fits the tables {' and '.join(best)}; say which with {best[0]}=FILE")
    wants = "; ".join(f"{name} needs {', '.join(sorted(needed))}" for name, needed in needs.items())
    raise DataError(
        f"{table.file}: fits no table of mapping {mapping.name!r} ({wants}); it has {', '.join(table.header)}"
    )


def _needed(mapping: Mapping, table: str) -> set[str]:
    """The columns by which a table is known."""
    named = mapping.columns.named()
    must = named if table != MAIN else {f: h for f, h in named.items() if not dispensable(mapping, f)}
    references = [split_header(mapping, header) for header in must.values()]
    needed = {header for name, header in references if name == table}
    if table == MAIN:
        return needed | {
            named[field] for field in REQUIRED[mapping.kind] if split_header(mapping, named[field])[0] == MAIN
        }
    return needed | {mapping.tables[table].key}


def no_column(table: RawTable, header: str, field: str) -> str:
    """Say that a column isn't there, which one it could be, and which there are."""
    close = get_close_matches(header, table.header, 1)
    advice = f"did you mean {close[0]!r}?" if close else f"it has {', '.join(table.header)}"
    return f"{table.file}: no column {header!r} ({field}); {advice}"
