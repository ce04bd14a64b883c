"""Sensitivity from the command line, and where its ranges come from."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from scipy.special import logit

from forecast.posterior import Posterior
from scenarios.beliefs import RANGE
from sim.errors import SpecError, UnknownNameError
from sim.opening import Opening
from studies import cli
from studies.config import parse_spec
from studies.funnel_folder import Funnel
from studies.posterior_file import save_posterior
from studies.ranges import estimated, from_posterior, read_ranges, stated
from studies.store import load_run
from tests.studies.small_company import FUNNEL, write_company

SPEC = parse_spec(FUNNEL)
ASK = (
    *("sensitivity", "funnel.yaml", "--as-of", "2026-01-05", "--days", "15", "--replications", "3", "--draws", "20"),
    *("--range", "advance proposal 0.4..0.6", "--range", "amounts evidence", "--headcount", "sales:+1"),
    *("--dial", "headcount sales -1..1", "--margin", "0.5"),
)


def results(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.*") if path.name != "manifest.json"}


@pytest.mark.slow
def test_a_study_has_the_same_bytes_whoever_shares_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "keep_compiled_rules", lambda: None)
    monkeypatch.chdir(tmp_path)
    write_company(tmp_path)
    assert cli.run([*ASK, "--output", "one", "--workers", "1"]) == cli.OK
    assert cli.run([*ASK, "--output", "two", "--workers", "2"]) == cli.OK
    assert results(tmp_path / "one") == results(tmp_path / "two")
    run = load_run(tmp_path / "one")
    assert run.tables == ("indices", "information", "kpis", "plans", "tornado")
    assert set(run.table("tornado")["basis"].str.partition(":")[0]) == {"stated", "decided", "evidence, grade D"}
    assert set(run.table("information")["name"]) == {"advance proposal", "amounts"}
    text = (tmp_path / "one" / "report.html").read_text("utf-8")
    assert "Judgement: negotiated deals" in text
    assert text.count("<svg") == 2


def test_evidence_gives_a_range_its_width_and_its_grade() -> None:
    advance, amounts = stated(["advance qualify evidence", "amounts evidence"], SPEC).beliefs
    assert (logit(advance.high) - logit(advance.low)) / 2 == pytest.approx(0.4 * RANGE)
    assert advance.value(0.0) == pytest.approx(0.4)
    assert amounts.high == pytest.approx(np.exp(0.3 * RANGE))
    assert amounts.basis.startswith("evidence, grade D: ")


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (["conversion qualify 0.3..0.5"], "begin with one of"),
        (["advance qualify"], "from where to where"),
        (["effort qualify evidence"], "no evidence says"),
        (["amounts 0.8..1.2", "amounts 0.9..1.1"], "given twice"),
    ],
)
def test_ranges_that_mean_nothing_are_refused(texts: list[str], said: str) -> None:
    with pytest.raises(SpecError, match=said):
        stated(texts, SPEC)


@pytest.mark.parametrize("text", ["advance closing 0.3..0.5", "advance evidence", "leads fair 0.8..1.2"])
def test_ranges_of_what_the_funnel_has_not_are_refused(text: str) -> None:
    with pytest.raises(UnknownNameError):
        stated([text], SPEC)


def test_estimates_give_ranges_by_their_standard_errors() -> None:
    rows = [
        ("stage 'qualify'", "advance", 0.4, 0.02),
        ("channel 'web'", "rate_per_day", 6.0, 0.3),
        ("amounts all", "median", 10_000.0, np.nan),
    ]
    ranges = estimated(pd.DataFrame(rows, columns=["where", "what", "value", "error"]), SPEC)
    advance, leads = ranges.beliefs
    assert (advance.high - advance.low) / 2 == pytest.approx(0.02 * RANGE, rel=0.02)
    assert leads.high == pytest.approx(np.exp(0.05 * RANGE))
    assert ranges.joint is None


def test_a_funnel_without_estimates_says_what_to_give() -> None:
    funnel = Funnel(SPEC, Opening(datetime(2026, 1, 5, tzinfo=UTC)), (), {})
    with pytest.raises(SpecError, match="--range"):
        read_ranges(funnel)


def posterior(rng: np.random.Generator) -> Posterior:
    """Chances and leads that go against each other, as they do where a history has few leads."""
    common = rng.standard_normal(400)
    data = {
        "advance_level": (("draw", "stage"), np.stack([0.2 * common, 0.1 * rng.standard_normal(400)], axis=1)),
        "arrival_now": ("draw", -0.1 * common),
        "arrival_channel": (("draw", "channel"), 0.01 * rng.standard_normal((400, 2))),
        "amount_mean": (("draw", "cell"), 9 + 0.05 * rng.standard_normal((400, 1))),
    }
    names = {"stage": ["qualify", "proposal"], "channel": ["web", "partner"], "cell": ["any / any"]}
    return Posterior(xr.Dataset(data, coords=names, attrs={"as_of": "2026-01-05T00:00:00"}))


def test_a_posterior_gives_ranges_and_how_they_vary_together(tmp_path: Path) -> None:
    file = tmp_path / "posterior.nc"
    save_posterior(posterior(np.random.default_rng(1)), file)
    funnel = Funnel(SPEC, Opening(datetime(2026, 1, 5, tzinfo=UTC)), (), {})
    ranges = read_ranges(funnel, posterior=file)
    names = [belief.name for belief in ranges.beliefs]
    assert names == ["advance qualify", "advance proposal", "leads web", "leads partner", "amounts"]
    advance = ranges.beliefs[0]
    assert (logit(advance.high) - logit(advance.low)) / (2 * RANGE) == pytest.approx(0.2, rel=0.15)
    assert advance.basis == "posterior of 2026-01-05"
    together = np.corrcoef(ranges.draws(400, 1).T)
    assert together[0, 2] < -0.9
    assert abs(together[0, 1]) < 0.2


def test_a_posterior_has_only_so_many_draws_and_must_know_the_funnel() -> None:
    known = posterior(np.random.default_rng(1))
    with pytest.raises(SpecError, match="400 draws"):
        from_posterior(known, SPEC).draws(401, 1)
    foreign = known.data.assign_coords(stage=["a", "b"], channel=["c", "d"]).assign(
        amount_mean=known.data["amount_mean"] * 0
    )
    with pytest.raises(SpecError, match="says nothing"):
        from_posterior(Posterior(foreign), SPEC)
