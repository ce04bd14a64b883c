"""Charts from tables: every figure with its unit and its interval, in colours that the colour-blind can tell apart.

The functions take tables as `scenarios` makes them and return Altair charts; the app and the report show the same.
"""

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from sim.kpis import PARTS
from sim.kpis.summary import DAYS, SHARE
from studies.wording import title_of, unit_of

COLOURS = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#999999")
"""Blue, orange, green, vermilion, purple, sky and grey (Okabe and Ito 2008, "Color universal design")."""

WIDTH = 620
_ROW = 28
_LOW, _HIGH = 0.1, 0.9

type Chart = Any
"""An Altair chart of any kind."""


def differences_chart(table: pd.DataFrame, kpi: str) -> Chart:
    """Show each plan's paired difference to the baseline, with intervals that hold together (a forest plot).

    Parameters
    ----------
    table
        `scenarios.compare.Comparison.table`, with or without the baseline's own row.
    kpi
        Name of the figure, which gives the unit.
    """
    shown = table[table["verdict"] != "baseline"].reset_index()
    names = list(shown["scenario"])
    base = alt.Chart(shown).encode(y=alt.Y("scenario:N", sort=names, title=None))
    axis = _axis(kpi, "difference of", unit_of(kpi))
    dots = base.mark_point(filled=True, size=90, color=COLOURS[0]).encode(x=alt.X("difference:Q", title=axis))
    lines = base.mark_rule(strokeWidth=2, color=COLOURS[0]).encode(x="low_all:Q", x2="high_all:Q")
    zero = alt.Chart(pd.DataFrame({"zero": [0.0]})).mark_rule(strokeDash=[4, 4]).encode(x="zero:Q")
    return (zero + lines + dots).properties(width=WIDTH, height=_ROW * max(2, len(names)))


def spread_chart(kpis: pd.DataFrame, kpi: str) -> Chart:
    """Show how a figure scatters over the runs under each plan: a tick a run, the mean as a dot.

    Parameters
    ----------
    kpis
        One row a run under a plan, with ``scenario`` and the figures (`scenarios.run.Results.kpis`).
    kpi
        Name of the figure.
    """
    names = list(dict.fromkeys(kpis["scenario"]))
    base = alt.Chart(kpis[["scenario", kpi]]).encode(y=alt.Y("scenario:N", sort=names, title=None))
    axis = alt.X(f"{kpi}:Q", title=_axis(kpi, "", unit_of(kpi)), scale=alt.Scale(zero=False))
    ticks = base.mark_tick(color=COLOURS[5], thickness=1.5, opacity=0.7).encode(x=axis)
    dots = base.mark_point(filled=True, size=90, color=COLOURS[0]).encode(x=f"mean({kpi}):Q")
    return (ticks + dots).properties(width=WIDTH, height=_ROW * max(2, len(names)))


def funnel_chart(stages: pd.DataFrame) -> Chart:
    """Show how many leads entered each stage under each plan, with the middle 80 % of the runs.

    Parameters
    ----------
    stages
        One row a run, plan and stage: ``scenario``, ``stage``, ``entered``.
    """
    shown = spread(stages, ["stage", "scenario"], "entered")
    return _bars(shown, "stage", "leads entering the stage")


def utilisation_chart(teams: pd.DataFrame) -> Chart:
    """Show the share of working time that each team spends on deals under each plan, with the middle 80 % of the runs.

    Parameters
    ----------
    teams
        One row a run, plan and team: ``scenario``, ``team``, ``utilisation``.
    """
    shown = spread(teams.assign(team=teams["team"].replace("", "experts")), ["team", "scenario"], "utilisation")
    return _bars(shown, "team", "share of working time spent on deals", percent=True)


def shape_chart(table: pd.DataFrame) -> Chart:
    """Show each stage's open deals beside its steady stock, with the range that a steady funnel keeps to.

    Parameters
    ----------
    table
        `scenarios.diagnosis.shape.shape_table`: indexed by ``stage``; ``stock``, ``steady_stock``, ``low``, ``high``.
    """
    stages = table.reset_index()
    now = stages.assign(scenario="open now", mean=stages["stock"], low=stages["stock"], high=stages["stock"])
    steady = stages.assign(scenario="steady", mean=stages["steady_stock"])
    shown = pd.concat([now, steady])[["stage", "scenario", "mean", "low", "high"]]
    return _bars(shown, "stage", "leads in the stage")


def dwell_chart(stages: pd.DataFrame) -> Chart:
    """Split the mean stay in each stage into what the deal waits for, in days, under each plan.

    Parameters
    ----------
    stages
        One row a run, plan and stage: ``scenario``, ``stage`` and the mean days of `sim.kpis.PARTS`.
    """
    means = _mean_parts(stages)
    shown = means.melt(["stage", "scenario"], var_name="part", value_name="days").assign(
        order=lambda table: table["part"].map({part: place for place, part in enumerate(PARTS)})
    )
    names, order = _names(stages, "scenario"), _names(stages, "stage")
    colour = alt.Color("part:N", sort=list(PARTS), scale=_scale(PARTS), title="waiting for")
    chart = (
        alt.Chart(shown)
        .mark_bar(size=12)
        .encode(
            x=alt.X("sum(days):Q", title="mean days in the stage"),
            y=alt.Y("scenario:N", sort=names, title=None),
            color=colour,
            order="order:Q",
        )
    )
    sized = chart.properties(width=WIDTH - 60, height=18 * max(2, len(names)))
    return sized.facet(row=alt.Row("stage:N", sort=order, title=None, header=_row_header()))


def staffing_chart(staffing: pd.DataFrame) -> Chart:
    """Show each team's usable hours month by month, and the hours that its deals ask for with their range.

    Parameters
    ----------
    staffing
        One row a team and month: ``team``, ``month``, ``usable``, and the need's ``p10``, ``p50`` and ``p90``.
    """
    base = alt.Chart(staffing).encode(x=alt.X("month:O", title=None))
    line = base.mark_line(color=COLOURS[0], strokeWidth=2).encode(y=alt.Y("usable:Q", title="hours"))
    bars = base.mark_bar(color=COLOURS[1], size=6, opacity=0.5).encode(y="p10:Q", y2="p90:Q")
    dots = base.mark_point(filled=True, size=70, color=COLOURS[3]).encode(y="p50:Q")
    sized = (bars + line + dots).properties(width=WIDTH - 60, height=180)
    order = _names(staffing, "team")
    facets = sized.facet(row=alt.Row("team:N", sort=order, title=None, header=_row_header()))
    return facets.resolve_scale(y="independent")


def certainty_chart(points: pd.DataFrame) -> Chart:
    """Show cost against the chance of reaching a target: plans tried, those that none beats, finalists with limits.

    Parameters
    ----------
    points
        ``plan``, ``kind`` (tried, frontier or finalist), ``cost``, ``chance``, ``low``, ``high``.
    """
    base = alt.Chart(points).encode(
        x=alt.X("chance:Q", title="chance of reaching the target", axis=alt.Axis(format="%")),
        y=alt.Y("cost:Q", title="added spending (account currency)", axis=alt.Axis(format=",~s")),
    )
    tried, best, final = (base.transform_filter(alt.datum.kind == kind) for kind in ("tried", "frontier", "finalist"))
    line = best.mark_line(color=COLOURS[0], interpolate="step-before", point={"color": COLOURS[0]}, order=False)
    limits = final.mark_rule(strokeWidth=2, color=COLOURS[3]).encode(x="low:Q", x2="high:Q")
    dots = final.mark_point(filled=True, size=110, shape="diamond", color=COLOURS[3])
    return (tried.mark_point(color=COLOURS[6], size=30) + line + limits + dots).properties(width=WIDTH, height=320)


def tornado_chart(swings: pd.DataFrame, kpi: str) -> Chart:
    """Show how far each number moves a figure at either end of its range, the widest on top.

    Parameters
    ----------
    swings
        As of `scenarios.tornado.tornado`.
    kpi
        Name of the figure, which gives the unit.
    """
    names = _names(swings, "name")
    base = alt.Chart(swings).encode(y=alt.Y("name:N", sort=names, title=None))
    ends = alt.Scale(domain=["low", "high"], range=[COLOURS[1], COLOURS[0]])
    axis = alt.X("difference:Q", title=_axis(kpi, "change of", unit_of(kpi)), axis=alt.Axis(format="+,~s"))
    bars = base.mark_bar(size=14).encode(x=axis, color=alt.Color("end:N", scale=ends, title="end of the range"))
    lines = base.mark_rule(strokeWidth=1.5).encode(x="low:Q", x2="high:Q")
    return (bars + lines).properties(width=WIDTH, height=_ROW * max(2, len(names)))


def shares_chart(indices: pd.DataFrame) -> Chart:
    """Show each number's share of variance, in total with its interval, and alone as a tick.

    Parameters
    ----------
    indices
        As of `scenarios.sobol.Indices.table`.
    """
    names = _names(indices, "name")
    base = alt.Chart(indices).encode(y=alt.Y("name:N", sort=names, title=None))
    axis = alt.X("total:Q", title="share of what isn't known", axis=alt.Axis(format="%"))
    bars = base.mark_bar(size=14, color=COLOURS[5]).encode(x=axis)
    lines = base.mark_rule(strokeWidth=1.5).encode(x="total_low:Q", x2="total_high:Q")
    alone = base.mark_tick(thickness=3, color=COLOURS[0]).encode(x="first:Q")
    return (bars + lines + alone).properties(width=WIDTH, height=_ROW * max(2, len(names)))


def spread(table: pd.DataFrame, by: Sequence[str], column: str) -> pd.DataFrame:
    """Return ``mean``, ``low`` and ``high`` (the middle 80 % of the runs) of a column, group by group."""
    groups = table.groupby(list(by), sort=False, observed=True)[column]
    return pd.DataFrame(
        {"mean": groups.mean(), "low": groups.quantile(_LOW), "high": groups.quantile(_HIGH)}
    ).reset_index()


def _mean_parts(stages: pd.DataFrame) -> pd.DataFrame:
    groups = stages.groupby(["stage", "scenario"], sort=False, observed=True)
    return groups[list(PARTS)].mean().fillna(0.0).reset_index()


def _bars(shown: pd.DataFrame, by: str, title: str, *, percent: bool = False) -> Chart:
    names, groups = _names(shown, "scenario"), _names(shown, by)
    axis = alt.Axis(format="%") if percent else alt.Axis(format=",~s")
    base = alt.Chart(shown).encode(y=alt.Y("scenario:N", sort=names, title=None))
    bars = base.mark_bar(size=12).encode(
        x=alt.X("mean:Q", title=title, axis=axis),
        color=alt.Color("scenario:N", sort=names, scale=_scale(names), legend=None),
    )
    lines = base.mark_rule(strokeWidth=1.5).encode(x="low:Q", x2="high:Q")
    sized = (bars + lines).properties(width=WIDTH - 60, height=18 * max(2, len(names)))
    return sized.facet(row=alt.Row(f"{by}:N", sort=groups, title=None, header=_row_header()))


def _row_header() -> alt.Header:
    return alt.Header(labelAngle=0, labelAlign="left", labelAnchor="start", labelOrient="top", labelFontWeight="bold")


def _names(table: pd.DataFrame, column: str) -> list[str]:
    return list(dict.fromkeys(table[column].astype(str)))


def _scale(names: Sequence[str]) -> alt.Scale:
    return alt.Scale(domain=list(names), range=[COLOURS[place % len(COLOURS)] for place in range(len(names))])


def _axis(kpi: str, before: str, unit: str) -> str:
    said = {DAYS: "days", SHARE: "share"}.get(unit, unit)
    return f"{before} {title_of(kpi)}".strip() + (f" ({said})" if said else "")
