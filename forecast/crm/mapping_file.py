"""Mapping files: YAML that a person edits, so every mistake is answered with its line, its value and the fix."""

from collections.abc import Iterable
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path

import yaml
from pydantic import BaseModel, ValidationError

from forecast.crm.mapping import Mapping
from forecast.crm.mapping_parts import Columns, Currency, RosterTable, SideTable, Touches
from sim.errors import DataError, UnknownNameError

_PRESETS = files("forecast.crm") / "presets"
_SUFFIXES = (".yaml", ".yml")
_PARTS: dict[str, type[BaseModel]] = {
    "columns": Columns, "tables": SideTable, "roster": RosterTable, "touches": Touches, "currency": Currency,
}  # fmt: skip


_DEEPEST = 50
"""Levels of lists and tables that a mapping may have; the deepest that means anything has four."""


def preset_names() -> tuple[str, ...]:
    """Names of the mappings that ship with Headrace, sorted."""
    return tuple(
        sorted(entry.name.removesuffix(".yaml") for entry in _PRESETS.iterdir() if entry.name.endswith(".yaml"))
    )


def preset_text(name: str) -> str:
    """Return the YAML of a preset, to be copied and fitted to a company's own export."""
    if name not in preset_names():
        raise UnknownNameError("mapping", name, preset_names(), "Headrace")
    return (_PRESETS / f"{name}.yaml").read_text("utf-8")


def load_mapping(name_or_path: str | Path) -> Mapping:
    """Read a mapping: a preset by its name, or a YAML file by its path.

    Raises
    ------
    UnknownNameError
        Neither a preset nor a file.
    DataError
        A file that can't be read, isn't YAML, or says something that no mapping can mean.
    """
    path = Path(name_or_path)
    if path.suffix in _SUFFIXES or path.is_file():
        return parse_mapping(_text(path), path.name)
    return parse_mapping(preset_text(str(name_or_path)), str(name_or_path))


def parse_mapping(text: str, file: str) -> Mapping:
    """Turn YAML text into a mapping; ``file`` is what error messages call it."""
    root = _compose(text, file)
    data = _plain(root, file, ())
    if not isinstance(data, dict):
        raise DataError(f"{file}: a mapping is a table of fields such as `kind: stage-history`, this is {_what(data)}")
    try:
        mapping = Mapping.model_validate(data)
    except ValidationError as error:
        raise DataError(_explain(error, root, file)) from None
    return mapping if mapping.name else mapping.model_copy(update={"name": file.removesuffix(".yaml")})


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise DataError(f"{path.name}: a mapping file must be UTF-8; save it as UTF-8") from None
    except OSError as error:
        raise DataError(f"{path}: can't read the mapping ({error.strerror}); check the path") from None


def _compose(text: str, file: str) -> yaml.Node | None:
    """Parse without guessing types: to YAML, a stage called ``No`` or ``1.0`` would not be a text."""
    try:
        _check_depth(text, file)
        return yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise DataError(f"{file}, line {line}: not YAML ({error.problem}); check quotes and indentation") from None
    except yaml.YAMLError as error:
        raise DataError(f"{file}: not YAML ({' '.join(str(error).split())}); save it as UTF-8 text") from None


def _check_depth(text: str, file: str) -> None:
    """Refuse lists within lists without end: what Python's stack would bear depends on which libraries are loaded."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.BaseLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise DataError(f"{file}: lists within lists without end; check the brackets")


def _plain(node: yaml.Node | None, file: str, above: tuple[int, ...]) -> object:
    if node is None:
        return None
    if id(node) in above:
        raise DataError(f"{file}, line {node.start_mark.line + 1}: an anchor contains itself; write the value out")
    inside = (*above, id(node))
    if isinstance(node, yaml.MappingNode):
        return _table(node, file, inside)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(child, file, inside) for child in node.value]
    return node.value


def _table(node: yaml.MappingNode, file: str, inside: tuple[int, ...]) -> dict[str, object]:
    table: dict[str, object] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise DataError(
                f"{file}, line {key.start_mark.line + 1}: a field's name must be a text; write one name a line"
            )
        if key.value in table:
            raise DataError(f"{file}, line {key.start_mark.line + 1}: {key.value!r} is given twice; keep one")
        table[str(key.value)] = _plain(value, file, inside)
    return table


def _what(data: object) -> str:
    return "empty" if data in (None, "") else "a list" if isinstance(data, list) else f"the text {data!r}"


def _explain(error: ValidationError, root: yaml.Node | None, file: str) -> str:
    """Say the first mistake in a sentence; the others show once it is mended."""
    errors = error.errors(include_url=False)
    # A misspelt field comes first: a field that is missing may be the one that was meant.
    first = next((found for found in errors if found["type"] == "extra_forbidden"), errors[0])
    where = [str(part) for part in first["loc"]]
    place = f"{file}, line {_line(root, where)}"
    field = ".".join(where)
    if first["type"] == "extra_forbidden":
        return f"{place}: no field {field!r}; {_suggest(where)}"
    if first["type"] == "missing":
        return f"{place}: {field} is missing; add it"
    if first["type"] == "value_error":
        what = str(first["msg"]).removeprefix("Value error, ")
        return f"{place}: {field}: {what}" if where else f"{file}: {what}"
    return f"{place}: {field}: {first['msg'][0].lower()}{first['msg'][1:]}, got {first['input']!r}"


def _suggest(where: list[str]) -> str:
    part = _PARTS.get(where[0], Mapping) if len(where) > 1 else Mapping
    known: Iterable[str] = part.model_fields
    close = get_close_matches(where[-1], known, 1)
    return f"did you mean {close[0]!r}?" if close else f"there are {', '.join(known)}"


def _line(node: yaml.Node | None, where: list[str]) -> int:
    """Line of the deepest part of ``where`` that the file contains."""
    line = node.start_mark.line if node else 0
    for part in where:
        children = node.value if isinstance(node, yaml.MappingNode) else []
        entry = next(((key, value) for key, value in children if key.value == part), None)
        if entry is None:
            break
        line, node = entry[0].start_mark.line, entry[1]
    return line + 1
