"""Goal seek from the command line: what may be asked, the same bytes for the same seed, and going on when stopped."""

from pathlib import Path

import pytest

from scenarios.levers.marketing import ScaleLeads
from scenarios.levers.routing import ChangeRouting
from scenarios.levers.staffing import ChangeHeadcount
from scenarios.prices import Prices
from sim.errors import SpecError, UnknownNameError
from studies import cli
from studies.config.prices_file import parse_prices
from studies.dial_text import read_amount, read_chance, read_dials
from studies.store import load_run
from tests.studies.small_company import write_company
from tests.studies.stopped_trials import goes_on_to_the_same_bytes

ASK = (
    *("seek", "funnel.yaml", "--as-of", "2026-01-05", "--days", "15", "--target", "150k", "--chance", "60%"),
    *("--dial", "headcount sales -1..2", "--dial", "leads web 0.8..1.6 by 0.1", "--dial", "routing least-open"),
    *("--prices", "prices.yaml", "--trials", "3", "--confirm", "30"),
)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(cli, "keep_compiled_rules", lambda: None)
    monkeypatch.chdir(tmp_path)
    write_company(tmp_path)
    (tmp_path / "prices.yaml").write_text("prices: {rep_month: 6000, lead: {web: 40}}\n", "utf-8")
    return tmp_path


@pytest.mark.slow
def test_a_search_that_was_stopped_goes_on_to_the_same_bytes(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    goes_on_to_the_same_bytes(ASK, here, monkeypatch)
    run = load_run(here / "whole")
    assert run.tables == ("finalists", "trials")
    assert run.manifest.answer
    assert (run.table("trials")["cost"].diff().dropna() >= 0).all()


def test_dials_pull_the_levers_that_their_words_say() -> None:
    reps, leads, every, routing, sla = read_dials(
        [
            "headcount sales -1..4",
            "leads web 0.8..1.5",
            "leads 1..2 by 0.5",
            "routing sales: random,as is",
            "sla none|remind 1 h",
        ]
    )
    assert (reps.settings, reps.lever(2.0), reps.label(2.0)) == (
        (-1, 0, 1, 2, 3, 4),
        ChangeHeadcount("sales", 2),
        "sales +2",
    )
    assert (len(leads.settings), leads.lever(1.2)) == (71, ScaleLeads(1.2, "web"))
    assert (every.settings, every.lever(1.5)) == ((1, 1.5, 2), ScaleLeads(1.5))
    assert (routing.settings, routing.lever("random")) == (("as is", "random"), ChangeRouting("random", "sales"))
    assert (sla.settings, sla.label("none")) == (("as is", "none", "remind 1 h"), "SLA: none")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("hire 2", "begin with one of"),
        ("headcount sales", "what is set and how far"),
        ("headcount sales 0..1.5 by 0.5", "reps are whole"),
        ("leads web 1.5..0.8", "needs a range"),
        ("sla soon", "no SLA"),
    ],
)
def test_dials_that_mean_nothing_are_refused(text: str, said: str) -> None:
    with pytest.raises(SpecError, match=said):
        read_dials([text])


def test_a_policy_that_is_not_there_is_refused() -> None:
    with pytest.raises((SpecError, UnknownNameError), match="least-opne"):
        read_dials(["routing least-opne"])


@pytest.mark.parametrize(("text", "amount"), [("3.2M", 3.2e6), ("250k", 2.5e5), ("1,200,000", 1.2e6), ("120", 120.0)])
def test_amounts_are_written_as_people_do(text: str, amount: float) -> None:
    assert read_amount(text) == amount


@pytest.mark.parametrize("text", ["", "3.2 B", "-5", "M"])
def test_other_amounts_are_refused(text: str) -> None:
    with pytest.raises(SpecError, match="no amount"):
        read_amount(text)


def test_chances_are_shares_or_percent() -> None:
    assert read_chance("80%") == read_chance("0.8") == 0.8
    with pytest.raises(SpecError, match="no chance"):
        read_chance("80")


def test_prices_stand_alone_or_among_other_things() -> None:
    expected = Prices(rep_month=6000.0, rep_month_of={"sales": 7000.0}, lead={"web": 40.0})
    text = "rep_month: 6000\nrep_month_of: {sales: 7000}\nlead: {web: 40}\n"
    assert parse_prices(text) == expected
    assert parse_prices("plans: []\nprices:\n" + "".join(f"  {line}\n" for line in text.splitlines())) == expected
    assert parse_prices("") == Prices()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rep_moth: 1", "did you mean 'rep_month'"),
        ("hiring: dear", "must be a number"),
        ("lead: {web: -1}", "0 or more"),
    ],
)
def test_prices_that_are_none_are_refused(text: str, said: str) -> None:
    with pytest.raises(SpecError, match=said):
        parse_prices(text, "prices.yaml")
