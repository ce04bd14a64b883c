"""Priors: what is believed before a company's history is seen, each with its source, its grade and its date.

They stand in ``forecast/evidence/*.toml``, are shown by ``headrace evidence``, and are what is left where a history is
silent.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

import pandas as pd

from sim.errors import DataError, UnknownNameError

GRADES = {
    "A": "measured on many companies, data published",
    "B": "measured on one company, data published",
    "C": "published without data, or derived from what is",
    "D": "judgement",
}
_FIELDS = {"value", "spread", "unit", "source", "grade", "date"}


@dataclass(frozen=True, slots=True)
class Prior:
    """One belief: normal around ``value`` with standard deviation ``spread``, unless its unit says otherwise."""

    topic: str
    name: str
    value: float
    spread: float
    unit: str
    source: str
    grade: str
    date: date


@dataclass(frozen=True)
class Priors:
    """All beliefs by name."""

    by_name: Mapping[str, Prior]

    def __getitem__(self, name: str) -> Prior:
        """Return one belief, or raise `UnknownNameError`."""
        if name not in self.by_name:
            raise UnknownNameError("prior", name, self.by_name, "the evidence")
        return self.by_name[name]

    def to_frame(self) -> pd.DataFrame:
        """Return one row a belief, the columns named as the attributes of `Prior`."""
        names = list(Prior.__dataclass_fields__)
        return pd.DataFrame([[getattr(each, name) for name in names] for each in self.by_name.values()], columns=names)


@cache
def evidence() -> Priors:
    """Read the evidence that ships with Headrace."""
    found: dict[str, Prior] = {}
    for entry in sorted((files("forecast") / "evidence").iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".toml"):
            topic = entry.name.removesuffix(".toml")
            found |= parse_evidence(entry.read_text("utf-8"), topic)
    return Priors(found)


def parse_evidence(text: str, topic: str) -> dict[str, Prior]:
    """Read one file of evidence; raise `DataError` naming the entry and field that isn't as it should be."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DataError(f"evidence {topic}: not TOML ({error}); compare with the other files") from None
    return {name: _prior(topic, name, entry) for name, entry in table.items()}


def _prior(topic: str, name: str, entry: Mapping[str, object]) -> Prior:
    if set(entry) != _FIELDS:
        wrong = ", ".join(sorted(set(entry) ^ _FIELDS))
        raise DataError(f"evidence {topic}: {name} must have {', '.join(sorted(_FIELDS))}; missing or unknown: {wrong}")
    grade = str(entry["grade"])
    if grade not in GRADES:
        raise DataError(f"evidence {topic}: {name} has grade {grade!r}; grades are {', '.join(GRADES)}")
    value, spread = (float(str(entry[field])) for field in ("value", "spread"))
    unit, source = str(entry["unit"]), str(entry["source"])
    return Prior(topic, name, value, spread, unit, source, grade, date.fromisoformat(str(entry["date"])))
