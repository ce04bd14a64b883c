"""YAML as a person means it: every value keeps its line, and nothing is guessed but numbers, true, false and nothing.

YAML 1.1 reads ``no`` as false, ``9:00`` as 540 and ``2026-01-01`` as a date object, so a stage may not be called No.
Here they are texts, and the field that holds them says what they must be.
"""

import re
from pathlib import Path
from typing import Any, override

import yaml

from sim.errors import SpecError

type Place = tuple[str | int, ...]
"""The way to a value: keys and positions."""

type Held = Any
"""Tables, lists, texts and numbers, and the nodes of PyYAML that hold them."""

_WIDTH = 116
_SHORT = 100
_RESOLVERS = (
    ("tag:yaml.org,2002:null", re.compile(r"~|null|Null|NULL|"), ["~", "n", "N", ""]),
    ("tag:yaml.org,2002:bool", re.compile(r"true|True|TRUE|false|False|FALSE"), list("tTfF")),
    ("tag:yaml.org,2002:int", re.compile(r"[-+]?(?:0|[1-9][0-9_]*)"), list("-+0123456789")),
    (
        "tag:yaml.org,2002:float",
        re.compile(r"[-+]?(?:[0-9][0-9_]*)?\.?[0-9]+(?:[eE][-+]?[0-9]+)?|[-+]?[0-9]+\.|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"),
        list("-+0123456789."),
    ),
    ("tag:yaml.org,2002:merge", re.compile(r"<<"), ["<"]),
)  # fmt: skip


def _by_first_letter() -> dict[str, list[tuple[str, re.Pattern[str]]]]:
    table: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    for tag, pattern, letters in _RESOLVERS:
        for letter in letters:
            table.setdefault(letter, []).append((tag, re.compile(rf"(?:{pattern.pattern})$")))
    return table


class _Loader(yaml.SafeLoader):
    """The safe loader with fewer guesses, which refuses a key that is given twice."""

    yaml_implicit_resolvers = _by_first_letter()

    @override
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            if key.value in seen and key.value != "<<":
                raise yaml.MarkedYAMLError(problem=f"{key.value!r} is given twice", problem_mark=key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


class _Dumper(yaml.SafeDumper):
    """Tables and lists that fit on a line stand on one."""

    yaml_implicit_resolvers = _by_first_letter()

    def ignore_aliases(self, _: object) -> bool:
        return True

    @override
    def represent_mapping(self, tag: str, mapping: Held, flow_style: bool | None = None) -> yaml.MappingNode:
        return super().represent_mapping(tag, mapping, flow_style=_is_short(dict(mapping)))

    @override
    def represent_sequence(self, tag: str, sequence: Held, flow_style: bool | None = None) -> yaml.SequenceNode:
        flat = not any(isinstance(item, dict | list) for item in sequence)
        return super().represent_sequence(tag, sequence, flow_style=flat or _is_short(sequence))


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


def _number(dumper: yaml.SafeDumper, number: float) -> yaml.ScalarNode:
    return dumper.represent_scalar(
        "tag:yaml.org,2002:float", repr(number).replace("inf", ".inf").replace("nan", ".nan")
    )


_Dumper.add_representer(str, _text)
_Dumper.add_representer(float, _number)


def _is_short(value: Held) -> bool:
    text = str(value).replace("'", "")
    return "\\n" not in text and len(text) <= _SHORT


class YamlFile:
    """A YAML text with its lines.

    Attributes
    ----------
    name
        What messages call the file.
    data
        What it says: tables, lists, texts, numbers, true, false, None.
    """

    def __init__(self, text: str, name: str) -> None:
        """Parse ``text``; raise `SpecError` with the line where it is no YAML."""
        self.name = name
        loader = _Loader(text)
        try:
            self._root = loader.get_single_node()
            self.data: Held = loader.construct_document(self._root) if self._root else None
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line + 1 if mark else 1
            raise SpecError(f"{name}, line {line}: not YAML: {error.problem}; mend that line") from None
        except (yaml.YAMLError, RecursionError) as error:
            raise SpecError(f"{name}: not YAML: {' '.join(str(error).split())}; save it as UTF-8 text") from None

    def line(self, place: Place) -> int:
        """Return the line, counted from 1, of the deepest part of ``place`` that the file has."""
        node, line = self._root, 0
        for part in place:
            inner = _child(node, part)
            if inner is None:
                break
            line, node = inner
        return line + 1


def _child(node: Held, part: str | int) -> tuple[int, Held] | None:
    if isinstance(node, yaml.MappingNode):
        return next(((key.start_mark.line, value) for key, value in node.value if key.value == str(part)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part].start_mark.line, node.value[part]
    return None


def read_text(path: Path) -> str:
    """Return a file's text, or raise `SpecError` saying why it can't be read."""
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise SpecError(f"{path}: not UTF-8 text; save it as UTF-8") from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise SpecError(f"{path}: can't be read ({reason}); check the path") from None


def dump_yaml(data: object) -> str:
    """Write plain data as YAML; what fits on a line stands on one."""
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH)
