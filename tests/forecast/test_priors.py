"""The evidence that ships, and files of evidence that are refused."""

import pytest

from forecast.priors import GRADES, evidence, parse_evidence
from sim.errors import DataError, UnknownNameError
from studies.evidence import evidence_text


def test_every_prior_has_a_source_a_grade_and_a_date() -> None:
    table = evidence().to_frame()
    assert len(table) >= 15
    assert table["source"].str.len().min() > 10
    assert set(table["grade"]) <= set(GRADES)
    assert all(f"  {name}:" in evidence_text() for name in table["name"])


def test_a_prior_without_a_source_is_refused() -> None:
    with pytest.raises(DataError, match="missing or unknown: source"):
        parse_evidence('[x]\nvalue = 1.0\nspread = 1.0\nunit = "u"\ngrade = "D"\ndate = "2026-01-01"\n', "t")


def test_a_grade_that_there_is_none_of_is_refused() -> None:
    text = '[x]\nvalue = 1.0\nspread = 1.0\nunit = "u"\nsource = "s"\ngrade = "Z"\ndate = "2026-01-01"\n'
    with pytest.raises(DataError, match="grade 'Z'"):
        parse_evidence(text, "t")


def test_an_unknown_prior_is_named() -> None:
    with pytest.raises(UnknownNameError, match="no prior 'luck'"):
        evidence()["luck"]
