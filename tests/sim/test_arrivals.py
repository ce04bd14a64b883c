"""Arrivals: as many as the rate says, hour by hour; as uneven as told; and the same leads under another rate."""

import math
from dataclasses import replace
from datetime import UTC, date, datetime, time

import numpy as np
import pytest
from scipy.stats import chi2, kstest

from sim.arrivals import Leads, Luck, Stream, draw_leads
from sim.calendar import ALWAYS
from sim.distributions import Fixed, LogNormal
from sim.market import Batch, Channel, Market, Scoring, Stage
from sim.operation import Operation, Team
from sim.spec import FunnelSpec
from sim.units import YEAR
from sim.workforce import Rep

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
WEB = Channel(name="web", rate_per_day=20.0)


def spec_of(*channels: Channel, **market: object) -> FunnelSpec:
    """Return a funnel whose leads are all that matters."""
    return FunnelSpec(
        market=Market(channels=channels, stages=(Stage(name="call", advance=1.0),), **market),
        operation=Operation(
            teams=(Team(name="team", stages=("call",)),),
            reps=(Rep(name="Ada", team="team", calendar="always"),),
            calendars={"always": ALWAYS},
        ),
    )


def leads(*channels: Channel, days: float = 100.0, seed: int = 1, **market: object) -> Leads:
    return draw_leads(spec_of(*channels, **market), MONDAY, days, Luck(seed, 0))


def z(count: float, expected: float) -> float:
    """Return how many standard errors a Poisson count lies from its mean."""
    return (count - expected) / math.sqrt(expected)


def test_as_many_come_as_the_rate_says_at_times_of_a_poisson_stream() -> None:
    found = leads(WEB, days=500.0)
    assert abs(z(len(found), 10_000)) < 4
    gaps = np.diff(found.created)
    assert kstest(gaps, "expon", args=(0, 1 / 20)).pvalue > 1e-4
    assert kstest(found.created % 1, "uniform").pvalue > 1e-4
    assert abs(np.corrcoef(gaps[1:], gaps[:-1])[0, 1]) < 4 / math.sqrt(len(gaps))


def test_the_hour_the_weekday_and_the_month_set_the_rate_where_the_market_lives() -> None:
    """In Shanghai it is eight hours later: its Monday nine o'clock is one in the morning in UTC."""
    day = tuple(2.0 if 9 <= hour < 17 else 0.25 for hour in range(24))
    week, months = (1.5, 1.0, 1.0, 1.0, 1.0, 0.2, 0.1), tuple(0.5 + i / 10 for i in range(12))
    channel = replace(WEB, hour=day, weekday=week, month=months)
    found = leads(channel, days=365.0, time_zone="Asia/Shanghai")
    local = found.created + 8 / 24
    hours, days = (local * 24 % 24).astype(int), (local // 1).astype(int)
    base = 20.0 / 24
    month = np.array([date.fromordinal(date(2026, 1, 5).toordinal() + d).month - 1 for d in range(366)])
    expected = np.array([[base * day[h] * week[d % 7] * months[month[d]] for h in range(24)] for d in range(1, 365)])
    assert abs(z(((days >= 1) & (days < 365)).sum(), expected.sum())) < 4
    whole, dates = (days >= 1) & (days < 365), np.arange(1, 365)
    for hour in range(24):
        assert abs(z((whole & (hours == hour)).sum(), expected[:, hour].sum())) < 4
    for weekday in range(7):
        assert abs(z((whole & (days % 7 == weekday)).sum(), expected[dates % 7 == weekday].sum())) < 4
    for m in range(12):
        assert abs(z((whole & (month[days] == m)).sum(), expected[month[dates] == m].sum())) < 4


def test_a_holiday_and_a_trend_change_the_rate() -> None:
    closed = leads(WEB, days=30.0, day_factors={date(2026, 1, 7): 0.0, date(2026, 1, 8): 5.0})
    by_day = np.bincount(closed.created.astype(int), minlength=30)
    assert by_day[2] == 0
    assert abs(z(by_day[3], 100)) < 4
    growing = leads(replace(WEB, trend_per_year=1.0), days=730.0)
    expected = 20 * YEAR * (math.exp(730 / YEAR) - 1)
    assert abs(z(len(growing), expected)) < 4


def test_weeks_are_as_uneven_as_told() -> None:
    """A gamma factor of variance d makes the weekly count's variance its mean plus d times its mean squared."""
    mean, dispersion, weeks = 140.0, 0.25, 600
    found = leads(replace(WEB, dispersion=dispersion), days=7.0 * weeks)
    counts = np.bincount((found.created // 7).astype(int), minlength=weeks)
    variance = mean + dispersion * mean**2
    assert abs(counts.mean() - mean) < 4 * math.sqrt(variance / weeks)
    fourth = float(((counts - counts.mean()) ** 4).mean())
    assert abs(counts.var() - variance) < 4 * math.sqrt((fourth - variance**2) / weeks)
    plain = np.bincount((leads(WEB, days=7.0 * weeks).created // 7).astype(int), minlength=weeks)
    assert 1e-4 < chi2.sf(((plain - mean) ** 2 / mean).sum(), weeks) < 1 - 1e-4


def test_a_higher_rate_brings_the_same_leads_sooner() -> None:
    slow = draw_leads(spec_of(WEB), MONDAY, 50.0, Luck(3, 1))
    fast = draw_leads(spec_of(replace(WEB, rate_per_day=40.0)), MONDAY, 50.0, Luck(3, 1))
    n = len(slow)
    assert n < len(fast)
    assert fast.created[:n] == pytest.approx(slow.created / 2)
    for column in ("number", "region", "account", "amount", "score", "quality"):
        assert (getattr(fast, column)[:n] == getattr(slow, column)).all()


def test_another_channel_changes_nobody_and_another_channels_leads_are_others() -> None:
    alone, both = leads(WEB), leads(WEB, replace(WEB, name="mail"))
    mine = both.channel == 0
    assert (both.created[mine] == alone.created).all()
    assert (both.quality[mine] == alone.quality).all()
    n = min(len(alone), (~mine).sum())
    assert abs(np.corrcoef(both.quality[mine][:n], both.quality[~mine][:n])[0, 1]) < 4 / math.sqrt(n)


def test_a_batch_comes_at_once_when_it_is_uploaded() -> None:
    fair = Channel(
        name="fair", rate_per_day=0.0, batches=(
            Batch(day=date(2026, 1, 8), size=Fixed(30.0), upload_lag=Fixed(2.5)),
            Batch(day=date(2025, 12, 1), size=Fixed(30.0)),
            Batch(day=date(2026, 1, 8), size=LogNormal(50.0, 0.5)),
        ),
    )  # fmt: skip
    found = leads(fair, time_zone="America/New_York")
    times, counts = np.unique(found.created, return_counts=True)
    midnight = 3 + 5 / 24  # New York is five hours behind UTC
    assert times == pytest.approx([midnight, midnight + 2.5])
    assert counts[1] == 30
    assert len(set(found.number.tolist())) == len(found)
    alone = leads(replace(fair, batches=fair.batches[:1]), time_zone="America/New_York")
    assert (alone.quality == found.quality[found.created == times[1]]).all()


def test_the_mix_of_leads_is_as_told() -> None:
    mixed = replace(
        WEB, rate_per_day=100.0, regions={"north": 0.2, "south": 0.8}, segments={"small": 0.7, "large": 0.3}
    )
    amounts = {"large": {"any": LogNormal(1000.0, 1.0)}, "any": {"any": Fixed(10.0)}}
    found = leads(mixed, amounts=amounts, discount=Fixed(0.25), accounts=50)
    n = len(found)
    assert abs((found.region == 1).mean() - 0.8) < 4 * math.sqrt(0.16 / n)
    large = found.segment == 0  # vocabularies are sorted
    assert abs(large.mean() - 0.3) < 4 * math.sqrt(0.21 / n)
    assert set(found.amount[~large]) == {10.0}
    assert abs(np.log(found.amount[large]).mean() - math.log(1000)) < 4 / math.sqrt(large.sum())
    assert set(found.list_share) == {0.75}
    places = {(int(r), int(s)): set() for r in (0, 1) for s in (0, 1)}
    for region, segment, account in zip(found.region, found.segment, found.account, strict=True):
        places[int(region), int(segment)].add(int(account))
    assert [len(accounts) for accounts in places.values()] == [50] * 4
    assert len(set.union(*places.values())) == 200


def test_independence_of_what_a_lead_is() -> None:
    found = leads(
        replace(WEB, rate_per_day=200.0, regions={"north": 0.5, "south": 0.5}), scoring=Scoring(concordance=0.5)
    )
    columns = (found.region, found.account % 1000, found.score, found.quality, found.created % 1)
    for i, a in enumerate(columns[1:], start=1):
        for b in columns[i + 1 :]:
            assert abs(np.corrcoef(a, b)[0, 1]) < 4 / math.sqrt(len(found))


@pytest.mark.parametrize("hour", [0, 7])
def test_a_run_that_begins_within_a_day_begins_its_rates_there_too(hour: int) -> None:
    day = tuple(2.0 if h < 12 else 0.0 for h in range(24))
    channel = replace(WEB, hour=day, rate_per_day=100.0)
    start = datetime.combine(MONDAY.date(), time(hour, 30), UTC)
    market = Market(channels=(channel,), stages=(Stage(name="call", advance=1.0),))
    times = Stream.of(market, channel, start, 3.25).times(Luck(1, 0))
    local = (times + (hour + 0.5) / 24) % 1
    assert (local < 0.5).all()
    assert times.min() >= 0
    assert times.max() < 3.25
    morning = sum(max(0.0, min(3.25, d + 0.5 - (hour + 0.5) / 24) - max(0.0, d - (hour + 0.5) / 24)) for d in range(5))
    assert abs(z(len(times), 200 * morning)) < 4
