"""Comparisons say what the numbers say: how much, how sure, and in which direction good lies."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from scenarios.compare import HIGHER_IS_BETTER, Verdict, compare, is_precise
from scenarios.experiment import Experiment
from scenarios.pairing import Floats, luck_half_width, mean_interval
from scenarios.precision import Precision
from scenarios.scenario import Scenario
from sim.errors import SpecError, UnknownNameError
from sim.kpis import HEADLINES
from sim.opening import Opening
from sim.spec import FunnelSpec


def table(**scenarios: list[float]) -> pd.DataFrame:
    """One draw; the lists are the scenarios' bookings (and win rates, and first touches, and leads), run by run."""
    parts = [
        pd.DataFrame(
            {
                "scenario": name,
                "draw": 0,
                "replication": range(len(values)),
                "bookings": values,
                "win_rate_closed": np.array(values) / 1000,
                "first_touch_median": values,
                "leads": values,
            }
        )
        for name, values in scenarios.items()
    ]
    return pd.concat(parts, ignore_index=True)


BASE = [100.0, 140.0, 90.0, 120.0]
MORE = [111.0, 150.0, 99.0, 130.0]
MIXED = [101.0, 139.0, 95.0, 110.0]


def test_the_table_holds_the_paired_difference_with_its_interval() -> None:
    row = compare(table(base=BASE, more=MORE), "bookings").table.loc["more"]
    gain = np.array(MORE) - np.array(BASE)
    half = 3.182446305284263 * gain.std(ddof=1) / 2  # t with 3 degrees of freedom at 97.5 %, from a printed table
    assert row["difference"] == pytest.approx(10.0)
    assert (row["low"], row["high"]) == pytest.approx((10.0 - half, 10.0 + half))
    assert row["relative"] == pytest.approx(10.0 / 112.5)
    assert (row["mean"], row["sd"]) == pytest.approx((np.mean(MORE), np.std(MORE, ddof=1)))
    assert (row["pairs"], row["better"], row["worse"]) == (4, 1.0, 0.0)


def test_the_gain_from_pairing_is_reported() -> None:
    row = compare(table(base=BASE, more=MORE), "bookings").table.loc["more"]
    gain = np.array(MORE) - np.array(BASE)
    assert row["luck_sd"] == pytest.approx(gain.std(ddof=1))
    assert row["independent_sd"] == pytest.approx(np.sqrt(np.var(BASE, ddof=1) + np.var(MORE, ddof=1)))
    assert row["efficiency"] == pytest.approx((row["independent_sd"] / row["luck_sd"]) ** 2)
    assert np.isnan(row["ignorance_sd"])


@pytest.mark.parametrize(
    ("kpi", "up", "down"),
    [
        ("bookings", Verdict.BETTER, Verdict.WORSE),
        ("first_touch_median", Verdict.WORSE, Verdict.BETTER),
        ("leads", Verdict.HIGHER, Verdict.LOWER),
    ],
)
def test_the_verdict_knows_in_which_direction_good_lies(kpi: str, up: Verdict, down: Verdict) -> None:
    less = [value - 10.0 - place for place, value in enumerate(BASE)]
    found = compare(table(base=BASE, same=BASE, more=MORE, less=less, mixed=MIXED), kpi).table["verdict"]
    assert found.to_dict() == {
        "base": Verdict.BASELINE,
        "same": Verdict.SAME,
        "more": up,
        "less": down,
        "mixed": Verdict.UNCLEAR,
    }


def test_faster_is_better_in_the_share_of_pairs_too() -> None:
    row = compare(table(base=BASE, mixed=MIXED), "first_touch_median").table.loc["mixed"]
    assert (row["better"], row["worse"]) == (0.5, 0.5)
    row = compare(table(base=BASE, more=MORE), "first_touch_median").table.loc["more"]
    assert (row["better"], row["worse"]) == (0.0, 1.0)


def test_every_figure_with_a_direction_is_a_headline_figure() -> None:
    assert set(HIGHER_IS_BETTER) <= set(HEADLINES)


def test_runs_that_do_not_know_the_figure_are_left_out_with_their_twins() -> None:
    runs = table(base=[100.0, np.nan, 90.0, 120.0], more=[111.0, 150.0, 99.0, np.nan])
    row = compare(runs, "bookings").table.loc["more"]
    assert (row["pairs"], row["difference"]) == (2, 10.0)


def test_runs_without_a_twin_are_left_out() -> None:
    assert compare(table(base=BASE, more=MORE[:3]), "bookings").table.loc["more", "pairs"] == 3


def test_twins_are_found_by_draw_and_replication_not_by_row() -> None:
    runs = table(base=BASE, more=MORE)
    shuffled = runs.sample(frac=1.0, random_state=1)
    found = compare(shuffled, "bookings", "base").table
    expected = compare(runs, "bookings", "base").table
    pd.testing.assert_frame_equal(found.sort_index(), expected.sort_index())


def test_one_run_is_too_few_to_tell() -> None:
    found = compare(table(base=BASE[:1], more=MORE[:1]), "bookings")
    assert found.table.loc["more", "verdict"] == Verdict.TOO_FEW
    assert found.sentences()[1] == "more: too few runs to tell (1 pairs)."


def test_the_sentences_can_be_read_to_a_board() -> None:
    runs = table(base=BASE, more=MORE, same=BASE)
    assert compare(runs, "bookings").sentences() == (
        "base: bookings 112 on average over 4 runs.",
        "more: better; bookings +10.0 (+8.9%), between +8.29 and +11.7; ahead in 100% of 4 pairs.",
        "same: no difference in any run (4 pairs).",
        "All these intervals hold together with 95% confidence.",
    )
    shares = compare(runs, "win_rate_closed", confidence=0.9).sentences()
    assert shares[0] == "base: win_rate_closed 11.2 % on average over 4 runs."
    assert "win_rate_closed +1.00 points (+8.9%)" in shares[1]
    assert shares[3] == "All these intervals hold together with 90% confidence."
    assert "+10.0 days" in compare(runs, "first_touch_median").sentences()[1]


def test_unknown_names_are_answered_with_the_known_ones() -> None:
    runs = table(base=BASE, more=MORE)
    with pytest.raises(UnknownNameError, match="no figure 'sales'; this experiment has leads, bookings"):
        compare(runs, "sales")
    with pytest.raises(UnknownNameError, match="no scenario 'now'; this experiment has base, more"):
        compare(runs, "bookings", "now")
    with pytest.raises(SpecError, match=r"confidence must be in \(0, 1\), got 95"):
        compare(runs, "bookings", confidence=95)


# precision


def asking(funnel: FunnelSpec, opening: Opening, precision: Precision, *names: str) -> Experiment:
    return Experiment(
        base=(funnel,),
        opening=opening,
        scenarios=tuple(Scenario(name) for name in names),
        days=1.0,
        seed=1,
        replications=10,
        precision=precision,
    )


def test_every_comparison_must_be_precise(funnel: FunnelSpec, opening: Opening) -> None:
    runs = table(base=BASE, more=MORE, mixed=MIXED)
    found = compare(runs, "bookings").table
    halves = pd.concat([found["high"] - found["difference"], found["difference"] - found["low"]], axis=1)
    widths = halves.max(axis=1).to_dict()
    for names, width in ((("base", "more"), widths["more"]), (("base", "more", "mixed"), widths["mixed"])):
        for stretch, enough in ((1.001, True), (0.999, False)):
            experiment = asking(funnel, opening, Precision(kpi="bookings", absolute=stretch * width), *names)
            assert is_precise(experiment, runs) is enough


def test_a_baseline_alone_must_have_a_precise_mean(funnel: FunnelSpec, opening: Opening) -> None:
    runs = table(base=BASE)
    half = luck_half_width(np.array(BASE), np.zeros(4, np.int64), 0.95)
    for stretch, enough in ((1.001, True), (0.999, False)):
        relative = Precision(kpi="bookings", relative=stretch * half / 112.5)
        assert is_precise(asking(funnel, opening, relative, "base"), runs) is enough


def rule_stops(precision: Precision, experiment: Experiment, dice: np.random.Generator) -> pd.DataFrame:
    """Grow a table of made-up runs round by round until the rule is content, as a study does."""
    base = 100.0 + 30.0 * dice.standard_normal(precision.most_replications)
    more = base + 5.0 + 8.0 * dice.standard_normal(precision.most_replications)
    for end in precision.ends(experiment.replications):
        runs = table(base=base[:end].tolist(), more=more[:end].tolist())
        if is_precise(experiment, runs):
            return runs
    return runs


def test_stopping_reaches_the_half_width_with_few_runs_too_many(funnel: FunnelSpec, opening: Opening) -> None:
    precision = Precision(kpi="bookings", absolute=2.0, most_replications=400)
    experiment = asking(funnel, opening, precision, "base", "more")
    dice, sizes = np.random.default_rng(2), []
    for _ in range(8):
        row = compare(rule_stops(precision, experiment, dice), "bookings").table.loc["more"]
        assert max(row["high"] - row["difference"], row["difference"] - row["low"]) <= 2.0
        sizes.append(row["pairs"])
    assert 50 < np.mean(sizes) < 100  # (1.96 × 8 / 2)² = 61 runs would do if the spread were known


def stops_and_covers(sample: Callable[[int], Floats], half_width: float, first: int) -> bool:
    """Whether the interval covers 0, the truth, after runs were added until it was short enough."""
    precision = Precision(kpi="bookings", absolute=half_width, most_replications=400)
    values, draw = sample(400), np.zeros(400, np.int64)
    for end in precision.ends(first):
        if luck_half_width(values[:end], draw[:end], 0.95) <= half_width:
            break
    interval = mean_interval(values[:end], draw[:end], 0.95)
    return interval.low <= 0 <= interval.high


def coverage(kind: str, first: int = 1) -> float:
    """Coverage over half widths that some twenty to a hundred runs reach."""
    dice = np.random.default_rng(6)
    samples = {"normal": dice.standard_normal, "exponential": lambda n: dice.exponential(1.0, n) - 1.0}
    widths = np.repeat([0.2, 0.26, 0.35, 0.45], 250)
    return float(np.mean([stops_and_covers(samples[kind], width, first) for width in widths]))


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["normal", "exponential"])
def test_whoever_stops_when_it_is_precise_is_still_as_sure_as_it_says(kind: str) -> None:
    assert 0.93 <= coverage(kind) <= 0.97


@pytest.mark.slow
def test_the_check_catches_a_rule_that_looks_too_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scenarios.precision.FEWEST", 4)
    assert coverage("exponential", first=4) < 0.93
