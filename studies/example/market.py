"""The market of Tarnbeck Software: what a mid-size vendor of business software meets.

Orders of magnitude, as plausible as public figures go: three leads in ten become marketing-qualified, three in ten of
those sales-qualified, one to two in a hundred sign, after some two months; a doubled delay of the first touch costs 0.2
in log odds. `docs/example.md` names the published figures that these were held against.
"""

from datetime import date

from sim.distributions import Discrete, Exponential, Fixed, LogNormal, Uniform, geometric_counts
from sim.market import Batch, Channel, Market, Mix, Nurture, Scoring, Stage
from sim.units import HOUR

UK, DACH, NORDICS = "UK & Ireland", "DACH", "Nordics"
SMALL, MIDDLE, LARGE = "small", "mid-market", "enterprise"
LEDGER, RELAY = "Ledger", "Relay"
"""Two product lines: planning for finance teams, and integration for IT."""
LEAD, MQL, SQL, PROPOSAL, NEGOTIATION = "lead", "mql", "sql", "proposal", "negotiation"

TIME_ZONE = "Europe/London"
_YEAR = 365.25

_MONTHS = (0.95, 1.0, 1.1, 1.05, 1.05, 1.05, 0.9, 0.8, 1.1, 1.15, 1.1, 0.75)
_WEEK = (1.25, 1.3, 1.3, 1.25, 1.1, 0.4, 0.4)
_HOURS = (
    0.2, 0.1, 0.1, 0.1, 0.1, 0.2, 0.4, 0.9, 1.8, 2.3, 2.4, 2.2,
    1.6, 1.9, 2.1, 2.0, 1.7, 1.2, 0.8, 0.6, 0.5, 0.4, 0.3, 0.1,
)  # fmt: skip

_REGIONS: Mix = {UK: 0.39, DACH: 0.44, NORDICS: 0.17}
_SEGMENTS: Mix = {SMALL: 0.50, MIDDLE: 0.35, LARGE: 0.15}
_PRODUCTS: Mix = {LEDGER: 0.6, RELAY: 0.4}

SHOW_WEEKS = (5, 9, 12, 18, 23, 37, 41, 46)
"""ISO weeks of the trade shows; each ends on a Thursday, and its leads are uploaded some days later."""
SHOW_YEARS = (2023, 2024, 2025, 2026)


def market() -> Market:
    """Return the market: five channels, five stages, three regions, two product lines, three segments."""
    return Market(
        channels=_channels(),
        stages=(_lead(), _mql(), _sql(), _proposal(), _negotiation()),
        amounts={
            SMALL: {LEDGER: LogNormal(15_000, 0.65), RELAY: LogNormal(12_000, 0.65)},
            MIDDLE: {LEDGER: LogNormal(32_000, 0.7), RELAY: LogNormal(26_000, 0.7)},
            LARGE: {LEDGER: LogNormal(60_000, 0.75), RELAY: LogNormal(48_000, 0.75)},
        },
        discount=Uniform(0.0, 0.24),
        scoring=Scoring(concordance=0.75, half_life=60.0, tiers={"A": 75.0, "B": 40.0, "C": 0.0}),
        nurture=Nurture(returns_to=MQL, cadence=30.0, wake=0.06, opt_out=0.04, most_returns=2),
        accounts=1_500,
        time_zone=TIME_ZONE,
    )


def _channels() -> tuple[Channel, ...]:
    return (
        _stream("website", 7_000, quality=0.2),
        _stream("paid search", 4_600, quality=-0.1),
        _stream("content", 3_800, quality=-0.1),
        _stream("partner", 1_600, quality=0.5),
        Channel(
            name="trade show",
            rate_per_day=0.0,
            batches=tuple(_show(year, week) for year in SHOW_YEARS for week in SHOW_WEEKS),
            regions={UK: 0.30, DACH: 0.54, NORDICS: 0.16},
            segments={SMALL: 0.35, MIDDLE: 0.40, LARGE: 0.25},
            products=_PRODUCTS,
            quality=-0.3,
        ),
    )


def _stream(name: str, leads_a_year: float, *, quality: float) -> Channel:
    return Channel(
        name=name,
        rate_per_day=leads_a_year / _YEAR,
        month=_MONTHS,
        weekday=_WEEK,
        hour=_HOURS,
        dispersion=0.03,
        regions=_REGIONS,
        segments=_SEGMENTS,
        products=_PRODUCTS,
        quality=quality,
    )


def _show(year: int, week: int) -> Batch:
    # in the CRM between 8:24 and 16:48 on the Monday after
    lag = Uniform(4.35, 4.70)
    return Batch(day=date.fromisocalendar(year, week, 4), size=Uniform(270, 480), upload_lag=lag)


def _lead() -> Stage:
    """A first call, to find out whether a person with an interest is at the other end."""
    return Stage(
        name=LEAD,
        advance=0.45,
        touches=Discrete((1.0, 2.0, 3.0), (0.5, 0.3, 0.2)),
        effort=LogNormal(0.19 * HOUR, 0.6),
        latency=Exponential(1.0),
        lost_touches=Discrete((1.0, 2.0, 3.0, 4.0), (0.3, 0.35, 0.25, 0.1)),
        lost_latency=Exponential(1.8),
        patience=Exponential(12.0),
        quality_slope=0.4,
        speed_slope=0.2,
        channel_effects={"partner": 0.35, "website": 0.1, "trade show": -0.35},
        segment_effects={LARGE: -0.1},
        causes={"bad fit": 0.45, "no response": 0.35, "no need": 0.20},
    )


def _mql() -> Stage:
    """Discovery: need, budget, time and who decides."""
    return Stage(
        name=MQL,
        advance=0.40,
        touches=Discrete((1.0, 2.0, 3.0, 4.0), (0.25, 0.40, 0.25, 0.10)),
        effort=LogNormal(0.55 * HOUR, 0.5),
        latency=Exponential(2.5),
        lost_latency=Exponential(3.5),
        patience=Exponential(25.0),
        quality_slope=0.35,
        speed_slope=0.15,
        channel_effects={"partner": 0.4, "paid search": -0.1},
        causes={"no budget": 0.35, "no need": 0.30, "bad fit": 0.20, "no response": 0.15},
        nurture=0.08,
    )


def _sql() -> Stage:
    """The account executive's analysis of needs."""
    return Stage(
        name=SQL,
        advance=0.60,
        lead_in=Uniform(0.5, 3.0),
        touches=Discrete((1.0, 2.0, 3.0, 4.0), (0.15, 0.35, 0.30, 0.20)),
        effort=LogNormal(1.5 * HOUR, 0.45),
        latency=Exponential(4.0),
        lost_touches=Discrete((1.0, 2.0, 3.0, 4.0), (0.30, 0.35, 0.20, 0.15)),
        lost_latency=Exponential(5.0),
        quality_slope=0.25,
        speed_slope=0.1,
        segment_effects={LARGE: -0.25, SMALL: 0.1},
        product_effects={RELAY: 0.15},
        causes={"features": 0.30, "no budget": 0.25, "no decision": 0.30, "competitor": 0.15},
        nurture=0.08,
    )


def _proposal() -> Stage:
    """Presentation and offer."""
    return Stage(
        name=PROPOSAL,
        advance=0.50,
        lead_in=Uniform(1.0, 4.0),
        touches=geometric_counts(2.4, most=8),
        effort=LogNormal(2.0 * HOUR, 0.4),
        latency=Exponential(5.0),
        lost_latency=Exponential(8.0),
        quality_slope=0.2,
        channel_effects={"partner": 0.3},
        segment_effects={LARGE: -0.2},
        product_effects={RELAY: -0.1},
        causes={"no decision": 0.45, "competitor": 0.25, "price": 0.20, "features": 0.10},
    )


def _negotiation() -> Stage:
    """Terms and contract, with the legal desk at work beside it."""
    return Stage(
        name=NEGOTIATION,
        advance=0.66,
        lead_in=Fixed(0.5),
        touches=Discrete((1.0, 2.0, 3.0, 4.0), (0.20, 0.40, 0.25, 0.15)),
        effort=LogNormal(1.6 * HOUR, 0.45),
        latency=Exponential(3.5),
        lost_latency=Exponential(6.0),
        quality_slope=0.1,
        causes={"price": 0.40, "no decision": 0.40, "competitor": 0.15, "relationship": 0.05},
    )
