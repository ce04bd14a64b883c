"""What is wrong with an export, what was done about it, and which rows were set aside for it.

Nothing disappears: the rows that came in are the rows that were used plus the rows that were set aside, and the latter
are kept, as they came, with the reason.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Literal, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

type Rows = npt.NDArray[np.int64]
type Severity = Literal["error", "warning", "info"]
type Done = Literal["kept", "repaired", "set aside"]

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
"""Worst first. An error makes some answer wrong, a warning may, an info is only to be known."""

SHOWN = 5
"""How many examples a finding gives."""

_COMPARED = 200  # names that are compared with a list: each comparison goes through the whole list

FINDING_COLUMNS = ("severity", "code", "count", "what", "done", "why", "examples")
"""The columns of `QualityReport.to_frame`."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the export's owner should know.

    Attributes
    ----------
    code
        A short name that stays the same, such as ``closed-before-created``.
    what
        The finding in a sentence.
    count
        How many rows, leads or names it concerns; the sentence says which.
    done
        Whether they were kept as they are, repaired, or set aside.
    why
        The reason, or what to do about it.
    examples
        Up to `SHOWN` record ids, names or values.
    """

    code: str
    severity: Severity
    what: str
    count: int
    done: Done
    why: str
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QualityReport:
    """The state of an export.

    Attributes
    ----------
    findings
        Worst first.
    rows_in, rows_used
        Rows of the main table that came in, and that the log was built from.
    set_aside
        The others: ``file``, ``row`` (counted from 1 after the header), ``code`` of the finding, ``text`` of a line
        that is no row (its ``row`` is then the line of the file), and the source's own columns as they came.
    """

    findings: tuple[Finding, ...]
    rows_in: int
    rows_used: int
    set_aside: pd.DataFrame

    def __getitem__(self, code: str) -> Finding:
        """Return the finding of that code, or raise KeyError."""
        for finding in self.findings:
            if finding.code == code:
                return finding
        raise KeyError(f"no finding {code!r}; this report has {', '.join(f.code for f in self.findings) or 'none'}")

    def __contains__(self, code: object) -> bool:
        """Say whether there is a finding of that code."""
        return any(finding.code == code for finding in self.findings)

    def worst(self) -> Severity | None:
        """Return the severity of the worst finding, or None if there is none."""
        return self.findings[0].severity if self.findings else None

    def to_frame(self) -> pd.DataFrame:
        """Return one row a finding, for the terminal and for HTML; columns are `FINDING_COLUMNS`."""
        rows = [{name: getattr(finding, name) for name in FINDING_COLUMNS} for finding in self.findings]
        frame = pd.DataFrame(rows, columns=list(FINDING_COLUMNS))
        frame["examples"] = [", ".join(finding.examples) for finding in self.findings]
        return frame


@dataclass(slots=True)
class Ledger:
    """Takes down findings, and for every row of the main table the reason for which it was set aside, if any.

    Attributes
    ----------
    reason
        One number a row: 0 is used, otherwise an index into ``codes``.
    name_of
        Gives a row the name under which an example shows it.
    """

    reason: npt.NDArray[np.int16]
    name_of: Callable[[int], str]
    findings: list[Finding] = field(default_factory=list)
    codes: list[str] = field(default_factory=lambda: [""])

    @classmethod
    def for_rows(cls, n_rows: int, name_of: Callable[[int], str]) -> Self:
        """Open a ledger in which every row is still in use."""
        return cls(np.zeros(n_rows, np.int16), name_of)

    def copy(self) -> Self:
        """Return a ledger that goes on from here on its own."""
        return replace(self, reason=self.reason.copy(), findings=list(self.findings), codes=list(self.codes))

    @property
    def used(self) -> npt.NDArray[np.bool_]:
        """Flag the rows that are still in use."""
        return np.asarray(self.reason == 0)

    def note(self, finding: Finding) -> None:
        """Take down a finding, if it concerns anything at all."""
        if finding.count:
            self.findings.append(finding)

    def keep(self, rows: Rows, finding: Finding) -> None:
        """Take down a finding about rows that stay in use (or were repaired); fills in its count and examples."""
        self.note(replace(finding, count=len(rows), examples=self.examples(rows)))

    def set_aside(self, rows: Rows, finding: Finding) -> None:
        """Take rows out of use for the finding's reason; rows that were out already keep their first reason."""
        rows = rows[self.reason[rows] == 0]
        if len(rows):
            self.codes.append(finding.code)
            self.reason[rows] = len(self.codes) - 1
            examples = finding.examples or self.examples(rows)
            self.note(replace(finding, count=len(rows), examples=examples, done="set aside"))

    def examples(self, rows: Rows) -> tuple[str, ...]:
        """Name the first few distinct ones."""
        names = dict.fromkeys(self.name_of(int(row)) for row in rows[: 20 * SHOWN])
        return tuple(names)[:SHOWN]


def worst_first(findings: list[Finding]) -> tuple[Finding, ...]:
    """Order findings by severity, then by code."""
    return tuple(sorted(findings, key=lambda finding: (SEVERITIES.index(finding.severity), finding.code, finding.what)))


def unknown_names(code: str, what: str, count: int, names: Sequence[str], known: Sequence[str]) -> Finding:
    """Report names that a list doesn't have, each with the listed name that it resembles."""
    pairs = [(name, get_close_matches(name, known, 1, 0.75)) for name in names[:_COMPARED]]
    close = [f"{name} ({match[0]}?)" for name, match in pairs if match]
    shown = (close + [name for name, match in pairs if not match])[:SHOWN]
    respell = "respell them under `aliases` if the names in brackets are meant"
    why = respell if close else "add them to the list, or check them"
    return Finding(code, "warning", what, count, "kept", why, tuple(shown))
