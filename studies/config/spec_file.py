"""The funnel file: a spec as YAML, read with exact complaints and written so that it reads back as the same spec."""

from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from sim.errors import SpecError, UnknownNameError
from sim.spec import FunnelSpec
from studies.config.forms import table
from studies.config.problems import first_problem, problem, shown
from studies.config.writing import plain
from studies.config.yaml_text import YamlFile, dump_yaml, read_text

_HEADER = """\
# A funnel: the market (what is estimated) and the operation (what is decided).
# Lengths of time take a unit (30 min, 2 h, 1.5 d); a plain number is days. Chances and shares lie between 0 and 1.
"""


def load_spec(path: Path | str) -> FunnelSpec:
    """Read a funnel file.

    Raises
    ------
    SpecError
        If the file can't be read or holds no funnel; the message gives file, line, field, value and fix.
    """
    path = Path(path)
    return parse_spec(read_text(path), path.name, path.parent)


def parse_spec(text: str, name: str = "funnel", folder: Path | None = None) -> FunnelSpec:
    """Read a funnel from YAML text.

    Parameters
    ----------
    text
        The YAML.
    name
        What messages call it.
    folder
        Where paths in it begin (policy functions); by default the current folder.
    """
    file = YamlFile(text, name)
    data = _named_calendars(file)
    try:
        given = TypeAdapter(table(FunnelSpec)).validate_python(data, context={"folder": folder})
    except ValidationError as error:
        raise first_problem(error, file) from None
    try:
        return FunnelSpec(**given.given())
    except (SpecError, UnknownNameError) as error:
        raise problem(file, (), str(error)) from None


def dump_spec(spec: FunnelSpec) -> str:
    """Write a funnel as YAML: `parse_spec` makes an equal spec, with the same fingerprint, of it.

    Fields that have their default value are left out.
    """
    return _HEADER + dump_yaml(plain(spec))


def save_spec(spec: FunnelSpec, path: Path | str) -> None:
    """Write a funnel file."""
    Path(path).write_text(dump_spec(spec), "utf-8", newline="\n")


def _named_calendars(file: YamlFile) -> dict[str, object]:
    """Call each calendar by the key under which it stands, unless it has a name of its own."""
    if not isinstance(file.data, dict):
        met = shown(file.data)
        raise SpecError(f"{file.name}: a funnel is a table with market and operation, this is {met}; write both")
    operation = file.data.get("operation")
    calendars = operation.get("calendars") if isinstance(operation, dict) else None
    if not isinstance(operation, dict) or not isinstance(calendars, dict):
        return file.data
    named = {
        key: {"name": key} | calendar if isinstance(calendar, dict) and isinstance(key, str) else calendar
        for key, calendar in calendars.items()
    }
    return file.data | {"operation": operation | {"calendars": named}}
