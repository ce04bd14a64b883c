"""What plans bring, as far as it is known: the answer, the chance of the target, and every plan with its range."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from studies.changes import WHOLE
from studies.explore import Explored
from studies.language import Words
from studies.plans import AS_IS
from ui.components import charts
from ui.components.figures import Figures

type Labels = Mapping[str, str]
"""Name of a plan → what the screen calls it."""


def answer(explored: Explored, plan: str, target: float, words: Words, figures: Figures) -> None:
    """Say what one plan brings against things as they are, and the chance to reach the target."""
    row = _row(explored, plan)
    measure = explored.measure
    difference = figures.amount(row["difference"], measure, sign=True)
    st.subheader(_sentence(explored, plan, target, words, figures))
    first, second = st.columns(2)
    first.metric(
        words("outcome.brings"),
        figures.amount(float(explored.totals(plan).mean()), measure),
        words("outcome.against", by=difference),
        border=True,
    )
    st.metric(words("outcome.range"), figures.span(row["low"], row["high"], measure, sign=True), border=True)
    _chance(second, explored, plan, target, words)


def _chance(
    place: "st.delta_generator.DeltaGenerator", explored: Explored, plan: str, target: float, words: Words
) -> None:
    """Show the chance to reach the target, or that there is none to reach."""
    label = words("outcome.chance")
    if not target:
        place.metric(label, "–", border=True, help=words("outcome.no_target"))
        return
    chance, was = explored.chance(plan, target), explored.chance(AS_IS.name, target)
    low, high = words.percent(chance.low), words.percent(chance.high)
    place.metric(
        label, words.percent(chance.share), words("outcome.instead", share=words.percent(was.share)),
        delta_color="off", delta_arrow="off", border=True, help=words("outcome.chance_help", low=low, high=high),
    )  # fmt: skip


def _row(explored: Explored, plan: str) -> dict[str, Any]:
    return {str(name): value for name, value in explored.comparison().table.loc[plan].items()}


def _sentence(explored: Explored, plan: str, target: float, words: Words, figures: Figures) -> str:
    row = _row(explored, plan)
    by = figures.amount(row["difference"], explored.measure, sign=True)
    if pd.isna(row["low"]):
        head = words("outcome.first", by=by)
    elif row["low"] > 0 or row["high"] < 0:
        head = words("outcome.clear", by=by)
    else:
        head = words("outcome.open", by=by)
    if not target:
        return head
    ten = figures.of_ten(explored.chance(plan, target).share)
    reach = words("outcome.reach", ten=ten, target=figures.amount(target, explored.measure))
    return words("unit.gap").join((head, reach))


def effects(explored: Explored, labels: Labels, words: Words, figures: Figures) -> None:
    """Draw what each plan changes against things as they are."""
    table = explored.comparison().table.drop(index=AS_IS.name)
    shown = pd.DataFrame(
        {
            "name": [labels[str(name)] for name in table.index],
            "label": [figures.amount(value, explored.measure, sign=True) for value in table["difference"]],
            **{name: table[name].to_numpy() for name in ("difference", "low", "high")},
        }
    )
    unit = figures.currency if explored.measure == "bookings" else words("kpi.wins")
    charts.show(charts.intervals(shown, words("outcome.effect_axis", unit=unit)), words("outcome.effects_alt"))
    st.caption(words("outcome.effects_how"))


def added_up(explored: Explored, labels: Labels, words: Words, figures: Figures) -> None:
    """Draw how the changes of a plan add up to what they bring together."""
    rows = explored.adding_up(WHOLE)
    shown = rows.assign(part=[labels[name] if name else words("outcome.together") for name in rows["part"]])
    unit = figures.currency if explored.measure == "bookings" else words("kpi.wins")
    charts.show(charts.waterfall(shown, words("outcome.effect_axis", unit=unit)), words("what_if.why"))
    st.caption(words("outcome.added_up_how"))


def table(explored: Explored, labels: Labels, target: float, words: Words, figures: Figures) -> None:
    """Lay out every plan: what it brings, its difference with its interval, its chance, and what is sure about it."""
    compared = explored.comparison().table
    rows = []
    for name, row in compared.iterrows():
        base = name == AS_IS.name
        chance = words.percent(explored.chance(str(name), target).share) if target else "–"
        rows.append(
            (
                labels.get(str(name), str(name)),
                figures.amount(float(explored.totals(str(name)).mean()), explored.measure),
                "" if base else figures.amount(row["difference"], explored.measure, sign=True),
                "" if base else figures.span(row["low"], row["high"], explored.measure, sign=True),
                chance,
                words(f"outcome_verdict.{str(row['verdict']).replace(' ', '_')}"),
            )
        )
    names = ("plan", "expected", "difference", "sure", "chance", "verdict")
    frame = pd.DataFrame(rows, columns=[words(f"column.{name}") for name in names])
    st.dataframe(frame, hide_index=True, alt=words("outcome.table_alt"))


def refining(explored: Explored, wanted: int, words: Words) -> None:
    """Say how sharp the answer is by now."""
    done = explored.futures
    said = {"done": words.number(done), "wanted": words.number(wanted)}
    if done < wanted:
        st.badge(words("outcome.refining", **said), icon=":material/sync:", color="orange")
    else:
        st.badge(words("outcome.refined", **said), icon=":material/check:", color="gray")
