"""Charts of forecasts: the fan by week, the parts that make up the total, and how honest past ranges were."""

import altair as alt
import numpy as np
import pandas as pd

from forecast.outlook import PARTS, Outlook
from forecast.scores import TENTHS, pit_counts, tenths_of_honest
from studies.charts import COLOURS, WIDTH, Chart

_BANDS = ((0.025, 0.975, 0.2), (0.1, 0.9, 0.35), (0.25, 0.75, 0.5))


def fan_table(outlook: Outlook, measure: str) -> pd.DataFrame:
    """Return one row a step: ``day`` (from now), ``median`` and the ends of 50, 80 and 95 % ranges of what is won."""
    total = outlook.weekly[measure].sum(axis=1)
    start = outlook.weekly[measure][:, 0, 0]
    steps = np.arange(total.shape[1] + 1) * outlook.step_days
    paths = np.column_stack([start, total])
    columns = {"day": np.minimum(steps, outlook.ends[-1]), "median": np.median(paths, axis=0)}
    for low, high, _ in _BANDS:
        width = f"{100 * (high - low):.0f}"
        columns |= {f"low_{width}": np.quantile(paths, low, axis=0), f"high_{width}": np.quantile(paths, high, axis=0)}
    return pd.DataFrame(columns)


def fan_chart(table: pd.DataFrame, title: str) -> Chart:
    """Show how what is won builds up from now on, with the ranges of 50, 80 and 95 % (`fan_table`)."""
    base = alt.Chart(table).encode(x=alt.X("day:Q", title="days from the as-of date"))
    axis = alt.Axis(format="~s")
    bands = [
        base.mark_area(color=COLOURS[5], opacity=opacity).encode(
            y=alt.Y(f"low_{100 * (high - low):.0f}:Q", title=title, axis=axis), y2=f"high_{100 * (high - low):.0f}:Q"
        )
        for low, high, opacity in _BANDS
    ]
    return alt.layer(*bands, base.mark_line(color=COLOURS[0]).encode(y="median:Q")).properties(width=WIDTH, height=260)


def waterfall_chart(table: pd.DataFrame, title: str) -> Chart:
    """Show how the parts make up the total.

    Parameters
    ----------
    table
        Columns ``part``, ``start`` and ``end`` (means, added up), and ``low`` and ``high``: 80 % of the part.
    title
        Of the axis.
    """
    base = alt.Chart(table).encode(y=alt.Y("part:N", sort=list(table["part"]), title=None))
    colour = alt.Color("part:N", legend=None, scale=alt.Scale(domain=list(table["part"]), range=list(COLOURS[:4])))
    bars = base.mark_bar(size=18).encode(
        x=alt.X("start:Q", title=title, axis=alt.Axis(format="~s")), x2="end:Q", color=colour
    )
    lines = base.mark_rule(strokeWidth=1.5).encode(x="low:Q", x2="high:Q")
    return (bars + lines).properties(width=WIDTH, height=130)


def waterfall_table(outlook: Outlook, measure: str, period: int = 0) -> pd.DataFrame:
    """Return the table of `waterfall_chart`, the total last."""
    rows, start = [], 0.0
    for part in (*PARTS, "total"):
        draws = outlook.draws(measure, period, PARTS if part == "total" else (part,))
        begin = 0.0 if part == "total" else start
        mean, (low, high) = float(draws.mean()), np.quantile(draws, [0.1, 0.9])
        row = {
            "part": part,
            "start": begin,
            "end": begin + mean,
            "low": begin + float(low),
            "high": begin + float(high),
        }
        rows.append(row)
        start = begin + mean
    return pd.DataFrame(rows)


def checks_chart(table: pd.DataFrame) -> Chart:
    """Show what was seen beside what prior and posterior would have made (`forecast.checks`), by stage and age."""
    base = alt.Chart().encode(
        x=alt.X(
            "age:O", title="steps in the stage", sort=list(dict.fromkeys(table["age"])), axis=alt.Axis(labelAngle=0)
        )
    )
    axis = alt.Axis(format="%")
    ranges = [
        base.mark_bar(color=colour, opacity=opacity, width=width).encode(
            y=alt.Y(f"{belief}_low:Q", title=None, axis=axis), y2=f"{belief}_high:Q"
        )
        for belief, colour, opacity, width in (("prior", COLOURS[6], 0.25, 16), ("posterior", COLOURS[5], 0.8, 10))
    ]
    seen = base.mark_point(color=COLOURS[0], filled=True, size=28).encode(y="observed:Q")
    named = table.replace({"kind": {"exit": "leave in a step", "advance": "of those, go on"}})
    small = alt.layer(*ranges, seen, data=named).properties(width=WIDTH / 2 - 60, height=80)
    return small.facet(
        row=alt.Row("stage:N", sort=list(dict.fromkeys(table["stage"])), title=None),
        column=alt.Column("kind:N", sort=["leave in a step", "of those, go on"], title=None),
    )


def calibration_chart(table: pd.DataFrame) -> Chart:
    """Show how often the truth lay below each quantile (`calibration_table`); an honest forecast is on the diagonal."""
    base = alt.Chart(table).encode(x=alt.X("stated:Q", title="stated probability", axis=alt.Axis(format="%")))
    line = base.mark_line(point=True, color=COLOURS[0]).encode(
        y=alt.Y("observed:Q", title="share of outcomes below it", axis=alt.Axis(format="%"))
    )
    honest = base.mark_line(strokeDash=[4, 4], color=COLOURS[6]).encode(y="stated:Q")
    return (honest + line).properties(width=WIDTH / 2, height=WIDTH / 2)


def calibration_table(pit: pd.Series) -> pd.DataFrame:
    """Return ``stated`` probabilities and the ``observed`` share of outcomes whose transform lies below each."""
    stated = np.linspace(0, 1, 21)
    known = pit.dropna().to_numpy(np.float64)
    observed = [float((known <= level).mean()) if len(known) else np.nan for level in stated]
    return pd.DataFrame({"stated": stated, "observed": observed})


def pit_chart(table: pd.DataFrame) -> Chart:
    """Show how many outcomes fell into each tenth of their range, beside what luck gives honest ones (`pit_table`)."""
    x = alt.X("tenth:O", sort=None, title="tenth of the range in which the truth fell", axis=alt.Axis(labelAngle=0))
    base = alt.Chart(table).encode(x=x)
    bars = base.mark_bar(color=COLOURS[0]).encode(y=alt.Y("n:Q", title="forecasts", axis=alt.Axis(tickMinStep=1)))
    luck = base.mark_rule(color=COLOURS[6], strokeWidth=3, opacity=0.7).encode(y="low:Q", y2="high:Q")
    even = base.mark_tick(color=COLOURS[6], thickness=2).encode(y="expected:Q")
    return (bars + luck + even).properties(width=WIDTH / 2, height=WIDTH / 2)


def pit_table(pit: pd.Series) -> pd.DataFrame:
    """Return the PIT histogram: for each ``tenth`` ``n`` forecasts, ``expected`` ones, and ``low`` to ``high``.

    The latter are the middle 90 % of what luck gives each tenth if the forecasts are honest and independent.
    """
    counts = pit_counts(pit.to_numpy(np.float64))
    total = int(counts.sum())
    low, high = tenths_of_honest(total)
    ends = np.arange(TENTHS + 1) * 100 // TENTHS
    names = [f"{a}-{b}%" for a, b in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True)]
    return pd.DataFrame({"tenth": names, "n": counts, "expected": total / TENTHS, "low": low, "high": high})
