"""Checks of the rows as they came: lines that are no rows, and rows that came twice."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from forecast.crm.files import RawTable
from forecast.crm.findings import SHOWN, Finding, Ledger

_MIX = np.uint64(0x9E3779B97F4A7C15)  # 2^64 / golden ratio: an odd number whose multiples spread over all bits
_TWICE = Finding(
    "duplicate-row", "warning", "rows that are equal to an earlier one in every column", 0, "set aside",
    "the first is used; was a file given twice?",
)  # fmt: skip


def check_rows(table: RawTable, ledger: Ledger) -> None:
    """Take down broken lines, and set aside rows that are equal to an earlier one in every column."""
    broken = tuple(f"{file} line {line}" for file, line, _ in table.malformed)
    what = "lines with too many or too few fields"
    why = "a stray delimiter or quote? they are kept with the rows that were set aside"
    ledger.note(Finding("malformed-line", "error", what, len(broken), "set aside", why, broken[:SHOWN]))
    ledger.set_aside(np.flatnonzero(_seen_before(table.data)), _TWICE)


def _seen_before(data: Any) -> npt.NDArray[np.bool_]:  # noqa: ANN401 - pyarrow ships no types
    """Flag rows that are equal to an earlier one: equal codes in every column, hashed together to 64 bits."""
    key = np.zeros(data.num_rows, np.uint64)
    for column in data.columns:
        if not pa.types.is_nested(column.type):
            codes = column.combine_chunks().dictionary_encode().indices.fill_null(-1).to_numpy(zero_copy_only=False)
            key = (key ^ (key >> np.uint64(29))) * _MIX + codes.astype(np.uint64)
    _, first = np.unique(key, return_index=True)
    again = np.ones(len(key), bool)
    again[first] = False
    return again
