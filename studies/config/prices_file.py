"""The prices file: what things cost the company, as YAML, alone or under ``prices:`` among other things.

rep_month: 9500
rep_month_of: {closers: 12000}
hiring: 15000
lead: {web: 80, partner: 140}
"""

from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from scenarios.prices import Prices
from studies.config.forms import form
from studies.config.problems import first_problem
from studies.config.yaml_text import YamlFile, read_text

_UNDER = "prices"


def load_prices(path: Path | None) -> Prices:
    """Read a prices file; without one the usual prices hold.

    Raises
    ------
    SpecError
        If the file can't be read or holds no prices; the message gives file, line, field, value and fix.
    """
    return Prices() if path is None else parse_prices(read_text(path), path.name)


def parse_prices(text: str, name: str = "prices") -> Prices:
    """Read prices from YAML text; ``name`` is what messages call it."""
    file = YamlFile(text, name)
    data = file.data
    if isinstance(data, dict) and _UNDER in data:
        data = data[_UNDER]
    try:
        prices: Prices = TypeAdapter(form(Prices)).validate_python({} if data is None else data)
    except ValidationError as error:
        raise first_problem(error, file) from None
    return prices
