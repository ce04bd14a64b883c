"""What is wrong with a file, in a sentence: the file and line, the field, the value that was met, and the fix."""

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from sim.errors import SpecError
from studies.config.yaml_text import Place, YamlFile

_EXPECTED = {
    "model_type": "a table of fields such as `name: value`",
    "dict_type": "a table of fields such as `name: value`",
    "tuple_type": "a list such as [a, b]",
    "list_type": "a list such as [a, b]",
    "float_type": "a number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "string_type": "a text",
    "bool_type": "true or false",
    "finite_number": "a finite number",
}
_LONGEST_VALUE = 60
_LINE = re.compile(r", line (\d+):")

UNKNOWN_KEY = "headrace_key"
"""The type of pydantic's error for a field that isn't known; its context holds the ``key``."""


def first_problem(error: ValidationError, file: YamlFile) -> SpecError:
    """Return the first thing that is wrong; the others show once it is mended."""
    return _told(error.errors(include_url=False)[0], file, ())


def every_problem(error: ValidationError, file: YamlFile, within: Place = ()) -> list[SpecError]:
    """Return everything that is wrong with the part of a file at the place ``within``."""
    return [_told(found, file, within) for found in error.errors(include_url=False)]


def together(file: YamlFile, problems: Sequence[SpecError]) -> SpecError:
    """Return one error that says them all, each once, in the order of the lines; one alone is itself."""
    told = list(dict.fromkeys(str(one) for one in sorted(problems, key=_line_of)))
    if len(told) == 1:
        return SpecError(told[0])
    return SpecError(f"{file.name} has {len(told)} problems:\n" + "\n".join(f"  {one}" for one in told))


def _line_of(one: SpecError) -> int:
    found = _LINE.search(str(one))
    return int(found[1]) if found else 0


def _told(found: ErrorDetails, file: YamlFile, within: Place) -> SpecError:
    place = (*within, *found["loc"])
    if found["type"] == UNKNOWN_KEY:
        place = (*place, str(found["ctx"]["key"]))
    return problem(file, place, _sentence(found))


def problem(file: YamlFile, place: Place, sentence: str) -> SpecError:
    """Return the error that says ``sentence`` of the value at ``place``."""
    where = f"{file.name}, line {file.line(place)}" if place else file.name
    field = field_path(place)
    return SpecError(f"{where}: {field}: {sentence}" if field else f"{where}: {sentence}")


def field_path(place: Place) -> str:
    """Write a place as ``market.stages[0].advance``."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place if part != "[key]")
    return text.removeprefix(".")


def suggest(name: str, known: Iterable[str]) -> str:
    """Return what was probably meant, or all there is."""
    names = list(known)
    close = get_close_matches(name, names, 1)
    if close:
        return f"did you mean {close[0]!r}?"
    return f"there are {', '.join(names)}" if len(names) > 1 else f"there is only {names[0]}"


def shown(value: object) -> str:
    """Return a value as a message shows it, cut where it is long."""
    text = "nothing" if value is None else "true" if value is True else "false" if value is False else repr(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"


def _sentence(found: ErrorDetails) -> str:
    kind = str(found["type"])
    if kind == "missing":
        return "is missing; add it"
    if kind in _EXPECTED:
        return f"must be {_EXPECTED[kind]}, got {shown(found['input'])}{_fix(kind, found['input'])}"
    return str(found["msg"]).removeprefix("Value error, ")


def _fix(kind: str, met: object) -> str:
    """Say how to mend the commonest mistakes."""
    if kind == "string_type" and isinstance(met, int | float):
        return "; put it in quotes"
    if kind == "float_type" and isinstance(met, str):
        if met.strip().endswith("%"):
            return "; write 5% as 0.05"
        if met.replace(".", "").isdigit():
            return "; take it out of the quotes"
    return ""
